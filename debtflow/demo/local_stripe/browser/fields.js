// The fields that a page of ours shows, but cannot read.
"use strict";
const form = document.getElementById("fields");
const bank = document.getElementById("bank");
const wrong = document.getElementById("wrong");
const groups = { card: document.getElementById("card"), us_bank_account: document.getElementById("us_bank_account") };
const NEEDED = {
  card: [["number", "incomplete_number", "Your card number is incomplete."],
    ["expiry", "incomplete_expiry", "Your card's expiration date is incomplete."],
    ["cvc", "incomplete_cvc", "Your card's security code is incomplete."]],
  us_bank_account: [["holder", "incomplete_name", "Please provide your full name."],
    ["routing", "incomplete_routing_number", "Your routing number is incomplete."],
    ["account", "incomplete_account_number", "Your account number is incomplete."]],
};
let page; // the origin that put us into its page: the first to speak, and the only one heard
let key, secret;

function tell(message) {
  parent.postMessage(message, page);
}
function resize() {
  if (page) tell({ height: document.documentElement.offsetHeight + 8 });
}
const method = () => form.elements.method.value;
const typed = (name) => form.elements[name].value.trim();

function show(message) {
  wrong.textContent = message ?? "";
  wrong.hidden = !message;
  resize();
}
function lacking() {
  for (const [name, code, message] of NEEDED[method()]) {
    const isDate = name !== "expiry" || /^\d{1,2}\s*\/?\s*(\d{2}|\d{4})$/.test(typed(name));
    const isLong = name !== "number" || typed(name).replace(/\D/g, "").length >= 12;
    if (!typed(name) || !isDate || !isLong) return { type: "validation_error", code, message };
  }
  return undefined;
}
function data() {
  if (method() === "us_bank_account") {
    return { "payment_method_data[type]": "us_bank_account",
      "payment_method_data[us_bank_account][routing_number]": typed("routing"),
      "payment_method_data[us_bank_account][account_number]": typed("account"),
      "payment_method_data[us_bank_account][account_holder_type]": "individual",
      "payment_method_data[billing_details][name]": typed("holder") };
  }
  const [, month, year] = /^(\d{1,2})\s*\/?\s*(\d{2}|\d{4})$/.exec(typed("expiry"));
  return { "payment_method_data[type]": "card", "payment_method_data[card][number]": typed("number"),
    "payment_method_data[card][exp_month]": month, "payment_method_data[card][exp_year]": year,
    "payment_method_data[card][cvc]": typed("cvc") };
}
const kind = () => (secret.startsWith("seti_") ? "setup" : "payment");
const id = () => secret.split("_secret_")[0];

async function ask(path, init) {
  const headers = { Authorization: `Bearer ${key}`, Accept: "application/json" };
  const answer = await fetch(path, { ...init, headers });
  const body = await answer.json();
  return answer.ok ? { [`${kind()}Intent`]: body } : { error: body.error };
}
async function confirm(params) {
  const error = lacking();
  if (error) {
    show(error.message);
    return { error };
  }
  show();
  const more = typeof params.return_url === "string" ? { return_url: params.return_url } : {};
  const body = new URLSearchParams({ client_secret: secret, use_stripe_sdk: "true", ...more, ...data() });
  const result = await ask(`/v1/${kind()}_intents/${id()}/confirm`, { method: "POST", body });
  return result[`${kind()}Intent`]?.status === "requires_action" ? authenticated() : result;
}
function authenticated() {
  form.hidden = true;
  bank.hidden = false;
  resize();
  document.getElementById("asks").focus();
  return new Promise((resolve) => {
    bank.onclick = async (event) => {
      const outcome = event.target.value;
      if (!outcome) return;
      bank.onclick = null;
      const body = new URLSearchParams({ client_secret: secret, outcome });
      const result = await ask(`/authenticate/${id()}`, { method: "POST", body });
      bank.hidden = true;
      form.hidden = false;
      resize();
      resolve(result);
    };
  });
}
function look(appearance) {
  const names = { colorText: "--text", colorBackground: "--back", colorDanger: "--danger", colorPrimary: "--accent",
    borderRadius: "--radius" };
  for (const [name, property] of Object.entries(names)) {
    const value = appearance?.variables?.[name];
    if (typeof value === "string") document.documentElement.style.setProperty(property, value);
  }
  const dark = appearance?.theme === "night" || appearance?.theme === "dark";
  document.documentElement.style.colorScheme = appearance?.theme ? (dark ? "dark" : "light") : "";
}
async function begin(message) {
  key = String(message.key);
  secret = String(message.clientSecret ?? "");
  look(message.appearance);
  if (secret) {
    const { error, ...found } = await ask(`/v1/${kind()}_intents/${id()}?client_secret=${encodeURIComponent(secret)}`);
    if (error) {
      tell({ event: "loaderror", detail: { error } });
      return;
    }
    const types = found[`${kind()}Intent`].payment_method_types;
    for (const radio of form.elements.method) radio.disabled = !types.includes(radio.value);
    document.getElementById("methods").hidden = types.length < 2;
    form.elements.method.value = types.includes(method()) ? method() : types[0];
    choose();
  }
  resize();
  tell({ event: "ready", detail: {} });
}
function choose() {
  for (const [name, group] of Object.entries(groups)) group.hidden = name !== method();
  resize();
}

window.addEventListener("message", async (event) => {
  if (event.source !== parent || event.data === null || typeof event.data !== "object") return;
  page ??= event.origin;
  if (event.origin !== page) return;
  const message = event.data;
  if (message.act === "begin") begin(message);
  if (message.act === "look") look(message.appearance);
  if (message.act === "check") {
    const error = lacking();
    show(error?.message);
    tell({ answer: message.id, result: error ? { error } : { selectedPaymentMethod: method() } });
  }
  if (message.act === "confirm") {
    secret = String(message.clientSecret);
    const result = await confirm(message.confirmParams ?? {}).catch(() => ({
      error: { type: "api_connection_error", message: "We could not reach the payment server. Please try again." },
    }));
    if (result.error) show(result.error.message);
    tell({ answer: message.id, result });
  }
});
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("change", (event) => event.target.name === "method" && choose());
form.addEventListener("input", () => {
  const complete = lacking() === undefined;
  if (page) tell({ event: "change", detail: { complete, empty: false, value: { type: method() } } });
});
