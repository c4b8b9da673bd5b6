"""Acts in any order, on days that go on: whatever is done or refused, the books are whole after each."""

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from mailgate.billing.document.invoice import DocumentKind, DocumentState
from mailgate.billing.money.amount import written
from mailgate.billing.service import ENDED, Service, State
from mailgate.errors import Permanent
from store.billing import services
from store.billing.invoices import Issued
from store.engine import connect, reading
from tests.empty_store import put_empty_store
from tests.flows.billing.trade import Trade, d

ACTS = 45
PLANS = ("small", "medium", "large", "gross", "free")
PLAN_CHANGES: tuple[dict[str, object], ...] = tuple({"sku": plan} for plan in PLANS)


class Story:
    """What one random story does to the customers of a trade."""

    def __init__(self, trade: Trade, seed: int) -> None:
        self.trade, self.chance, self.day = trade, random.Random(seed), d("2026-01-20")
        self.done = 0
        self.customers = [
            trade.customer("Anne"),
            trade.customer("Bart", country="AT", timezone="America/Los_Angeles"),
            trade.customer("Cris", exempt_reason="Embassy"),
        ]

    @property
    def on(self) -> str:
        """Today."""
        return self.day.isoformat()

    def act(self) -> None:
        """Some days later, one act; what is refused writes nothing."""
        self.day += timedelta(days=self.chance.choice((0, 0, 0, 1, 3, 9, 16, 40)))
        chosen: Callable[[], object] = self.chance.choice((
            self.add, self.add, self.run, self.run, self.run, self.pay, self.pay, self.change, self.change, self.cancel,
            self.rest, self.void, self.credit, self.write_off, self.give,
        ))  # fmt: skip
        before = self.trade.all(), self.trade.all(DocumentKind.CREDIT_NOTE)
        try:
            chosen()
            self.done += 1
        except Permanent:
            assert (self.trade.all(), self.trade.all(DocumentKind.CREDIT_NOTE)) == before
        self.trade.assert_whole()

    def add(self) -> object:
        """Something is sold."""
        customer = self.chance.choice(self.customers)
        sku, cycle = self.chance.choice((
            *((plan, "monthly") for plan in PLANS), ("small", "yearly"), ("small", "quarterly"), ("name", "yearly"),
            ("hour", "one-time"), ("shield", "yearly"),
        ))  # fmt: skip
        parents = [one for one in self.alive() if one.customer_id == customer]
        parent = self.chance.choice(parents).id if sku == "shield" and parents else None
        pending = self.chance.random() < 0.2
        code = self.chance.choice((None, None, "SPRING", "FRIENDS", "GIFT", "EIGHTH", "MUCH"))
        return self.trade.add(customer, sku, cycle, on=self.on, parent_id=parent, is_pending=pending, promotion=code)

    def run(self) -> object:
        """The daily run."""
        return self.trade.run(self.on)

    def pay(self) -> object:
        """Less, all or more."""
        one = self.chance.choice(self.issued())
        minor = self.chance.choice((one.open_minor, one.open_minor, one.open_minor // 2, one.open_minor + 777)) or 100
        amount = written(minor, one.currency)
        reference = str(self.chance.random())
        return self.trade.pay(one.number, amount, on=self.on, reference=reference, as_credit=self.chance.random() < 0.3)

    def change(self) -> object:
        """Another plan, cycle or number of mailboxes."""
        one = self.chance.choice(self.alive())
        what: dict[str, object] = self.chance.choice((
            *PLAN_CHANGES, {"cycle": "yearly"}, {"cycle": "monthly"},
            {"options": {"mailboxes": 20}}, {"options": {"mailboxes": 10}},
        ))  # fmt: skip
        return self.trade.change(one, on=self.on, **what)  # type: ignore[arg-type]

    def cancel(self) -> object:
        """An end, today or with what is paid."""
        return self.trade.cancel(self.chance.choice(self.alive()), on=self.on, at_end=self.chance.random() < 0.5)

    def rest(self) -> object:
        """Off, or on again."""
        one = self.chance.choice(self.alive())
        act = self.trade.restore if one.state is State.SUSPENDED else self.trade.suspend
        return act(one, on=self.on)

    def void(self) -> object:
        """A whole invoice."""
        one = self.chance.choice(self.issued())
        return self.trade.void(one.number, on=self.on, bill_again=self.chance.random() < 0.5)

    def credit(self) -> object:
        """A part of one."""
        one = self.chance.choice(self.issued())
        amount = written(self.chance.randint(1, one.total_minor or 1), one.currency)
        return self.trade.credit(one.number, amount, on=self.on)

    def write_off(self) -> object:
        """What nobody pays."""
        return self.trade.write_off(self.chance.choice(self.issued()).number, on=self.on)

    def give(self) -> None:
        """A gift."""
        self.trade.give(self.chance.choice(self.customers), "7.50", on=self.on)

    def alive(self) -> list[Service]:
        """Services that have not ended."""
        with reading(self.trade.engine) as conn:
            return [one for one in services.listing(conn) if one.state not in ENDED]

    def issued(self) -> list[Issued]:
        """Invoices, those of which something is open rather than others."""
        found = list(self.trade.all())
        still_open = [one for one in found if one.state is DocumentState.ISSUED]
        return still_open if still_open and self.chance.random() < 0.7 else found


@pytest.mark.parametrize("seed", range(12))
def test_the_books_are_whole_whatever_happens(tmp_path: Path, seed: int) -> None:
    put_empty_store(tmp_path / "mailgate.db")
    engine = connect(f"sqlite:///{tmp_path / 'mailgate.db'}")
    story = Story(Trade.begin(engine), seed)
    story.trade.add(story.customers[0], "small", on=story.on)

    for _ in range(ACTS):
        try:
            story.act()
        except IndexError:  # there is nothing yet of what was chosen
            continue

    engine.dispose()
    assert story.done > ACTS // 4
