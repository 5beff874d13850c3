"""The editor of a feed's mapping: what it shows of a sample, what it refuses, and which versions it keeps."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core import tenancy
from core.models import Agency, Creditor, User
from imports import feeds, importer
from imports.mapping import NOTHING, Spec, read
from imports.models import Format, Mapping, SFTPFeed, SFTPImportJob
from imports.pages import preview
from tests.imports.conftest import csv_of, make_job, row

Browser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
GERMAN = b"Konto;Nachname;Vorname;Betrag;Geburt\nK-1;Abbot;Ann;1.234,50;1970-01-31\nK-2;Brown;;viel;1980-02-02\n"
SAID = {"format": "csv", "date_format": "YYYY-MM-DD", "amount_format": "us"}
BY_HAND = SAID | {
    "amount_format": "eu",
    "external_ref-1": "Konto",
    "debtor_name-1": "Vorname",
    "debtor_name-2": "Nachname",
    "original_amount-1": "Betrag",
    "debtor_date_of_birth-1": "Geburt",
    "creditor_name-text": "Northgate",
}


@pytest.fixture
def feed(inside: Agency) -> SFTPFeed:
    return SFTPFeed.objects.create(name="Northgate", host="h", username="u", host_key="k")


@pytest.fixture
def browser(feed: SFTPFeed, dana: User, as_user: Browser) -> Client:
    return as_user(dana)


def url(feed: SFTPFeed) -> str:
    return reverse("imports:feed_mapping", args=[feed.pk])


def text(answer: Any) -> str:
    words: str = answer.content.decode()
    return words


def test_without_a_file_a_sample_is_asked_for(feed: SFTPFeed, browser: Client) -> None:
    page = text(browser.get(url(feed)))
    assert "No file of this feed has come yet" in page
    assert f"/imports/uploads/?feed={feed.pk}" in page
    assert f'value="{feed.pk}" selected' in text(browser.get("/imports/uploads/", {"feed": feed.pk}))


def test_the_newest_file_is_the_sample_and_its_columns_are_offered(feed: SFTPFeed, browser: Client) -> None:
    make_job(csv_of([row(1)]), name="june.csv", feed=feed, remote_mtime=1)
    make_job(csv_of([row(7, Branch="Main")]), name="july.csv", feed=feed, remote_mtime=2)
    page = text(browser.get(url(feed)))
    for words in ("external_ref (found by its name)", '<option value="Branch">', "Desmond Okafor 7", "Not in the file"):
        assert words in page
    older = SFTPImportJob.objects.get(file_name="june.csv")
    assert "Desmond Okafor 1" in text(browser.get(url(feed), {"sample": older.pk}))
    assert "Desmond Okafor 7" in text(browser.get(url(feed), {"sample": "nonsense"}))


def test_a_change_shows_at_once_what_would_be_understood(feed: SFTPFeed, browser: Client) -> None:
    make_job(GERMAN, feed=feed, remote_mtime=1)
    assert "The header lacks external_ref" in text(browser.get(url(feed)))
    region = text(browser.post(url(feed), BY_HAND, headers=HTMX))
    assert "<html" not in region
    for words in ("Ann Abbot", "1234.50", "Not an amount. Write it as 1.234,50", "Rejected", "Fine"):
        assert words in region
    assert 'hx-swap-oob="true"' in region, "the choices are those of another reading"
    assert not Mapping.objects.exists()
    whole = text(browser.post(url(feed), BY_HAND | {"act": "preview"}))
    assert "<html" in whole
    assert '<option value="Konto" selected>Konto</option>' in whole


def test_saving_makes_a_version_and_the_next_files_are_read_by_it(feed: SFTPFeed, browser: Client, dana: User) -> None:
    make_job(GERMAN, feed=feed, remote_mtime=1)
    told = text(browser.post(url(feed), BY_HAND | {"act": "save"}, follow=True))
    feed.refresh_from_db()
    assert feed.mapping is not None
    assert (feed.mapping.version, feed.mapping.made_by) == (1, dana)
    assert feed.mapping.spec == read(
        {
            "amount_format": "eu",
            "fields": {
                "external_ref": {"columns": ["Konto"]},
                "debtor_name": {"columns": ["Vorname", "Nachname"]},
                "original_amount": {"columns": ["Betrag"]},
                "debtor_date_of_birth": {"columns": ["Geburt"]},
                "creditor_name": {"constant": "Northgate"},
            },
        }
    )
    for words in (
        "Version 1 is in force",
        "Debtor name: Vorname + Nachname",
        "Creditor: always “Northgate”",
        "In force",
    ):
        assert words in told
    job = make_job(GERMAN, feed=feed, remote_mtime=2, mapping=feed.mapping)
    importer.process(job.pk)
    job.refresh_from_db()
    assert (job.created_count, job.processed_errors) == (1, 1)

    saved = {"act": "save", "expected": str(feed.mapping_id)}
    browser.post(url(feed), BY_HAND | saved)
    assert Mapping.objects.count() == 1, "the same again is no version"
    browser.post(url(feed), BY_HAND | saved | {"due_date-1": "Geburt"})
    assert Mapping.objects.count() == 2
    first = Mapping.objects.get(version=1)
    shown = text(browser.get(reverse("imports:mapping", args=[first.pk])))
    assert "Vorname + Nachname" in shown
    assert "In force" not in shown
    assert reverse("imports:mapping", args=[first.pk]) in text(browser.get(reverse("imports:job", args=[job.pk])))


def test_the_second_of_two_people_who_save_is_told(feed: SFTPFeed, browser: Client, dana: User) -> None:
    feeds.keep_mapping(feed, read({"amount_format": "cents"}), dana)
    answer = browser.post(url(feed), BY_HAND | {"act": "save", "expected": ""})
    assert answer.status_code == 409
    assert "Dana Whitlock saved version 1 a moment ago." in text(answer)
    assert 'value="Northgate"' in text(answer), "what was typed is kept"
    assert Mapping.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"external_ref-text": "X"}, "Account reference: choose a column or write a text, not both."),
        ({"format": "fixed_width"}, "A file of fixed width says nothing about its columns"),
        ({"layout": "ref 1 5\n\nname 6"}, "Line 3: “name 6” is not a name"),
        ({"layout": "ref 1 5\nname 0 4"}, "Line 2: characters are counted from 1"),
        ({"layout": "ref 1 5\nRef 6 4"}, "Line 2: “Ref” stands in line 1 too."),
        ({"layout": "ref 1 5\nname 3 4"}, "The columns “ref” and “name” overlap"),
        ({"skip_lines": "101"}, "a number from 0 to 100"),
        ({"skip_lines": "-1"}, "a number from 0 to 100"),
        ({"skip_lines": "three"}, "a number from 0 to 100"),
        ({"delimiter": "x"}, "Select a valid choice"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_refused_beside_the_field(
    said: dict[str, str], sentence: str, feed: SFTPFeed, browser: Client
) -> None:
    make_job(GERMAN, feed=feed, remote_mtime=1)
    answer = browser.post(url(feed), BY_HAND | said | {"act": "save"})
    assert answer.status_code == 422
    page = text(answer).replace("&quot;", '"')
    assert page.count(sentence) >= 2, "above the rows, and at the field"
    assert not Mapping.objects.exists()


def test_a_fixed_width_file_is_described_line_by_line(feed: SFTPFeed, browser: Client) -> None:
    make_job(b"A-1  Ann Abbot 00012345\nA-2  Ben Brown 00002000\n", feed=feed, remote_mtime=1)
    said = SAID | {
        "format": "fixed_width",
        "amount_format": "cents",
        "layout": "account 1 5\nname 6 10\namount 16 8",
        "creditor_name-text": "Northgate",
    }
    region = text(browser.post(url(feed), said, headers=HTMX))
    for words in ("Ann Abbot", "123.45", "Fine"):
        assert words in region
    browser.post(url(feed), said | {"act": "save"})
    feed.refresh_from_db()
    assert feed.format == Format.FIXED_WIDTH
    page = text(browser.get(url(feed)))
    assert "account 1 5\nname 6 10\namount 16 8</textarea>" in page


def test_secrets_are_masked_wherever_they_stand(feed: SFTPFeed, browser: Client) -> None:
    rows = [
        row(1, SSN="123-45-6789", debtor_date_of_birth="1970-01-31", debtor_ssn_last4="6789", Remark="is 987-65-4321")
    ]
    make_job(csv_of(rows), feed=feed, remote_mtime=1)
    page = text(browser.get(url(feed)))
    assert "Desmond Okafor 1" in page
    for secret in ("6789", "1970", "987-65", "4321"):
        assert secret not in page


def test_a_column_that_the_sample_lacks_stays_chosen(feed: SFTPFeed, browser: Client, dana: User) -> None:
    feeds.keep_mapping(feed, read({"fields": {"due_date": {"columns": ["Faellig"]}}}), dana)
    make_job(csv_of([row(1)]), feed=feed, remote_mtime=1)
    page = text(browser.get(url(feed)))
    assert "Faellig (not in this file)" in page
    assert "the file has no such column" in page


def test_who_may_do_what(
    feed: SFTPFeed, sarah: User, auditor: User, stranger: User, dana: User, as_user: Browser
) -> None:
    made = feeds.keep_mapping(feed, read({"amount_format": "cents"}), dana)
    assert made is not None
    version = reverse("imports:mapping", args=[made.pk])
    with tenancy.acting_for(None):
        for page in (url(feed), version):
            assert as_user(sarah).get(page).status_code == 404
            assert as_user(stranger).get(page).status_code == 404
            assert as_user(auditor).get(page).status_code == 200
        assert as_user(auditor).post(url(feed), BY_HAND).status_code == 403
        assert as_user(stranger).post(url(feed), BY_HAND).status_code == 404
        assert "Save mapping" not in text(as_user(auditor).get(url(feed)))


# --- what the preview tells, the importer tells --------------------------------------------------------------------

CROOKED = (
    csv_of(
        [
            row(1),
            row(2, debtor_email="nobody", state="Texas"),
            row(3, creditor_name=""),
            row(4, debtor_name="", original_amount="-5"),
        ]
    )
    + b"one,cell,too,many,and,more,and,more\n"
)


@pytest.mark.parametrize("with_creditor", [False, True])
def test_the_problems_are_the_importer_s(with_creditor: bool, import_file) -> None:
    seen = preview.of_file(io.BytesIO(CROOKED), Format.CSV, NOTHING, default_creditor=with_creditor)
    creditor = Creditor.objects.create(name="Default") if with_creditor else None
    job = import_file(CROOKED, creditor=creditor)
    told = {
        record.line_number: sorted(error["message"] for error in record.errors)
        for record in job.records.filter(outcome="rejected")
    }
    shown = {
        line.number: sorted(
            [one.wrong for one in line.fields if one.wrong] + [w.split(": ", 1)[-1] for w in line.wrong]
        )
        for line in seen.lines
        if not line.is_accepted
    }
    assert shown == told
    assert len(told) == 4 - with_creditor


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"external_ref,debtor_name,original_amount\n"])
def test_the_refusal_is_the_importer_s(content: bytes, import_file) -> None:
    seen = preview.of_file(io.BytesIO(content), Format.CSV, Spec(), default_creditor=False)
    assert seen.refusal == import_file(content).error_details
