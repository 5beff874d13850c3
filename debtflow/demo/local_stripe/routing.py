"""Which part of the stand-in answers a path?"""

import json

from debtflow.demo.local_stripe import api, control_api
from debtflow.demo.local_stripe.errors import Refused
from debtflow.demo.local_stripe.world import Answer, Request, World

CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Stripe-Version, Idempotency-Key",
    "Access-Control-Expose-Headers": "Request-Id, Idempotent-Replayed",
    "Access-Control-Max-Age": "300",
}


def answer(world: World, request: Request) -> Answer:
    """Raises Dropped when a fault ends the connection."""
    if request.path.startswith("/v1/"):
        if request.method == "OPTIONS":
            return Answer(204, b"", headers=CORS)
        answered = api.answer(world, request)
        answered.headers |= CORS
        return answered
    if request.path.startswith("/_control/"):
        return control_api.answer(world, request)
    refused = Refused(f"Unrecognized request URL ({request.method}: {request.path}).", status=404)
    return Answer(refused.status, json.dumps(refused.body).encode())
