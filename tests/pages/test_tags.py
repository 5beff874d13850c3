"""What the small tags of the pages say."""

from datetime import timedelta
from decimal import Decimal

import pytest

from debtflow.templatetags import ui

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"


def test_money_has_two_decimals_and_a_true_minus() -> None:
    assert ui.money(Decimal("-1234.5")) == "\N{MINUS SIGN}$1,234.50"
    assert ui.money(None) == ""


@pytest.mark.parametrize(
    ("user_agent", "said"),
    [
        (CHROME, "Chrome on Windows"),
        (CHROME + " Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", "Safari on iPhone"),
        ("curl/8.0", "Other browser"),
    ],
)
def test_a_session_names_browser_and_system(user_agent: str, said: str) -> None:
    assert ui.browser(user_agent) == said


def test_a_meter_puts_its_parts_beside_each_other() -> None:
    html = ui.meter("30 of 40", 40, 20, "pos", 10, "neg")
    assert 'class="pos" x="0.00" width="50.00"' in html
    assert 'class="neg" x="50.00" width="25.00"' in html
    assert 'aria-label="30 of 40"' in html


def test_a_badge_escapes_what_it_is_given() -> None:
    assert "<script>" not in ui.badge("new", "<script>")


@pytest.mark.parametrize(("length", "said"), [(0.81, "0.8 s"), (12, "12 s"), (245, "4 min 5 s")])
def test_durations_are_short(length: float, said: str) -> None:
    assert ui.duration(timedelta(seconds=length)) == said
