"""Pay, refund, dispute, change and cancel in any order: the books are whole, and no more goes back than came.

The provider's books and ours show the same money after each act.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from mailgate.billing.document.invoice import DocumentState
from mailgate.billing.money.amount import written
from mailgate.billing.refund import RefundState
from mailgate.config.settings import ProviderName
from mailgate.errors import Permanent
from mailgate.flows.billing.back import dispute, refund_by_hand
from mailgate.flows.billing.money.refund import give_back
from mailgate.flows.billing.provider.send_refund import Refunder
from mailgate.payments.provider import DisputeSeen, DisputeState
from mailgate.payments.provider import RefundState as Seen
from store.billing import payments, refunds
from store.billing.payments import Payment
from store.engine import connect, reading
from store.schema import refunds as rows
from tests.empty_store import put_empty_store
from tests.flows.billing.test_any_order import Story
from tests.flows.billing.till import Away, Till
from tests.flows.billing.trade import Trade, noon

ACTS = 40


class MoneyStory(Story):
    """The same with a provider, who sends money back or does not, and whose payers go to their banks."""

    def __init__(self, trade: Trade, seed: int) -> None:
        super().__init__(trade, seed)
        trade.settings = replace(
            trade.settings, payments=replace(trade.settings.payments, provider=ProviderName.STRIPE)
        )
        self.till = Till()
        self.taken: dict[str, int] = {}  # by disputes that are not won
        self.charged = 0
        self.disputes: dict[str, DisputeSeen] = {}

    def act(self) -> None:
        """Some days later, one act."""
        self.day += timedelta(days=self.chance.choice((0, 0, 0, 1, 1, 3, 9)))
        chosen: Callable[[], object] = self.chance.choice((
            self.add, self.add, self.run, *[self.by_card] * 6, self.change, *[self.cancel] * 3, self.credit, self.void,
            self.give, *[self.sends] * 3, self.comes_back, self.dispute, self.ends, *[self.gives_back] * 3,
            self.by_hand, self.by_hand,
        ))  # fmt: skip
        try:
            chosen()
            self.done += 1
        except Permanent:
            pass
        self.trade.assert_whole()
        theirs = self.charged - self.till.sent_minor - sum(self.taken.values())
        assert self.trade.balance("assets:stripe") == theirs

    def cancel(self) -> object:
        """An end today."""
        return self.trade.cancel(self.chance.choice(self.alive()), on=self.on)

    def by_card(self) -> None:
        """Less, all or more."""
        one = self.chance.choice([one for one in self.issued() if one.state is DocumentState.ISSUED])
        minor = self.chance.choice((one.open_minor, one.open_minor, one.open_minor // 2 or 1, one.open_minor + 900))
        number = f"pi_{len(self.till.charges) + 1}"
        self.trade.pay(
            one.number, written(minor, one.currency), on=self.on, reference=number, method="stripe", provider="stripe"
        )
        self.till.charge(number, minor)
        self.charged += minor
        if self.chance.random() < 0.2:
            self.till.closed.add(number)

    def sends(self) -> None:
        """The job of each refund that is due; now and then no answer comes."""
        self.till.first_state = self.chance.choice((Seen.SUCCEEDED, Seen.PENDING))
        if self.chance.random() < 0.3:
            setattr(self.till, self.chance.choice(("before", "after")), _no_answer)
        now = noon(self.day) + timedelta(hours=1)
        with reading(self.trade.engine) as conn:
            due = conn.execute(select(rows.c.id).where(rows.c.due_at <= now)).scalars().all()
        for number in due:
            Refunder(self.trade.engine, self.trade.settings, self.till.as_provider)(number, now)
        self.till.before = self.till.after = _nothing
        self.day += timedelta(days=1)
        for number in due:
            Refunder(self.trade.engine, self.trade.settings, self.till.as_provider)(number, noon(self.day))

    def comes_back(self) -> None:
        """A refund that has left."""
        number = self.chance.choice([key for key, one in self.till.refunds.items() if one.state is not Seen.FAILED])
        known = [one for one in self._refunds() if one.provider_id == number and one.due_at is not None]
        if not known:
            return  # nobody looks any more
        self.till.comes_back(number)
        self.day = max(self.day, known[0].due_at.date() + timedelta(days=1))  # type: ignore[union-attr]
        Refunder(self.trade.engine, self.trade.settings, self.till.as_provider)(known[0].id, noon(self.day))

    def dispute(self) -> None:
        """A bank takes all or a part of a payment back, of which less may be left."""
        payment = self.chance.choice(self._payments())
        number = f"dp_{len(self.disputes) + 1}"
        before = sum(one.amount_minor for one in self.disputes.values() if one.charge_id == payment.reference)
        most = payment.amount_minor - before
        minor = self.chance.choice((most, most // 2))
        if minor <= 0:
            return
        seen = DisputeSeen(number, payment.reference, DisputeState.OPEN, payment.currency, minor, 0, "", noon(self.day))
        self.disputes[number], self.taken[number] = seen, minor
        self._hear(payment, seen)

    def ends(self) -> None:
        """A bank has decided."""
        number = self.chance.choice([key for key, one in self.disputes.items() if one.state is DisputeState.OPEN])
        seen = replace(self.disputes[number], state=self.chance.choice((DisputeState.WON, DisputeState.LOST)))
        self.disputes[number] = seen
        if seen.state is DisputeState.WON:
            self.taken[number] = 0
        self._hear(next(one for one in self._payments() if one.reference == seen.charge_id), seen)

    def gives_back(self) -> None:
        """Staff send credit back."""
        with self.trade.deal(self.chance.choice(self.customers), self.on) as deal:
            give_back(deal, None, None if self.chance.random() < 0.5 else 300, asked_by="Bart")

    def by_hand(self) -> None:
        """A person sends what is a task, has it tried once more, or lets it be credit."""
        task = self.chance.choice([one for one in self._refunds() if one.state is RefundState.TASK])
        with self.trade.deal(task.customer_id, self.on) as deal:
            now = refunds.find(deal.conn, task.id)
            assert now is not None
            match self.chance.randrange(3):
                case 0:
                    refund_by_hand.record(deal, now, method="transfer", reference="1")
                case 1:
                    refund_by_hand.retry(deal, now)
                case _:
                    refund_by_hand.keep(deal, now)

    def _hear(self, payment: Payment, seen: DisputeSeen) -> None:
        with self.trade.deal(payment.customer_id, self.on) as deal:
            dispute.hear(deal, payment, seen)

    def _payments(self) -> list[Payment]:
        with reading(self.trade.engine) as conn:
            return [one for one in payments.listing(conn) if one.provider]

    def _refunds(self) -> tuple[refunds.Refund, ...]:
        with reading(self.trade.engine) as conn:
            return refunds.listing(conn)


@pytest.mark.parametrize("seed", range(12))
def test_no_more_goes_back_than_came_whatever_happens(tmp_path: Path, seed: int) -> None:
    put_empty_store(tmp_path / "mailgate.db")
    engine = connect(f"sqlite:///{tmp_path / 'mailgate.db'}")
    story = MoneyStory(Trade.begin(engine), seed)
    story.trade.add(story.customers[0], "small", on=story.on)

    for _ in range(ACTS):
        try:
            story.act()
        except IndexError:  # there is nothing yet of what was chosen
            continue

    engine.dispose()
    assert story.done > ACTS // 4


def _no_answer() -> None:
    raise Away("no answer")


def _nothing() -> None:
    """No fault."""
