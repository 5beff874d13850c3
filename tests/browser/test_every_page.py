"""Every page, light and dark, from 320 to 1440 pixels: nothing axe-core objects to, nothing that scrolls sideways.

And as it is sent, before any script: nothing that breaks the rules of the markup.
"""

import io
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from django.conf import settings as django_settings
from playwright.sync_api import Page, expect

from core import tenancy
from imports import feeds, importer, mapping, uploads
from imports.models import SFTPFeed
from tests.browser.conftest import Stage, Watched
from tests.browser.places import places
from tests.guard.markup import faults
from tests.imports.conftest import csv_of, make_job, row, work_off

pytestmark = pytest.mark.browser
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text()
NARROW = {"width": 390, "height": 844}


@pytest.fixture
def job(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A finished import with errors."""
    monkeypatch.setattr(django_settings, "MEDIA_ROOT", tmp_path / "files")

    rows = [row(1), row(2, original_amount="abc"), row(3, debtor_name="")]
    with tenancy.acting_for(stage.agency):
        made = make_job(csv_of(rows))
    with tenancy.working_for(stage.agency):
        importer.process(made.pk)
    return str(made.pk)


@pytest.fixture
def brought(stage: Stage, job: str) -> dict[str, str]:
    """Uploads that would be imported and refused, and a feed's mapping with a sample and two versions."""
    crooked = [row(1), row(2, original_amount="abc", debtor_phone="12"), row(3, debtor_ssn_last4="6789", Branch="Main")]
    with tenancy.acting_for(stage.agency):
        fine = uploads.bring(io.BytesIO(csv_of(crooked)), "july.csv", by=stage.dana)
        foreign = uploads.bring(io.BytesIO(b"Konto;Betrag\nK-1;1,00\n"), "konten.csv", by=stage.dana)
        feed = SFTPFeed.objects.create(name="Northgate nightly", host="h", username="u", host_key="k")
        make_job(csv_of(crooked), name="june.csv", feed=feed, remote_mtime=1)
        make_job(csv_of(crooked), name="july.csv", feed=feed, remote_mtime=2)
        fields = {"account_type": {"constant": "medical"}, "debtor_name": {"columns": ["debtor_name"]}}
        for amounts in ("cents", "us"):
            feeds.keep_mapping(feed, mapping.read({"fields": fields, "amount_format": amounts}), stage.dana)
        feed.refresh_from_db()
    with tenancy.working_for(stage.agency):
        work_off()
    return {
        "an upload": f"/imports/uploads/{fine.pk}/",
        "an upload that would be refused": f"/imports/uploads/{foreign.pk}/",
        "a feed's mapping": f"/imports/feeds/{feed.pk}/mapping/",
        "a version of a mapping": f"/imports/mappings/{feed.mapping_id}/",
    }


# What another theme can break; all other rules judge what both themes share.
OF_COLOURS = ["color-contrast", "link-in-text-block"]
# What may still be wrong on a telephone when nothing is on the narrowest: there buttons are left out.
OF_ROOM = ["button-name", "color-contrast", "link-name", "scrollable-region-focusable", "target-size"]
# Both themes at the ends; between them where the layout is another, which is the rail of icons at 1024.
EVERY_RULE: list[str] = []
LIGHT = {320: EVERY_RULE, 390: OF_ROOM, 1024: EVERY_RULE, 1440: EVERY_RULE}
DARK = {1440: OF_COLOURS, 320: OF_COLOURS}


def violations(page: Page, *rules: str) -> list[str]:
    """What axe-core finds, by all rules when none is named, each with the first place where it is."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": rules}
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    assert found["passes"], "axe-core did not run"
    return [f"{v['id']}: {v['nodes'][0]['target']} {v['nodes'][0]['failureSummary']}" for v in found["violations"]]


def faults_in_sight(page: Page) -> list[str]:
    """What keeps somebody out of the page that is open: from a small telephone to a large screen, light and dark."""
    found = []
    for theme, widths in (("light", LIGHT), ("dark", DARK)):
        page.emulate_media(color_scheme=theme)
        for width, rules in widths.items():
            page.set_viewport_size({"width": width, "height": 844})
            found += [f"{width}, {theme}: {wrong}" for wrong in violations(page, *rules)]
            if page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"{width}: scrolls sideways")
    return found


@pytest.mark.slow
@pytest.mark.parametrize("half", [0, 1])
def test_nothing_keeps_anybody_out(
    half: int, job: str, brought: dict[str, str], stage: Stage, windows: Watched
) -> None:
    every = places(stage, job, brought)[half::2]
    found: dict[str, list[str]] = {}
    for user in dict.fromkeys(place.user for place in every):
        page = windows.open(user)
        for place in [place for place in every if place.user == user]:
            answer = page.goto(place.path)
            assert answer, place.path
            sent = [] if place.name == "style guide" else faults(answer.text())  # it shows forms that go nowhere
            found[place.name] = [*sent, *faults_in_sight(page)]
    windows.heard[:] = [words for words in windows.heard if "/no/such/page/" not in words]
    assert len(found) == len(every)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_a_chosen_theme_is_kept(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah, color_scheme="light")
    page.goto("/worklist/")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Switch color theme").click()
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark != light
    page.goto(stage.account("Amelia"))
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def test_the_system_s_dark_theme_is_followed(stage: Stage, windows: Watched) -> None:
    colours = {}
    for scheme in ("light", "dark"):
        page = windows.open(stage.sarah, color_scheme=scheme)
        page.goto("/worklist/")
        colours[scheme] = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert colours["light"] != colours["dark"]


def test_an_account_is_worked_on_a_telephone(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah, viewport=NARROW, has_touch=True, is_mobile=True)
    page.goto("/worklist/")
    page.get_by_role("link", name="Amelia Norwood").tap()
    page.get_by_role("link", name="Note", exact=True).tap()
    page.get_by_label("What happened").fill("On the road.")
    page.get_by_role("button", name="Add note").tap()
    expect(page.locator("#timeline")).to_contain_text("On the road.")
    order = page.evaluate("""
        ['h1', '#balance', '#compose', '#history', '#next', '#contact'].map(place => document.querySelector(place))
            .map((el, i, all) => [el.getBoundingClientRect().top, i && all[i - 1].compareDocumentPosition(el)])
    """)
    assert [top for top, _ in order] == sorted(top for top, _ in order), "the work before the facts"
    assert {after for _, after in order[1:]} == {4}, "read as it is seen (4: follows)"
    small = page.locator("a.btn, button.btn, summary.btn").evaluate_all(
        "all => all.filter(e => e.offsetParent && e.getBoundingClientRect().height < 24).map(e => e.textContent)"
    )
    assert small == [], "a target of at least 24 pixels (WCAG 2.5.8)"
