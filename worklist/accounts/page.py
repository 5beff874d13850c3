"""What does the account page show? One account in a few statements, whatever its history."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import Http404
from django.utils import timezone
from django.utils.safestring import SafeString

from core import calendar, people
from core.access import SignedInRequest
from core.account_states import Status
from core.addresses import address
from core.contact_rules import Reason
from core.debtors import LANGUAGES
from core.models import Account, User
from core.words import count
from worklist.accounts import money as account_money
from worklist.accounts import offer_card, plan_strip, row, standing
from worklist.accounts import payments as account_payments
from worklist.accounts.composer import Composer
from worklist.accounts.contact_form import ContactForm, FollowUp
from worklist.accounts.history import History
from worklist.accounts.history import read as read_history
from worklist.accounts.reach import Reach, reach
from worklist.accounts.status_menu import StatusMenu
from worklist.debtors.carrying import Carrying
from worklist.listing import rows
from worklist.local_time import LocalTime, local_time
from worklist.working import day as days
from worklist.working import trail


@dataclass
class AccountPage(Carrying):
    """One user's view of one account, with what an unfinished action left behind."""

    request: SignedInRequest
    account: Account
    zone: ZoneInfo
    now: datetime = field(default_factory=timezone.now)
    problem: str = ""
    note_error: str = ""
    # What was just done, told where the focus is; `noted` came as a region of its own.
    done: str = ""
    noted: bool = False
    planned: bool = False
    pinning: str = ""
    # The payment that was just taken; or "plan" or "offer": of which of them something was just agreed or decided.
    taken: UUID | None = None
    dealt: str = ""
    revealed: bool = False
    # Typed text is shown again although its form was not refused.
    kept: bool = False
    composer_alone: bool = False  # the rest of the page stays as it stands
    asked: str = ""
    form: forms.Form | None = None
    contact: ContactForm | None = None
    # Why the rules said no to the contact that was told.
    refused: tuple[Reason, ...] = ()
    follow: FollowUp | None = None

    region: ClassVar[str] = "account"

    @classmethod
    def open(cls, request: SignedInRequest, pk: UUID, **left: Any) -> "AccountPage":
        """The page of an account that this user may see. Raises Http404."""
        return cls._of(row.read(request.user, pk), request, **left)

    @classmethod
    def to_contact(cls, request: SignedInRequest, pk: UUID) -> "AccountPage":
        """The same with no more than what a contact is told and judged by; not to be shown."""
        return cls._of(row.to_contact(request.user, pk), request)

    @classmethod
    def _of(cls, account: Account | None, request: SignedInRequest, **left: Any) -> "AccountPage":
        if account is None:
            raise Http404
        return cls(request, account, calendar.zone_of(request.user), **left)

    @property
    def user(self) -> User:
        return self.request.user

    @property
    def may_assign(self) -> bool:
        return self.user.is_admin and self.account.is_open

    @cached_property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    # --- the list it was opened from -------------------------------------------------------------------------
    @property
    def onwards(self) -> str:
        """What a link to the debtor, or to another account of his, carries."""
        return self.way.query(self.account.pk)

    # --- money -------------------------------------------------------------------------------------------------
    @cached_property
    def entries(self) -> list[account_money.Entry]:
        """The balance's journal, newest first, each with the balance after it."""
        return account_money.journal(self.account, self.zone, self.today)

    @cached_property
    def paid(self) -> Decimal:
        """What the debtor has paid, refunds and chargebacks taken off."""
        return account_money.paid(self.entries)

    @cached_property
    def promise(self) -> account_money.OpenPromise | None:
        """The promise that stands, with what came for it."""
        return account_money.open_promise(self.account.open_promises, self.entries, self.today)  # type: ignore[attr-defined]

    @cached_property
    def payments(self) -> list[account_payments.Line]:
        """The latest payments, newest first."""
        return account_payments.lines(self._payments, account_money.applied(self.entries), self.zone, self.today)

    @property
    def taken_words(self) -> str:
        """What was just done."""
        one = next((line for line in self.payments if line.id == str(self.taken)), None)
        if one and one.told[:1] == (f"{account_payments.CALLED_OFF}.",):
            return "Cancellation begun"
        return "Payment recorded" if one and one.status == "completed" else "Payment begun"

    @property
    def look_again(self) -> int:
        """After how many seconds the page asks how its payments stand; 0 when all are decided."""
        return account_payments.seconds(self._payments)

    @property
    def payments_version(self) -> str:
        """The mark of how they stand on this page."""
        return account_payments.version(self._payments)

    @property
    def _payments(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.account.latest_payments  # type: ignore[attr-defined]
        return found

    @cached_property
    def plan(self) -> plan_strip.Strip | None:
        """The newest plan, with its rows."""
        account: Any = self.account
        held = [hold["kind"] for hold in account.active_holds]
        return plan_strip.strip(account.newest_plan, account.plan_rows, held, self.today)

    @cached_property
    def offer(self) -> offer_card.Card | None:
        """The newest settlement offer, unless it is past."""
        return offer_card.card(self.account.newest_offer, self.today)  # type: ignore[attr-defined]

    @property
    def may_offer(self) -> bool:
        """Is there a plan or a settlement that could be agreed, beside those that stand?"""
        could = self.may_change and self.may_be_paid and self.account.status not in (Status.NEW, Status.DISPUTED)
        return could and not (self.plan and self.plan.stands and self.offer and self.offer.stands)

    @property
    def may_be_paid(self) -> bool:
        """Is there anything to take?"""
        return self.account.is_open and self.account.current_balance > 0

    @property
    def paid_percent(self) -> int:
        whole = self.paid + self.account.current_balance
        return int(100 * self.paid / whole) if whole > 0 else 0

    @property
    def paid_label(self) -> str:
        return f"{self.paid_percent} percent paid"

    @property
    def entries_words(self) -> str:
        return count(len(self.entries), "entry", "entries")

    # --- the debtor ----------------------------------------------------------------------------------------------
    @cached_property
    def reach(self) -> Reach:
        """Numbers and addresses, and whether a call is allowed now."""
        held = [hold["kind"] for hold in self.account.active_holds]  # type: ignore[attr-defined]
        points, zones = self.account.contact_points, self.account.debtor.time_zones  # type: ignore[attr-defined]
        return reach(points, zones, held, self.now, self.zone)

    @cached_property
    def address(self) -> str:
        return standing.address(self.account.debtor)

    @property
    def language(self) -> str:
        """In which the debtor wants to be spoken to."""
        return LANGUAGES.get(self.account.debtor.language, self.account.debtor.language)

    @cached_property
    def local(self) -> LocalTime:
        return local_time(self.account.debtor.time_zones, self.now)

    @property
    def other_accounts(self) -> list[dict[str, Any]]:
        """Other accounts of this debtor, of those the user may see."""
        return standing.others(self.account.other_accounts)  # type: ignore[attr-defined]

    # --- where it stands -----------------------------------------------------------------------------------------
    @cached_property
    def holds(self) -> list[dict[str, str]]:
        """Holds in force, on the account or on the debtor."""
        return standing.holds(self.account.active_holds)  # type: ignore[attr-defined]

    @cached_property
    def stages(self) -> list[standing.Stage]:
        return standing.stages(Status(self.account.status))

    @cached_property
    def next_action(self) -> rows.NextAction:
        """What comes next, in the words of the list: an open or broken promise speaks here, too."""
        moment = rows.Moment(self.now, self.zone, self.today)
        account = self.account
        promised = standing.promised(account)
        return rows.next_action(account.next_action, account.next_action_at, account.status, moment, promised)

    @cached_property
    def facts(self) -> list[tuple[str, str]]:
        """The account's own facts; empty ones are left out."""
        return standing.facts(self.account, self.zone, self.today)

    @property
    def particulars(self) -> list[tuple[str, str]]:
        """What the file brought that we have no name for."""
        return standing.particulars(self.account)

    # --- what can be done ------------------------------------------------------------------------------------------
    @cached_property
    def status(self) -> StatusMenu:
        """The moves that are possible for this user, and the one whose form is open."""
        asked = self.asked or self.request.GET.get("move", "")
        return StatusMenu(self.account, self.user, self.today, asked, self.form)

    @cached_property
    def composer(self) -> Composer:
        """What is told about a contact, or noted."""
        left = (self.done, self.note_error, self.contact, self.kept, self.composer_alone)
        return Composer(self.request, self.account, self.reach, self.zone, self.today, *left)

    @cached_property
    def follow_up(self) -> FollowUp:
        """The form of the next action, with the present one in it."""
        if self.follow is not None:
            return self.follow
        at = self.account.next_action_at.astimezone(self.zone) if self.account.next_action_at else None
        initial = {"next_action": self.account.next_action, "next_day": at and at.date(), "next_time": at and at.time()}
        return FollowUp(zone=self.zone, today=self.today, initial=initial)

    # --- its place in the day ----------------------------------------------------------------------------------------
    @property
    def held_by(self) -> str:
        """Who else has it open."""
        for holder in self.account.open_elsewhere:  # type: ignore[attr-defined]
            return " ".join(filter(None, [holder["first"], holder["last"]])) or str(holder["name"])
        return ""

    @property
    def is_worked(self) -> bool:
        """Was it given by "Next"?"""
        return trail.is_on(self.request.session, self.account.pk)

    @property
    def previous(self) -> str:
        """The account worked before it."""
        return trail.previous(self.request.session, self.account.pk)

    @cached_property
    def progress(self) -> str:
        """How far the user has come today; only while he works the queue."""
        return days.progress(self.user, self.zone) if self.is_worked else ""

    @cached_property
    def collectors(self) -> SafeString:
        """Who can be given the account, as options."""
        return people.names().assignable_options

    # --- its past ----------------------------------------------------------------------------------------------------
    @property
    def stored_pins(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.account.pinned  # type: ignore[attr-defined]
        return found

    @property
    def debtor_id(self) -> UUID:
        return self.account.debtor_id

    @property
    def account_id(self) -> UUID:
        return self.account.pk

    @property
    def timeline_url(self) -> str:
        return address("worklist:account", self.account.pk)

    @cached_property
    def history(self) -> History:
        asked = self.request.GET
        return read_history(
            {self.account.pk: ""}, self.zone, self.today, shown=asked.get("show", ""), older=asked.get("older", "")
        )
