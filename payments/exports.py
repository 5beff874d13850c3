"""Which lists of payments leave as files, with which columns?"""

import json
from typing import Any

from django.http import QueryDict

from core import calendar
from core.addresses import address
from core.exportable import Exportable, managers
from core.filters_in_words import in_words
from core.models import User
from core.sheet import Column, Kind, Sheet
from core.streaming import Streamed
from payments import seen_by
from payments.models import Payment
from payments.pages import commission, listing
from payments.pages.commission_span import Span
from payments.pages.filters import PaymentFilter

PAYMENTS = (
    Column("made", "Made", Kind.MOMENT),
    Column("completed", "Completed", Kind.MOMENT),
    Column("received", "Received on", Kind.DATE, "The day on which a check or cash came"),
    Column("reference", "Account"),
    Column("debtor", "Debtor"),
    Column("creditor", "Creditor"),
    Column("method", "Means"),
    Column("means", "Card, bank account or check"),
    Column("status", "Status"),
    Column("amount", "Amount", Kind.MONEY),
    Column("refunded", "Refunded", Kind.MONEY),
    Column("charged_back", "Charged back", Kind.MONEY),
    Column("credit", "Credit due", Kind.MONEY, "What came beyond the balance, and is due to the debtor"),
    Column("collector", "Collector", about="Who is credited; of a payment that was not taken, whose desk it is on"),
    Column("rate", "Commission rate", Kind.PERCENT, "Frozen when the payment was completed"),
    Column("processor", "Processor"),
    Column("processor_ref", "Reference there"),
    Column("failure", "Why it failed"),
)
READ = (
    "created_at", "completed_at", "received_on", "account__external_ref", "account__debtor__full_name",
    "account__creditor__name", "method", "metadata", "status", "amount", "refunded_amount", "charged_back_amount",
    "credit", "commission_rate", "processor__name", "processor_ref", "failure_message",
    "collector__user__first_name", "collector__user__last_name", "collector__user__username",
    "account__assigned_to__user__first_name", "account__assigned_to__user__last_name",
    "account__assigned_to__user__username",
)  # fmt: skip
METHODS, STATUSES = dict(Payment.Method.choices), dict(Payment.Status.choices)
TAKEN = (Payment.Status.COMPLETED, Payment.Status.REFUNDED)


def _payments(user: User, query: QueryDict) -> list[Sheet]:
    narrowed = PaymentFilter(
        query, seen_by.visible_to(user), zone=calendar.zone_of(user), everybody=seen_by.sees_everything(user)
    )
    found = narrowed.qs.order_by("-created_at", "-id")
    sums = listing.totals(found)
    totals = [f"{sums.number:,} payments", *[None] * 8, sums.taken, sums.refunded, sums.charged_back, *[None] * 6]
    rows = Streamed.of(found.values_list(*READ), _payment)
    notes = [*in_words(narrowed.form), "The total of the amounts counts what was taken: completed and refunded ones."]
    return [Sheet("Payments", PAYMENTS, rows, totals, notes)]


def _payment(row: tuple[Any, ...]) -> list[object]:
    made, completed, received, ref, debtor, creditor, method, facts, status, *more = row
    amount, refunded, back, credit, rate, processor, processor_ref, failure, *names = more
    first, last, login = names[:3] if status in TAKEN else names[3:]
    facts = json.loads(facts)  # as the server gives it
    means = f"{facts.get('brand') or ''} {facts.get('last4') or ''}".strip() or facts.get("reference") or None
    return [
        made, completed, received, ref, debtor, creditor, METHODS[method], means, STATUSES[status],
        amount, refunded, back, credit, f"{first or ''} {last or ''}".strip() or login, rate, processor,
        processor_ref or None, failure or None,
    ]  # fmt: skip


COMMISSION = (
    Column("collector", "Collector"),
    Column("payments", "Payments", Kind.NUMBER),
    Column("base", "Taken off balances", Kind.MONEY),
    Column("earned", "Earned", Kind.MONEY),
    Column("clawed_back", "Clawed back", Kind.MONEY, "Of payments that were given or taken back"),
    Column("net", "Net", Kind.MONEY, "Earned, less what was clawed back"),
)
COMMISSION_ROWS = (
    Column("posted", "Date", Kind.MOMENT),
    Column("collector", "Collector"),
    Column("reference", "Account"),
    Column("debtor", "Debtor"),
    Column("paid", "Payment", Kind.MONEY),
    Column("base", "Taken off the balance", Kind.MONEY),
    Column("rate", "Rate", Kind.PERCENT),
    Column("amount", "Commission", Kind.MONEY, "Negative: clawed back"),
)


def _commission(user: User, query: QueryDict) -> list[Sheet]:
    """Of a month, or of other days: each collector's sums, and the rows that they are made of."""
    zone = calendar.zone_of(user)
    span = Span.read(query, calendar.today_in(zone))
    rows = commission.within(commission.visible_to(user), span, zone)
    lines = [(line.label, *vars(line.sums).values()) for line in commission.by_collector(rows)]
    sums = commission.sums(rows)
    made_of = rows.order_by("created_at", "id").values_list(
        "created_at", "collector__user__first_name", "collector__user__last_name", "collector__user__username",
        "payment__account__external_ref", "payment__account__debtor__full_name", "payment__amount", "base", "rate",
        "amount",
    )  # fmt: skip
    return [
        Sheet("Commission", COMMISSION, lines, ["Total", *vars(sums).values()], [span.label]),
        Sheet(
            "Rows of commission", COMMISSION_ROWS, Streamed.of(made_of, _commission_row),
            ["Total", *[None] * 4, sums.base, None, sums.net],
        ),
    ]  # fmt: skip


def _commission_row(row: tuple[Any, ...]) -> list[object]:
    posted, first, last, login, *facts = row
    return [posted, f"{first} {last}".strip() or login, *facts]


LISTS = (
    Exportable("payments.list", "Payments", managers, _payments, lambda: address("payments:list")),
    Exportable("payments.commission", "Commission", managers, _commission, lambda: address("payments:commission")),
)
