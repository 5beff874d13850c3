"""The stand-in as a server: bad input is refused, nothing is lost by a restart, and only this machine reaches it."""

import http.client
import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import stripe
from pytest_django import Settings

from debtflow.demo import local_stripe
from debtflow.demo.local_stripe import server
from debtflow.demo.local_stripe.accounts import Account
from debtflow.demo.local_stripe.control import Control
from debtflow.demo.local_stripe.world import World
from tests.payments.stripe_server import CARD, client_of, take


def ask(
    account: Account, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(urlsplit(account.base_url).netloc, timeout=10)
    try:
        connection.request(method, path, body, {"Authorization": f"Bearer {account.secret_key}"} | (headers or {}))
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("POST", "/v1/payment_intents", b"\xff\xfe=1", {}, 400),
        ("POST", "/v1/payment_intents", b"amount=%FF", {}, 400),
        ("POST", "/v1/payment_intents", b"a[[b=1", {}, 400),
        ("POST", "/v1/payment_intents", b"amount=1&amount[b]=2", {}, 400),
        ("POST", "/v1/payment_intents", b"metadata[a][b]=1&amount=900&currency=usd", {}, 400),
        ("POST", "/v1/payment_intents", b"a" + b"[b]" * 50 + b"=1", {}, 400),
        ("POST", "/v1/payment_intents", b"a=%00", {}, 400),
        ("POST", "/v1/payment_intents", b"expand=latest_charge", {}, 400),
        ("POST", "/v1/payment_intents", b"amount=" + b"9" * 100 + b"&currency=usd", {}, 400),
        ("POST", "/v1/payment_intents", b"x" * (1 << 20) + b"x", {}, 413),
        ("POST", "/v1/payment_intents", b"", {"Stripe-Version": "yesterday"}, 400),
        ("POST", "/v1/payment_intents", b"", {"Authorization": "Basic eHg="}, 401),
        ("POST", "/v1/payment_intents", b"", {"Authorization": "Bearer sk_test_\xe9"}, 401),
        ("POST", "/v1/payment_intents", b"", {"Host": "bank.example"}, 400),
        ("GET", "/v1/payment_intents?limit=0", b"", {}, 400),
        ("GET", "/v1/payment_intents?limit=101", b"", {}, 400),
        ("GET", "/v1/payment_intents?limit=many", b"", {}, 400),
        ("GET", "/v1/payment_intents?starting_after=pi_nobody", b"", {}, 404),
        ("GET", "/v1/payment_intents?created[gte]=soon", b"", {}, 400),
        ("GET", "/v1/payment_intents?created[near]=1", b"", {}, 400),
        ("GET", "/v1/payment_intents/search?query=nonsense", b"", {}, 400),
        ("GET", "/v1/payment_intents/search?query=%ff", b"", {}, 400),
        ("GET", "/v1/payment_intents/pi_%2e%2e", b"", {}, 404),
        ("GET", "/v1/nothing", b"", {}, 404),
        ("DELETE", "/v1/payment_intents/pi_1", b"", {}, 404),
        ("POST", "/_control/nothing", b"{}", {}, 404),
        ("POST", "/_control/settle", b"[]", {}, 400),
        ("POST", "/_control/settle", b"{}", {}, 400),
        ("POST", "/_control/settle", b'{"payment": 7}', {}, 400),
        ("POST", "/_control/settle", b"\xff", {}, 400),
        ("POST", "/_control/settle", b"{}", {"Authorization": ""}, 401),
        ("GET", "/c/pay/cs_test_nobody", b"", {}, 404),
        ("GET", "/authenticate/pi_nobody", b"", {}, 404),
        ("GET", "/v3/../../secret", b"", {}, 404),
        ("POST", "/act", b"act=settle&account=x", {"Origin": "https://bank.example"}, 403),
        ("PUT", "/v1/payment_intents", b"", {}, 501),
    ],
)
def test_bad_input_is_refused(
    stripe_account: Account, method: str, path: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    assert ask(stripe_account, method, path, body, headers)[0] == status


def test_every_answer_has_a_request_id(stripe_client: stripe.StripeClient) -> None:
    intent = take(stripe_client)
    assert str(intent.last_response and intent.last_response.request_id).startswith("req_")
    with pytest.raises(stripe.CardError) as refusal:
        take(stripe_client, payment_method="pm_card_chargeDeclined")
    assert str(refusal.value.request_id).startswith("req_")


def test_it_listens_on_loopback_alone(stripe_account: Account) -> None:
    assert urlsplit(stripe_account.base_url).hostname == "127.0.0.1"
    assert server.HOST == "127.0.0.1"


def test_nothing_is_lost_by_a_restart(tmp_path: Path) -> None:
    with server.running(tmp_path) as world:
        account = world.account("harborline")
        client = client_of(account.secret_key, account.base_url)
        first = client.v1.payment_intents.create(CARD | {"amount": 700}, {"idempotency_key": "k"})
    with server.running(tmp_path) as world:
        again = world.account("harborline")
        assert again.secret_key == account.secret_key
        client = client_of(again.secret_key, again.base_url)
        assert client.v1.payment_intents.retrieve(first.id).status == "succeeded"
        assert client.v1.payment_intents.create(CARD | {"amount": 700}, {"idempotency_key": "k"}).id == first.id
        assert len(Control(again.base_url, again.secret_key).taken()) == 1


def test_an_account_is_made_without_a_server(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    account = local_stripe.account("harborline")
    local_stripe.send_events_to("harborline", "http://127.0.0.1:1/webhook/")
    assert local_stripe.account("harborline") == account
    assert account.base_url == f"http://127.0.0.1:{local_stripe.port()}"
    assert local_stripe.account("another").secret_key != account.secret_key
    assert (tmp_path / "stripe").stat().st_mode & 0o077 == 0
    with server.running(local_stripe.root(), local_stripe.port()):
        client = client_of(account.secret_key, account.base_url)
        assert client.v1.accounts.retrieve_current().id == account.id
        assert [each.url for each in client.v1.webhook_endpoints.list().data] == ["http://127.0.0.1:1/webhook/"]


def test_intents_are_listed_by_customer_and_time(stripe_client: stripe.StripeClient, stripe_control: Control) -> None:
    customer = stripe_client.v1.customers.create({}).id
    early = take(stripe_client)
    stripe_control.advance_time(1000)
    late = [take(stripe_client, customer=customer) for _ in range(3)]
    intents = stripe_client.v1.payment_intents
    assert [each.id for each in intents.list({"customer": customer}).data] == [each.id for each in reversed(late)]
    since = intents.list({"created": {"gte": late[0].created}, "limit": 2})
    assert (len(since.data), since.has_more, len(list(since.auto_paging_iter()))) == (2, True, 3)
    assert [each.id for each in intents.list({"ending_before": late[0].id, "limit": 2}).data] == [
        late[2].id,
        late[1].id,
    ]
    assert early.id not in {each.id for each in since.auto_paging_iter()}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("metadata['payment']:'7'", 1),
        ('metadata["payment"]:"7"', 1),
        ("metadata['payment']:'7' AND status:'succeeded'", 1),
        ("metadata['payment']:'7' AND status:'canceled'", 0),
        ("metadata['payment']:'7' OR metadata['payment']:'8'", 2),
        ("-metadata['payment']:'7'", 1),
        ("metadata['it\\'s']:'x'", 0),
        ("amount>1500", 1),
        ("metadata['payment']:null", 0),
    ],
)
def test_intents_are_searched(stripe_client: stripe.StripeClient, query: str, found: int) -> None:
    take(stripe_client, 1500, metadata={"payment": "7"})
    take(stripe_client, 1600, metadata={"payment": "8"})
    assert len(stripe_client.v1.payment_intents.search({"query": query}).data) == found


