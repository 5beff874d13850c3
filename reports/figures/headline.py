"""How does the agency stand, and how did it do in the period? The figures that everybody asks for first."""

from dataclasses import dataclass
from decimal import Decimal

from reports.figures.reading import Facts, ask_one
from reports.kpis import Figure, figure, share
from reports.scope import Scope

_ASK = """
SELECT coalesce(sum(number) FILTER (WHERE subject = 'open'), 0)::bigint,
    coalesce(sum(amount) FILTER (WHERE subject = 'open'), 0),
    coalesce(sum(number) FILTER (WHERE subject = 'open' AND day < %(first)s), 0)::bigint,
    coalesce(sum(amount) FILTER (WHERE subject = 'open' AND day < %(first)s), 0),
    coalesce(sum(amount) FILTER (WHERE subject = 'open' AND day <= %(last)s), 0),
    coalesce(sum(amount) FILTER (WHERE subject = 'open' AND day < %(previous_first)s), 0),
    coalesce(sum(number) FILTER (WHERE subject = 'collected' AND day >= %(first)s AND day <= %(last)s), 0)::bigint,
    coalesce(sum(amount) FILTER (WHERE subject = 'collected' AND day >= %(first)s AND day <= %(last)s), 0),
    coalesce(sum(number) FILTER (WHERE subject = 'collected' AND day < %(first)s), 0)::bigint,
    coalesce(sum(amount) FILTER (WHERE subject = 'collected' AND day < %(first)s), 0)
FROM (SELECT * FROM {open} AS o UNION ALL SELECT * FROM {collected} AS c) AS facts
"""


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


def headline(scope: Scope) -> Headline:
    """The figures, in one statement."""
    there, money = Facts(("open",)), Facts(("collected",), (scope.previous_first, scope.last))
    sql = _ASK.format(open=there.sql(scope), collected=money.sql(scope))
    accounts, balance, accounts_before, opening, closing, opening_before, *came = ask_one(sql, scope)
    number, amount, number_before, amount_before = came
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
