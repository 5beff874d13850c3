"""The file as it was received: for admins, audited, under a name that does no harm."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from core import tenancy
from core.downloads import safe_name
from core.models import AuditLog, User
from imports.models import SFTPImportJob
from tests.imports.conftest import csv_of, row

Browser = Callable[[User], Client]
CONTENT = csv_of([row(n) for n in range(500)])


def url(job: SFTPImportJob) -> str:
    return reverse("imports:original", args=[job.pk])


def test_an_admin_gets_it_byte_for_byte(import_file: Any, dana: User, as_user: Browser) -> None:
    job = import_file(CONTENT, name="Größe\n2026.csv")
    answer = as_user(dana).get(url(job))
    assert b"".join(answer.streaming_content) == CONTENT
    assert answer.headers["Content-Disposition"] == "attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe_2026.csv"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    entry = AuditLog.objects.get(action=AuditLog.Action.EXPORT)
    assert (entry.object_pk, entry.actor, entry.changes) == (str(job.pk), dana, {"downloaded": [None, "original file"]})


def test_when_it_is_gone_the_page_says_so(import_file: Any, dana: User, as_user: Browser) -> None:
    job = import_file(CONTENT)
    default_storage.delete(job.stored_file)
    answer = as_user(dana).get(url(job))
    assert answer.status_code == 404
    assert b"The stored file of this import is gone." in answer.content
    SFTPImportJob.objects.update(stored_file="")
    assert as_user(dana).get(url(job)).status_code == 404
    assert not AuditLog.objects.filter(action=AuditLog.Action.EXPORT).exists()


def test_nobody_else_does(import_file: Any, sarah: User, auditor: User, stranger: User, as_user: Browser) -> None:
    job = import_file(CONTENT)
    with tenancy.acting_for(None):
        assert [as_user(user).get(url(job)).status_code for user in (sarah, auditor, stranger)] == [404, 403, 404]
        assert url(job).encode() not in as_user(auditor).get(reverse("imports:job", args=[job.pk])).content


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("northgate 2026.csv", "northgate 2026.csv"),
        ("../../etc/passwd", "passwd"),
        ("C:\\files\\a.csv", "a.csv"),
        ("a\r\nSet-Cookie: x=1.csv", "a__Set-Cookie_ x=1.csv"),
        ("vsc\u202eexe.csv", "vsc_exe.csv"),
        ('say "hi";.csv', "say _hi_;.csv"),
        ("...", "file"),
        ("x" * 500 + ".csv", "x" * 196 + ".csv"),
    ],
)
def test_its_name_is_made_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe
