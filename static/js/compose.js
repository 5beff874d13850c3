// The composer of an account: its channel, and what an outcome entails when nothing else is said.
function compose(mode) {
  const box = $("#compose"), radio = box && $(`[name=channel][value=${mode}]`, box);
  if (!box) return false;
  $$("dialog[open]").forEach((d) => d.close());
  if (radio) radio.checked = true;
  const field = mode === "note" ? $("#say") : $("#id_outcome");
  field?.focus();
  box.scrollIntoView({ block: "nearest" });
  return Boolean(field);
}
clicks["[data-compose]"] = (el) => compose(el.dataset.compose);

function tellWhatFollows() {
  const chosen = $("#id_outcome")?.selectedOptions[0], hint = $("#by-outcome");
  if (!hint) return;
  $("#id_next_action").placeholder = chosen?.dataset.next || "";
  hint.textContent = chosen?.dataset.next ? `Left empty: ${chosen.dataset.next} ${chosen.dataset.when}.` : hint.dataset.empty;
}
document.addEventListener("change", (ev) => { if (ev.target.id === "id_outcome") tellWhatFollows(); });
document.addEventListener("htmx:afterSettle", tellWhatFollows);
tellWhatFollows();
