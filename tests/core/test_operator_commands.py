"""The operators' commands: a sentence or one JSON object, a clear refusal, never a traceback."""

import io
import json
from base64 import urlsafe_b64encode
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.db import connection

from core import key_rotation, tenancy
from core.encryption import box, encrypt
from core.models import Agency, Collector, Debtor, User
from tests.cast import make_debtor

OLD = urlsafe_b64encode(b"o" * 32).decode()
NEW = urlsafe_b64encode(b"n" * 32).decode()


def run(*args: str) -> str:
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def run_json(*args: str) -> dict[str, Any]:
    return json.loads(run(*args, "--json"))


def refusal(*args: str) -> str:
    with pytest.raises(CommandError) as refused:
        run(*args)
    return str(refused.value)


# --- create_agency -------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_agency_is_created() -> None:
    told = run("create_agency", "  Lakeside   Recovery ", "--timezone", "America/Denver", "--license", "CO-17")
    agency = Agency.objects.get()
    assert (agency.name, agency.timezone, agency.license_number) == ("Lakeside Recovery", "America/Denver", "CO-17")
    assert told.startswith("Created the agency Lakeside Recovery (America/Denver).")


@pytest.mark.django_db
def test_an_agency_is_created_for_a_script() -> None:
    told = run_json("create_agency", "Lakeside Recovery")
    assert told == {
        "ok": True,
        "agency": str(Agency.objects.get().pk),
        "name": "Lakeside Recovery",
        "timezone": "America/New_York",
    }


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["HARBORLINE recovery"], "There is already an agency with the name “HARBORLINE recovery”."),
        (["Lakeside", "--license", "IL-1"], "There is already an agency with the license number IL-1."),
        (["Lakeside", "--timezone", "Chicago"], "Chicago is not a time zone."),
        (["Lakeside", "--timezone", "localtime"], "localtime is not a time zone."),
        (["   "], "Name: This field cannot be blank."),
        (["x" * 201], "at most 200 characters"),
        (["Caf\udce9"], "not valid UTF-8"),
    ],
)
def test_an_agency_is_refused_with_a_sentence(harborline: Agency, args: list[str], sentence: str) -> None:
    Agency.objects.update(license_number="IL-1")
    assert sentence in refusal("create_agency", *args)
    assert Agency.objects.count() == 1


@pytest.mark.django_db
def test_a_refusal_is_one_json_object_too(harborline: Agency) -> None:
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("create_agency", "Harborline Recovery", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert told == {"ok": False, "error": "There is already an agency with the name “Harborline Recovery”."}


# --- create_user ---------------------------------------------------------------------------------------------

ADMIN = ["--agency", "harborline recovery", "--role", "agency_admin"]


def test_a_generated_password_is_printed_once_and_signs_in(harborline: Agency, client: Any) -> None:
    told = run_json("create_user", "dana.whitlock", *ADMIN, "--name", "Dana Whitlock", "--email", "dana@example.com")
    user = User.objects.get(username="dana.whitlock")
    assert (user.get_full_name(), user.email, user.role, user.agency) == (
        "Dana Whitlock", "dana@example.com", "agency_admin", harborline,
    )  # fmt: skip
    assert len(told["password"]) >= 12
    assert client.login(username="dana.whitlock", password=told["password"])


def test_a_collector_gets_a_desk_in_the_agency(harborline: Agency) -> None:
    told = run("create_user", "sarah.mitchell", "--agency", "Harborline Recovery", "--role", "collector")
    assert told.startswith("Created sarah.mitchell, Collector of Harborline Recovery. The password, shown only now: ")
    with tenancy.acting_for(harborline):
        assert Collector.objects.get().user.username == "sarah.mitchell"


def test_the_password_is_read_from_standard_input(harborline: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("seven wet herons\nignored\n"))
    told = run("create_user", "dana", *ADMIN, "--password-stdin")
    assert User.objects.get().check_password("seven wet herons")
    assert "password" not in told.lower()


@pytest.mark.parametrize(
    ("stdin", "sentence"),
    [
        (b"", "held no password"),
        (b"\n", "held no password"),
        (b"12345\n", "Choose another password. This password is too short."),
        (b"\xff\xfe\n", "not valid UTF-8"),
    ],
)
def test_a_bad_password_is_refused(
    harborline: Agency, monkeypatch: pytest.MonkeyPatch, stdin: bytes, sentence: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
    assert sentence in refusal("create_user", "dana", *ADMIN, "--password-stdin")
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["DANA.WHITLOCK", *ADMIN], "There is already a user with the user name DANA.WHITLOCK."),
        (["other", *ADMIN, "--email", "Dana.Whitlock@example.com"], "already a user with the e-mail address"),
        (["victor.strange", *ADMIN], "There is already a user with the user name victor.strange."),
        (["a b", *ADMIN], "Username: Enter a valid username."),
        (["", *ADMIN], "cannot be blank"),
        (["other", *ADMIN, "--email", "nonsense"], "Enter a valid email address."),
        (["other", "--agency", "Nowhere", "--role", "readonly"], "There is no agency “Nowhere”."),
        (["other", "--agency", "Harborline Recovery", "--role", "king"], "invalid choice: 'king'"),
        (["other", "--role", "readonly"], "--agency"),
    ],
)
def test_a_user_is_refused_with_a_sentence(dana: User, stranger: User, args: list[str], sentence: str) -> None:
    assert sentence in refusal("create_user", *args)
    assert User.objects.count() == 2


