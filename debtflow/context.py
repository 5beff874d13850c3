"""What the frame around every page shows: who is here, where he may go, how he likes it."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse

from core import tenancy

THEMES = {"light", "dark"}
DENSITIES = {"compact", "roomy"}


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
        "zone": ZoneInfo("UTC"),
        "places": [],
    }
    if user is None or not user.is_authenticated:
        return context
    if user.agency:
        context["zone"] = user.agency.zone
    context["places"] = _places(request, user)
    return context


def _places(request: HttpRequest, user: Any) -> list[Place]:
    wanted: list[tuple[str, str, str]] = []
    if tenancy.agency_id_or_none():
        wanted.append(("Worklist" if user.desk else "Accounts", "list", reverse("worklist:list")))
        if not user.desk:
            wanted.append(("Team", "users", reverse("team:list")))
            wanted.append(("Imports", "upload", reverse("imports:list")))
    if user.is_superuser:
        wanted.append(("Administration", "gear", reverse("admin:index")))
    path = request.path
    return [
        Place(label, icon, url, path.startswith(url) or (icon == "list" and path.startswith("/accounts/")))
        for label, icon, url in wanted
    ]
