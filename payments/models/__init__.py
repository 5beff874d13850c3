"""Money on its way: who moves it, what was taken, given back or taken back, planned, offered and earned."""

from payments.models.commissions import Commission
from payments.models.comparisons import DailyComparison
from payments.models.events import WebhookEvent
from payments.models.methods import Customer, SavedMethod
from payments.models.payments import Chargeback, Payment, Refund
from payments.models.plans import Instalment, PaymentPlan
from payments.models.processors import GatewayHealth, PaymentProcessor
from payments.models.settlements import SettlementOffer

__all__ = [
    "Chargeback",
    "Commission",
    "Customer",
    "DailyComparison",
    "GatewayHealth",
    "Instalment",
    "Payment",
    "PaymentPlan",
    "PaymentProcessor",
    "Refund",
    "SavedMethod",
    "SettlementOffer",
    "WebhookEvent",
]
