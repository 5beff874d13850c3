// What HTML cannot do alone. No dependencies; every page works without this file. The files beside it are put behind it.
const $ = (s, r = document) => r.querySelector(s);
const $$ = (s, r = document) => [...r.querySelectorAll(s)];
const root = document.documentElement;
const clicks = {}; // what a click does: selector of the element clicked on -> act; an act that gives false leaves the link alone
root.dataset.script = "on";

// Preferences of the screen are cookies, so that the server renders the page right the first time. No debtor data is kept here.
const keep = (name, value) => { document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=lax`; };

function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!dialog || dialog.open) return false;
  $$("dialog[open]").forEach((d) => d.close());
  dialog.showModal();
  $("[autofocus], input:not([type=hidden], [type=radio], [type=checkbox]), select, textarea", dialog)?.focus();
  dialog.dispatchEvent(new Event("opened"));
  return true;
}

function say(text) {
  const note = document.createElement("p");
  note.className = "note";
  note.textContent = text;
  $("#toasts")?.replaceChildren(note);
  setTimeout(() => note.remove(), 8000);
}

// --- clicks -----------------------------------------------------------------------------------------------------
Object.assign(clicks, {
  "[data-dialog]": (el) => openDialog(el.dataset.dialog),
  "[data-close]": (el) => { const d = el.closest("dialog"); d?.close(); return Boolean(d); },
  "[data-fill]": (el) => { const f = document.getElementById(el.dataset.fill); f.value = el.dataset.value; f.focus(); },
  "[data-unfold]": (el) => unfold(el.dataset.unfold),
  "[data-print]": () => print(),
  "[data-theme-toggle]": () => {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = (root.dataset.theme || (dark ? "dark" : "light")) === "dark" ? "light" : "dark";
    keep("theme", root.dataset.theme);
  },
  "[data-density-toggle]": () => {
    const compact = root.dataset.density === "compact";
    root.dataset.density = compact ? "roomy" : "compact";
    keep("density", root.dataset.density);
    $$("button[data-density-toggle].btn").forEach((b) => { b.textContent = compact ? "Compact rows" : "Roomy rows"; });
  },
});
document.addEventListener("click", (ev) => {
  const t = ev.target;
  $$("details.menu[open]").forEach((d) => { if (!d.contains(t)) d.open = false; });
  if (ev.ctrlKey || ev.metaKey || ev.shiftKey) return; // a link into another window
  for (const [selector, act] of Object.entries(clicks)) {
    const el = t.closest(selector);
    if (el && act(el) !== false && el.matches("a, form button")) ev.preventDefault();
  }
});
document.addEventListener("click", (ev) => {
  const t = ev.target;
  if (t.matches("[data-reveal]")) document.getElementById(t.dataset.reveal).type = t.checked ? "text" : "password";
});

/** Open what is folded within the element of that id, and go to its first field. */
function unfold(id) {
  const fold = document.getElementById(id)?.querySelector("details");
  if (!fold) return false;
  $$("dialog[open]").forEach((d) => d.close());
  fold.open = true;
  fold.scrollIntoView({ block: "nearest" });
  $("input:not([type=hidden]), select, textarea", fold)?.focus();
  return true;
}

// --- forms --------------------------------------------------------------------------------------------------------
// A form is sent once, however often its button is clicked.
document.addEventListener("submit", (ev) => {
  const form = ev.target;
  if (ev.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) { ev.preventDefault(); return; }
  form.dataset.sent = "yes";
});
addEventListener("pageshow", () => $$("form[data-sent]").forEach((f) => delete f.dataset.sent));

// What is typed and not sent yet survives when the region around it is replaced by another act.
let drafts = [];
function typedIn(field) {
  if (field.matches("select")) return field.selectedIndex !== Math.max(0, [...field.options].findIndex((o) => o.defaultSelected));
  return field.matches("[type=checkbox], [type=radio]") ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
}
function keepDrafts(region, sent) {
  drafts = $$(":is(input:not([type=hidden], [type=file]), select, textarea)[id]", region)
    .filter((field) => field.form !== sent && typedIn(field))
    .map((field) => ({ id: field.id, value: field.value, checked: field.checked }));
}
function bringDraftsBack() {
  for (const { id, value, checked } of drafts) {
    const field = document.getElementById(id);
    if (!field || typedIn(field)) continue;
    if (field.matches("[type=checkbox], [type=radio]")) field.checked = checked; else field.value = value;
  }
  drafts = [];
}

// --- focus: where it was, or as near as there is -------------------------------------------------------------------
let way = []; // the ids from the focused element up to the page
function rememberFocus() {
  const on = document.activeElement;
  way = [];
  if (!on || on === document.body) return;
  for (let el = on; el && el !== document.body; el = el.parentElement) {
    if (el.id) way.push(el.id);
    if (el.matches("details.menu")) way.push($("summary", el).id);
  }
  way.push("main");
}
function bringFocusBack() {
  if (!way.length || document.activeElement !== document.body) return;
  const near = way.map((id) => id && document.getElementById(id)).find((el) => el?.checkVisibility());
  way = [];
  if (!near) return;
  near.focus();
  if (near.matches(":disabled")) $("button:enabled", near.form)?.focus(); // as far up as it goes: the way down
  if (document.activeElement !== document.body && !near.matches("main")) return;
  const head = $("[autofocus], h1, h2, h3", near) || $("main h1");
  if (!head) return;
  if (!head.matches("a, button, input, select, textarea, summary")) head.tabIndex = -1;
  head.focus({ preventScroll: true });
}

// --- htmx: say "busy", keep what was typed and the focus, tell about failures (event names of htmx 2) --------------
document.addEventListener("htmx:beforeRequest", (ev) => {
  if (!asksByItself(ev.detail.elt)) ev.detail.target.setAttribute("aria-busy", "true"); // nobody waits for such
});
document.addEventListener("htmx:afterRequest", (ev) => ev.detail.target.setAttribute("aria-busy", "false"));
document.addEventListener("htmx:beforeSwap", (ev) => {
  if (!ev.detail.shouldSwap) return;
  const by = ev.detail.requestConfig.elt;
  rememberFocus();
  keepDrafts(ev.detail.target, ev.detail.requestConfig.verb === "post" ? by.closest("form") : null);
});
document.addEventListener("htmx:afterSettle", () => { bringDraftsBack(); bringFocusBack(); });
const failures = {
  403: "That is not yours to do. What you typed is still here.",
  404: "This is not here any more, or not yours any more. What you typed is still here; reload to see how it stands.",
  429: "That was too often. What you typed is still here; try again in a minute.",
};
// What asks by itself goes on asking without a word, until there is nothing left to ask for.
const asksByItself = (el) => /every|load/.test(el.getAttribute("hx-trigger") || "");
function stopAsking(el) {
  const still = el.cloneNode(true);
  for (const name of ["hx-get", "hx-post", "hx-trigger"]) still.removeAttribute(name);
  el.replaceWith(still);
}
for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, (ev) => {
    const { elt, xhr } = ev.detail;
    const gone = xhr?.status === 404;
    if (asksByItself(elt) && !gone) return;
    if (asksByItself(elt)) stopAsking(elt);
    const asked = ev.detail.requestConfig?.verb === "get";
    const lost = asked ? "No answer came. What you see is as it was; try again." : "Not saved. What you typed is still here; try again.";
    say(failures[xhr?.status] || lost);
  });
}

addEventListener("DOMContentLoaded", () => {
  $$("dialog[data-open]").forEach((d) => openDialog(d.id));
  $(".note[autofocus]")?.focus();
});
