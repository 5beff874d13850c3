"""What does the debtor's page show? One person with all his accounts, in a few statements however many there are."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404
from django.utils import timezone

from core import calendar, contact_points
from core.access import SignedInRequest
from core.addresses import address
from core.contact_points import ACTS, Act
from core.debtors import LANGUAGES, Facts
from core.models import ContactPoint, Debtor, User
from worklist.accounts import history, standing
from worklist.accounts.reach import Point, Reach, reach
from worklist.debtors import accounts as owed
from worklist.debtors import changes
from worklist.debtors.carrying import Carrying
from worklist.debtors.forms import FactsForm, PointForm
from worklist.debtors.row import with_surroundings
from worklist.listing.rows import Moment
from worklist.local_time import LocalTime, local_time
from worklist.working import trail


@dataclass(frozen=True)
class Reachable:
    """A number or address with what can be done to it, and what to know of it."""

    shown: Point
    point: ContactPoint
    acts: list[Act]

    @property
    def version(self) -> str:
        return contact_points.version(self.point)

    @property
    def remarks(self) -> str:
        """`Primary, consent given (in writing)`."""
        consent = f"consent given ({self.point.consent_source})" if contact_points.consents(self.point) else ""
        told = f"told by the {self.point.get_source_display().lower()}" if self.point.source != "file" else ""
        words = ", ".join(filter(None, ["primary" if self.point.is_primary else "", told, consent]))
        return words[:1].upper() + words[1:]


@dataclass
class DebtorPage(Carrying):
    """One user's view of one debtor, with what an unfinished action left behind."""

    request: SignedInRequest
    debtor: Debtor
    zone: ZoneInfo
    now: datetime = field(default_factory=timezone.now)
    problem: str = ""
    # What was just done, and in which card: told where the focus is.
    done: str = ""
    place: str = ""
    pinning: str = ""
    form: FactsForm | None = None
    new_point: PointForm | None = None
    # The act on a point that asks for words, as typed, and what is wrong with them.
    asked: tuple[str, str] = ("", "")
    said: str = ""
    said_error: str = ""

    region: ClassVar[str] = "debtor"
    account_id: ClassVar[str] = ""

    @classmethod
    def open(cls, request: SignedInRequest, pk: UUID, **left: Any) -> "DebtorPage":
        """The page of a debtor whom this user may see. Raises Http404."""
        debtor = with_surroundings(request.user, pk)
        if debtor is None:
            raise Http404
        return cls(request, debtor, calendar.zone_of(request.user), **left)

    @property
    def user(self) -> User:
        return self.request.user

    @property
    def debtor_id(self) -> UUID:
        return self.debtor.pk

    @cached_property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    # --- where the user comes from -------------------------------------------------------------------------------
    @cached_property
    def via(self) -> UUID | None:
        """The account that he came from, if it is one of these."""
        return self.way.via if self.way.via in self.accounts.refs else None

    @property
    def via_ref(self) -> str:
        return self.accounts.refs[self.via] if self.via else ""

    @property
    def onwards(self) -> str:
        """What a link to an account carries."""
        return self.way.query(self.via)

    @property
    def is_worked(self) -> bool:
        """Does he come from an account that was given by "Next"?"""
        return self.via is not None and trail.is_on(self.request.session, self.via)

    # --- what is owed ----------------------------------------------------------------------------------------------
    @cached_property
    def accounts(self) -> owed.Accounts:
        return owed.read(self.user, self.debtor.pk, Moment(self.now, self.zone, self.today))

    @cached_property
    def holds(self) -> list[dict[str, str]]:
        """Holds on the debtor; those of an account stand beside it."""
        return standing.holds(self.debtor.active_holds)  # type: ignore[attr-defined]

    # --- who he is, and how he is reached ------------------------------------------------------------------------
    @cached_property
    def reach(self) -> Reach:
        """Whether he may be called now, for any of his accounts: a hold on one alone is not asked."""
        held = [hold["kind"] for hold in self.debtor.active_holds]  # type: ignore[attr-defined]
        return reach(self.debtor.points, self.debtor.time_zones, held, self.now, self.zone)  # type: ignore[attr-defined]

    @cached_property
    def points(self) -> list[Reachable]:
        stored = [ContactPoint(**point) for point in self.debtor.points]  # type: ignore[attr-defined]
        pairs = zip(self.reach.points, stored, strict=True)
        return [Reachable(shown, point, contact_points.possible(point, self.user)) for shown, point in pairs]

    @cached_property
    def asking(self) -> tuple[Reachable, Act] | None:
        """The act that must be told something, and on what."""
        name, wanted = self.asked if any(self.asked) else (self._get("act"), self._get("point"))
        for point in self.points:
            for act in point.acts:
                if act.asks and act.name == name and point.shown.id == wanted:
                    return point, ACTS[name]
        return None

    @cached_property
    def facts(self) -> list[tuple[str, str]]:
        """(label, words) of what is known; empty ones are left out."""
        debtor = self.debtor
        found = [
            ("Address", standing.address(debtor)),
            ("Language", LANGUAGES.get(debtor.language, debtor.language)),
            ("Reference", "" if debtor.external_ref.startswith("account:") else debtor.external_ref),
        ]
        return [(label, text) for label, text in found if text]

    @property
    def told_by_file(self) -> list[tuple[str, str]]:
        """What the creditor's file says of facts that the agency corrected."""
        corrected = self.debtor.corrected
        address = Debtor(**{name: text for name, text in corrected.items() if name != "full_name"})
        found = [("Name", corrected.get("full_name", "")), ("Address", standing.address(address))]
        return [(label, text) for label, text in found if text]

    @cached_property
    def local(self) -> LocalTime:
        return local_time(self.debtor.time_zones, self.now)

    @property
    def version(self) -> str:
        return Facts.of(self.debtor).version

    @cached_property
    def facts_form(self) -> FactsForm:
        return self.form or FactsForm(None, Facts.of(self.debtor))

    @property
    def edits(self) -> bool:
        """Is the form of the facts open?"""
        return self.form is not None or self._get("edit") == "facts"

    @cached_property
    def point_form(self) -> PointForm:
        return self.new_point or PointForm()

    # --- its past --------------------------------------------------------------------------------------------------
    @property
    def stored_pins(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.debtor.pinned  # type: ignore[attr-defined]
        return found

    @cached_property
    def changes(self) -> changes.Changes:
        return changes.read(self.debtor.pk, everything=self._get("changes") == "all")

    @cached_property
    def history(self) -> history.History:
        """One timeline of all the accounts."""
        return history.read(
            self.accounts.refs, self.zone, self.today, shown=self._get("show"), older=self._get("older")
        )

    @property
    def timeline_url(self) -> str:
        return address("worklist:debtor", self.debtor.pk)

    def _get(self, name: str) -> str:
        return self.request.GET.get(name, "")
