"""How does the account's plan stand? Its progress, what is due next, and each row, from the page's first statement."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from core.words import count, day, money
from payments.models import Instalment, PaymentPlan
from payments.taking import FORBIDDING

COLUMNS = ("id", "total", "frequency", "status", "authorization", "ended_because")
ROW_COLUMNS = ("number", "due_date", "amount", "paid", "status")
Row, Status = Instalment.Status, PaymentPlan.Status
BADGES: dict[str, str] = {
    Row.PAID: "completed", Row.PARTIAL: "pending", Row.BROKEN: "failed", Row.CANCELLED: "closed", Row.SCHEDULED: "new",
    Status.ACTIVE: "payment_plan", Status.COMPLETED: "completed", "held": "disputed", "late": "failed",
}  # fmt: skip
TONES = {Row.PAID: "pos", Row.PARTIAL: "warn", Row.BROKEN: "neg", "late": "neg"}
SHORT = 6  # rows that do not push the timeline out of sight


@dataclass(frozen=True)
class Line:
    """One instalment; `badge` and `label` say how it stands, `part` what came of one that is not paid."""

    due: date
    day: str
    amount: str
    part: str
    badge: str
    label: str
    tone: str


@dataclass(frozen=True)
class Strip:
    """The newest plan of an account."""

    id: str
    stands: bool
    badge: str
    label: str
    total: str
    came: str
    percent: int
    terms: str
    following: str
    tone: str
    because: str
    authorization: str
    lines: tuple[Line, ...]

    @property
    def is_short(self) -> bool:
        """Are its rows shown from the start?"""
        return self.stands and len(self.lines) <= SHORT

    @property
    def paid_words(self) -> str:
        """`4 of 12 paid`."""
        return f"{sum(line.badge == BADGES[Row.PAID] for line in self.lines)} of {len(self.lines)} paid"


def strip(plans: list[dict[str, Any]], rows: list[dict[str, Any]], holds: list[str], today: date) -> Strip | None:
    """From JSON: the newest plan (one at most), its rows in order, and the kinds of the holds that stand."""
    if not plans:
        return None
    plan, held = plans[0], any(kind in FORBIDDING for kind in holds)
    stands = plan["status"] == Status.ACTIVE
    lines = tuple(_line(row, today, held=held and stands) for row in rows)
    total, came = _sum(plan["total"]), sum((_sum(row["paid"]) for row in rows), Decimal(0))
    card = f"charged to {plan['brand'] or 'the account'} ending in {plan['last4']}"
    method = card if plan["last4"] else "paid by hand"
    often = PaymentPlan.Frequency(plan["frequency"]).label.lower()
    following, tone = _following(rows, today, held=held) if stands else ("", "")
    return Strip(
        id=plan["id"],
        stands=stands,
        badge=BADGES.get(plan["status"], "closed"),
        label=str(Status(plan["status"]).label),
        total=money(total),
        came=money(came),
        percent=int(100 * came / total),
        terms=f"{count(len(rows), 'instalment')}, {often}, {method}",
        following=following,
        tone=tone,
        because=f"{plan['ended_because'].rstrip('.')}." if plan["ended_because"] else "",
        authorization=plan["authorization"],
        lines=lines,
    )


def _following(rows: list[dict[str, Any]], today: date, *, held: bool) -> tuple[str, str]:
    """What is due next, and its tone: red is late, amber is due today; under a hold nothing is."""
    row = next((row for row in rows if row["status"] in (Row.SCHEDULED, Row.PARTIAL)), None)
    if row is None:
        return "", ""
    due, short = _date(row["due_date"]), money(_sum(row["amount"]) - _sum(row["paid"]))
    late = (today - due).days
    if held and late >= 0:
        return f"{short} held", ""
    if late > 0:
        return f"{short} due {day(due, today)}, {late} d late", "neg"
    return (f"{short} due {day(due, today)}", "") if late else (f"{short} due today", "warn")


def _line(row: dict[str, Any], today: date, *, held: bool) -> Line:
    due, amount, paid = _date(row["due_date"]), _sum(row["amount"]), _sum(row["paid"])
    status, label = str(row["status"]), str(Row(row["status"]).label)
    if status in (Row.SCHEDULED, Row.PARTIAL):
        if held:
            status, label = "held", "Held"
        elif due < today:
            status, label = "late", "Late" if not paid else "Late, partly paid"
    part = money(paid) if 0 < paid < amount else ""
    return Line(due, day(due, today), money(amount), part, BADGES[status], label, TONES.get(status, ""))


def _sum(value: Any) -> Decimal:
    return Decimal(str(value))


def _date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
