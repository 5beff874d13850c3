"""The list of imports is paged by key: files that come meanwhile move nothing, and each is on one page."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core.models import Agency, User
from imports.models import SFTPImportJob
from imports.pages import listing
from tests.imports.conftest import make_job

URL = "/imports/"


@pytest.fixture
def browser(inside: Agency, dana: User, as_user: Any, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(listing, "PER_PAGE", 3)
    return as_user(dana)


def jobs(number: int, *, at_once: bool = False) -> None:
    now = timezone.now()
    for place in range(number):
        job = make_job(b"", f"file-{place}.csv")
        at = now if at_once else now - timedelta(minutes=place)
        SFTPImportJob.objects.filter(pk=job.pk).update(created_at=at)


def names(page: str) -> list[str]:
    return re.findall(r">(file-\d+\.csv|new\.csv)<", page)


def link(page: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]*)"', page)
    return found.group(1).replace("&amp;", "&") if found else ""


def through(browser: Client, start: str, rel: str) -> list[list[str]]:
    """The files of each page, from that one on."""
    page = browser.get(URL + start).content.decode()
    pages = [names(page)]
    while url := link(page, rel):
        page = browser.get(URL + url).content.decode()
        pages.append(names(page))
    return pages


@pytest.mark.parametrize("at_once", [False, True])
def test_there_and_back(browser: Client, at_once: bool) -> None:
    jobs(7, at_once=at_once)
    pages = through(browser, "", "next")
    assert [len(page) for page in pages] == [3, 3, 1]
    assert len({name for page in pages for name in page}) == 7
    last = URL
    while older := link(browser.get(last).content.decode(), "next"):
        last = URL + older
    assert through(browser, last.removeprefix(URL), "prev") == pages[::-1]


def test_a_file_that_comes_meanwhile_moves_nothing(browser: Client) -> None:
    jobs(5)
    older = link(browser.get(URL).content.decode(), "next")
    make_job(b"", "new.csv")
    page = browser.get(URL + older).content.decode()
    assert names(page) == ["file-3.csv", "file-4.csv"]
    newer = browser.get(URL + link(page, "prev")).content.decode()
    assert names(newer) == ["file-0.csv", "file-1.csv", "file-2.csv"]
    assert names(browser.get(URL + link(newer, "prev")).content.decode())[0] == "new.csv"


def test_filters_stay_while_pages_are_turned(browser: Client) -> None:
    jobs(8)
    SFTPImportJob.objects.filter(file_name__in=["file-1.csv", "file-6.csv"]).update(status="completed")
    first = browser.get(URL + "?status=pending").content.decode()
    assert link(first, "next").startswith("?status=pending&")
    assert through(browser, "?status=pending", "next")[1] == ["file-4.csv", "file-5.csv", "file-7.csv"]


@pytest.mark.parametrize("key", ["nonsense", "0" * 32, "", "%00"])
@pytest.mark.parametrize("name", ["older_than", "newer_than"])
def test_a_key_of_no_job_here_is_the_first_page(browser: Client, name: str, key: str) -> None:
    jobs(4)
    assert names(browser.get(f"{URL}?{name}={key}").content.decode())[0] == "file-0.csv"


def test_beyond_the_end_begins_the_list_again(browser: Client) -> None:
    jobs(2)
    last = SFTPImportJob.objects.order_by("created_at").first()
    assert last is not None
    page = browser.get(f"{URL}?older_than={last.pk}").content.decode()
    assert names(page) == ["file-0.csv", "file-1.csv"]
