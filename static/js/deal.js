// Plans and settlements: their form opens in a dialog, and closes when the account is shown anew.
document.addEventListener("htmx:afterSettle", (ev) => {
  const opens = ev.detail.requestConfig?.elt?.dataset?.opens;
  if (opens) openDialog(opens);
});
document.addEventListener("htmx:beforeSwap", (ev) => {
  if (ev.detail.requestConfig.elt.matches("form[data-closes]") && ev.detail.target.id === "account") $("#deal")?.close();
});