def test_search_may_lag(stripe_client: stripe.StripeClient, stripe_control: Control) -> None:
    stripe_control.search_lag(60)
    take(stripe_client, metadata={"payment": "7"})
    wanted: Any = {"query": "metadata['payment']:'7'"}
    assert stripe_client.v1.payment_intents.search(wanted).data == []
    stripe_control.advance_time(61)
    assert len(stripe_client.v1.payment_intents.search(wanted).data) == 1


ITEM = {"quantity": 1, "price_data": {"currency": "usd", "unit_amount": 2500, "product_data": {"name": "Account 7"}}}
SESSION: dict[str, Any] = {"mode": "payment", "line_items": [ITEM], "success_url": "http://127.0.0.1/paid"}


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"mode": None}, "mode"),
        ({"success_url": None}, "success_url"),
        ({"success_url": "paid"}, "success_url"),
        ({"line_items": []}, "line_items"),
        ({"line_items": [{**ITEM, "quantity": 0}]}, "line_items[0][quantity]"),
        ({"line_items": [{**ITEM, "price_data": {**ITEM["price_data"], "unit_amount": 20}}]}, None),  # type: ignore[dict-item]
        ({"expires_at": 1}, "expires_at"),
        ({"payment_method_types": ["card"]}, "payment_method_types"),
        ({"customer": "cus_nobody"}, "customer"),
        ({"payment_intent_data": {"colour": "blue"}}, "payment_intent_data[colour]"),
    ],
)
def test_a_payment_link_that_stripe_would_refuse(
    stripe_client: stripe.StripeClient, change: dict[str, Any], param: str | None
) -> None:
    params = {name: value for name, value in (SESSION | change).items() if value is not None}
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        stripe_client.v1.checkout.sessions.create(params)  # type: ignore[arg-type]
    assert refusal.value.param == param


