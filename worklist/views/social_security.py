"""The last digits of a debtor's social security number, shown on request: `/accounts/<id>/social-security/`."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from core import audit
from core.models import AuditLog
from worklist.views.access import SignedInRequest, account_to_change, in_agency
from worklist.views.account import again


@require_POST
@in_agency
def reveal(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Show the four digits once; the audit log says who looked, never what was seen."""
    account = account_to_change(request, pk)
    audit.record(account.debtor, AuditLog.Action.ACCESS, {"ssn_last4": ["masked", "revealed"]})
    return again(request, pk, region="ssn", revealed=True)
