"""Social security digits and dates of birth are stored encrypted, under keys that can be changed."""

import pytest
from cryptography.fernet import Fernet
from django.db import connection
from pytest_django.fixtures import Settings

from core import encryption
from core.encryption import InvalidToken
from core.models import Agency, Debtor
from tests.cast import make_debtor


def stored(debtor: Debtor, column: str = "ssn_last4") -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM core_debtor WHERE id = %s", [debtor.pk])
        return cursor.fetchone()[0]


def test_the_table_holds_no_plain_text(inside: Agency) -> None:
    debtor = make_debtor(ssn_last4="0042", date_of_birth="1971-04-30")
    for column, text in (("ssn_last4", "0042"), ("date_of_birth", "1971-04-30")):
        token = stored(debtor, column)
        assert text not in token
        assert encryption.decrypt(token) == text
    debtor.refresh_from_db()
    assert (debtor.ssn_last4, debtor.date_of_birth) == ("0042", "1971-04-30")


def test_the_same_digits_never_look_the_same(inside: Agency) -> None:
    assert stored(make_debtor(ssn_last4="1234")) != stored(make_debtor(ssn_last4="1234"))


def test_nothing_stays_nothing(inside: Agency) -> None:
    assert stored(make_debtor(ssn_last4="")) == ""


def test_a_new_key_reads_what_the_old_one_wrote(inside: Agency, settings: Settings) -> None:
    debtor = make_debtor(ssn_last4="1234")
    old, new = settings.FIELD_ENCRYPTION_KEYS[0], Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [new, old]
    debtor.refresh_from_db()
    assert debtor.ssn_last4 == "1234"
    debtor.save()
    assert encryption.box().is_current(stored(debtor))
    settings.FIELD_ENCRYPTION_KEYS = [new]
    debtor.refresh_from_db()
    assert debtor.ssn_last4 == "1234"


def test_a_wrong_key_is_an_error_and_never_shows_the_token(inside: Agency, settings: Settings) -> None:
    debtor = make_debtor()
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(InvalidToken):
        debtor.refresh_from_db()


def test_a_token_changed_in_the_table_is_an_error(inside: Agency) -> None:
    debtor = make_debtor()
    token = stored(debtor)
    with connection.cursor() as cursor:
        changed = token[:40] + ("A" if token[40] != "A" else "B") + token[41:]
        cursor.execute("UPDATE core_debtor SET ssn_last4 = %s WHERE id = %s", [changed, debtor.pk])
    with pytest.raises(InvalidToken):
        debtor.refresh_from_db()


@pytest.mark.parametrize("look_up", ["", "__exact", "__contains", "__in", "__startswith"])
def test_nobody_searches_by_what_is_encrypted(look_up: str, inside: Agency) -> None:
    with pytest.raises(TypeError, match="is encrypted"):
        Debtor.objects.filter(**{f"ssn_last4{look_up}": ["1234"] if look_up == "__in" else "1234"})
