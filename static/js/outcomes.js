// The list of outcomes holds those that fit the channel and the direction. Without script the stylesheet hides the others.
const wholeLists = new WeakMap(); // list -> its groups with their options, as the server gave them
function narrowOutcomes() {
  const list = $("#id_outcome"), channel = $("#compose [name=channel]:checked")?.value;
  const direction = $("#compose [name=direction]:checked")?.value;
  if (!list || !channel || !direction) return;
  if (!wholeLists.has(list)) wholeLists.set(list, $$("optgroup", list).map((group) => [group, [...group.children]]));
  const before = list.value;
  const groups = wholeLists.get(list).filter(([group]) => group.dataset.channel === channel);
  for (const [group, options] of groups) group.replaceChildren(...options.filter((option) => direction in option.dataset));
  list.replaceChildren(list.options[0], ...groups.map(([group]) => group));
  list.value = [...list.options].some((option) => option.value === before) ? before : "";
  if (list.value !== before) list.dispatchEvent(new Event("change", { bubbles: true }));
}
document.addEventListener("change", (ev) => { if (ev.target.matches("#compose [name=channel], #compose [name=direction]")) narrowOutcomes(); });
document.addEventListener("focusin", (ev) => { if (ev.target.id === "id_outcome") narrowOutcomes(); });
document.addEventListener("htmx:afterSettle", narrowOutcomes);
narrowOutcomes();
