// The rows that are chosen, and the bar of what can be done with them.
const usd = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
const boxes = () => $$("input[name=ids]");

function countSelected() {
  const bar = $("#bulk");
  if (!bar) return;
  const all = boxes(), on = all.filter((c) => c.checked);
  const every = $("[name=all]", bar)?.checked; // all that match, on every page
  bar.hidden = !on.length && !every;
  const cents = on.reduce((t, c) => t + Math.round(100 * Number($(".bal", c.closest("tr")).textContent.replace(/[^\d.]/g, ""))), 0);
  $("#picked").textContent = every ? "Selected:" : `${on.length} selected, ${usd.format(cents / 100)}`;
  const head = $("[data-all]");
  if (head) { head.checked = all.length > 0 && on.length === all.length; head.indeterminate = on.length > 0 && on.length < all.length; }
}

function clearSelection() {
  [...boxes(), ...$$("#bulk [name=all]")].forEach((c) => { c.checked = false; });
  countSelected();
}

{
  let lastBox = -1; // for shift-click ranges
  clicks["[data-clear]"] = clearSelection;
  document.addEventListener("click", (ev) => {
    const t = ev.target;
    if (t.matches("#bulk [name=all]")) countSelected();
    if (t.matches("[data-all]")) { boxes().forEach((c) => { c.checked = t.checked; }); countSelected(); }
    if (t.matches("input[name=ids]")) {
      const all = boxes(), i = all.indexOf(t);
      if (ev.shiftKey && lastBox >= 0) all.slice(Math.min(i, lastBox), Math.max(i, lastBox) + 1).forEach((c) => { c.checked = t.checked; });
      lastBox = i;
      countSelected();
    }
  });
  document.addEventListener("htmx:afterSettle", countSelected);
  countSelected();
}
