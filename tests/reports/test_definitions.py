"""The dictionary of numbers: each is defined once, in words, and the page prints all of them."""

from collections.abc import Callable
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client

from core.models import User
from reports.kpis import KPIS, Figure
from tests.worklist.pages import text

As = Callable[[User], Client]
D = Decimal


def test_the_page_prints_every_definition(dana: User, auditor: User, sarah: User, as_user: As) -> None:
    for user in (dana, auditor):
        page = as_user(user).get("/reports/definitions/")
        said = text(page)
        for kpi in KPIS.values():
            assert kpi.title in said
            assert kpi.formula in said
            assert f'id="{kpi.key}"' in unescape(page.content.decode())
    assert as_user(sarah).get("/reports/definitions/").status_code == 404


def test_no_two_numbers_share_a_title_or_a_formula() -> None:
    assert len({kpi.title for kpi in KPIS.values()}) == len(KPIS)
    assert len({kpi.formula for kpi in KPIS.values()}) == len(KPIS)


@pytest.mark.parametrize(
    ("key", "value", "previous", "change", "better"),
    [
        ("collected", D(150), D(100), D("0.5"), True),
        ("collected", D(50), D(100), D("-0.5"), False),
        ("collected", D(100), D(100), D(0), None),
        ("collected", D(100), D(0), None, None),
        ("collected", D(100), None, None, None),
        ("kept_rate", D("0.25"), D("0.20"), D("0.05"), True),
        ("kept_rate", None, D("0.20"), None, None),
        ("broken", 4, 2, D(1), False),
        ("active_accounts", 4, 2, D(1), None),
    ],
)
def test_a_change_is_a_share_and_of_a_rate_a_difference(
    key: str, value: Decimal, previous: Decimal | None, change: Decimal | None, better: bool | None
) -> None:
    figure = Figure(KPIS[key], value, previous)
    assert (figure.change, figure.better) == (change, better)
