"""Which outcomes does a contact have? What every agency starts with; it may change its own table afterwards."""

from typing import Any

from core import tenancy
from core.models.agencies import Agency
from core.models.contacts import Channel, Direction, Disposition

CALL, EMAIL, LETTER, IN_PERSON = Channel.CALL, Channel.EMAIL, Channel.LETTER, Channel.IN_PERSON
SPOKEN, WRITTEN, EVERY = [CALL, IN_PERSON], [EMAIL, LETTER], list(Channel)
OUT, IN = [Direction.OUT], [Direction.IN]
BOTH = [*OUT, *IN]

# What it is called, how it comes about, what it means, and what comes next after how many days. A voicemail is an
# attempt and counts (12 CFR 1006.2(b), comment 14(b)(3)(ii)-1); a busy line and a number that is not in service did
# not connect, and do not (12 CFR 1006.14(b)(3)(ii)), nor do calls to a number that is not the debtor's (comment
# 14(b)(2)(i)-3).
DEFAULTS: tuple[dict[str, Any], ...] = (
    {"code": "promise", "label": "Promised to pay", "channels": EVERY, "directions": BOTH,
     "conversation": True, "asks_promise": True, "next_action": "Check the promise", "next_after_days": 3},
    {"code": "spoke", "label": "Spoke, will call back", "channels": SPOKEN, "directions": BOTH,
     "conversation": True, "next_action": "Call back", "next_after_days": 2},
    {"code": "replied", "label": "Answered", "channels": WRITTEN, "directions": IN,
     "conversation": True, "counts": False, "next_action": "Read and answer", "next_after_days": 1},
    {"code": "refused", "label": "Refused to pay", "channels": EVERY, "directions": BOTH,
     "conversation": True, "next_action": "Review with a manager", "next_after_days": 7},
    {"code": "hardship", "label": "Cannot pay now", "channels": EVERY, "directions": BOTH,
     "conversation": True, "next_action": "Offer a plan", "next_after_days": 14},
    {"code": "disputes", "label": "Disputes the debt", "channels": EVERY, "directions": BOTH,
     "conversation": True, "next_action": "Handle the dispute", "next_after_days": 1},
    {"code": "voicemail", "label": "Left a voicemail", "channels": [CALL], "directions": OUT,
     "next_action": "Call again", "next_after_days": 2},
    {"code": "no_answer", "label": "No answer", "channels": [CALL], "directions": OUT,
     "next_action": "Call again", "next_after_days": 1},
    {"code": "busy", "label": "Busy", "channels": [CALL], "directions": OUT, "counts": False,
     "next_action": "Call again", "next_after_days": 1},
    {"code": "third_party", "label": "Reached somebody else", "channels": SPOKEN, "directions": BOTH,
     "next_action": "Call again", "next_after_days": 2},
    {"code": "nobody_there", "label": "Nobody there", "channels": [IN_PERSON], "directions": OUT,
     "next_action": "Call instead", "next_after_days": 2},
    {"code": "wrong_number", "label": "Wrong number", "channels": [CALL], "directions": BOTH, "counts": False,
     "point_becomes": "invalid", "next_action": "Find another number", "next_after_days": 1},
    {"code": "not_in_service", "label": "Not in service", "channels": [CALL], "directions": OUT, "counts": False,
     "point_becomes": "invalid", "next_action": "Find another number", "next_after_days": 1},
    {"code": "opted_out", "label": "Asked not to be contacted here", "channels": [CALL, EMAIL], "directions": BOTH,
     "right_party": True, "point_becomes": "opted_out", "next_action": "Use another way", "next_after_days": 1},
    {"code": "sent", "label": "Sent", "channels": WRITTEN, "directions": OUT,
     "next_action": "Look for an answer", "next_after_days": 5},
    {"code": "bounced", "label": "Bounced", "channels": [EMAIL], "directions": OUT, "counts": False,
     "point_becomes": "invalid", "next_action": "Find another address", "next_after_days": 1},
    {"code": "returned", "label": "Returned to sender", "channels": [LETTER], "directions": OUT, "counts": False,
     "point_becomes": "invalid", "next_action": "Find another address", "next_after_days": 1},
)  # fmt: skip


def of_new_agency(instance: Agency, created: bool, **_signal: Any) -> None:
    """However an agency comes to be, it begins with these outcomes (a signal's receiver)."""
    if created:
        with tenancy.acting_for(instance):
            install()


def install() -> None:
    """Give the current agency the outcomes that it lacks."""
    known = set(Disposition.objects.values_list("code", flat=True))
    Disposition.objects.bulk_create(
        Disposition(position=position, **({"right_party": bool(one.get("conversation"))} | one))
        for position, one in enumerate(DEFAULTS)
        if one["code"] not in known
    )
