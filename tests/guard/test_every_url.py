"""Every URL × every role × both agencies: who gets in where, by rule. URLs are discovered, new ones included."""

from collections.abc import Callable
from copy import deepcopy
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from core import assignment, storage, tenancy
from core.models import Account, Agency, Debtor, User
from payments.models import Payment
from tests.cast import make_account, make_debtor, make_user
from tests.furnish import any_row, furnish
from tests.guard.urls import Page, pages

SIGN_IN = ("/auth/login/", "/admin/login/")
# What only Harborline's own people may read.
MARKS = (b"MARK-0001", b"Markus Harborside", b"mark-harborside.csv")
# Collectors work accounts; they neither watch imports and figures nor assign.
NOT_FOR_COLLECTORS = (
    *(
        "exports:",
        "schedules:",
        "imports:",
        "team:",
        "processors:",
        "worklist:assignment",
        "worklist:bulk_",
        "worklist:undo",
    ),
    *("payments:lookups", "payments:refund", "payments:event", "payments:attention", "payments:comparison"),
    "reports:",
    *("payments:settlements", "payments:decisions", "payments:terms", "payments:limits", "payments:floor"),
)
# Pages for admins alone: whoever only looks is told so.
NOT_FOR_READERS = (
    "schedules:new",
    "schedules:removal",
    "imports:original",
    "imports:cancellation",
    "team:deactivation",
    "team:reassignment",
    "team:outcome_new",
    "payments:refund_new",
    "worklist:views",
    "worklist:view",
    "worklist:payment_new",
    "worklist:payment_details",
    "worklist:plan_new",
    "worklist:offer_new",
)
# What belongs to one user: for a colleague it does not exist.
PERSONAL = ("worklist:view", "worklist:view_deletion", "worklist:undo",
            "exports:file", "exports:cancellation", "exports:removal")  # fmt: skip
# Who only looks may take along what he sees: a file of his own changes nothing of the agency's.
ALSO_FOR_READERS = ("exports:",)
NOT_FOUND = {404, 405}

Answer = tuple[int, str, bytes]


@pytest.fixture
def world(harborline: Agency, northwind: Agency, dana: User, sarah: User, settings: Any, tmp_path: Path) -> Agency:
    """A marked account on Sarah's desk, a marked import job with its file, and something in every other table of both
    agencies."""
    from imports.models import SFTPImportJob

    settings.MEDIA_ROOT = tmp_path

    with tenancy.acting_for(harborline):
        account = make_account(external_ref="MARK-0001", debtor=make_debtor(full_name="Markus Harborside"))
        assignment.assign([account.pk], to=sarah.collector, by=dana)
        any_row(Payment)  # on the marked account, the only one yet
    for agency in (harborline, northwind):
        furnish(agency)
    with tenancy.acting_for(harborline):
        stored = storage.keep(BytesIO(b"MARK-0001"), "imports")
        SFTPImportJob.objects.update(file_name="mark-harborside.csv", stored_file=stored)
    return harborline


def ask(client: Client, method: str, page: Page, **headers: str) -> Answer:
    """The answer; whatever the request did is undone, signing out included."""
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        response = client.generic(method, page.path, headers=headers)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    client.cookies = cookies
    return response.status_code, response.headers.get("Location", ""), body


def browser(user: User | None, *, inside: Agency | None = None, csrf: bool = False) -> Client:
    client = Client(raise_request_exception=False, enforce_csrf_checks=csrf)
    if user is not None:
        client.force_login(user)
    if inside is not None:
        assert client.post(f"/admin/core/agency/enter/{inside.pk}/").status_code == 302
    return client


Rule = Callable[[Page, str, Answer, Client], str]


def deviations(world: Agency, client: Client, rule: Rule, *, secret: bool) -> list[str]:
    """What does not follow the rule, as sentences."""
    found = []
    every = pages(world)
    assert len(every) > 100
    for page in every:
        for method in ("GET", "POST"):
            answer = ask(client, method, page)
            wrong = rule(page, method, answer, client) if answer[0] < 500 else "an error of ours"
            if not wrong and secret and any(mark in answer[2] for mark in MARKS):
                wrong = "shows what belongs to Harborline's people"
            if wrong:
                found.append(f"{method} {page.path} ({page.name}): {answer[0]} {answer[1]} {wrong}")
    return found


def expect_status(answer: Answer, allowed: set[int]) -> str:
    return "" if answer[0] in allowed else f"expected one of {sorted(allowed)}"


def to_sign_in(answer: Answer) -> str:
    status, location, _ = answer
    return "" if status == 302 and location.startswith(SIGN_IN) else "expected the way to the sign-in"


def nobody(page: Page, method: str, answer: Answer, client: Client) -> str:
    """Outside, only the public list answers."""
    return "" if page.area == "public" else to_sign_in(answer)


def no_operator(page: Page, answer: Answer) -> str:
    """Django's admin belongs to the platform's operator."""
    if answer[0] == 302:
        return to_sign_in(answer)
    return expect_status(answer, {403, 404})


