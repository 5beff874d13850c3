"""An agency that was there before outcomes had channels gets what a new one begins with."""

from importlib import import_module

from django.db import connection

from core.dispositions import DEFAULTS
from core.models import Agency, Disposition
from core.outcome_table import Meaning, problems
from tests.conftest import as_owner

NEW = ("replied", "nobody_there", "bounced")


def bring_up_to_date() -> None:
    migration = import_module("core.migrations.0016_outcomes_of_every_channel")
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(migration.THEIRS)
        cursor.execute(migration.MISSING)


def meanings() -> dict[str, Meaning]:
    return {outcome.code: Meaning.of(outcome) for outcome in Disposition.objects.all()}


def test_it_gets_channels_and_what_it_lacks(inside: Agency) -> None:
    fresh = meanings()
    Disposition.objects.filter(code__in=NEW).delete()
    everything = Disposition._meta.get_field("channels").get_default()
    Disposition.objects.update(channels=everything, directions=["out", "in"])
    Disposition.objects.filter(code__in=["busy", "wrong_number"]).update(counts=True)
    Disposition.objects.filter(code="third_party").update(label="Somebody else answered")
    Disposition.objects.create(code="own", label="Our own", next_action="Go on", position=90)
    own = Meaning.of(Disposition.objects.get(code="own"))
    bring_up_to_date()
    assert meanings() == fresh | {"own": own}
    assert list(Disposition.objects.values_list("code", flat=True))[-3:] == list(NEW)
    bring_up_to_date()
    assert Disposition.objects.count() == len(DEFAULTS) + 1


def test_what_an_agency_begins_with_goes_together(inside: Agency) -> None:
    assert {code: problems(meaning) for code, meaning in meanings().items() if problems(meaning)} == {}
