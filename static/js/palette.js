// The command palette: what is typed stays in its field while the arrows walk through what was found (ARIA combobox).
{
  const field = $("#palette"), finder = $("#finder");
  const options = () => $$("#found [role=option]");
  const active = () => $("#found [aria-selected=true]");
  const asked = () => field.value.trim().split(/\s+/).join(" ").slice(0, 100);
  let wanted = false; // Enter was pressed before the answer to what is typed had come

  function point(option) {
    active()?.setAttribute("aria-selected", "false");
    if (!option) { field.removeAttribute("aria-activedescendant"); return; }
    option.setAttribute("aria-selected", "true");
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }
  function found() {
    options().forEach((option, n) => { option.id = `option-${n}`; option.setAttribute("aria-selected", "false"); });
    point(options()[0]);
    $("#found-summary").textContent = $("#found").dataset.summary || "";
    if (wanted && $("#found").dataset.words === asked()) { wanted = false; active()?.click(); }
  }
  function run() {
    if ($("#found").dataset.words === asked()) active()?.click();
    else wanted = true;
  }
  const walk = (by) => {
    const all = options();
    point(all[(all.indexOf(active()) + by + all.length) % all.length]);
  };

  field?.addEventListener("keydown", (ev) => {
    const act = {
      ArrowDown: () => walk(1),
      ArrowUp: () => walk(-1),
      Home: () => point(options()[0]),
      End: () => point(options().at(-1)),
      Enter: run,
    }[ev.key];
    if (!act || ev.ctrlKey || ev.metaKey || ev.altKey || ev.shiftKey || ev.isComposing) return;
    ev.preventDefault();
    if (ev.key === "Enter" || options().length) act();
  });
  field?.addEventListener("input", () => { wanted = false; });
  finder?.addEventListener("opened", () => {
    wanted = false;
    field.select();
    field.dispatchEvent(new Event("palette:open"));
  });
  finder?.addEventListener("click", (ev) => { if (ev.target === finder) finder.close(); }); // beside it
  finder?.addEventListener("pointermove", (ev) => {
    const option = ev.target.closest?.("[role=option]");
    if (option && option !== active()) point(option);
  });
  document.addEventListener("htmx:afterSettle", (ev) => { if (ev.target.id === "found") found(); });
  for (const failure of ["htmx:responseError", "htmx:sendError"]) {
    document.addEventListener(failure, (ev) => { if (ev.target === field) wanted = false; });
  }
  // An option that the page itself does closes the palette first, so that the focus can go where the act leads.
  for (const what of ["theme-toggle", "density-toggle"]) {
    clicks[`#finder [data-${what}]`] = () => finder.close();
  }
}