def insider(page: Page, method: str, answer: Answer, client: Client) -> str:
    """An admin of Harborline: every page of the agency opens, every action is understood."""
    if page.area == "admin":
        return no_operator(page, answer)
    if page.area != "agency":
        return ""
    allowed = {200, 302, 303, 405} | ({404} if page.name in PERSONAL else set())
    return expect_status(answer, allowed if method == "GET" else allowed | {409, 422})


def looker(page: Page, method: str, answer: Answer, client: Client) -> str:
    """A read-only user sees the pages and changes nothing."""
    if page.name in NOT_FOR_READERS:
        return expect_status(answer, {403, 405})
    if page.area != "agency" or method == "GET" or page.name.startswith(ALSO_FOR_READERS):
        return insider(page, method, answer, client)
    return expect_status(answer, {403, 405})


def worker(page: Page, method: str, answer: Answer, client: Client) -> str:
    """A collector: her own accounts; no imports, no assigning."""
    if page.name.startswith(NOT_FOR_COLLECTORS):
        return expect_status(answer, {403, 404, 405})
    return insider(page, method, answer, client)


def other_worker(page: Page, method: str, answer: Answer, client: Client) -> str:
    """Another collector of the same agency: the account on Sarah's desk does not exist for him."""
    own = page.about in {Account, Debtor, Payment} or page.name == "payments:commission_of"
    if page.area == "agency" and own:
        return hidden(page, method, answer, client)
    return worker(page, method, answer, client)


def outsider(page: Page, method: str, answer: Answer, client: Client) -> str:
    """An admin of the other agency: nothing of Harborline exists."""
    if page.area == "agency" and page.about is not None:
        return hidden(page, method, answer, client)
    return insider(page, method, answer, client)


def hidden(page: Page, method: str, answer: Answer, client: Client) -> str:
    """404; a page that knows only the other method must say 404 to that."""
    if answer[0] == 405:
        other = ask(client, "POST" if method == "GET" else "GET", page)
        return "" if other[0] == 404 else "expected 404 by one of the methods"
    return expect_status(answer, {404})


def operator_outside(page: Page, method: str, answer: Answer, client: Client) -> str:
    """The platform's operator who has entered no agency: no page of an agency opens."""
    if page.area == "agency":
        return expect_status(answer, {302, 303, 403, 404, 405})
    if page.area == "admin" and page.is_of_an_agency:
        return expect_status(answer, {302, 403, 404})
    return ""


def operator_elsewhere(page: Page, method: str, answer: Answer, client: Client) -> str:
    """He works in Northwind: nothing of Harborline exists."""
    if page.area == "agency" and page.about is not None:
        return hidden(page, method, answer, client)
    if page.area == "admin" and page.is_of_an_agency:
        return expect_status(answer, {302, 403, 404})
    return ""


def operator_inside(page: Page, method: str, answer: Answer, client: Client) -> str:
    """He works in Harborline: as its admin, and in Django's admin besides."""
    if page.area == "agency":
        return insider(page, method, answer, client)
    return "expected to be let in" if answer[1].startswith(SIGN_IN) and page.area == "admin" else ""


def test_nobody_gets_in_without_signing_in(world: Agency) -> None:
    assert deviations(world, browser(None), nobody, secret=True) == []


def test_an_admin_uses_every_page_of_the_agency(world: Agency, dana: User) -> None:
    assert deviations(world, browser(dana), insider, secret=False) == []


def test_a_reader_changes_nothing(world: Agency, auditor: User) -> None:
    assert deviations(world, browser(auditor), looker, secret=False) == []


def test_a_collector_works_her_own_accounts(world: Agency, sarah: User) -> None:
    assert deviations(world, browser(sarah), worker, secret=False) == []


def test_another_collector_does_not_see_them(world: Agency, james: User) -> None:
    assert deviations(world, browser(james), other_worker, secret=True) == []


def test_the_other_agency_s_admin_finds_nothing(world: Agency, stranger: User) -> None:
    assert deviations(world, browser(stranger), outsider, secret=True) == []


@pytest.mark.parametrize("role", ["collector", "readonly"])
def test_nobody_of_the_other_agency_finds_anything(role: str, world: Agency, northwind: Agency) -> None:
    client = browser(make_user(northwind, f"nora.{role}", role))

    def rule(page: Page, method: str, answer: Answer, client: Client) -> str:
        if page.area == "agency" and page.about is not None:
            return expect_status(answer, NOT_FOUND | {403})
        return looker(page, method, answer, client) if role == "readonly" else worker(page, method, answer, client)

    assert deviations(world, client, rule, secret=True) == []


def test_the_operator_outside_an_agency_opens_none_of_its_pages(world: Agency, operator: User) -> None:
    assert deviations(world, browser(operator), operator_outside, secret=True) == []


