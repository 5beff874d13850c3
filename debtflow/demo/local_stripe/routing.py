"""Which part of the stand-in answers a path?"""

import json
import re

from debtflow.demo.local_stripe import api, authentication, control_api, elements, home_page, hosted_page, pages
from debtflow.demo.local_stripe.errors import Refused
from debtflow.demo.local_stripe.world import Answer, Request, World

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Stripe-Version, Idempotency-Key",
    "Access-Control-Expose-Headers": "Request-Id, Idempotent-Replayed",
    "Access-Control-Max-Age": "300",
}
OURSELVES = re.compile(r"^(127\.0\.0\.1|localhost)(:\d+)?$")


def answer(world: World, request: Request) -> Answer:
    """Raises Dropped when a fault ends the connection."""
    if not OURSELVES.match(request.headers.get("host", "")):
        return _refused(f"Unknown host {request.headers.get('host', '')!r}.", 400)  # a name that was bent to loopback
    if request.path.startswith("/v1/"):
        if request.method == "OPTIONS":
            return Answer(204, b"", headers=CORS)
        answered = api.answer(world, request)
        answered.headers |= CORS
        return answered
    if request.path.startswith("/_control/"):
        return control_api.answer(world, request)
    return _page(world, request)


def _page(world: World, request: Request) -> Answer:
    """What a browser opens."""
    if request.method not in ("GET", "HEAD", "POST"):
        return _refused(f"{request.method} is not allowed here.", 405)
    path = request.path
    if path.startswith("/c/pay/"):
        return hosted_page.answer(world, request)
    if path.startswith("/authenticate/"):
        return authentication.answer(world, request)
    if path == "/act" and request.method == "POST":
        return home_page.act(world, request)
    if request.method == "POST":
        return _refused(f"Unrecognized request URL (POST: {path}).", 404)
    if path.startswith("/v3"):
        return elements.answer(path)
    if path.startswith("/receipts/"):
        return home_page.receipt(world, request)
    return home_page.answer(world, request) if path == "/" else pages.not_found()


def _refused(message: str, status: int) -> Answer:
    return Answer(status, json.dumps(Refused(message).body).encode())
