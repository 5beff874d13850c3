"""The list under `?` is the table that the script works by, for each user his own."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from core.models import Agency, User
from worklist.keyboard import KEYS

SCRIPT = (settings.BASE_DIR / "static" / "js" / "keys.js").read_text()


def keys_on(page: Any) -> set[str]:
    return set(re.findall(r'data-key="([^"]+)"', page.content.decode()))


def test_every_act_of_the_table_is_known_to_the_script_and_none_besides() -> None:
    acts = set(
        re.findall(r"^    (\w+)[,:]", SCRIPT.partition("const acts = {")[2].partition("\n  };")[0], re.MULTILINE)
    )
    assert acts == {key.act for key in KEYS if key.act}


def test_the_script_names_no_single_key() -> None:
    assert re.findall(r"""ev\.key(?:\.toLowerCase\(\))? === "(\w+)\"""", SCRIPT) == ["k", "Enter", "Escape"]


def test_no_key_means_two_things_in_one_place() -> None:
    pairs = [(key.where, key.keys) for key in KEYS]
    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize(
    ("who", "has", "has_not"),
    [
        ("sarah", {"w", "c", "n", "s", "j", "k", "g w", "g d", "p"}, {"x", "g t", "g i"}),
        ("dana", {"x", "c", "s", "g t", "g i", "p"}, {"w"}),
        ("auditor", {"j", "/", "?", "g t"}, {"c", "n", "s", "x", "w", "p"}),
    ],
)
def test_each_user_sees_the_keys_that_do_something(
    who: str, has: set[str], has_not: set[str], as_user: Callable[[User], Client], dana: User, sarah: User,
    auditor: User, harborline: Agency,
) -> None:  # fmt: skip
    page = as_user({"sarah": sarah, "dana": dana, "auditor": auditor}[who]).get("/worklist/")
    assert has <= keys_on(page)
    assert not has_not & keys_on(page)
