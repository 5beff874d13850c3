"""What the frame around every page shows: who is here, where he may go, how he likes it."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from core import tenancy
from payments import attention, processors
from worklist import keyboard
from worklist.places import open_to

THEMES = {"light": "Light", "dark": "Dark"}
DENSITIES = {"roomy": "Roomy", "compact": "Compact"}
# Pages that are reached from the list of accounts.
OF_THE_LIST = ("/accounts/", "/debtors/")


@dataclass(frozen=True)
class Place:
    """One entry of the main navigation."""

    label: str
    icon: str
    url: str
    here: bool


def shell(request: HttpRequest) -> dict[str, Any]:
    """Navigation by role, the agency's zone, and the preferences kept in cookies (checked: a cookie is input)."""
    theme, density = request.COOKIES.get("theme", ""), request.COOKIES.get("density", "")
    user = getattr(request, "user", None)
    context: dict[str, Any] = {
        "theme": theme if theme in THEMES else "",
        "density": density if density in DENSITIES else "",
        "themes": [("", "As the device has it"), *THEMES.items()],
        "densities": DENSITIES.items(),
        "zone": ZoneInfo("UTC"),
        "places": [],
    }
    if user is None or not user.is_authenticated:
        return context
    if user.agency:
        context["zone"] = user.agency.zone
    context["finds"] = tenancy.agency_id_or_none() is not None
    context["places"] = _places(request, user)
    context["shortcuts"] = _key_table(keyboard.keys_of(user))
    if context["finds"] and user.is_admin:
        context["attention_count"] = attention.count_of_late()
    context["is_testing"] = tenancy.agency_id_or_none() is not None and processors.is_testing()
    return context


def _places(request: HttpRequest, user: Any) -> list[Place]:
    path = request.path
    return [
        Place(
            to.label, to.icon, to.url, path.startswith(to.url) or (to.icon == "list" and path.startswith(OF_THE_LIST))
        )
        for to in open_to(user)
        if to.in_navigation
    ]


@lru_cache(maxsize=32)
def _key_table(groups: tuple[keyboard.Group, ...]) -> SafeString:
    """The keys as they stand under `?`: made once for all who have the same."""
    return mark_safe(render_to_string("components/keys.html", {"groups": groups}))  # noqa: S308  (Jinja2 has escaped it)
