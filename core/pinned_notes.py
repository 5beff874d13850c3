"""Which notes must everybody see who opens a debtor? At most five, pinned and unpinned by hand."""

from typing import TYPE_CHECKING
from uuid import UUID

from core import clock, debtors, tenancy
from core.models import Activity, PinnedNote
from core.refusals import FieldRefused

if TYPE_CHECKING:
    from core.models import User

# What somebody wrote; the database refuses others, too.
PINNABLE = (Activity.Kind.NOTE, Activity.Kind.CONTACT)


def pin(debtor_id: UUID, note_id: UUID, *, by: "User") -> PinnedNote:
    """Pin a note of one of the debtor's accounts; one that is pinned stays so. Raises FieldRefused."""
    with tenancy.transaction():
        debtors.locked(debtor_id)  # two who pin the fifth follow each other
        notes = Activity.objects.filter(pk=note_id, account__debtor=debtor_id, kind__in=PINNABLE)
        if not notes.exclude(body="").exists():
            raise FieldRefused("note", "Only a note of this debtor can be pinned.")
        pinned = {pin.note: pin for pin in PinnedNote.objects.filter(debtor=debtor_id)}
        if note_id in pinned:
            return pinned[note_id]
        free = set(range(1, PinnedNote.MOST + 1)) - {pin.place for pin in pinned.values()}
        if not free:
            raise FieldRefused("note", f"{PinnedNote.MOST} notes of this debtor are pinned. Unpin one of them first.")
        return PinnedNote.objects.create(
            debtor_id=debtor_id, note=note_id, place=min(free), pinned_by=by, **clock.born()
        )


def unpin(debtor_id: UUID, note_id: UUID) -> None:
    """Take a pin off; nothing happens when there is none."""
    with tenancy.transaction():
        debtors.locked(debtor_id)
        PinnedNote.objects.filter(debtor=debtor_id, note=note_id).delete()