# --- rotate_keys ---------------------------------------------------------------------------------------------


def tokens() -> list[str]:
    with tenancy.transaction(), connection.cursor() as cursor:
        cursor.execute("SELECT ssn_last4 FROM core_debtor ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


@pytest.fixture
def two_agencies_under_the_old_key(harborline: Agency, northwind: Agency, settings: Any) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    for agency in (harborline, northwind):
        with tenancy.acting_for(agency):
            make_debtor(ssn_last4="0042", date_of_birth="1980-02-29")
            make_debtor(ssn_last4="")


@pytest.mark.usefixtures("two_agencies_under_the_old_key")
def test_after_rotation_the_old_key_is_not_needed(harborline: Agency, northwind: Agency, settings: Any) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    told = run("rotate_keys")
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert told == "Encrypted 4 values anew; 0 were under the first key already.\n"
    for agency in (harborline, northwind):
        with tenancy.acting_for(agency):
            debtors = Debtor.objects.order_by("pk")
            assert [(d.ssn_last4, d.date_of_birth) for d in debtors] == [("0042", "1980-02-29"), ("", "")]


@pytest.mark.usefixtures("two_agencies_under_the_old_key")
def test_a_second_rotation_changes_nothing(harborline: Agency, settings: Any) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    run("rotate_keys")
    with tenancy.working_for(harborline):
        before = tokens()
        told = run_json("rotate_keys")
        assert tokens() == before
    assert told == {"ok": True, "changed": 0, "unchanged": 4, "unreadable": []}


@pytest.mark.usefixtures("two_agencies_under_the_old_key")
def test_rotation_goes_through_many_batches(harborline: Agency, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_rotation, "BATCH", 1)
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    assert run_json("rotate_keys")["changed"] == 4


def test_a_value_that_no_key_reads_is_named_and_left(inside: Agency, settings: Any) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    debtor = make_debtor(ssn_last4="0042")
    before = tokens()
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    assert f"No key in force reads 1 values: core_debtor.ssn_last4 {debtor.pk}." in refusal("rotate_keys")
    assert tokens() == before


def test_second_factors_rotate_too(dana: User, settings: Any) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [OLD]
    totp = Authenticator.objects.create(user=dana, type="totp", data={"secret": encrypt("JBSWY3DP")})
    codes = Authenticator.objects.create(
        user=dana, type="recovery_codes", data={"seed": encrypt("abc"), "used_mask": 3}
    )
    settings.FIELD_ENCRYPTION_KEYS = [NEW, OLD]
    run("rotate_keys")
    settings.FIELD_ENCRYPTION_KEYS = [NEW]
    totp.refresh_from_db()
    codes.refresh_from_db()
    assert box().decrypt(totp.data["secret"]) == "JBSWY3DP"
    assert box().decrypt(codes.data["seed"]) == "abc"
    assert codes.data["used_mask"] == 3
