"""In which order is the worklist? Each order is one or more segments, each sorted by an index and paged by its keys.

Within a segment all columns run in the same direction, the primary key last: so "what comes after this row" is one
comparison of rows, which the index answers at any depth.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Case, F, Q, Value, When
from django.db.models.expressions import OrderBy, RawSQL

# Known, or told to the database when it is asked.
type Moment = datetime | RawSQL


@dataclass(frozen=True)
class Segment:
    """Accounts that `holds` at a moment, sorted by `keys`.

    `constant` are columns in front of the keys that have one value in all of these accounts: named in the order, they
    let an index that begins with them serve it.
    """

    keys: tuple[str, ...]
    descending: bool = False
    holds: Callable[[Moment], Q] = lambda _now: Q()
    constant: tuple[str, ...] = ()

    def flipped(self) -> "Segment":
        """The same accounts the other way round."""
        return replace(self, descending=not self.descending)


@dataclass(frozen=True)
class Order:
    """A named order, as it stands in the URL (`sort=-balance`)."""

    name: str
    label: str
    segments: tuple[Segment, ...]


def on_no_desk(order: Order) -> Order:
    """The same order for accounts on nobody's desk.

    PostgreSQL takes `= x` for a constant, but not `IS NULL`: unless told, it reads every due account for them.
    """
    return replace(order, segments=tuple(replace(part, constant=("assigned_to_id",)) for part in order.segments))


def is_due(now: Moment) -> Q:
    """Its follow-up is due."""
    return Q(next_action_at__lte=now)


def _is_not_due(now: Moment) -> Q:
    return Q(next_action_at__gt=now) | Q(next_action_at__isnull=True)


def _has(field: str, *, value: bool) -> Callable[[Moment], Q]:
    return lambda _now: Q(**{f"{field}__isnull": not value})


def in_one_statement(order: Order, now: datetime) -> list[OrderBy]:
    """The same order as terms of one ORDER BY, for who reads all of it at once and so needs no index for it."""
    if len(order.segments) == 1:
        return [OrderBy(F(key), descending=order.segments[0].descending) for key in order.segments[0].keys]
    parts = [(segment, segment.holds(now)) for segment in order.segments]
    terms = [OrderBy(Case(*(When(holds, then=Value(place)) for place, (_, holds) in enumerate(parts))))]
    for segment, holds in parts:
        terms += [OrderBy(Case(When(holds, then=F(key))), descending=segment.descending) for key in segment.keys]
    return terms


WORTH = ("priority", "balance_cents", "id")
DUE = Segment(("next_action_at", "id"), holds=is_due)
DUE_FIRST = Order("", "longest due first", (Segment(("next_action_at", "id")),))
QUEUE = Order("", "due first, then priority and balance", (DUE, Segment(WORTH, descending=True, holds=_is_not_due)))

_undated = Segment(WORTH, descending=True, holds=_has("next_action_at", value=False))
_dated = Segment(("next_action_at", "id"), holds=_has("next_action_at", value=True))
_never = Segment(("id",), holds=_has("last_contact_at", value=False))
_contacted = Segment(("last_contact_at", "id"), holds=_has("last_contact_at", value=True))


def _both_ways(name: str, label: str, *keys: str) -> list[Order]:
    segment = Segment((*keys, "id"))
    return [Order(name, label, (segment,)), Order(f"-{name}", label, (segment.flipped(),))]


ORDERS: dict[str, Order] = {
    order.name: order
    for order in [
        QUEUE,
        *_both_ways("priority", "priority", "priority", "balance_cents"),
        *_both_ways("balance", "balance", "balance_cents"),
        *_both_ways("created", "date placed", "created_at"),
        Order("next", "next action", (_dated, _undated)),
        Order("-next", "next action", (_dated.flipped(), _undated)),
        Order("contact", "last contact", (_never, _contacted)),
        Order("-contact", "last contact", (_contacted.flipped(), _never.flipped())),
    ]
}
# What is settled or closed is a record, not work: newest first, and only by date.
RECORD = ORDERS["-created"]
RECORD_ORDERS = (ORDERS["-created"], ORDERS["created"])
