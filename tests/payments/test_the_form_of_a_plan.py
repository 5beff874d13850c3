"""A plan is agreed on the account page: its schedule and words are shown first, and everything is kept when refused."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from core import contact_points, contact_rules
from core.models import Account, ContactPoint, User
from payments import copies, plans
from payments.drafting import Terms
from payments.models import PaymentPlan, PaymentProcessor
from tests.cast import today
from tests.payments.cast import save_method, work_off
from tests.worklist.conftest import auditors_browser, danas_browser, sarahs_browser, strangers_browser
from tests.worklist.pages import HTMX, text

__all__ = ["auditors_browser", "danas_browser", "sarahs_browser", "strangers_browser"]


def at(account: Account, more: str = "") -> str:
    return f"/accounts/{account.pk}/plans/{more}"


def typed(**facts: Any) -> dict[str, Any]:
    first = (today() + timedelta(days=10)).isoformat()
    return {"number": "2", "amount": "", "frequency": "monthly", "first_due": first, "method": "by_hand"} | facts


def shown(browser: Client, account: Account, **facts: Any) -> str:
    body = browser.post(at(account, "preview/"), typed(**facts), headers=HTMX).content.decode()
    found = re.findall(r'name="shown" value="([^"]+)"', body)
    return found[0] if found else ""


def send(browser: Client, account: Account, headers: dict[str, str] | None = None, **facts: Any) -> Any:
    said = typed(**facts)
    said.setdefault("shown", shown(browser, account, **facts))
    return browser.post(at(account), said, headers=headers)


def test_the_balance_leads_to_the_form(account: Account, sarahs_browser: Client) -> None:
    page = sarahs_browser.get(f"/accounts/{account.pk}/").content.decode()
    assert f'id="plan-new" href="/accounts/{account.pk}/plans/new/"' in page
    form = text(sarahs_browser.get(at(account, "new/")))
    assert "$500.00 to be planned" in form
    assert "By the debtor himself" in form


def test_the_preview_shows_rows_and_words_and_stores_nothing(account: Account, sarahs_browser: Client) -> None:
    answer = sarahs_browser.post(at(account, "preview/"), typed(number="3"), headers=HTMX)
    body = text(answer)
    assert all(told in body for told in ("$166.66", "$166.68", "Total $500.00", "agree to pay Harborline Recovery"))
    assert answer.content.decode().lstrip().startswith('<div id="plan-preview"')
    assert not PaymentPlan.objects.exists()
    assert sarahs_browser.get(at(account, "preview/")).status_code == 405, "what is typed is no part of an address"


def test_the_preview_says_what_is_wrong(account: Account, sarahs_browser: Client) -> None:
    assert "An instalment is at least $25.00." in text(
        sarahs_browser.post(at(account, "preview/"), typed(number="40"), headers=HTMX)
    )
    assert "Enter a number between" in text(
        sarahs_browser.post(at(account, "preview/"), typed(number="x"), headers=HTMX)
    )


def test_a_plan_is_agreed_and_its_strip_shown(account: Account, sarahs_browser: Client) -> None:
    answer = send(sarahs_browser, account)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/accounts/{account.pk}/#plan")
    page = text(sarahs_browser.get(f"/accounts/{account.pk}/"))
    assert "Payment plan Active" in page
    assert "$0.00 of $500.00; 2 instalments, every month, paid by hand $250.00 due" in page
    assert "I, " in page
    assert "agree to pay Harborline Recovery $500.00 in 2 payments" in page
    paper = text(sarahs_browser.get(f"/accounts/{account.pk}/print/"))
    assert "Active: $0.00 of $500.00; 2 instalments" in paper


def test_htmx_gets_the_account_anew(account: Account, sarahs_browser: Client) -> None:
    answer = send(sarahs_browser, account, HTMX)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (200, "#account")


def test_without_script_the_words_are_shown_before_they_are_agreed_to(account: Account, sarahs_browser: Client) -> None:
    first = send(sarahs_browser, account, shown="")
    assert first.status_code == 422
    assert "Read the authorization to the debtor" in text(first)
    [version] = re.findall(r'name="shown" value="([^"]+)"', first.content.decode())
    assert send(sarahs_browser, account, shown=version).status_code == 303


def test_a_saved_card_is_chosen(account: Account, processor: PaymentProcessor, sarahs_browser: Client) -> None:
    saved = save_method(processor, account)
    assert send(sarahs_browser, account, method=str(saved.pk)).status_code == 303
    assert PaymentPlan.objects.get().saved_method == saved
    assert "charged to Visa ending in 4242" in text(sarahs_browser.get(f"/accounts/{account.pk}/"))


@pytest.mark.parametrize("headers", [None, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"number": "", "amount": ""}, "Enter either the amount of an instalment or their number."),
        ({"amount": "100"}, "Enter either the amount"),
        ({"number": "", "amount": "lots"}, "Enter an amount such as 250.00."),
        ({"number": "", "amount": "600"}, "more than zero and at most the total"),
        ({"number": "0"}, "Enter a number between 1 and 260."),
        ({"total": "501"}, "at most $500.00"),
        ({"total": "NaN"}, "Enter an amount such as 250.00."),
        ({"frequency": "hourly"}, "Choose how often an instalment is due."),
        ({"first_due": ""}, "Enter when the first instalment is due."),
        ({"first_due": "soon"}, "Enter a date"),
        ({"first_due": "2020-01-01"}, "between today and 60 days"),
        ({"method": "018f0000-0000-7000-8000-000000000000"}, "Choose how the instalments are paid."),
        ({"method": ""}, "Choose how the instalments are paid."),
        ({"offer": "nonsense"}, "Open it again."),
        ({"offer": "018f0000-0000-7000-8000-000000000000"}, "does not stand any more"),
    ],
)
def test_wrong_terms_are_refused_in_place_and_kept(
    facts: dict[str, str], sentence: str, headers: dict[str, str] | None, account: Account, sarahs_browser: Client
) -> None:
    answer = sarahs_browser.post(at(account), typed(**facts), headers=headers)
    assert answer.status_code == 422
    assert sentence in text(answer)
    if facts.get("amount"):
        assert f'value="{facts["amount"]}"' in answer.content.decode()
    assert not PaymentPlan.objects.exists()


def test_a_form_sent_twice_is_one_plan(account: Account, sarahs_browser: Client) -> None:
    version = shown(sarahs_browser, account)
    for _ in range(2):
        assert send(sarahs_browser, account, shown=version).status_code == 303
    assert PaymentPlan.objects.count() == 1


def test_a_second_tab_is_told_and_gets_the_fresh_account(
    account: Account, sarahs_browser: Client, danas_browser: Client
) -> None:
    version = shown(danas_browser, account, number="4")
    send(sarahs_browser, account)
    late = danas_browser.post(at(account), typed(number="4", shown=version), headers=HTMX)
    assert late.status_code == 409
    assert "Sarah Mitchell agreed a plan of $500.00 a moment ago." in text(late)
    assert "Payment plan Active" in text(late)
    there = {"HX-Current-URL": f"http://testserver{at(account, 'new/')}"}
    alone = danas_browser.post(at(account), typed(number="4", shown=version), headers=HTMX | there)
    assert alone.headers["HX-Redirect"] == f"/accounts/{account.pk}/", "no account on that page could replace itself"
    assert "Sarah Mitchell agreed a plan of $500.00" in text(danas_browser.get(f"/accounts/{account.pk}/"))


def test_a_new_plan_replaces_the_one_that_was_seen(account: Account, sarahs_browser: Client) -> None:
    send(sarahs_browser, account)
    form = sarahs_browser.get(at(account, "new/"))
    assert "takes the place of the plan of $500.00" in text(form)
    [standing] = re.findall(r'name="replaces" value="([^"]+)"', form.content.decode())
    assert send(sarahs_browser, account, number="5", replaces=standing).status_code == 303
    assert list(PaymentPlan.objects.order_by("created_at").values_list("status", flat=True)) == ["cancelled", "active"]


def cancel(browser: Client, account: Account, plan: object, reason: str = "Lost the job") -> Any:
    return browser.post(f"/accounts/{account.pk}/plan-cancellations/", {"plan": str(plan), "reason": reason})


def test_a_plan_is_cancelled_with_a_reason_once(account: Account, sarahs_browser: Client, sarah: User) -> None:
    plan = plans.agree(account.pk, Terms("monthly", today(), number=2), by=sarah)
    refused = cancel(sarahs_browser, account, plan.pk, " ")
    assert refused.status_code == 422
    assert "Enter why the plan is cancelled." in text(refused)
    assert cancel(sarahs_browser, account, plan.pk).status_code == 303
    page = text(sarahs_browser.get(f"/accounts/{account.pk}/"))
    assert "Payment plan Cancelled" in page
    assert "Lost the job." in page
    second = cancel(sarahs_browser, account, plan.pk)
    assert second.status_code == 409
    assert "cancelled already: Lost the job" in text(second)


@pytest.mark.parametrize("plan", ["", "nonsense", "018f0000-0000-7000-8000-000000000000"])
def test_a_plan_that_is_not_of_this_account_is_not_cancelled(
    plan: str, account: Account, sarahs_browser: Client
) -> None:
    answer = cancel(sarahs_browser, account, plan)
    assert answer.status_code == 409
    assert "The plan does not stand any more." in text(answer)


# --- the debtor's copy ------------------------------------------------------------------------------------------------


@pytest.fixture
def address(account: Account, sarah: User, no_night: None) -> ContactPoint:
    return contact_points.add(account.debtor_id, "email", "marisol@example.com", source="debtor", by=sarah)


def test_a_copy_of_the_words_is_sent_once(account: Account, address: ContactPoint, sarahs_browser: Client) -> None:
    assert "E-mail to marisol@example.com" in text(sarahs_browser.get(at(account, "new/")))
    assert send(sarahs_browser, account, mail=str(address.pk)).status_code == 303
    work_off()
    plan = PaymentPlan.objects.get()
    copies.send(str(plan.pk), str(address.pk))
    [letter] = mail.outbox
    assert letter.to == ["marisol@example.com"]
    assert plan.authorization in letter.body
    assert "This communication is from a debt collector." in letter.body
    assert "A copy of what was agreed is sent to marisol@example.com." in text(
        sarahs_browser.get(f"/accounts/{account.pk}/")
    )
    assert plan.authorization in text(sarahs_browser.get(f"/accounts/{account.pk}/print/"))


def test_no_copy_goes_where_no_e_mail_may_go(
    account: Account, address: ContactPoint, sarah: User, sarahs_browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as night:
        night.setattr(contact_rules, "LATEST", 0)
        refused = send(sarahs_browser, account, mail=str(address.pk))
    assert refused.status_code == 422
    assert "No e-mail may be sent now." in text(refused)
    assert not PaymentPlan.objects.exists()
    assert send(sarahs_browser, account, mail=str(address.pk)).status_code == 303
    contact_points.act(account.debtor_id, address.pk, "opt_out", by=sarah)
    work_off()
    assert mail.outbox == []
    assert "was not sent to marisol@example.com" in text(sarahs_browser.get(f"/accounts/{account.pk}/"))
    assert "Choose an e-mail address of the debtor that may be used." in text(
        send(sarahs_browser, account, mail=str(address.pk))
    )


def test_who_may_not_sees_nothing_and_changes_nothing(
    account: Account,
    strangers_browser: Client,
    auditors_browser: Client,
    as_user: Callable[[User], Client],
    james: User,
) -> None:
    browsers = (strangers_browser, as_user(james), auditors_browser)
    assert [browser.get(at(account, "new/")).status_code for browser in browsers] == [404, 404, 403]
    for path in (at(account), at(account, "preview/"), f"/accounts/{account.pk}/plan-cancellations/"):
        assert [browser.post(path, typed()).status_code for browser in browsers] == [404, 404, 403]
    assert not PaymentPlan.objects.exists()


def test_no_form_where_nothing_is_owed_or_collected(account: Account, danas_browser: Client, dana: User) -> None:
    from core import moves

    moves.move(account.pk, "withdraw", by=dana, reason="recalled")
    assert "a plan is agreed on one that is being worked" in text(danas_browser.get(at(account, "new/")))
