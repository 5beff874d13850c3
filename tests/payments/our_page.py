"""A page of ours that asks for a card by the stand-in's fields, as the product's page does."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SCRIPT = """
const facts = JSON.parse(document.getElementById("facts").textContent);
const stripe = Stripe(facts.key);
const elements = stripe.elements({ clientSecret: facts.secret, appearance: { theme: "night" } });
const payment = elements.create("payment");
payment.on("ready", () => { document.body.dataset.ready = "yes"; });
payment.mount("#fields");
document.getElementById("pay").addEventListener("click", async () => {
  const said = document.getElementById("said");
  said.textContent = "";
  const submitted = await elements.submit();
  if (submitted.error) { said.textContent = submitted.error.code; return; }
  const act = facts.secret.startsWith("seti_") ? stripe.confirmSetup : stripe.confirmPayment;
  const confirmParams = facts.back ? { return_url: facts.back } : {};
  const result = await act({ elements, confirmParams, redirect: facts.back ? "always" : "if_required" });
  const intent = result.paymentIntent ?? result.setupIntent;
  said.textContent = result.error ? result.error.decline_code ?? result.error.code : intent.status;
  if (result.paymentIntent) {
    const again = await stripe.retrievePaymentIntent(facts.secret);
    document.body.dataset.again = again.paymentIntent.status;
  }
});
"""
HTML = """<!doctype html><html lang="en"><meta name="color-scheme" content="light dark"><title>Ours</title>
<main><div id="fields"></div>
<button id="pay">Pay</button><output id="said"></output></main>
<script type="application/json" id="facts">{facts}</script>
<script src="{stand_in}/v3/"></script><script src="/ours.js" defer></script></html>"""


class OurPage:
    """A site of our own, on another origin, with a content policy that lets nothing in but the stand-in."""

    def __init__(self, stand_in: str) -> None:
        self.stand_in = stand_in
        self.facts: dict[str, Any] = {}
        ours = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                is_script = self.path == "/ours.js"
                page = HTML.format(facts=json.dumps(ours.facts), stand_in=ours.stand_in) if ours.facts else "Thanks"
                body = (SCRIPT if is_script else page).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/javascript" if is_script else "text/html; charset=utf-8")
                self.send_header("Content-Security-Policy", ours.policy)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"

    @property
    def policy(self) -> str:
        own, other = "'self'", self.stand_in
        return f"default-src 'none'; script-src {own} {other}; frame-src {other}; connect-src {other}; img-src {own}"
