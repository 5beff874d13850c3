"""How do we say amounts, days and times? One voice for pages, sentences and exports (formats: en-US, US dollars)."""

from datetime import date, datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal

MINUS = "\u2212"
TENTH = Decimal("0.1")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def money(amount: Decimal | int) -> str:
    """`$1,234.50`, with a true minus sign before the dollar of a negative; always two decimals."""
    return f"{MINUS if amount < 0 else ''}${abs(amount):,.2f}"


def day(when: date, today: date) -> str:
    """`Mar 3`, with the year when it is not this one."""
    there = f"{MONTHS[when.month - 1]} {when.day}"  # a list says hundreds of days; `%b` takes ten times as long
    return there if when.year == today.year else f"{there}, {when.year}"


def long_day(when: date, today: date) -> str:
    """`Today`, `Yesterday`, `Tuesday, February 24`: a heading in a timeline."""
    days = (today - when).days
    if days in (0, 1):
        return ("Today", "Yesterday")[days]
    year = "" if when.year == today.year else f", {when.year}"
    return f"{when:%A, %B} {when.day}{year}"


def ago(when: date, today: date) -> str:
    """`Today`, `Yesterday`, `3 days ago` up to a week, then the day."""
    days = (today - when).days
    if days in (0, 1):
        return ("Today", "Yesterday")[days]
    return f"{days} days ago" if 1 < days < 7 else day(when, today)


def clock(when: datetime, zone: tzinfo | None = None) -> str:
    """`9:05 AM`, in the zone when one is given."""
    if zone:
        when = when.astimezone(zone)
    return f"{when.hour % 12 or 12}:{when.minute:02} {'AM' if when.hour < 12 else 'PM'}"


def number(value: Decimal | int) -> str:
    """`1,234`, with a true minus sign."""
    return f"{MINUS if value < 0 else ''}{abs(value):,}"


def percent(share: Decimal) -> str:
    """`12.5%` for a share of 0.125: one decimal, halves away from zero."""
    tenths = (share * 100).quantize(TENTH, ROUND_HALF_UP)
    return f"{MINUS if tenths < 0 else ''}{abs(tenths):,}%"


def count(number: int, one: str, many: str = "") -> str:
    """`1 account`, `2 accounts`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def phone(e164: str) -> str:
    """`(555) 010-0142` for a number of the North American plan, any other as it is stored."""
    if len(e164) == 12 and e164.startswith("+1"):
        return f"({e164[2:5]}) {e164[5:8]}-{e164[8:]}"
    return e164
