"""Two clicks on Save are one view; the second is told that the name is taken."""

from typing import Any

import pytest
from django.test import Client

from core import tenancy
from core.models import User
from tests.at_once import at_once
from worklist.models import SavedView


@pytest.mark.django_db(transaction=True)
def test_a_double_click_saves_one(sarah: User) -> None:
    browsers = [Client(), Client()]
    for browser in browsers:
        browser.force_login(sarah)

    def click(browser: Client) -> Any:
        return lambda: browser.post("/worklist/views/", {"name": "Mine", "query": "due=true"}).status_code

    assert sorted(at_once(*map(click, browsers))) == [303, 422]
    with tenancy.acting_for(sarah.agency):
        assert SavedView.objects.count() == 1
