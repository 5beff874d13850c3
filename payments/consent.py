"""In which words does a debtor allow that he is charged again? They are kept with what he allowed.

A charge that the debtor did not begin himself needs his authorization (Regulation E, 12 CFR 1005.10(b); the card
networks' rules for credentials on file).
"""

from core import tenancy
from core.models import Agency


def words() -> str:
    """What the current agency asks, and stores when it is agreed to."""
    name = Agency.objects.values_list("name", flat=True).get(pk=tenancy.current_agency_id())
    return (
        f"I allow {name} to keep this card or bank account and to charge it again for payments that I agree to. "
        "I can take this back at any time."
    )
