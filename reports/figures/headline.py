"""How does the agency stand, and how did it do in the period? The figures that everybody asks for first."""

from dataclasses import dataclass
from decimal import Decimal

from reports.figures.daily import BEGINNING, END, Daily, daily
from reports.figures.steps import ONE_DAY
from reports.kpis import Figure, figure, share
from reports.scope import Scope


@dataclass(frozen=True)
class Headline:
    """Accounts and balance are of now, beside those at the beginning of the period; the others are of the period."""

    active_accounts: Figure
    balance: Figure
    recovery_rate: Figure
    collected: Figure
    payments: Figure
    average_payment: Figure
    opening_balance: Decimal
    closing_balance: Decimal


def headline(scope: Scope, days: Daily | None = None) -> Headline:
    """The figures; `days` when they are known already, else by one statement."""
    days = days or daily(scope)
    accounts, balance = days.there.between(BEGINNING, END)
    accounts_before, opening = days.there.between(BEGINNING, scope.previous_last)
    _, opening_before = days.there.between(BEGINNING, scope.previous_first - ONE_DAY)
    _, closing = days.there.between(BEGINNING, scope.last)
    number, amount = days.came.between(scope.first, scope.last)
    number_before, amount_before = days.came.between(scope.previous_first, scope.previous_last)
    return Headline(
        active_accounts=figure("active_accounts", accounts, accounts_before),
        balance=figure("balance", balance, opening),
        recovery_rate=figure(
            "recovery_rate",
            recovery_rate(amount, opening, closing),
            recovery_rate(amount_before, opening_before, opening),
        ),
        collected=figure("collected", amount, amount_before),
        payments=figure("payments", number, number_before),
        average_payment=figure("average_payment", average(amount, number), average(amount_before, number_before)),
        opening_balance=opening,
        closing_balance=closing,
    )


def recovery_rate(collected: Decimal, opening: Decimal, closing: Decimal) -> Decimal | None:
    """As the dictionary defines it; None where nothing was there to recover."""
    return share(collected, (opening + closing) / 2)


def average(amount: Decimal, number: int) -> Decimal | None:
    """Money by piece, to the cent; None of nothing."""
    return (amount / number).quantize(Decimal("0.01")) if number else None
