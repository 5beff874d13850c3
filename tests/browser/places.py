"""The pages that every look at all pages visits."""

from dataclasses import dataclass

from core.models import User
from tests.browser.conftest import Stage


@dataclass(frozen=True)
class Place:
    """One page as one user sees it."""

    name: str
    path: str
    user: User | None


def places(stage: Stage, job: str) -> list[Place]:
    """Every page of ours, and the pages of sign-in that wear our frame."""
    amelia, dmitri = stage.account("Amelia"), stage.account("Dmitri")
    return [
        Place("sign in", "/auth/login/", None),
        Place("forgotten password", "/auth/password/reset/", None),
        Place("sign-up is closed", "/auth/signup/", None),
        Place("worklist of a collector", "/worklist/", stage.sarah),
        Place("worklist, nothing found", "/worklist/?q=nobody+here", stage.sarah),
        Place("worklist, wrong filter", "/worklist/?min=abc&status=new", stage.sarah),
        Place("accounts of an admin", "/worklist/?status=new&status=assigned", stage.dana),
        Place("accounts of a reader", "/worklist/", stage.auditor),
        Place("account", amelia, stage.sarah),
        Place("account of an admin", dmitri, stage.dana),
        Place("account of a reader", dmitri, stage.auditor),
        Place("withdrawing", f"{amelia}?move=withdraw", stage.dana),
        Place("imports", "/imports/", stage.dana),
        Place("imports, a day that does not exist", "/imports/?received_from=2026-02-30", stage.dana),
        Place("one import", f"/imports/{job}/", stage.dana),
        Place("errors of one kind", f"/imports/{job}/?reason=original_amount:not_a_number", stage.auditor),
        Place("what an import changed", f"/imports/{job}/?show=changes", stage.dana),
        Place("style guide", "/styleguide/", stage.dana),
        Place("own password", "/auth/password/change/", stage.sarah),
        Place("own sessions", "/auth/sessions/", stage.sarah),
        Place("own e-mail", "/auth/email/", stage.sarah),
        Place("second factor", "/auth/2fa/", stage.sarah),
        Place("not found", "/no/such/page/", stage.sarah),
    ]
