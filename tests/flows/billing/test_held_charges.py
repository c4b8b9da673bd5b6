"""An invoice that rests is not charged; what else is due of its account is, and it follows when it rests no more."""

from datetime import date

import pytest
from sqlalchemy import update

from mailgate.billing.party import UNTIL_RELEASED
from mailgate.billing.promise import PromiseKind
from mailgate.flows.billing.invoicing import holding
from store.billing import promises
from store.billing.previews import Item, Kind
from store.billing.promises import Promise
from store.engine import transaction
from store.schema import payment_methods
from tests.flows.billing.charging import Counter, at
from tests.flows.billing.test_charges import bob, counter, sold
from tests.flows.billing.trade import d
from tests.payments.memory import SHORT

__all__ = ["bob", "counter"]  # fixtures


def rests(counter: Counter, customer_id: int, number: str, until: date, *, on: str) -> None:
    """One invoice does, as staff say."""
    with counter.trade.deal(customer_id, on) as deal:
        invoice_id = counter.trade.invoice(number).id
        promises.add(deal.conn, Promise(0, customer_id, invoice_id, PromiseKind.HELD, until, deal.now, "Dora"))


def declined(counter: Counter, customer_id: int) -> tuple[str, str]:
    """Two invoices of one due date that the card did not pay together on 1 March; from then on it would."""
    counter.card(customer_id, SHORT)
    both = sold(counter, customer_id), sold(counter, customer_id, "large")
    counter.look("2026-03-01")
    assert counter.states() == ["failed"]
    with transaction(counter.trade.engine) as conn:
        conn.execute(update(payment_methods).values(token="pm_visa"))
    return both


def test_what_is_held_of_a_declined_charge_leaves_the_rest_of_the_account_to_be_tried_again(
    counter: Counter, bob: int
) -> None:
    held, other = declined(counter, bob)
    rests(counter, bob, held, UNTIL_RELEASED, on="2026-03-02")

    for day in ("2026-03-04", "2026-03-08", "2026-03-20"):
        counter.look(day)

    assert (counter.states(), counter.open(other)) == (["failed", "succeeded"], 0)
    assert counter.open(held) == 1190

    invoice_id = counter.trade.invoice(held).id
    line = Item(0, 0, Kind.HELD_INVOICE, f"held {bob} {invoice_id}", bob, d("2026-03-21"), "EUR", 1190, (invoice_id,))
    with counter.trade.deal(bob, "2026-03-21") as deal:
        holding.resume(deal, line)
    counter.look("2026-03-21T16:00")

    assert (counter.states(), counter.open(held)) == (["failed", "succeeded", "succeeded"], 0)


def test_what_rests_until_a_day_is_tried_again_behind_it(counter: Counter, bob: int) -> None:
    held, other = declined(counter, bob)
    rests(counter, bob, held, d("2026-03-10"), on="2026-03-02")

    counter.look("2026-03-04")
    before = counter.open(held), counter.open(other)
    counter.look("2026-03-10T23:00")
    still = counter.open(held)
    counter.look("2026-03-11")

    assert (before, still, counter.open(held)) == ((1190, 0), 1190, 0)


@pytest.mark.parametrize("until", [UNTIL_RELEASED, d("2026-03-10")])
def test_while_all_of_it_rests_nobody_looks_for_it_each_second(counter: Counter, bob: int, until: date) -> None:
    for number in declined(counter, bob):
        rests(counter, bob, number, until, on="2026-03-02")

    counter.look("2026-03-04")  # it comes to an end

    assert counter.states() == ["failed"]
    assert [one.again_at for one in counter.charges()] == [at("2026-03-04")]