def test_a_payment_link_expires(
    stripe_client: stripe.StripeClient, stripe_control: Control, stripe_account: Account
) -> None:
    sessions = stripe_client.v1.checkout.sessions
    first, second = (sessions.create(SESSION) for _ in range(2))  # type: ignore[arg-type]
    assert sessions.expire(first.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError):
        sessions.expire(first.id)
    stripe_control.advance_time(24 * 3600 + 1)
    assert ask(stripe_account, "GET", urlsplit(str(second.url)).path)[0] == 410
    assert sessions.retrieve(second.id).status == "expired"
    assert [each.type for each in stripe_control.take_webhooks()] == ["checkout.session.expired"] * 2


def test_a_link_paid_by_bank_is_told_when_it_settles(
    stripe_account: Account, stripe_client: stripe.StripeClient, stripe_control: Control
) -> None:
    session = stripe_client.v1.checkout.sessions.create(SESSION)  # type: ignore[arg-type]
    typed = b"method=us_bank_account&holder=Jenny&routing=110000000&account=000222222227"
    assert ask(stripe_account, "POST", urlsplit(str(session.url)).path, typed)[0] == 303
    stripe_control.take_webhooks()
    after = stripe_client.v1.checkout.sessions.retrieve(session.id)
    assert (after.status, after.payment_status) == ("complete", "unpaid")
    stripe_control.settle(str(after.payment_intent))
    kinds = [each.type for each in stripe_control.take_webhooks()]
    assert kinds[-1] == "checkout.session.async_payment_failed"


def test_a_browser_may_ask_from_another_origin(stripe_account: Account, stripe_server: World) -> None:
    status, headers, _ = ask(stripe_account, "OPTIONS", "/v1/payment_intents/pi_1/confirm")
    assert (status, headers["Access-Control-Allow-Origin"]) == (204, "*")
    status, headers, script = ask(stripe_account, "GET", "/v3/")
    assert (status, headers["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    assert b"window.Stripe" in script
    body = json.loads(ask(stripe_account, "GET", "/v1/account")[2])
    assert body["id"] == stripe_account.id
