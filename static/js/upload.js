// A file: dropped on its zone, told when too large before it is sent, and how much of it is sent.
{
  const zoneOf = (ev) => ev.target.closest?.("[data-drop]");
  for (const name of ["dragenter", "dragover"]) {
    document.addEventListener(name, (ev) => { const zone = zoneOf(ev); if (zone) { ev.preventDefault(); zone.dataset.over = ""; } });
  }
  document.addEventListener("dragleave", (ev) => { const zone = zoneOf(ev); if (zone && !zone.contains(ev.relatedTarget)) delete zone.dataset.over; });
  document.addEventListener("drop", (ev) => {
    const zone = zoneOf(ev);
    if (!zone) return;
    ev.preventDefault();
    delete zone.dataset.over;
    if (!ev.dataTransfer.files.length) return;
    const one = new DataTransfer(), input = $("input[type=file]", zone);
    one.items.add(ev.dataTransfer.files[0]);
    input.files = one.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("change", (ev) => {
    const form = ev.target.matches("[type=file]") && ev.target.closest("[data-largest]");
    if (form) $("[data-too-large]", form).hidden = !(ev.target.files[0]?.size > Number(form.dataset.largest));
  });
  document.addEventListener("submit", (ev) => {
    if ($("[data-too-large]:not([hidden])", ev.target)) { ev.preventDefault(); ev.stopPropagation(); }
  }, true);
  document.addEventListener("htmx:xhr:progress", (ev) => {
    const bar = $("progress", ev.target);
    if (bar && ev.detail.lengthComputable) { bar.hidden = false; bar.value = 100 * ev.detail.loaded / ev.detail.total; }
  });
}
