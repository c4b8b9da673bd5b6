"""What the page of an invoice says is ahead is what the ladder has in mind, on every day until the end."""

from datetime import timedelta

import pytest

from mailgate.billing.dunning import Kind
from mailgate.billing.promise import PromiseKind
from mailgate.flows.billing.dunning.outlook import outlook
from store.billing import invoices, promises
from store.billing.promises import Promise
from store.engine import reading, transaction
from store.views import about_invoice
from tests.collecting import Collector
from tests.gate import BeginGate


@pytest.fixture
def money(begin: BeginGate) -> Collector:
    """A customer who never pays, and one in another zone who pays the first of two invoices."""
    money = Collector.begin(begin())
    money.customer("Never")
    money.customer("Half", zone="Pacific/Kiritimati")
    for customer, sku in ((1, "web"), (2, "web"), (2, "big")):
        money.sell(customer, sku)
    return money


def said(money: Collector) -> int:
    """The page and the ladder agree on each invoice; returns how many steps are ahead."""
    gate, count = money.gate, 0
    with reading(gate.parts.engine) as conn:
        for one in invoices.listing(conn):
            page = about_invoice.ahead_of(conn, one.id, gate.parts.settings.billing.ladder, gate.now)
            _, ahead = outlook(conn, gate.parts.settings, one, now=gate.now)
            in_mind = [(step.kind, on) for step, on in ahead if step.kind is not Kind.CREATED]
            assert [(step.kind, step.on) for step in page.coming] == in_mind, (
                one.number,
                gate.now,
            )
            count += len(ahead)
    return count


def test_page_and_ladder_agree_until_the_end(money: Collector) -> None:
    counts = []
    for day in range(80):
        money.gate.now += timedelta(days=1)
        money.look()
        if day == 20:
            with reading(money.gate.parts.engine) as conn:
                first = next(one for one in invoices.listing(conn, customer_id=2) if one.open_minor)
            money.pay(first.number, None)
        if day == 30:
            with transaction(money.gate.parts.engine) as conn:
                until = money.gate.now.date() + timedelta(days=5)
                promises.add(conn, Promise(0, 1, None, PromiseKind.DEFERRED, until, money.gate.now, "Never"))
        counts.append(said(money))

    assert max(counts) >= 10
    assert min(counts) < max(counts)
