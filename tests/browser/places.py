"""The pages that every look at all pages visits."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from core import contact_points, debtors, pinned_notes, timeline
from core.models import ContactPoint, Disposition, User
from imports.models import SFTPFeed
from payments import plans, refunding, settlements, taking
from payments.drafting import Terms as PlanTerms
from payments.models import Payment, WebhookEvent
from payments.settlements import Terms as OfferTerms
from payments.taking import Order
from reports.catalogue import REPORTS
from reports.models import Export, ReportDelivery, ReportSchedule
from reports.scheduled import planning
from tests.browser.conftest import Stage
from tests.cast import today


@dataclass(frozen=True)
class Place:
    """One page as one user sees it."""

    name: str
    path: str
    user: User | None


def places(stage: Stage, job: str, brought: dict[str, str]) -> list[Place]:
    """Every page of ours, and the pages of sign-in that wear our frame."""
    feed = f"/imports/feeds/{stage.within(_failing_feed)}/"
    desk = f"/team/{stage.within(lambda: stage.sarah.collector.pk)}/"
    outcome = f"/team/outcomes/{stage.within(_switched_off_outcome)}/"
    amelia, dmitri = stage.account("Amelia"), stage.account("Dmitri")
    debtor = f"/debtors/{stage.accounts['Amelia'].debtor_id}/"
    number = stage.within(lambda: _told_about(stage))
    paid, event = stage.within(lambda: _paid(stage))
    agreed = stage.within(lambda: _agreed(stage))
    stage.within(lambda: _exports_of(stage.dana))
    mailed = f"/reports/schedules/{stage.within(lambda: _mailed_to(stage.dana))}/"
    own = f"/payments/commission/{stage.within(lambda: stage.sarah.collector.pk)}/"
    no_days = "period=custom&since=2001-01-01&until=2001-01-02"
    return [
        Place("sign in", "/auth/login/", None),
        Place("forgotten password", "/auth/password/reset/", None),
        Place("sign-up is closed", "/auth/signup/", None),
        Place("worklist of a collector", "/worklist/", stage.sarah),
        Place("worklist, nothing found", "/worklist/?q=nobody+here", stage.sarah),
        Place("worklist, wrong filter", "/worklist/?min=abc&status=new", stage.sarah),
        Place("accounts of an admin", "/worklist/?status=new&status=assigned", stage.dana),
        Place("accounts of a reader", "/worklist/", stage.auditor),
        Place("account", amelia, stage.sarah),
        Place("account of an admin", dmitri, stage.dana),
        Place("account of a reader", dmitri, stage.auditor),
        Place("account, writing a note", f"{amelia}?log=note", stage.sarah),
        Place("taking a payment", f"{amelia}payments/new/", stage.sarah),
        Place("agreeing a plan", f"{amelia}plans/new/", stage.sarah),
        Place("offering a settlement", f"{amelia}offers/new/", stage.sarah),
        Place("account with a plan and an offer", agreed, stage.sarah),
        Place("account with an offer to decide", agreed, stage.dana),
        Place("account with a plan, on paper", f"{agreed}print/", stage.sarah),
        Place("another plan", f"{agreed}plans/new/", stage.sarah),
        Place("a second settlement", f"{agreed}offers/new/", stage.sarah),
        Place("account on paper", f"{amelia}print/", stage.sarah),
        Place("debtor", debtor, stage.sarah),
        Place("debtor of a reader", debtor, stage.auditor),
        Place("debtor, coming from an account", f"{debtor}?via={stage.accounts['Amelia'].pk}", stage.sarah),
        Place("debtor, correcting his facts", f"{debtor}?edit=facts", stage.sarah),
        Place("debtor, lifting an opt-out", f"{debtor}?act=lift&point={number}", stage.dana),
        Place("queue finished", "/worklist/finished/", stage.sarah),
        Place("withdrawing", f"{amelia}?move=withdraw", stage.dana),
        Place("payments", "/payments/", stage.dana),
        Place("payments of a desk", "/payments/", stage.sarah),
        Place("payments, nothing found", "/payments/?q=nobody+here", stage.auditor),
        Place("payments, wrong filter", "/payments/?min=abc&since=2026-02-30", stage.dana),
        Place("one payment", paid, stage.dana),
        Place("one payment of a desk", paid, stage.sarah),
        Place("giving back", f"{paid}refunds/new/", stage.dana),
        Place("settlements", "/payments/settlements/", stage.dana),
        Place("settlements of a reader", "/payments/settlements/", stage.auditor),
        Place("settlements that stand", "/payments/settlements/?show=standing", stage.dana),
        Place("what may be agreed", "/payments/terms/", stage.dana),
        Place("what may be agreed, for a reader", "/payments/terms/", stage.auditor),
        Place("needs attention", "/payments/attention/", stage.dana),
        Place("needs attention, for a reader", "/payments/attention/", stage.auditor),
        Place("events", "/payments/events/", stage.dana),
        Place("one event", event, stage.dana),
        Place("commission", "/payments/commission/", stage.dana),
        Place("commission of one collector", own, stage.sarah),
        Place("commission of one month", f"{own}?month={today():%Y-%m}", stage.sarah),
        Place("processors", "/payments/processors/", stage.dana),
        Place("what was collected", "/reports/collected/?since=2020-01-01", stage.dana),
        Place("accounts behind a figure", "/reports/accounts/?open=1&sort=due&placed_since=2020-01-01", stage.auditor),
        Place("accounts behind a figure, wrong filter", "/reports/accounts/?past_due=x&disputed_over=x", stage.dana),
        Place("contacts behind a figure", "/reports/contacts/", stage.dana),
        Place("promises behind a figure", "/reports/promises/?matured=1", stage.dana),
        Place("processors of a reader", "/payments/processors/", stage.auditor),
        Place("new processor", "/payments/processors/new/", stage.dana),
        Place("dashboard", "/dashboard/", stage.dana),
        Place("dashboard of a reader, by month", "/dashboard/?period=year&step=month", stage.auditor),
        Place("dashboard, wrong filter", "/dashboard/?period=custom&since=2026-02-30&creditor=x", stage.dana),
        Place("dashboard of one desk", f"/dashboard/?collector={desk.split('/')[2]}&sort=name", stage.dana),
        Place("reports", "/reports/", stage.dana),
        *(Place(f"report, {one.title}", f"/reports/{one.slug}/?period=year", stage.dana) for one in REPORTS),
        Place("rejected rows", "/reports/rejected/", stage.dana),
        Place("definitions", "/reports/definitions/", stage.auditor),
        Place("report, wrong filter", "/reports/import-quality/?period=custom&since=2026-02-30", stage.auditor),
        Place("report, nothing found", f"/reports/import-quality/?{no_days}", stage.dana),
        Place("team", "/team/", stage.dana),
        Place("team of a reader", "/team/", stage.auditor),
        Place("distribution", "/team/distribution/", stage.dana),
        Place("distribution of a reader", "/team/distribution/", stage.auditor),
        Place("one desk", desk, stage.dana),
        Place("one desk of a reader", desk, stage.auditor),
        Place("deactivating", f"{desk}deactivation/", stage.dana),
        Place("moving a desk", f"{desk}reassignment/", stage.dana),
        Place("moving a desk to the others", f"{desk}reassignment/?to=others", stage.dana),
        Place("taking a desk back", f"{desk}reassignment/?to=nobody", stage.dana),
        Place("outcomes", "/team/outcomes/", stage.dana),
        Place("outcomes of a reader", "/team/outcomes/", stage.auditor),
        Place("new outcome", "/team/outcomes/new/", stage.dana),
        Place("one outcome", outcome, stage.dana),
        Place("one outcome of a reader", outcome, stage.auditor),
        Place("imports", "/imports/", stage.dana),
        Place("imports, a day that does not exist", "/imports/?received_from=2026-02-30", stage.dana),
        Place("one import", f"/imports/{job}/", stage.dana),
        Place("errors of one kind", f"/imports/{job}/?reason=original_amount:not_a_number", stage.auditor),
        Place("what an import changed", f"/imports/{job}/?show=changes", stage.dana),
        Place("feeds", "/imports/feeds/", stage.dana),
        Place("feeds of a reader", "/imports/feeds/", stage.auditor),
        Place("new feed", "/imports/feeds/new/", stage.dana),
        Place("one feed", feed, stage.dana),
        Place("one feed of a reader", feed, stage.auditor),
        Place("import a file", "/imports/uploads/", stage.dana),
        Place("uploads of a reader", "/imports/uploads/", stage.auditor),
        *(Place(name, path, stage.dana) for name, path in brought.items()),
        *(Place(f"{name}, for a reader", path, stage.auditor) for name, path in brought.items()),
        Place("scheduled reports", "/reports/schedules/", stage.dana),
        Place("scheduled reports, for a reader", "/reports/schedules/", stage.auditor),
        Place("which report to schedule", "/reports/schedules/new/", stage.dana),
        Place("scheduling a report", f"/reports/schedules/new/?report={REPORTS[0].slug}", stage.dana),
        Place("one schedule", mailed, stage.dana),
        Place("one schedule, for a reader", mailed, stage.auditor),
        Place("deleting a schedule", f"{mailed}removal/", stage.dana),
        Place("my exports", "/exports/", stage.dana),
        Place("my exports, none yet", "/exports/", stage.auditor),
        Place("style guide", "/styleguide/", stage.dana),
        Place("own password", "/auth/password/change/", stage.sarah),
        Place("own preferences", "/auth/preferences/", stage.sarah),
        Place(
            "finding without script",
            f"/worklist/find/?q=note&account={amelia.rstrip('/').rpartition('/')[2]}",
            stage.sarah,
        ),
        Place("own sessions", "/auth/sessions/", stage.sarah),
        Place("own e-mail", "/auth/email/", stage.sarah),
        Place("second factor", "/auth/2fa/", stage.sarah),
        Place("not found", "/no/such/page/", stage.sarah),
    ]


def _switched_off_outcome() -> UUID:
    outcome = Disposition.objects.get(code="busy")
    outcome.is_active = False
    outcome.save()
    return outcome.pk


def _told_about(stage: Stage) -> UUID:
    """What is known of Amelia: a correction, a pinned note, and a number that she opted out of (which is given)."""
    account, sarah = stage.accounts["Amelia"], stage.sarah
    known = ContactPoint.objects.filter(debtor=account.debtor, status="opted_out").first()
    if known is not None:
        return known.pk
    before = debtors.Facts.of(account.debtor)
    told = debtors.Facts.read(vars(before) | {"address_line1": "9 New Lane", "zip": "78702"}, before)
    debtors.change(account.debtor_id, told, by=sarah, reason="On the phone")
    note = timeline.add_note(account, "Speaks only to women. " + "Calls back on Fridays, " * 8, by=sarah)
    pinned_notes.pin(account.debtor_id, note.pk, by=stage.dana)
    contact_points.add(account.debtor_id, "email", "amelia@example.com", source="debtor", by=sarah)
    number = contact_points.add(account.debtor_id, "phone", "512-555-0143", source="collector", by=sarah)
    contact_points.act(account.debtor_id, number.pk, "opt_out", by=sarah)
    return number.pk


def _paid(stage: Stage) -> tuple[str, str]:
    """The pages of a check, part of which came back, beside one that failed; and of an event that gave up."""
    account, gave_up = stage.accounts["Bertrand"], WebhookEvent.objects.filter(event_id="evt_gave_up").first()
    if gave_up is None:
        order = Order(Decimal("120.00"), "check", "place", received_on=today(), reference="1042")
        payment = taking.take(account.pk, order, by=stage.sarah)
        refunding.refund(payment.pk, Decimal("20.00"), "Paid twice", key="place", by=stage.dana)
        why = {"status": "failed", "failure_message": "Your card was declined. " * 8, "failure_code": "do_not_honor"}
        facts: dict[str, Any] = {"amount": 75, "method": "card", "metadata": {"brand": "Visa", "last4": "4242"}}
        Payment.objects.create(
            account=stage.accounts["Celia"], processor=payment.processor, idempotency_key="failed", **facts, **why
        )
        gave_up = WebhookEvent.objects.create(
            processor=payment.processor, event_id="evt_gave_up", type="charge.dispute.funds_reinstated", attempts=12,
            error="Stripe did not answer.", payment=payment, payload={"id": "evt_gave_up", "long": "x" * 400},
        )  # fmt: skip
    return f"/payments/{gave_up.payment_id}/", f"/payments/events/{gave_up.pk}/"


def _agreed(stage: Stage) -> str:
    """The page of an account with a plan that is late, and a settlement that awaits an admin."""
    account = stage.accounts["Celia"]
    if plans.active(account.pk) is None:
        plan = plans.agree(account.pk, PlanTerms("weekly", today(), number=5), by=stage.sarah)
        plan.instalments.filter(number=1).update(due_date=today() - timedelta(days=2))
        why = "Lives on a pension, and her brother pays for her. " * 4
        offered = OfferTerms(today() + timedelta(days=30), amount=Decimal("90.00"), note=why)
        settlements.offer(account.pk, offered, by=stage.sarah)
    return stage.account("Celia")


def _exports_of(user: User) -> None:
    """One in every state."""
    if Export.objects.exists():
        return
    facts: dict[str, dict[str, Any]] = {
        "waiting": {},
        "running": {"rows_done": 12_000, "rows_expected": 50_000},
        "done": {"rows_done": 50_000, "file_size": 3_000_000, "stored_file": "x"},
        "failed": {"error": "The disk of this installation is full. Ask its operator, then make it again."},
        "cancelled": {},
    }
    for status, more in facts.items():
        term = timezone.now() + timedelta(days=7) if status == "done" else None
        Export.objects.create(requested_by=user, source="payments.list", query=f"status={status}", format="xlsx",
                              title="Payments", status=status, expires_at=term, **more)  # fmt: skip


def _mailed_to(user: User) -> UUID:
    """A schedule of which one mail went out and one did not."""
    found = ReportSchedule.objects.first()
    if found is not None:
        return found.pk
    terms = planning.Terms("period=last_month", "monthly", None, 31, 7, "pdf", (str(user.pk),))
    schedule = planning.make(REPORTS[0].slug, terms, site="", by=user)
    for days, status in ((1, "failed"), (32, "sent")):
        at, why = timezone.now() - timedelta(days=days), "The mail could not be sent: " + "no answer. " * 12
        error = why if status == "failed" else ""
        ReportDelivery.objects.create(schedule=schedule, due_at=at, recipient=user, status=status, error=error)
    return schedule.pk


def _failing_feed() -> UUID:
    feed, _ = SFTPFeed.objects.get_or_create(
        name="Northgate",
        host="sftp.northgate.example",
        username="harborline",
        host_key="ssh-ed25519 AAAA",
        last_error="The connection to sftp.northgate.example failed: " + "x" * 80,
        defaults={"last_polled_at": timezone.now()},
    )
    return feed.pk
