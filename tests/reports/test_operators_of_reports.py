"""rebuild_tallies makes good what an accident did to the sums, of all agencies or of one."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core import books, tenancy
from core.models import Agency
from reports.models import Tally
from tests.cast import make_account
from tests.reports.history import World


def run(*options: str) -> str:
    out = StringIO()
    call_command("rebuild_tallies", *options, stdout=out)
    return out.getvalue()


def test_an_operator_sums_up_all_facts_anew(world: World, northwind: Agency) -> None:
    world.begin()
    with tenancy.acting_for(northwind):
        make_account()
    with tenancy.acting_for(northwind):
        Tally.objects.all().delete()
    Tally.objects.all().delete()
    told = run()
    assert told.startswith("Summed up the facts of 2 agencies anew: ")
    assert "check_books proves them." in told
    assert books.check_books().broken == []


def test_one_agency_alone_and_for_a_script(world: World, northwind: Agency, inside: Agency) -> None:
    world.begin()
    with tenancy.acting_for(northwind):
        make_account()
        Tally.objects.all().delete()
    Tally.objects.all().delete()
    told = json.loads(run("--agency", "harborline recovery", "--json"))
    assert told == {"ok": True, "agencies": 1, "sums": Tally.objects.count()}
    assert told["sums"] > 0
    assert {broken.agency for broken in books.check_books().broken} == {northwind.name}


def test_an_agency_that_is_not_there(world: World) -> None:
    with pytest.raises(CommandError, match="There is no agency “Nowhere”"):
        run("--agency", "Nowhere")