def test_the_operator_inside_harborline_works_there(world: Agency, operator: User) -> None:
    assert deviations(world, browser(operator, inside=world), operator_inside, secret=False) == []


def test_the_operator_inside_northwind_finds_nothing_of_harborline(
    world: Agency, northwind: Agency, operator: User
) -> None:
    assert deviations(world, browser(operator, inside=northwind), operator_elsewhere, secret=True) == []


def test_no_form_is_taken_from_another_site(world: Agency, dana: User) -> None:
    client = browser(dana, csrf=True)
    ours = [page for page in pages(world) if page.area in {"agency", "own"}]
    accepted = {page.path: ask(client, "POST", page)[0] for page in ours}
    assert {path: status for path, status in accepted.items() if status not in {403, 405}} == {}


REGION = {"HX-Request": "true"}


@pytest.mark.parametrize(
    "extra", [{}, {"HX-Target": "results"}, {"HX-Boosted": "true"}], ids=["region", "target", "boosted"]
)
def test_htmx_gets_an_answer_everywhere(extra: dict[str, str], world: Agency, dana: User) -> None:
    client = browser(dana)
    ours = [page for page in pages(world) if page.area == "agency"]
    statuses = {
        (method, page.path): ask(client, method, page, **REGION, **extra)[0]
        for page in ours
        for method in ("GET", "POST")
    }
    assert {key: status for key, status in statuses.items() if status >= 500 or status in {400, 404}} == {}


NASTY = [
    "%00",
    "%FF",
    "'",
    "-1",
    "9" * 40,
    "1e999",
    "NaN",
    "%F0%9F%92%A3",
    "x" * 3000,
    "../../etc/passwd",
    "\\",
    "%25",
    "<script>",
]


FIELDS = {
    "list": ("q", "status", "priority", "creditor", "collector", "min", "max", "due", "sort", "order", "feed"),
    "day": ("promise", "contact", "callable", "to"),
    "debtor": ("via", "act", "point", "edit", "changes"),
    "pages": ("after", "before", "older", "cursor", "page", "per_page", "from", "kind", "outcome", "move", "list"),
    "files": ("key",),
    "payments": ("method", "period", "since", "until", "month", "state", "older_than", "newer_than"),
    "reports": (
        "open",
        "past_due",
        "stagnant",
        "returned",
        "resolved",
        "broken",
        "disputed_over",
        "placed_since",
        "placed_until",
        "placed_month",
        "made_since",
        "made_until",
        "due_since",
        "due_until",
        "matured",
        "right_party",
        "conversation",
        "channel",
        "totals",
        "step",
        "show",
    ),
    "jobs": ("reason", "show", "phase", "errors", "records", "at", "received_from", "received_to"),
}


def test_no_query_string_breaks_a_page(world: Agency, dana: User) -> None:
    client = browser(dana)
    names = [name for group in FIELDS.values() for name in group]
    broken = []
    for page in [page for page in pages(world) if page.area in {"agency", "public"}]:
        for value in NASTY:
            query = "&".join(f"{name}={value}" for name in names)
            with transaction.atomic():
                response = client.get(f"{page.path}?{query}")
                b"".join(response)  # as a browser does: a download that nobody reads keeps its file open
                transaction.set_rollback(True)
            if response.status_code >= 500:
                broken.append(f"{page.path}?…={value[:20]}")
    assert broken == []


def test_no_form_field_breaks_an_action(world: Agency, dana: User) -> None:
    client = browser(dana)
    names = ["all", "level", "name", "query",
             "body", "move", "reason", "expected", "collector", "ids", "list", "instalment", "frequency", "first_due",
             "note", "login", "password", "email", "next", "host", "port", "creditor", "remote_dir", "private_key",
             "shown_key", "accept_key", "version", "test", "to", "plan", "capacity", "rate",
             "automatic", "then", "kind", "value", "source", "new-kind", "new-value", "new-source", "act", "point",
             "amount", "means", "received_on", "reference", "save", "key", "seen",
             "how", "expected", "total", "number", "method", "replaces", "offer", "shown", "percent", "instalments",
             "expires_on", "floor", "plan_longest_months", "plan_smallest_instalment", "plan_grace_days",
             "plan_reminder_days",
             "format", "said", "full_name", "address_line1", "city", "state", "zip", "language", "via",
             "account"]  # fmt: skip
    broken = []
    for page in [page for page in pages(world) if page.area in {"agency", "public"}]:
        for value in ["\x00", "'", "9" * 40, "NaN", "💣", "x" * 20_000, "2026-13-45"]:
            with transaction.atomic():
                status = client.post(page.path, dict.fromkeys(names, value)).status_code
                transaction.set_rollback(True)
            if status >= 500:
                broken.append(f"{page.path}: {value[:20]!r}")
    assert broken == []


def test_a_url_that_does_not_exist_is_a_plain_404(dana: User, db: None) -> None:
    response = browser(dana).get("/no/such/page/")
    assert response.status_code == 404
    assert b"Traceback" not in response.content
