// A stand-in of Stripe.js. Card data is typed into an iframe of its own origin and goes nowhere else.
(() => {
  "use strict";
  const HOME = new URL(document.currentScript.src).origin;
  const frames = new Map(); // window of an iframe -> what is known of it
  let number = 0;

  window.addEventListener("message", (event) => {
    const frame = event.origin === HOME ? frames.get(event.source) : undefined;
    if (frame === undefined || event.data === null || typeof event.data !== "object") return;
    frame.hear(event.data);
  });

  class Element_ {
    constructor(elements) {
      this.elements = elements;
      this.listeners = {};
      this.waiting = new Map();
      this.ready = new Promise((resolve) => (this.isReady = resolve));
    }
    on(name, listener) {
      (this.listeners[name] ??= []).push(listener);
      return this;
    }
    off(name) {
      delete this.listeners[name];
      return this;
    }
    tell(name, detail) {
      for (const listener of this.listeners[name] ?? []) listener({ elementType: "payment", ...detail });
    }
    mount(where) {
      const place = typeof where === "string" ? document.querySelector(where) : where;
      if (!place) throw new Error(`IntegrationError: the selector you specified (${where}) applies to no DOM elements.`);
      this.unmount();
      const frame = document.createElement("iframe");
      frame.title = "Secure payment input frame";
      frame.src = `${HOME}/v3/fields.html`;
      frame.name = `__privateStripeFrame${++number}`;
      frame.style.cssText = "border:0;width:100%;height:22rem;display:block";
      this.dress(frame);
      frame.addEventListener("load", () => {
        const { clientSecret, appearance } = this.elements.options;
        this.post({ act: "begin", key: this.elements.key, clientSecret, appearance });
      });
      place.replaceChildren(frame);
      this.frame = frame;
      frames.set(frame.contentWindow, this);
    }
    // A frame whose scheme differs from its document's is painted opaque.
    dress(frame) {
      const theme = this.elements.options.appearance?.theme;
      frame.style.colorScheme = theme ? (/^(night|dark)$/.test(theme) ? "dark" : "light") : "";
    }
    unmount() {
      if (!this.frame) return;
      frames.delete(this.frame.contentWindow);
      this.frame.remove();
      this.frame = undefined;
    }
    destroy() {
      this.unmount();
      this.elements.payment = undefined;
    }
    update() {}
    blur() {}
    focus() {
      this.frame?.focus();
    }
    post(message) {
      this.frame.contentWindow.postMessage(message, HOME);
    }
    hear(message) {
      if (message.height) this.frame.style.height = `${Number(message.height)}px`;
      if (message.event === "ready") this.isReady();
      if (message.event) this.tell(message.event, message.detail);
      if (message.answer) {
        this.waiting.get(message.answer)?.(message.result);
        this.waiting.delete(message.answer);
      }
    }
    async ask(act, more) {
      if (!this.frame) throw new Error("IntegrationError: mount the payment Element first.");
      await this.ready;
      const id = ++number;
      return new Promise((resolve) => {
        this.waiting.set(id, resolve);
        this.post({ act, id, ...more });
      });
    }
  }

  class Elements {
    constructor(key, options) {
      this.key = key;
      this.options = options ?? {};
    }
    create(kind) {
      if (kind !== "payment") throw new Error(`The stand-in has no element of type ${kind}.`);
      if (this.payment) throw new Error("IntegrationError: Can only create one Element of type payment.");
      this.payment = new Element_(this);
      return this.payment;
    }
    getElement(kind) {
      return (kind === "payment" && this.payment) || null;
    }
    update(options) {
      Object.assign(this.options, options);
      if (!this.payment?.frame) return;
      this.payment.dress(this.payment.frame);
      this.payment.post({ act: "look", appearance: this.options.appearance });
    }
    async fetchUpdates() {
      return {};
    }
    async submit() {
      return this.payment.ask("check");
    }
  }

  const kindOf = (secret) => (String(secret).startsWith("seti_") ? "setup" : "payment");

  async function asked(key, method, secret, path, more) {
    const fields = new URLSearchParams({ client_secret: secret, ...more });
    const url = `${HOME}/v1/${kindOf(secret)}_intents/${String(secret).split("_secret_")[0]}${path}`;
    const init = { method, headers: { Authorization: `Bearer ${key}` } };
    if (method === "POST") init.body = fields;
    const answer = await fetch(method === "GET" ? `${url}?${fields}` : url, init);
    const body = await answer.json();
    return answer.ok ? { [`${kindOf(secret)}Intent`]: body } : { error: body.error };
  }

  async function confirm(key, kind, { elements, clientSecret, confirmParams = {}, redirect = "always" }) {
    const secret = clientSecret ?? elements?.options.clientSecret;
    if (!secret) throw new Error("IntegrationError: clientSecret is missing.");
    if (redirect !== "if_required" && !confirmParams.return_url) {
      throw new Error("IntegrationError: confirmParams.return_url is required.");
    }
    const result = elements
      ? await elements.payment.ask("confirm", { clientSecret: secret, confirmParams })
      : await asked(key, "POST", secret, "/confirm", { use_stripe_sdk: "true", ...confirmParams });
    const intent = result[`${kind}Intent`];
    if (intent && redirect !== "if_required") {
      const back = new URL(confirmParams.return_url, location.href);
      back.searchParams.set(`${kind}_intent`, intent.id);
      back.searchParams.set(`${kind}_intent_client_secret`, secret);
      back.searchParams.set("redirect_status", intent.status === "requires_action" ? "failed" : "succeeded");
      location.assign(back);
      return new Promise(() => {});
    }
    return result;
  }

  window.Stripe = (key) => {
    if (!/^pk_/.test(key ?? "")) throw new Error("IntegrationError: Stripe() needs your publishable key.");
    return {
      elements: (options) => new Elements(key, options),
      confirmPayment: (options) => confirm(key, "payment", options),
      confirmSetup: (options) => confirm(key, "setup", options),
      retrievePaymentIntent: (secret) => asked(key, "GET", secret, "", {}),
      retrieveSetupIntent: (secret) => asked(key, "GET", secret, "", {}),
    };
  };
  window.Stripe.version = 3;
})();
