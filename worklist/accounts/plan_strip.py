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


@dataclass(frozen=True)
class Line:
    """One instalment; `badge` and `label` say how it stands."""

    number: int
    due: date
    day: str
    amount: str
    paid: str
    badge: str
    label: str


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
    because: str
    authorization: str
    lines: tuple[Line, ...]


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
    return Strip(
        id=plan["id"],
        stands=stands,
        badge=BADGES.get(plan["status"], "closed"),
        label=str(Status(plan["status"]).label),
        total=money(total),
        came=money(came),
        percent=int(100 * came / total),
        terms=f"{count(len(rows), 'instalment')}, {often}, {method}",
        following=_following(rows, today) if stands else "",
        because=plan["ended_because"],
        authorization=plan["authorization"],
        lines=lines,
    )


def _following(rows: list[dict[str, Any]], today: date) -> str:
    row = next((row for row in rows if row["status"] in (Row.SCHEDULED, Row.PARTIAL)), None)
    if row is None:
        return ""
    due = _date(row["due_date"])
    late = f", {(today - due).days} d late" if due < today else ""
    when = "today" if due == today else f"{day(due, today)}{late}"
    return f"{money(_sum(row['amount']) - _sum(row['paid']))} due {when}"


def _line(row: dict[str, Any], today: date, *, held: bool) -> Line:
    due, amount, paid = _date(row["due_date"]), _sum(row["amount"]), _sum(row["paid"])
    status, label = str(row["status"]), str(Row(row["status"]).label)
    if status in (Row.SCHEDULED, Row.PARTIAL):
        if held:
            status, label = "held", "Held"
        elif due < today:
            status, label = "late", "Late" if not paid else "Late, partly paid"
    return Line(row["number"], due, day(due, today), money(amount), money(paid), BADGES[status], label)


def _sum(value: Any) -> Decimal:
    return Decimal(str(value))


def _date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
