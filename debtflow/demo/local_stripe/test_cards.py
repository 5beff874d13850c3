"""What does each of Stripe's test numbers do?"""

from dataclasses import dataclass

DECLINED = "Your card was declined."
NON_TEST = (
    "Your card was declined. Your request was in test mode, but used a non test card. "
    "For a list of valid test cards, visit: https://stripe.com/docs/testing."
)


@dataclass(frozen=True)
class Card:
    """A test card. Its number is forgotten as soon as it is recognised."""

    token: str  # after `pm_card_`
    number: str
    brand: str = "visa"
    funding: str = "credit"
    decline_code: str | None = None
    code: str = "card_declined"
    message: str = DECLINED
    authenticates: str = ""  # always, unless_set_up
    is_set_up: bool = False
    is_disputed: str = ""  # the reason
    refund_fails: bool = False
    attaches: bool = True

    @property
    def declines(self) -> bool:
        return self.decline_code is not None


def _declining(
    token: str, number: str, decline_code: str, code: str = "card_declined", message: str = DECLINED
) -> Card:
    return Card(token, number, decline_code=decline_code, code=code, message=message, attaches=False)


CARDS = (
    Card("visa", "4242424242424242"),
    Card("visa_debit", "4000056655665556", funding="debit"),
    Card("mastercard", "5555555555554444", "mastercard"),
    Card("mastercard_debit", "5200828282828210", "mastercard", "debit"),
    Card("mastercard_prepaid", "5105105105105100", "mastercard", "prepaid"),
    Card("amex", "378282246310005", "amex"),
    Card("discover", "6011111111111117", "discover"),
    Card("diners", "3056930009020004", "diners"),
    Card("jcb", "3566002020360505", "jcb"),
    Card("bypassPending", "4000000000000077"),
    Card("threeDSecure2Required", "4000000000003220", authenticates="always"),
    Card("authenticationRequired", "4000002760003184", authenticates="always"),
    Card("authenticationRequiredOnSetup", "4000002500003155", authenticates="unless_set_up"),
    Card("authenticationRequiredSetupForOffSession", "4000003800000446", authenticates="unless_set_up", is_set_up=True),
    Card(
        "authenticationRequiredChargeDeclinedInsufficientFunds",
        "4000008260003178",
        decline_code="insufficient_funds",
        message="Your card has insufficient funds.",
        authenticates="unless_set_up",
    ),
    Card("createDispute", "4000000000000259", is_disputed="fraudulent"),
    Card("createDisputeProductNotReceived", "4000000000002685", is_disputed="product_not_received"),
    Card("createDisputeInquiry", "4000000000001976", is_disputed="warning"),
    Card("refundFail", "4000000000005126", refund_fails=True),
    Card("chargeCustomerFail", "4000000000000341", decline_code="generic_decline"),
    _declining("chargeDeclined", "4000000000000002", "generic_decline"),
    _declining(
        "chargeDeclinedInsufficientFunds",
        "4000000000009995",
        "insufficient_funds",
        message="Your card has insufficient funds.",
    ),
    _declining("chargeDeclinedLostCard", "4000000000009987", "lost_card"),
    _declining("chargeDeclinedStolenCard", "4000000000009979", "stolen_card"),
    _declining(
        "chargeDeclinedExpiredCard", "4000000000000069", "expired_card", "expired_card", "Your card has expired."
    ),
    _declining(
        "chargeDeclinedIncorrectCvc",
        "4000000000000127",
        "incorrect_cvc",
        "incorrect_cvc",
        "Your card's security code is incorrect.",
    ),
    _declining(
        "chargeDeclinedProcessingError",
        "4000000000000119",
        "processing_error",
        "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
    ),
    _declining("visa_chargeDeclinedVelocityLimitExceeded", "4000000000006975", "card_velocity_exceeded"),
    _declining("radarBlock", "4100000000000019", "fraudulent"),
)
BY_TOKEN = {card.token: card for card in CARDS}
BY_NUMBER = {card.number: card for card in CARDS}


@dataclass(frozen=True)
class Bank:
    """A test bank account behind routing number 110000000."""

    token: str  # after `pm_usBankAccount_`
    number: str
    fails: str = ""  # the failure code
    returns: str = ""  # the dispute's reason after it succeeded
    stays: bool = False  # processing for ever


ROUTING_NUMBER = "110000000"
FAILURES = {  # code: (NACHA return code, what Stripe says)
    "insufficient_funds": ("R01", "The customer's account has insufficient funds to cover this payment."),
    "account_closed": ("R02", "The customer's bank account has been closed."),
    "no_account": ("R03", "The customer's bank account could not be located."),
    "debit_not_authorized": ("R10", "The customer has notified their bank that this payment was unauthorized."),
    "bank_account_restricted": ("R16", "The customer's bank account cannot be debited."),
}
BANKS = (
    Bank("success", "000123456789"),
    Bank("accountClosed", "000111111113", "account_closed"),
    Bank("noAccount", "000111111116", "no_account"),
    Bank("insufficientFunds", "000222222227", "insufficient_funds"),
    Bank("debitNotAuthorized", "000333333335", "debit_not_authorized"),
    Bank("dispute", "000555555559", returns="debit_not_authorized"),
    Bank("processing", "000000000009", stays=True),
)
BANK_BY_TOKEN = {bank.token: bank for bank in BANKS}
BANK_BY_NUMBER = {bank.number: bank for bank in BANKS}


def is_plausible(number: str) -> bool:
    """The check digit of a card number (Luhn) is right."""
    if not number.isascii() or not number.isdigit() or not 12 <= len(number) <= 19:
        return False
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(number))]
    return sum(digit - 9 if digit > 9 else digit for digit in doubled) % 10 == 0
