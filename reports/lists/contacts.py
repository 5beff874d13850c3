"""Who was tried to be reached, and who was? The attempts behind every contact rate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import django_filters as filters
from django.db.models import Count, Q, QuerySet

from core import calendar
from core.models import ContactAttempt
from core.models.contacts import Channel, Direction
from core.paging import Order
from core.sheet import Kind
from reports.lists.filtering import Flag, FromDay, ListFilter, OfCreditor, OfDeskOf, UntilDay
from reports.lists.listing import Listing, Total

SHOWN = (
    "at", "channel", "direction", "right_party", "conversation", "account__status", "account__external_ref",
    "debtor__full_name", "disposition__label", "actor__first_name", "actor__last_name", "actor__username",
)  # fmt: skip


class ContactFilter(ListFilter):
    """By day, by whose debt and whose work it was, and by what came of it."""

    since = FromDay("at", label="From")
    until = UntilDay("at", label="To")
    creditor = OfCreditor("account__creditor")
    collector = OfDeskOf("actor")
    channel = filters.ChoiceFilter(label="Channel", choices=Channel.choices, empty_label="Any channel")
    right_party = Flag("right_party", label="Right party reached")
    conversation = Flag("conversation", label="Conversation about the debt")

    more = ("right_party", "conversation")

    class Meta:
        model = ContactAttempt
        fields: list[str] = []


@dataclass(frozen=True)
class Row:
    """One attempt."""

    id: UUID
    at: datetime
    when: str
    account: UUID
    debtor: str
    ref: str
    way: str
    outcome: str
    right_party: bool
    conversation: bool
    collector: str


class Contacts(Listing[ContactAttempt]):
    """Attempts to reach a debtor, one for each account that it was about."""

    url = "reports:contacts"
    source = "lists.contacts"
    title = "Contacts"
    about = "Every attempt to reach a debtor, one for each account that it was about"
    nothing_yet = "Every call, e-mail, letter and visit that is logged appears here at once."
    icon = "phone"
    rows_template = "reports/lists/contacts.html"
    filters = ContactFilter
    summed = ("right_party", "conversation")

    @property
    def order(self) -> Order:
        """The newest first."""
        return Order("at")

    def everything(self) -> "QuerySet[ContactAttempt]":
        """All of the agency."""
        return ContactAttempt.objects.all()

    def with_surroundings(self, rows: "QuerySet[ContactAttempt]") -> "QuerySet[ContactAttempt]":
        """With account, debtor, outcome and who it was."""
        return rows.select_related("account", "debtor", "disposition", "actor").only(*SHOWN)

    def sums(self, rows: "QuerySet[ContactAttempt]") -> list[Total]:
        """How many, and how many of them reached somebody."""
        sums = rows.aggregate(
            attempts=Count("pk"),
            right_party=Count("pk", filter=Q(right_party=True)),
            conversations=Count("pk", filter=Q(conversation=True)),
        )
        return [
            Total("attempts", "Attempts", sums["attempts"], Kind.NUMBER),
            Total("right_party", "Right party", sums["right_party"], Kind.NUMBER),
            Total("conversations", "Conversations", sums["conversations"], Kind.NUMBER),
        ]

    def told(self, rows: Sequence[ContactAttempt]) -> list[Row]:
        """The attempts in words."""
        return [
            Row(
                id=attempt.pk,
                at=attempt.at,
                when=calendar.moment_words(attempt.at, self.zone, self.today),
                account=attempt.account_id,
                debtor=attempt.debtor.full_name,
                ref=attempt.account.external_ref,
                way=f"{Channel(attempt.channel).label}, {Direction(attempt.direction).label.lower()}",
                outcome=attempt.disposition.label,
                right_party=attempt.right_party,
                conversation=attempt.conversation,
                collector=str(attempt.actor) if attempt.actor else "",
            )
            for attempt in rows
        ]
