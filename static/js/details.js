// Stripe's own field for a card or bank account: loaded from Stripe, on the one page whose content policy allows it.
{
  let stripe, elements, busy = false;

  const tellError = (text) => {
    const note = $("#element-error");
    if (!note) return;
    note.hidden = !text;
    $("p", note).textContent = text || "";
    if (text) note.focus();
  };
  const isDark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";

  function load(address) {
    return new Promise((resolve, reject) => {
      if (window.Stripe) { resolve(); return; }
      const script = document.createElement("script");
      script.src = address;
      script.onload = resolve;
      script.onerror = reject;
      document.head.append(script);
    });
  }
  async function mount() {
    const box = $("#element[data-secret]");
    if (!box || box.dataset.mounted) return;
    box.dataset.mounted = "yes";
    const { key, secret, script } = box.dataset;
    try {
      await load(script);
      stripe = window.Stripe(key);
      const appearance = { theme: isDark() ? "night" : "stripe", variables: { borderRadius: "6px" } };
      elements = stripe.elements({ clientSecret: secret, appearance });
      const field = elements.create("payment");
      field.on("ready", () => { box.dataset.ready = "yes"; });
      field.on("loaderror", () => tellError("Stripe’s field could not be loaded. Reload the page."));
      field.mount(box);
    } catch {
      tellError("Stripe’s field could not be loaded. Reload the page.");
    }
  }
  async function charge(button) {
    if (busy || !elements) return;
    busy = true;
    button.setAttribute("aria-busy", "true");
    tellError("");
    const checked = await elements.submit();
    const result = checked.error ? checked
      : await stripe.confirmPayment({ elements, confirmParams: { return_url: location.href }, redirect: "if_required" });
    busy = false;
    button.removeAttribute("aria-busy");
    if (result.error) { tellError(result.error.message || "It was not charged. Try again, or another card."); return; }
    const said = $("#details-said");
    if (!said || !button.isConnected) return; // the page has been told already
    said.textContent = "Waiting for Stripe to confirm…";
    $("#element").hidden = true;
    button.hidden = true;
  }
  clicks["[data-charge]"] = (button) => { charge(button); };
  document.addEventListener("htmx:afterSettle", mount);
  mount();
}
