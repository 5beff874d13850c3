// Single keys: off while typing, with a modifier, in a dialog, or when the user has switched them off. Which keys there
// are stands in the list under "?", which the server writes from worklist/keyboard.py; here is only what an act does.
{
  // A field in a dialog that was closed has the focus until the next frame: nobody types into what is not shown.
  const typing = (el) => el.checkVisibility() && el.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  const rows = () => $$(".worklist .name");
  const at = () => rows().findIndex((a) => a.closest("tr").contains(document.activeElement));
  const click = (s) => { const el = s && $(s); el?.click(); return Boolean(el); };
  const step = (by, otherwise) => {
    const all = rows();
    if (!all.length) return click(otherwise);
    all[Math.max(0, Math.min(at() + by, all.length - 1))].focus();
    return true;
  };
  const acts = {
    next: (target) => step(1, target),
    previous: (target) => step(-1, target),
    select: () => at() >= 0 && click(`#${CSS.escape(rows()[at()].closest("tr").id)} input[name=ids]`),
    click,
    focus: (target) => { const el = $(target); el?.focus(); el?.scrollIntoView({ block: "center" }); return Boolean(el); },
    dialog: openDialog,
    compose: (target) => Boolean($("#compose")) && compose(target),
    menu: (target) => {
      const menu = $(target);
      if (menu) { menu.open = true; $("div :is(button, a, select)", menu)?.focus(); }
      return Boolean(menu);
    },
    go: (target) => { location.assign(target); return true; },
  };
  const keys = () => $$("#keys [data-key]").map((el) => el.dataset);
  const run = (pressed) => keys().some(({ key, act, target }) => key === pressed && acts[act](target));

  let first = "", pressedAt = 0; // of two keys one after the other
  document.addEventListener("keydown", (ev) => {
    const mod = ev.ctrlKey || ev.metaKey;
    if (mod && ev.key.toLowerCase() === "k") { if (openDialog("finder")) ev.preventDefault(); return; }
    if (mod && ev.key === "Enter" && ev.target.form) {
      $$("button:not([type=button])", ev.target.form).find((b) => b.checkVisibility())?.click();
      return;
    }
    if (ev.key === "Escape") { escape(ev.target); return; }
    if (root.dataset.keys === "off" || typing(ev.target) || mod || ev.altKey || $("dialog[open]")) return;
    const both = Date.now() - pressedAt < 900 ? `${first} ${ev.key}` : "";
    first = "";
    if ((both && run(both)) || run(ev.key)) ev.preventDefault();
    else if (keys().some(({ key }) => key.startsWith(`${ev.key} `))) { first = ev.key; pressedAt = Date.now(); ev.preventDefault(); }
  });

  function escape(el) {
    if (typing(el) && !el.closest("dialog")) el.blur();
    else if (!$("dialog[open]")) clearSelection();
    $$("details.menu[open]").forEach((d) => { d.open = false; $("summary", d).focus(); });
  }

  // Back from an account, by its link or by the browser's button: the row that was left, so that J goes on from there.
  clicks[".worklist .name"] = (el) => {
    history.replaceState(history.state, "", `#${encodeURIComponent(el.closest("tr").id)}`);
    return false;
  };
  // The browser goes to the fragment, too, and takes the focus away: mostly before all is loaded, with the first frame at
  // the latest.
  addEventListener("load", () => {
    const row = location.hash.startsWith("#a-") && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const back = () => { if (row && document.activeElement === document.body) $(".name", row)?.focus(); };
    back();
    requestAnimationFrame(() => requestAnimationFrame(back));
  });

  // Switched off or on under "?": what the server answered counts for this page, too, from the moment it is shown.
  document.addEventListener("htmx:afterSwap", () => {
    const now = $("#key-switch")?.dataset.keys;
    if (now === "off") root.dataset.keys = "off"; else if (now) delete root.dataset.keys;
  });
}
