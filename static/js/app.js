// What HTML cannot do alone. No dependencies; every page works without this file.
(() => {
  const $ = (s, r = document) => r.querySelector(s);
  const $$ = (s, r = document) => [...r.querySelectorAll(s)];
  const root = document.documentElement;
  const usd = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
  root.dataset.script = "on";

  // Preferences are cookies, so that the server renders the page right the first time. No debtor data is kept here.
  const cookie = (name) => document.cookie.split("; ").find((c) => c.startsWith(`${name}=`))?.split("=")[1];
  const keep = (name, value) => { document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`; };
  const keysOn = () => cookie("keys") !== "off";

  // --- selection -------------------------------------------------------------------------------------------
  const boxes = () => $$("input[name=ids]");
  let lastBox = -1; // for shift-click ranges

  function countSelected() {
    const bar = $("#bulk");
    if (!bar) return;
    const all = boxes(), on = all.filter((c) => c.checked);
    const every = $("[name=all]", bar)?.checked; // all that match, on every page
    bar.hidden = root.dataset.script === "on" && !on.length && !every;
    const cents = on.reduce((t, c) => t + Math.round(100 * Number($(".bal", c.closest("tr")).textContent.replace(/[^\d.]/g, ""))), 0);
    $("#picked").textContent = every ? "Selected:" : `${on.length} selected, ${usd.format(cents / 100)}`;
    const head = $("[data-all]");
    if (head) { head.checked = all.length > 0 && on.length === all.length; head.indeterminate = on.length > 0 && on.length < all.length; }
  }
  const clearSelection = () => { [...boxes(), ...$$("#bulk [name=all]")].forEach((c) => { c.checked = false; }); countSelected(); };

  function openDialog(id) {
    const dialog = document.getElementById(id);
    if (!dialog || dialog.open) return false;
    dialog.showModal();
    $("[autofocus], input:not([type=hidden], [type=radio], [type=checkbox]), select, textarea", dialog)?.focus();
    return true;
  }

  // --- the composer of an account: its channel, and what an outcome entails when nothing else is said ------------
  function compose(mode) {
    const box = $("#compose"), radio = $(`[name=channel][value=${mode}]`, box);
    if (radio) radio.checked = true;
    const field = mode === "note" ? $("#say") : $("#id_outcome");
    field?.focus();
    box?.scrollIntoView({ block: "nearest" });
    return Boolean(field);
  }
  function tellWhatFollows() {
    const chosen = $("#id_outcome")?.selectedOptions[0], hint = $("#by-outcome");
    if (!hint) return;
    $("#id_next_action").placeholder = chosen?.dataset.next || "";
    hint.textContent = chosen?.dataset.next ? `Left empty: ${chosen.dataset.next} ${chosen.dataset.when}.` : hint.dataset.empty;
  }
  document.addEventListener("change", (ev) => { if (ev.target.id === "id_outcome") tellWhatFollows(); });

  // --- clicks ------------------------------------------------------------------------------------------------
  const clicks = {
    "[data-dialog]": (el) => openDialog(el.dataset.dialog),
    "[data-close]": (el) => el.closest("dialog").close(),
    "[data-compose]": (el) => compose(el.dataset.compose),
    "[data-fill]": (el) => { const f = document.getElementById(el.dataset.fill); f.value = el.dataset.value; f.focus(); },
    "[data-print]": () => print(),
    "[data-clear]": clearSelection,
    "[data-theme-toggle]": () => {
      const dark = matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = (root.dataset.theme || (dark ? "dark" : "light")) === "dark" ? "light" : "dark";
      keep("theme", root.dataset.theme);
    },
    "[data-density-toggle]": (el) => {
      const compact = root.dataset.density === "compact";
      root.dataset.density = compact ? "roomy" : "compact";
      keep("density", root.dataset.density);
      el.textContent = compact ? "Compact rows" : "Roomy rows";
    },
  };

  document.addEventListener("click", (ev) => {
    const t = ev.target;
    $$("details.menu[open]").forEach((d) => { if (!d.contains(t)) d.open = false; });
    for (const [selector, act] of Object.entries(clicks)) {
      const el = t.closest(selector);
      if (el) { if (el.matches("a:is([data-dialog], [data-compose])")) ev.preventDefault(); act(el); }
    }
    if (t.matches("#bulk [name=all]")) countSelected();
    if (t.matches("[data-all]")) { boxes().forEach((c) => { c.checked = t.checked; }); countSelected(); }
    if (t.matches("input[name=ids]")) {
      const all = boxes(), i = all.indexOf(t);
      if (ev.shiftKey && lastBox >= 0) all.slice(Math.min(i, lastBox), Math.max(i, lastBox) + 1).forEach((c) => { c.checked = t.checked; });
      lastBox = i;
      countSelected();
    }
    if (t.matches("[data-reveal]")) document.getElementById(t.dataset.reveal).type = t.checked ? "text" : "password";
    if (t.matches("[data-keys-toggle]")) keep("keys", t.checked ? "on" : "off");
  });

  // A form is sent once, however often its button is clicked.
  document.addEventListener("submit", (ev) => {
    const form = ev.target;
    if (ev.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { ev.preventDefault(); return; }
    form.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => $$("form[data-sent]").forEach((f) => delete f.dataset.sent));

  // --- keys: off while typing, with a modifier, in a dialog, or when switched off ------------------------------
  let pressedG = 0;
  document.addEventListener("keydown", (ev) => {
    const typing = ev.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
    const mod = ev.ctrlKey || ev.metaKey;
    if (mod && ev.key.toLowerCase() === "k") { if (openDialog("finder")) ev.preventDefault(); return; }
    if (mod && ev.key === "Enter" && ev.target.form) {
      $$("button:not([type=button])", ev.target.form).find((b) => b.checkVisibility())?.click();
      return;
    }
    if (ev.key === "Escape") {
      if (typing && !ev.target.closest("dialog")) ev.target.blur();
      else if (!$("dialog[open]")) clearSelection();
      $$("details.menu[open]").forEach((d) => { d.open = false; $("summary", d).focus(); });
      return;
    }
    if (!keysOn() || typing || mod || ev.altKey || $("dialog[open]")) return;
    const rows = $$(".worklist .name"), at = rows.findIndex((a) => a.closest("tr").contains(document.activeElement));
    const click = (s) => $(s) && ($(s).click(), true);
    const focus = (s) => $(s) && ($(s).focus(), $(s).scrollIntoView({ block: "center" }), true);
    const done = {
      j: () => rows.length ? (rows[Math.min(at + 1, rows.length - 1)].focus(), true) : click("#next-account"),
      k: () => rows.length ? (rows[Math.max(at - 1, 0)].focus(), true) : click("#previous-account"),
      x: () => at >= 0 && click(`#${CSS.escape(rows[at].closest("tr").id)} input[name=ids]`),
      "/": () => focus("#q"),
      "?": () => openDialog("keys"),
      n: () => $("#compose") && compose("note"),
      c: () => $("#id_outcome") && compose("call"),
      s: () => { const d = $(".bar .menu"); if (!d) return false; d.open = true; $("div button, div a, div select", d)?.focus(); return true; },
      g: () => { pressedG = Date.now(); return true; },
      w: () => Date.now() - pressedG < 900 ? (location.assign("/worklist/"), true) : click("#start-working"),
    }[ev.key]?.();
    if (done) ev.preventDefault();
  });

  // --- a file: dropped on its zone, told when too large before it is sent, and how much of it is sent ------------
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

  // --- htmx: say "busy", recount what landed, tell about failures (event names of htmx 2) ----------------------
  document.addEventListener("htmx:beforeRequest", (ev) => ev.detail.target.setAttribute("aria-busy", "true"));
  document.addEventListener("htmx:afterRequest", (ev) => ev.detail.target.setAttribute("aria-busy", "false"));
  document.addEventListener("htmx:afterSettle", countSelected);
  document.addEventListener("htmx:afterSettle", tellWhatFollows);
  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(failure, () => say("That did not work. What you typed is still here; try again."));
  }
  function say(text) {
    const note = document.createElement("p");
    note.className = "note";
    note.textContent = text;
    $("#toasts")?.replaceChildren(note);
    setTimeout(() => note.remove(), 8000);
  }

  const keysBox = $("[data-keys-toggle]");
  if (keysBox) keysBox.checked = keysOn();
  countSelected();
  tellWhatFollows();
  $$("dialog[data-open]").forEach((d) => openDialog(d.id));
  $(".note[autofocus]")?.focus();
})();
