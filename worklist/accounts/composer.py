"""What stands in the composer of an account page? The channel chosen, what was typed, and what was wrong with it."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from core.models import Account, Disposition
from core.models.contacts import Channel
from worklist.accounts.contact_form import ICONS, NOTE, ContactForm
from worklist.accounts.outcome_choice import channels_of
from worklist.accounts.reach import Reach


@dataclass
class Composer:
    """The form of one account; `kept` after a refusal that is not of the form, so that what was typed stays."""

    request: HttpRequest
    account: Account
    reach: Reach
    zone: ZoneInfo
    today: date
    done: str = ""
    note_error: str = ""
    bound: ContactForm | None = None
    kept: bool = False
    # The rest of the page stays as it is: the form goes on carrying what its writer sees there.
    alone: bool = False

    @property
    def mode(self) -> str:
        """The channel that is open, or `note`; for an account that nobody contacts any more, notes alone."""
        if not self.account.is_open:
            return NOTE
        wanted = self.request.POST.get("channel") or self.request.GET.get("log") or Channel.CALL
        return wanted if wanted in self.offered else self.offered[0]

    @cached_property
    def offered(self) -> list[str]:
        """The channels that the agency has outcomes for, and the note."""
        known = channels_of(outcomes_for(self.account))
        return [value for value in ICONS if value in known or value == NOTE]

    @property
    def modes(self) -> list[tuple[str, str, str, bool]]:
        """(value, label, icon, is open) of each."""
        labels = {**dict(Channel.choices), NOTE: "Note"}
        return [(str(value), str(labels[value]), ICONS[value], value == self.mode) for value in self.offered]

    @property
    def seen_status(self) -> str:
        """The status that the writer of the form has before him."""
        return self._seen("expected", self.account.status)

    @property
    def seen_promise(self) -> str:
        """The id of the promise that he sees to be open, empty when there is none."""
        standing = self.account.open_promises  # type: ignore[attr-defined]
        return self._seen("promised", standing[0]["id"] if standing else "")

    def _seen(self, name: str, now: str) -> str:
        return self.request.POST.get(name, now) if self.alone else now

    @cached_property
    def form(self) -> ContactForm:
        """Bound after a refusal, with its errors; otherwise empty, or with what was typed."""
        if self.bound is not None:
            return self.bound
        form = self.blank()
        if self.kept:
            form.initial = {name: self.request.POST[name] for name in form.fields if name in self.request.POST}
        return form

    def blank(self) -> ContactForm:
        """The form with nothing in it."""
        return contact_form(None, self.account, self.reach, self.zone, self.today, self.mode)

    @property
    def text(self) -> str:
        """What stands in the text field."""
        if self.kept:
            return self.request.POST.get("body", "")
        return str(self.form["body"].value() or "")

    @property
    def text_errors(self) -> list[str]:
        return [self.note_error] if self.note_error else [str(error) for error in self.form["body"].errors]

    @property
    def takes_focus(self) -> bool:
        """The text field does, after a success and when it was refused."""
        return bool(self.done or self.note_error) or next(iter(self.form.errors), "") == "body"


def contact_form(
    data: object, account: Account, reach: Reach, zone: ZoneInfo, today: date, channel: str = ""
) -> ContactForm:
    """The form for this account's numbers and its agency's outcomes; without data, `channel` is open."""
    return ContactForm(
        data,
        outcomes=outcomes_for(account),
        phones=reach.of("phone"),
        emails=reach.of("email"),
        zone=zone,
        today=today,
        channel=channel,
    )


def outcomes_for(account: Account) -> list[Disposition]:
    """What a contact of this account may end with; nothing when nobody is contacted for it any more."""
    return account.outcomes if account.is_open else []  # type: ignore[attr-defined]
