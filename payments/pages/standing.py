"""Where does a payment stand, in words? Its status, and of one that is undecided what it waits for."""

from payments.models import Payment

Status, Waits = Payment.Status, Payment.WaitsFor

WAITS = {
    Waits.NOTHING: "",
    Waits.WORKER: "About to be sent",
    Waits.DETAILS: "Waits for the card or bank details",
    Waits.ACTION: "Waits for the debtor’s confirmation with his bank",
    Waits.BANK: "Waits for the bank",
    Waits.GATEWAY: "Waits for the processor’s answer",
    Waits.RETRY: "Is tried again",
}
UNKNOWN = "Not known yet whether it was charged"


def waiting(payment: Payment) -> str:
    """What it waits for, as a sentence without its full stop; nothing for a payment that is decided."""
    if payment.status == Status.UNKNOWN:
        return UNKNOWN
    return WAITS[Waits(payment.waits_for)] if payment.status == Status.PENDING else ""


def label(payment: Payment) -> str:
    """The status as its badge says it; of a payment that was given back in part, or taken back, that."""
    if payment.status == Status.COMPLETED and payment.charged_back_amount:
        return "Charged back"
    if payment.status == Status.COMPLETED and payment.refunded_amount:
        return "Partly refunded"
    return Status(payment.status).label


def tone(payment: Payment) -> str:
    """The badge's look."""
    return "disputed" if payment.status == Status.COMPLETED and payment.charged_back_amount else payment.status


def asks_again(payment: Payment) -> str:
    """How soon its page asks again: at once where a machine is at work, slowly where a person or a bank is; empty once
    it is decided."""
    if not payment.is_undecided:
        return ""
    by_machine = payment.waits_for in (Waits.WORKER, Waits.GATEWAY, Waits.RETRY)
    return "2s" if by_machine else "15s"
