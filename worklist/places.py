"""Where can this user go? The one list of pages, for the navigation and for the command palette."""

from collections.abc import Callable
from dataclasses import dataclass

from core import tenancy
from core.addresses import address
from core.models import User


def _everybody(_: User) -> bool:
    return True


def _on_a_desk(user: User) -> bool:
    return bool(user.desk)


def _manages(user: User) -> bool:
    return user.is_admin or user.is_readonly


def _is_admin(user: User) -> bool:
    return user.is_admin


def _operates(user: User) -> bool:
    return user.is_superuser


@dataclass(frozen=True)
class Place:
    """One page: its label, the name of its URL, and by which further words it is found."""

    label: str
    icon: str
    name: str
    words: str = ""
    who: Callable[[User], bool] = _everybody
    # Pages of an agency are not there for an operator who has entered none.
    of_agency: bool = True
    # In the navigation beside every page, rather than in the palette alone.
    in_navigation: bool = False

    @property
    def url(self) -> str:
        """Where it is."""
        return address(self.name)


PLACES = (
    Place("Dashboard", "gauge", "reports:dashboard", "figures overview home start", _manages, in_navigation=True),
    Place("Worklist", "list", "worklist:list", "accounts queue", _on_a_desk, in_navigation=True),
    Place("Accounts", "list", "worklist:list", "worklist queue", lambda user: not _on_a_desk(user), in_navigation=True),
    Place("Payments", "card", "payments:list", "money refunds charges", in_navigation=True),
    Place("Reports", "chart", "reports:index", "figures numbers kpi statistics", _manages, in_navigation=True),
    Place("Team", "users", "team:list", "collectors desks capacity", _manages, in_navigation=True),
    Place("Imports", "upload", "imports:list", "files jobs", _manages, in_navigation=True),
    Place("Import a file", "upload", "imports:upload_new", "upload bring csv excel", _is_admin),
    Place("Feeds", "folder", "imports:feeds", "sftp servers creditors", _manages),
    Place("Payment processors", "card", "processors:list", "stripe keys webhook settings", _manages),
    Place("Settlements", "check", "payments:settlements", "offers approve awaiting", _manages),
    Place("What may be agreed", "gear", "payments:terms", "plans settlements limits floor authority", _manages),
    Place("Needs attention", "alert", "payments:attention", "failed refunds disputes stuck", _manages),
    Place("Distribution", "swap", "team:distribution", "distribute waiting accounts", _manages),
    Place("Scheduled reports", "mail", "schedules:list", "mail every week month recipients", _manages),
    Place("My exports", "download", "exports:list", "files csv excel xlsx spreadsheet download", _manages),
    Place("Administration", "gear", "admin:index", "", _operates, of_agency=False, in_navigation=True),
    Place("Your preferences", "gear", "account_preferences", "settings", of_agency=False),
    Place("Your password", "user", "account_change_password", "account security", of_agency=False),
    Place("Two-step sign-in", "shield", "mfa_index", "account security second factor", of_agency=False),
    Place("Your sessions", "user", "usersessions_list", "account security devices", of_agency=False),
)


def open_to(user: User) -> list[Place]:
    """The places that this user may open now, the most used first."""
    inside = tenancy.agency_id_or_none() is not None
    return [place for place in PLACES if place.who(user) and (inside or not place.of_agency)]
