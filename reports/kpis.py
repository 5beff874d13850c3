"""What does each number mean? Every figure's definition once: for the pages, the files, and the page that lists them.

The trade keeps these apart, because they are quoted apart: a recovery rate says how much of what could be worked came
in a period; liquidation says how much of what was placed has come since.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.sheet import Kind


class Good(StrEnum):
    """Which direction is an improvement."""

    MORE = "more"
    LESS = "less"
    NEITHER = "neither"


@dataclass(frozen=True)
class Kpi:
    """`formula` is the definition in words, as it stands on pages; `source` says whose definition it is."""

    key: str
    title: str
    formula: str
    kind: Kind = Kind.NUMBER
    good: Good = Good.NEITHER
    source: str = "DebtFlow"


TRADE = "Trade practice of third-party agencies"
_M, _N, _P = Kind.MONEY, Kind.NUMBER, Kind.PERCENT

KPIS: dict[str, Kpi] = {
    kpi.key: kpi
    for kpi in (
        # --- what is there -------------------------------------------------------------------------------------------
        Kpi("active_accounts", "Active accounts", "Accounts that are neither settled nor closed."),
        Kpi("balance", "Balance to recover", "Current balances of the active accounts.", _M),
        Kpi(
            "stagnant",
            "Stagnant accounts",
            "Active accounts that were neither placed nor contacted in the last 30 days.",
            good=Good.LESS,
            source=TRADE,
        ),
        Kpi("past_due", "Days past due", "Today less the due date that the creditor told; due today is 0 days."),
        # --- money ---------------------------------------------------------------------------------------------------
        Kpi(
            "collected",
            "Collected",
            "Payments less refunds and chargebacks, as they changed balances, by the day they were posted. What exceeds"
            " a balance is due back to the debtor and never counts.",
            _M,
            Good.MORE,
            TRADE,
        ),
        Kpi("payments", "Payments", "Payments posted; refunds and chargebacks are not subtracted.", _N, Good.MORE),
        Kpi("average_payment", "Average payment", "Collected ÷ payments.", _M, Good.MORE),
        Kpi(
            "recovery_rate",
            "Recovery rate",
            "Collected in the period ÷ average balance to recover (the mean of those at its beginning and at its end)."
            " It is not liquidation.",
            _P,
            Good.MORE,
            TRADE,
        ),
        Kpi("commission", "Commission", "Shares earned by collectors on payments, less what was clawed back.", _M),
        # --- placements ----------------------------------------------------------------------------------------------
        Kpi(
            "placed_accounts",
            "Accounts placed",
            "Accounts by the day they were placed, whatever became of them.",
            good=Good.MORE,
        ),
        Kpi("placed", "Placed", "Original amounts of the accounts, by the day they were placed.", _M, Good.MORE),
        Kpi(
            "returned",
            "Returned",
            "Original amounts of accounts that were closed as recalled, bankrupt, deceased or placed in error.",
            _M,
            Good.LESS,
            TRADE,
        ),
        Kpi("collected_ever", "Collected since placement", "Collected on the placements until today.", _M, Good.MORE),
        Kpi(
            "resolved",
            "Paid or settled",
            "Accounts placed that have been paid in full or settled for less.",
            good=Good.MORE,
        ),
        Kpi(
            "gross_liquidation",
            "Gross liquidation",
            "Collected since placement ÷ placed, for each creditor and month of placement.",
            _P,
            Good.MORE,
            TRADE,
        ),
        Kpi(
            "adjusted_liquidation",
            "Adjusted liquidation",
            "Collected since placement ÷ (placed less returned).",
            _P,
            Good.MORE,
            TRADE,
        ),
        Kpi(
            "unit_liquidation",
            "Unit liquidation",
            "Accounts paid in full or settled ÷ accounts placed.",
            _P,
            Good.MORE,
            TRADE,
        ),
        # --- work ----------------------------------------------------------------------------------------------------
        Kpi(
            "attempts",
            "Contacts",
            "Contacts logged, in either direction and by any channel; one about two accounts counts for each.",
            _N,
            Good.MORE,
            "12 CFR 1006.14(b)(4), comment 1",
        ),
        Kpi(
            "right_party",
            "Right-party contacts",
            "Contacts in which the debtor, or who may speak for him, was reached.",
            _N,
            Good.MORE,
            TRADE,
        ),
        Kpi(
            "conversations",
            "Conversations",
            "Right-party contacts that were conversations about the debt.",
            _N,
            Good.MORE,
        ),
        Kpi("rpc_rate", "Right-party rate", "Right-party contacts ÷ contacts.", _P, Good.MORE, TRADE),
        Kpi("promised", "Promises made", "Promises to pay, by the day they were made.", _N, Good.MORE),
        Kpi("promised_amount", "Promised", "Amounts of the promises made.", _M, Good.MORE),
        Kpi("conversion", "Conversion", "Promises made ÷ right-party contacts.", _P, Good.MORE, TRADE),
        Kpi(
            "matured",
            "Promises matured",
            "Promises by the day they were due, once judged: kept, partly kept or broken. Open ones and withdrawn ones"
            " do not count.",
            source=TRADE,
        ),
        Kpi("kept", "Kept in full", "Promises matured whose whole amount came in time.", good=Good.MORE, source=TRADE),
        Kpi("partial", "Kept in part", "Promises matured of whose amount a part came in time.", source=TRADE),
        Kpi("broken", "Broken", "Promises matured of whose amount nothing came in time.", good=Good.LESS, source=TRADE),
        Kpi("due", "Due by promises", "Amounts of the promises matured.", _M),
        Kpi("received", "Received on promises", "What came in time on the promises matured.", _M, Good.MORE),
        Kpi("kept_rate", "Promises kept", "Promises kept in full ÷ promises matured.", _P, Good.MORE, TRADE),
        Kpi("dollars_kept", "Dollars kept", "Received on matured promises ÷ their amounts.", _P, Good.MORE, TRADE),
    )
}


@dataclass(frozen=True)
class Figure:
    """A number with what it was before."""

    kpi: Kpi
    value: Decimal | int | None
    previous: Decimal | int | None = None

    @property
    def change(self) -> Decimal | None:
        """The share of `previous` by which it changed; of rates the difference. None without a base."""
        if self.value is None or self.previous is None:
            return None
        difference = Decimal(self.value) - Decimal(self.previous)
        if self.kpi.kind is Kind.PERCENT:
            return difference
        return difference / abs(Decimal(self.previous)) if self.previous else None

    @property
    def better(self) -> bool | None:
        """Is the change an improvement? None when it is neither."""
        if self.kpi.good is Good.NEITHER or not self.change:
            return None
        return (self.change > 0) == (self.kpi.good is Good.MORE)


def figure(key: str, value: Decimal | int | None, previous: Decimal | int | None = None) -> Figure:
    """A figure of the dictionary. Raises KeyError for one that is not in it."""
    return Figure(KPIS[key], value, previous)


def share(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """The part as a share of the whole; None of nothing."""
    return Decimal(part) / Decimal(whole) if whole else None
