"""The small parts of every page as tags: no template is read for them, because lists use them hundreds of times."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import template
from django.http import HttpRequest
from django.template import engines
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from core import calendar, exportable, meanwhile, words
from core.account_states import Status
from core.models import Account, User
from core.models.accounts import Priority

register = template.Library()

LABELS = {str(s.value): s.label for s in Status} | {
    "pending": "Pending",
    "processing": "Processing",
    "completed": "Completed",
    "failed": "Failed",
    "refunded": "Refunded",
    "unknown": "Unknown",
}


@lru_cache(maxsize=256)
def _icon(name: str, extra: str) -> SafeString:
    return format_html(
        '<svg class="{}" viewBox="0 0 16 16" aria-hidden="true"><use href="{}#{}"/></svg>',
        f"i {extra}".strip(),
        static("icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def part(context: Any, name: str, **values: Any) -> SafeString:
    """A part that is written in Jinja2, with the names that are known here and `values`."""
    made: Any = engines["jinja2"].get_template(name)
    # The names of a request (`csrf_input`) are among those known: one token a page, not one for each part.
    return mark_safe(made.template.render({**context.flatten(), **values}))  # noqa: S308  (Jinja2 has escaped it)


def export_menu(request: HttpRequest, source: str) -> SafeString | str:
    """The menu that makes a file of this page's list or report; nothing for who may not take it along."""
    what = exportable.named(source)
    if what is None or not what.may(cast("User", request.user)):
        return ""
    made = engines["jinja2"].get_template("components/export.html")
    shown = made.render({"source": source, "query": request.GET.urlencode()}, request)
    return mark_safe(shown)  # noqa: S308  (Jinja2 has escaped it)


@register.simple_tag(name="export_menu", takes_context=True)
def _export_menu(context: Any, source: str) -> SafeString | str:
    return export_menu(context["request"], source)


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """An icon of static/icons.svg; decoration only, so name the act beside it."""
    return _icon(name, extra)


@register.simple_tag
@lru_cache(maxsize=256)
def badge(status: str, label: str = "") -> SafeString:
    """A status tag: shape and text, never colour alone."""
    return format_html('<span class="badge" data-s="{}">{}</span>', status, label or LABELS.get(status, status))


@register.simple_tag
@lru_cache(maxsize=64)
def priority(level: int, text: bool = False) -> SafeString:
    """Three bars, with the word beside them or for screen readers only."""
    word = Priority(level).label
    bars = format_html('<span class="prio" data-p="{}" aria-hidden="true"><i></i><i></i><i></i></span>', level)
    if text:
        return format_html('<span class="row">{}{}</span>', bars, word)
    return format_html('{}<span class="vh">{} priority</span>', bars, word)


@register.filter
def money(amount: Decimal | int | None) -> str:
    """`$1,234.50`; nothing for None."""
    return "" if amount is None else words.money(amount)


@register.filter
def rate(share: Decimal) -> str:
    """`8.75%`: all that is agreed, and no more zeros than that."""
    return f"{(share * 100).normalize():f}%"


@register.filter
def plan_version(account: Account) -> str:
    """The mark of what comes next as this page shows it, for the form that changes it."""
    return meanwhile.plan_version(account)


@register.filter
def initials(name: Any) -> str:
    """`SM` for Sarah Mitchell."""
    return "".join(word[0] for word in str(name).split()[:2]).upper()


BROWSERS = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
SYSTEMS = {"Windows": "Windows", "Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Mac OS": "macOS"} | {
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


@register.filter
def browser(user_agent: str) -> str:
    """`Firefox on Windows`: enough to know one's own device; the order settles who pretends to be whom."""
    program = next((name for mark, name in BROWSERS.items() if mark in user_agent), "Other browser")
    system = next((name for mark, name in SYSTEMS.items() if mark in user_agent), "")
    return f"{program} on {system}" if system else program


@register.simple_tag
def meter(label: str, total: Decimal | int, *parts: Any, kind: str = "meter") -> SafeString:
    """A bar of values with their tones, given in turn: `{% meter "3 of 10" 10 3 "pos" %}`."""
    rects, x = [], Decimal(0)
    for value, tone in zip(parts[::2], parts[1::2], strict=True):
        width = Decimal(value) * 100 / Decimal(total) if total else Decimal(0)
        rects.append(format_html('<rect class="{}" x="{}" width="{}" height="1"/>', tone, f"{x:.2f}", f"{width:.2f}"))
        x += width
    return format_html(
        '<svg class="{}" viewBox="0 0 100 1" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
        kind,
        label,
        format_html_join("", "{}", ((rect,) for rect in rects)),
    )


def _zone(context: Any) -> ZoneInfo:
    zone: ZoneInfo = context.get("zone") or ZoneInfo("UTC")
    return zone


def _time(moment: datetime, text: str, zone: ZoneInfo) -> SafeString:
    there = moment.astimezone(zone)
    title = f"{there:%A, %B} {there.day}, {there.year}, {words.clock(there)} {there.tzname()}"
    return format_html('<time datetime="{}" title="{}">{}</time>', there.isoformat(timespec="seconds"), title, text)


@register.simple_tag(takes_context=True)
def ago(context: Any, moment: datetime | None, never: str = "Never") -> SafeString | str:
    """`Today`, `3 days ago`, `Mar 3` in the agency's zone, with the full time as title."""
    if moment is None:
        return format_html('<span class="warn">{}</span>', never)
    zone = _zone(context)
    return _time(moment, words.ago(moment.astimezone(zone).date(), calendar.today_in(zone)), zone)


@register.simple_tag(takes_context=True)
def clock(context: Any, moment: datetime) -> SafeString:
    """`9:05 AM` in the agency's zone."""
    zone = _zone(context)
    return _time(moment, words.clock(moment, zone), zone)


@register.simple_tag(takes_context=True)
def moment(context: Any, when: datetime | None) -> SafeString | str:
    """`Mar 3, 9:05 AM` in the agency's zone; nothing for None."""
    if when is None:
        return ""
    zone = _zone(context)
    return _time(when, calendar.moment_words(when, zone, calendar.today_in(zone)), zone)


@register.simple_tag(takes_context=True)
def day(context: Any, when: date | None) -> SafeString | str:
    """`Mar 3` for a date; nothing for None."""
    if when is None:
        return ""
    today = calendar.today_in(_zone(context))
    return format_html('<time datetime="{}">{}</time>', when.isoformat(), words.day(when, today))


@register.filter
def duration(length: timedelta | None) -> str:
    """`4 min 5 s`, `0.8 s`; nothing for None."""
    if length is None:
        return ""
    seconds = length.total_seconds()
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
