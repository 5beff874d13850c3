"""Each request stands alone: its agency, its transaction, its address."""

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from core import tenancy
from core.models import Agency, AuditLog, Creditor, User
from core.signin import MEMBER_OF
from debtflow.middleware import AgencyMiddleware
from tests.cast import make_account, make_creditor


def address_recorded(client: Client, harborline: Agency, **headers: str) -> str | None:
    with tenancy.acting_for(harborline):
        account = make_account()
    response = client.get(f"/accounts/{account.pk}/", **headers)
    assert response.status_code == 200
    with tenancy.acting_for(harborline):
        return AuditLog.objects.get(object_pk=str(account.pk), action=AuditLog.Action.ACCESS).remote_addr


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_X_FORWARDED_FOR": "198.51.100.66"},
        {"HTTP_X_FORWARDED_FOR": "198.51.100.66, 198.51.100.67"},
        {"HTTP_X_FORWARDED_FOR": "garbage"},
        {"HTTP_X_FORWARDED_FOR": "'; DROP TABLE core_user; --"},
        {"HTTP_X_FORWARDED_FOR": "," * 5000},
        {"HTTP_X_FORWARDED_PORT": "99999999999"},
        {"HTTP_X_CORRELATION_ID": "x" * 5000},
        {"HTTP_X_REQUEST_ID": "x" * 5000},
        {"HTTP_X_REAL_IP": "198.51.100.66"},
        {"HTTP_FORWARDED": "for=198.51.100.66"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_a_forged_header_neither_fools_nor_breaks_the_audit(
    headers: dict[str, str], client: Client, harborline: Agency, dana: User
) -> None:
    client.force_login(dana)
    assert address_recorded(client, harborline, REMOTE_ADDR="203.0.113.5", **headers) == "203.0.113.5"


def test_behind_one_trusted_proxy_its_word_counts(client: Client, harborline: Agency, dana: User, settings) -> None:  # type: ignore[no-untyped-def]
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    client.force_login(dana)
    forwarded = "198.51.100.66, 203.0.113.80"  # the first is what the client claims, the last what the proxy saw
    recorded = address_recorded(client, harborline, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert recorded == "203.0.113.80"


def run(agency_user: User | None, view) -> HttpResponse:  # type: ignore[no-untyped-def]
    from django.contrib.auth.models import AnonymousUser

    request = RequestFactory().get("/anything/")
    request.user = agency_user or AnonymousUser()
    request.session = {MEMBER_OF: str(agency_user.agency_id)} if agency_user else {}  # type: ignore[assignment]
    return AgencyMiddleware(view)(request)


@pytest.mark.django_db(transaction=True)
def test_the_next_request_on_the_connection_knows_nothing_of_the_last(sarah: User, stranger: User) -> None:
    seen: list[tuple[str, int | None]] = []

    def view(request: HttpRequest) -> HttpResponse:
        if tenancy.agency_id_or_none():
            make_creditor(f"Of {request.user}")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT coalesce(current_setting('debtflow.agency_id', true), ''), count(*) FROM core_creditor"
            )
            seen.append(cursor.fetchone())
        return HttpResponse()

    for user in (sarah, None, stranger, sarah):
        run(user, view)
    assert seen == [(str(sarah.agency_id), 1), ("", 0), (str(stranger.agency_id), 1), (str(sarah.agency_id), 1)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("status", "kept"), [(200, 1), (302, 1), (422, 1), (500, 0), (503, 0)])
def test_an_answer_of_500_and_above_undoes_the_request(status: int, kept: int, sarah: User) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        make_creditor("Half done")
        return HttpResponse(status=status)

    assert run(sarah, view).status_code == status
    with tenancy.acting_for(sarah.agency):
        assert Creditor.objects.count() == kept


@pytest.mark.django_db(transaction=True)
def test_an_exception_undoes_the_request(sarah: User) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        make_creditor("Half done")
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        run(sarah, view)
    with tenancy.acting_for(sarah.agency):
        assert Creditor.objects.count() == 0
    assert tenancy.agency_id_or_none() is None


def test_pages_with_debtor_data_are_not_kept_by_anybody(client: Client, sarah: User) -> None:
    client.force_login(sarah)
    response = client.get("/worklist/")
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "HX-Request" in response.headers["Vary"]


def test_every_page_forbids_inline_script_and_framing(client: Client, db: None) -> None:
    headers = client.get("/auth/login/").headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
