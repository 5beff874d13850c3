"""Sign in, see the worklist, sign out."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Stage, Watched
from tests.cast import PASSWORD

pytestmark = pytest.mark.browser
# An authenticator built into the machine, which asks nobody for a finger.
LAPTOP = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def test_a_collector_signs_in_sees_her_worklist_and_signs_out(stage: Stage, windows: Watched) -> None:
    page = windows.open()
    page.goto("/")
    page.get_by_label("Username or e-mail").fill("sarah.mitchell")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Worklist")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(4)
    expect(page.get_by_role("link", name="Edna Quill")).to_have_count(0)
    page.locator(".me summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Worklist")).to_have_count(0)
    page.goto("/worklist/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_wrong_password_is_told_and_the_name_kept(stage: Stage, windows: Watched) -> None:
    page = windows.open()
    page.goto("/auth/login/")
    page.get_by_label("Username or e-mail").fill("sarah.mitchell")
    page.get_by_label("Password", exact=True).fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("not correct")
    expect(page.get_by_label("Username or e-mail")).to_have_value("sarah.mitchell")


def test_a_session_that_ended_leads_back_to_the_page(stage: Stage, windows: Watched) -> None:
    page = windows.open(stage.sarah)
    page.goto("/worklist/?status=assigned")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Start working").click()
    page.get_by_label("Username or e-mail").fill("sarah.mitchell")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{stage.url}/worklist/?status=assigned")
    expect(page.get_by_role("heading", name="Worklist")).to_be_visible()


def test_a_passkey_is_added_and_signs_in_without_a_password(stage: Stage, windows: Watched) -> None:
    page = windows.open()
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": LAPTOP})
    page.goto("/auth/login/")
    page.get_by_label("Username or e-mail").fill("sarah.mitchell")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Worklist")).to_be_visible()
    page.goto("/auth/2fa/webauthn/add/")
    page.get_by_label("Password", exact=True).fill(PASSWORD)  # who adds a key says again who he is
    page.keyboard.press("Enter")
    page.get_by_label("Name").fill("Laptop")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add").click()
    expect(page).to_have_title("Recovery Codes · DebtFlow")
    page.context.clear_cookies()
    page.goto("/auth/login/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Worklist")).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(4)
