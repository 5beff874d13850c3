// The form of a payment: opens in a dialog, says the sum on its button and the balance that it leaves.
{
  const dollars = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
  const typed = (text) => (/^\s*\$?[\d,]*\.?\d{0,2}\s*$/.test(text) ? Number(text.replace(/[$,\s]/g, "")) : NaN);

  const tell = () => {
    const form = $("form.pay"), amount = form && typed($("#pay-amount").value);
    if (!form) return;
    const left = Number(form.dataset.balance) - amount;
    $("[data-pay-sum]", form).textContent = amount > 0 ? dollars.format(amount) : "the payment";
    $("#pay-after").textContent = amount > 0 && left >= 0 ? dollars.format(left) : "—";
  };
  document.addEventListener("input", (ev) => { if (ev.target.closest("form.pay")) tell(); });
  document.addEventListener("click", (ev) => { if (ev.target.closest("form.pay [data-fill]")) setTimeout(tell); });
  document.addEventListener("htmx:afterSettle", (ev) => {
    if (ev.detail.requestConfig?.elt?.id === "pay-link") openDialog("pay");
    tell();
  });
  document.addEventListener("htmx:beforeSwap", (ev) => { // taken: the account is shown anew, the payment in focus
    if (ev.detail.requestConfig.elt.matches("form.pay") && ev.detail.target.id === "account") $("#pay")?.close();
  });
  clicks["[data-copy]"] = (el) => {
    const field = document.getElementById(el.dataset.copy);
    field.select();
    navigator.clipboard?.writeText(field.value).then(() => say("Link copied"), () => say("Select the link and copy it"));
  };
  clicks["[data-pay]"] = () => { const link = $("#pay-link"); link?.click(); return Boolean(link); };
  tell();
}
