"""Browsers of the cast, signed in before the test acts within an agency."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from core import tenancy
from core.models import User


class Elsewhere(Client):
    """A browser whose requests begin outside the agency that the test acts for, as real ones do."""

    def request(self, **request: Any) -> Any:
        with tenancy.acting_for(None):
            return super().request(**request)


@pytest.fixture
def strangers_browser(stranger: User) -> Client:
    """Northwind's admin."""
    browser = Elsewhere()
    with tenancy.acting_for(None):
        browser.force_login(stranger)
    return browser


@pytest.fixture
def danas_browser(as_user: Callable[[User], Client], dana: User) -> Client:
    """Harborline's admin."""
    return as_user(dana)


@pytest.fixture
def sarahs_browser(as_user: Callable[[User], Client], sarah: User) -> Client:
    """A collector of Harborline."""
    return as_user(sarah)


@pytest.fixture
def auditors_browser(as_user: Callable[[User], Client], auditor: User) -> Client:
    """Harborline's read-only user."""
    return as_user(auditor)
