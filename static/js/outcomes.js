// The outcomes of the composer that fit its channel and direction; the stylesheet hides the others, here they cannot be chosen.
function narrowOutcomes() {
  const list = $("#id_outcome"), channel = $("#compose [name=channel]:checked")?.value;
  const direction = $("#compose [name=direction]:checked")?.value;
  if (!list || !channel || !direction) return;
  const before = list.selectedOptions[0];
  for (const group of list.querySelectorAll("optgroup")) {
    for (const option of group.children) option.disabled = group.dataset.channel !== channel || !(direction in option.dataset);
  }
  if (!before?.disabled) return;
  const same = [...list.options].find((option) => option.value === before.value && !option.disabled);
  (same || list.options[0]).selected = true;
  list.dispatchEvent(new Event("change", { bubbles: true }));
}
document.addEventListener("change", (ev) => { if (ev.target.matches("#compose [name=channel], #compose [name=direction]")) narrowOutcomes(); });
document.addEventListener("focusin", (ev) => { if (ev.target.id === "id_outcome") narrowOutcomes(); });
document.addEventListener("htmx:afterSettle", narrowOutcomes);
narrowOutcomes();
