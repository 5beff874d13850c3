"""Which status moves does the account page offer? Those possible now, and the form of the one that was chosen."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django import forms

from core import moves
from core.models import Account, User
from core.moves import Move
from worklist.accounts.move_forms import FORMS, WARNINGS, form_for


@dataclass
class StatusMenu:
    """One user's moves of one account; `asked` names the one to ask about, `bound` is its form after a refusal."""

    account: Account
    user: User
    today: date
    asked: str = ""
    bound: forms.Form | None = None

    @cached_property
    def possible(self) -> list[Move]:
        """Only what this user may do now."""
        return [] if self.user.is_readonly else moves.possible(self.account, self.user)

    @property
    def menu(self) -> list[tuple[Move, bool]]:
        """Each possible move, and whether something must be told or confirmed first."""
        return [(move, move.name in FORMS) for move in self.possible]

    @cached_property
    def asking(self) -> Move | None:
        """The move whose form is open."""
        return next((move for move in self.possible if move.name == self.asked and move.name in FORMS), None)

    @cached_property
    def form(self) -> forms.Form | None:
        """What must be told for it."""
        return (self.bound or form_for(self.asking.name)) if self.asking else None

    @property
    def warning(self) -> str:
        """What it entails."""
        return WARNINGS.get(self.asking.name, "") if self.asking else ""
