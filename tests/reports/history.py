"""Lives of accounts, told forward in time through the verbs that people use; each act at a moment of its own."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from core import assignment, balances, clock, contacts, moves, promises, tenancy
from core.account_states import MoveRefused
from core.assignment import AssignmentRefused
from core.contacts import Contact
from core.models import Account, Creditor, Disposition, Hold, User
from core.promises import Terms
from core.refusals import ChangedMeanwhile, FieldRefused
from payments import completing, refunding, taking
from payments.gateway.seen import Seen, SeenChargeback, SeenMethod, State
from payments.models import Payment
from payments.taking import Order
from tests.cast import make_account
from tests.reports import plain

# Four in the morning UTC is the day before in Chicago, so that a day counted in the wrong zone shows.
BEGAN = datetime(2025, 12, 28, 4, 0, tzinfo=UTC)
REFUSALS = (FieldRefused, ChangedMeanwhile, MoveRefused, AssignmentRefused)

ACTS = (
    *("place", "assign", "unassign", "attempt", "talk", "promise", "judge", "negotiate", "pay", "pay_off", "refund"),
    *("charge_back", "withdraw", "dispute", "resolve_dispute", "close", "follow_up", "adjust", "learn_method"),
    *("change_creditor", "bare_entry", "dispute_everything"),
)


@dataclass(frozen=True)
class Act:
    """What, on which account, by the first collector or the second, how many hours later, how much."""

    what: str
    which: int
    first: bool
    hours: int
    cents: int


acts = st.builds(
    Act,
    st.sampled_from(ACTS),
    st.integers(0, 5),
    st.booleans(),
    st.integers(1, 400),
    st.integers(1, 30_000),
)


@dataclass
class World:
    """Two creditors, two collectors, an admin, and what happens to their accounts."""

    admin: User
    desks: tuple[User, User]
    creditors: tuple[Creditor, Creditor]
    zone: ZoneInfo
    now: datetime = BEGAN
    accounts: list[UUID] = field(default_factory=list)
    # What came and went of the inventory, each day, as a plain observer would have written it down.
    inventory: dict[tuple[date, UUID, UUID | None], tuple[int, Decimal]] = field(default_factory=dict)

    def begin(self) -> None:
        """Six accounts, placed two weeks apart."""
        for n in range(6):
            self.happen(Act("place", n, n % 2 == 0, 300, 10_000 * (n + 1)))

    def happen(self, act: Act) -> None:
        """Let it happen; what the rules refuse does not. The observer looks before and after."""
        self.now = min(self.now + timedelta(hours=act.hours), datetime.now(UTC) - timedelta(minutes=5))
        before = plain.inventory()
        # A refusal rolls back what its verb began, as a request would.
        with suppress(*REFUSALS), clock.at(self.now):
            self._do(act)
        after = plain.inventory()
        day = self.now.astimezone(self.zone).date()
        for key in before.keys() | after.keys():
            number, amount = after.get(key, (0, Decimal(0)))
            less, less_amount = before.get(key, (0, Decimal(0)))
            told, told_amount = self.inventory.get((day, *key), (0, Decimal(0)))
            self.inventory[day, *key] = (told + number - less, told_amount + amount - less_amount)

    def _do(self, act: Act) -> None:
        money, who = Decimal(act.cents) / 100, self.desks[0] if act.first else self.desks[1]
        if act.what == "place":
            self.accounts.append(self._place(act, money))
        else:
            account = Account.objects.get(pk=self.accounts[act.which % len(self.accounts)])
            getattr(self, f"_{act.what}")(account, who, money)

    def _place(self, act: Act, money: Decimal) -> UUID:
        due = self.now.date() + timedelta(days=act.which * 25 - 60) if act.which else None
        creditor = self.creditors[act.which % 2]
        return make_account(creditor=creditor, original_amount=money, due_date=due, created_at=self.now).pk

    def _assign(self, account: Account, who: User, money: Decimal) -> None:
        assignment.assign([account.pk], to=who.collector, by=self.admin)

    def _unassign(self, account: Account, who: User, money: Decimal) -> None:
        assignment.assign([account.pk], to=None, by=self.admin)

    def _attempt(self, account: Account, who: User, money: Decimal) -> None:
        self._log(account, "voicemail", who)

    def _talk(self, account: Account, who: User, money: Decimal) -> None:
        self._log(account, "spoke", self.admin if money < 20 else who)

    def _promise(self, account: Account, who: User, money: Decimal) -> None:
        due = self.now.astimezone(self.zone).date() + timedelta(days=3)
        self._log(account, "promise", who, promise=Terms(min(money, account.current_balance), due, "card"))

    def _log(self, account: Account, code: str, who: User, **facts: Any) -> None:
        contact = Contact(Disposition.objects.get(code=code), override="It happened", **facts)
        contacts.log(account.pk, contact, by=who)

    def _judge(self, account: Account, who: User, money: Decimal) -> None:
        promises.judge_due()

    def _negotiate(self, account: Account, who: User, money: Decimal) -> None:
        self._move(account, "negotiate")

    def _pay(self, account: Account, who: User, money: Decimal) -> None:
        method = taking.BY_HAND[int(money) % 3]
        day = self.now.astimezone(self.zone).date()
        order = Order(min(money, account.current_balance), method, str(uuid4()), received_on=day)
        taking.take(account.pk, order, by=who)

    def _pay_off(self, account: Account, who: User, money: Decimal) -> None:
        self._pay(account, who, account.current_balance)

    def _refund(self, account: Account, who: User, money: Decimal) -> None:
        if payment := self._payment(account):
            amount = min(money, refunding.refundable(payment))
            refunding.refund(payment.pk, amount, "Too much", key=str(uuid4()), by=self.admin)

    def _charge_back(self, account: Account, who: User, money: Decimal) -> None:
        if payment := self._payment(account):
            status = "won" if money > 200 else "open"
            told = SeenChargeback(f"dp_{payment.pk}", min(money, payment.amount), status)
            completing.learn(payment.pk, Seen("", State.TAKEN, payment.amount, chargebacks=(told,)))

    def _learn_method(self, account: Account, who: User, money: Decimal) -> None:
        """The processor tells only afterwards with what was paid."""
        if payment := self._payment(account):
            Payment.objects.filter(pk=payment.pk).update(metadata={"how": "link"})
            completing.learn(
                payment.pk, Seen("", State.TAKEN, payment.amount, method=SeenMethod(f"pm_{payment.pk}", "card"))
            )

    def _payment(self, account: Account) -> Payment | None:
        return Payment.objects.filter(account=account, status="completed").order_by("created_at").last()

    def _withdraw(self, account: Account, who: User, money: Decimal) -> None:
        reason = ("recalled", "bankrupt", "uncollectible", "error")[int(money) % 4]
        self._move(account, "withdraw", reason=reason)

    def _dispute(self, account: Account, who: User, money: Decimal) -> None:
        self._move(account, "dispute", reason="Not mine")

    def _resolve_dispute(self, account: Account, who: User, money: Decimal) -> None:
        self._move(account, "resolve_dispute")

    def _dispute_everything(self, account: Account, who: User, money: Decimal) -> None:
        """All that the debtor owes, or no longer."""
        standing = Hold.objects.filter(debtor=account.debtor_id, kind="dispute", lifted_at=None)
        if not standing.update(lifted_at=self.now):
            Hold.objects.create(debtor=account.debtor, kind="dispute", reason="Not mine", placed_at=self.now)

    def _close(self, account: Account, who: User, money: Decimal) -> None:
        self._move(account, "close")

    def _move(self, account: Account, name: str, **facts: Any) -> None:
        moves.move(account.pk, name, by=self.admin, **facts)

    def _follow_up(self, account: Account, who: User, money: Decimal) -> None:
        contacts.schedule(account.pk, "Call", self.now + timedelta(days=2), by=who)

    def _adjust(self, account: Account, who: User, money: Decimal) -> None:
        self._entry(account, "adjustment" if money > 150 else "waiver", -min(money / 2, account.current_balance))

    def _bare_entry(self, account: Account, who: User, money: Decimal) -> None:
        """A payment of a former system: of no payment that we know."""
        self._entry(account, "payment", -min(money / 2, account.current_balance))

    def _entry(self, account: Account, kind: str, amount: Decimal) -> None:
        if amount := round(amount, 2):
            balances.post_entry(account.pk, kind, amount, by=self.admin)

    def _change_creditor(self, account: Account, who: User, money: Decimal) -> None:
        """What only the operator can, in the admin."""
        with tenancy.transaction():
            account.creditor = self.creditors[0 if account.creditor_id == self.creditors[1].pk else 1]
            account.save(update_fields=["creditor", "updated_at"])
