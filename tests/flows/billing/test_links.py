"""An open invoice has one link, for what is to be paid of it; what is paid by it is booked once, come what may."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from mailgate.flows.billing.money import settle
from mailgate.payments.provider import OfferKind, OfferSeen, Provider
from store.billing import offers
from tests.flows.billing.linking import Window
from tests.flows.billing.trade import Trade
from tests.servers.provider import ProviderDouble, Refused

ON = "2026-03-02"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def window(trade: Trade, provider: ProviderDouble, tmp_path: Path) -> Window:
    """A company that takes payments by link."""
    return Window.open(trade, provider, tmp_path, on=ON)


def test_an_invoice_has_a_link_that_asks_for_what_is_open_of_it(window: Window, anne: int) -> None:
    invoice = window.sell(anne, on=ON)

    window.work()

    (offer,) = window.offers(anne)
    assert (offer.state, offer.invoice_id, offer.asks_minor) == ("open", invoice.id, invoice.open_minor)
    assert offer.url.startswith(window.double.url)
    assert offer.due_at == window.now + MINUTE


def test_who_pays_by_the_link_has_paid_the_invoice_and_gets_one_receipt(window: Window, anne: int) -> None:
    invoice = window.sell(anne, on=ON)
    window.work()
    window.double.pay_link(str(window.offers(anne)[0].provider_id))

    for after in (MINUTE, timedelta(hours=2), timedelta(days=2)):
        window.work(after=after)

    assert window.invoice(invoice.id).state == "paid"
    assert window.states(anne) == [("completed", invoice.total_minor)]
    assert window.offers(anne)[0].due_at is None
    assert window.kinds().count("payment-receipt") == 1
    with pytest.raises(Refused):
        window.double.pay_link(str(window.offers(anne)[0].provider_id))


def test_the_link_follows_what_is_open_and_the_old_one_cannot_be_paid(window: Window, anne: int) -> None:
    invoice = window.sell(anne, on=ON)
    window.work()
    old = str(window.offers(anne)[0].provider_id)

    window.trade.pay(invoice.number, "5.00", on=ON)
    window.work()

    assert window.states(anne) == [("closed", invoice.total_minor), ("open", invoice.total_minor - 500)]
    with pytest.raises(Refused):
        window.double.pay_link(old)


def test_the_link_asks_for_no_more_than_credit_will_leave(window: Window, anne: int) -> None:
    invoice = window.sell(anne, on=ON)

    with window.trade.deal(anne, ON) as deal:
        settle.give(deal, "EUR", 300, reason="sorry")
    window.work()

    left = invoice.total_minor - 300
    assert [one.asks_minor for one in window.offers(anne) if one.state == "open"] == [left]


@dataclass
class BothPaid:
    """The provider, which says of a link that is paid that another one was as quick."""

    stripe: Provider

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stripe, name)

    def look_offer(self, link_id: str) -> OfferSeen:
        """As it says, with one charge more."""
        seen = self.stripe.look_offer(link_id)
        return replace(seen, charges=(*seen.charges, *(replace(one, id=f"{one.id}_too") for one in seen.charges)))


def test_two_who_are_quick_have_both_paid_and_the_second_is_credit_and_told(window: Window, anne: int) -> None:
    invoice = window.sell(anne, on=ON)
    window.work()
    window.double.pay_link(str(window.offers(anne)[0].provider_id))
    window.stripe = cast("Provider", BothPaid(window.stripe))

    for after in (MINUTE, timedelta(hours=2), timedelta(days=2)):
        window.work(after=after)

    assert window.invoice(invoice.id).state == "paid"
    assert window.credit(anne) == invoice.total_minor
    assert [one for one in window.kinds() if one in {"payment-receipt", "credit-added"}] == [
        "payment-receipt",
        "credit-added",
    ]


def test_who_pays_while_the_link_is_switched_off_has_paid_all_the_same(window: Window, anne: int) -> None:
    invoice = window.sell(anne, on=ON)
    window.work()
    window.double.pay_link(str(window.offers(anne)[0].provider_id))
    window.trade.pay(invoice.number, "3.00", on=ON)

    window.work()
    window.work(after=timedelta(hours=3))

    assert window.invoice(invoice.id).state == "paid"
    assert window.credit(anne) == 300
    assert [state for state, _ in window.states(anne)] == ["completed", "closed"]


def test_less_than_the_provider_takes_has_no_link_and_nobody_is_asked_again(window: Window, anne: int) -> None:
    invoice = window.sell(anne, on=ON)
    rest = invoice.total_minor - 20
    window.trade.pay(invoice.number, f"{rest // 100}.{rest % 100:02}", on=ON)

    for _ in range(3):
        window.work(after=timedelta(hours=2))

    assert window.states(anne)[-1] == ("failed", 20)
    assert len(window.offers(anne)) == 2


@pytest.mark.parametrize("point", ["link.after-offer", "link.after-look"])
def test_a_death_between_two_steps_makes_no_second_link_and_books_nothing_twice(
    window: Window, anne: int, point: str
) -> None:
    invoice = window.sell(anne, on=ON)
    died: list[str] = []

    def die(name: str) -> None:
        if name == point and not died:
            died.append(name)
            raise Died

    window.fail_point = die
    if point == "link.after-offer":
        with pytest.raises(Died):
            window.work()
        window.work(after=timedelta(minutes=16))
    else:
        window.work()
    link = str(window.offers(anne)[0].provider_id)
    window.double.pay_link(link)
    if not died:
        with pytest.raises(Died):
            window.work(after=MINUTE)
    window.work(after=timedelta(hours=1))
    window.work(after=timedelta(days=2))

    assert died == [point]
    assert window.invoice(invoice.id).state == "paid"
    assert window.kinds().count("payment-receipt") == 1
    assert len({call["key"] for call in window.double.calls("POST /v1/payment_links")}) == 1
    assert window.credit(anne) == 0


class Died(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("kind", ["before", "after"])
def test_a_call_that_breaks_off_before_or_after_its_effect_makes_one_link(window: Window, anne: int, kind: str) -> None:
    window.double.fault("POST /v1/payment_links", FAULTS[kind])
    window.sell(anne, on=ON)

    window.work()
    assert [state for state, _ in window.states(anne)] == ["wanted"]
    window.work(after=MINUTE * 2)

    assert [state for state, _ in window.states(anne)] == ["open"]
    assert len({call["key"] for call in window.double.calls("POST /v1/payment_links")}) == 1


FAULTS = {"before": "drop_before", "after": "drop_after"}


def test_a_card_takes_the_place_of_the_one_before_which_is_forgotten_there(window: Window, anne: int) -> None:
    for card in ("pm_card_visa", "pm_card_mastercard"):
        offer = window.ask(anne, OfferKind.CARD)
        window.double.pay_session(str(offer.provider_id), card)
        window.work(after=MINUTE * 10)
        window.work(after=MINUTE * 10)

    kept = window.card(anne)
    assert kept is not None
    assert kept.last4 == "4444"
    assert len(window.double.calls("detach")) == 1
    assert window.kinds().count("card-saved") == 2


def test_the_second_link_that_is_asked_for_ends_the_first(window: Window, anne: int) -> None:
    first = window.ask(anne, OfferKind.CARD)

    window.ask(anne, OfferKind.CARD)

    assert window.offer(first.id).state == "closed"
    with pytest.raises(Refused):
        window.double.pay_session(str(first.provider_id))


def test_a_deposit_that_nobody_pays_is_never_credit(window: Window, anne: int) -> None:
    offer = window.ask(anne, OfferKind.DEPOSIT, 5000)

    window.double.advance(days=2)
    window.work(after=timedelta(days=2))

    assert window.offer(offer.id).state == "closed"
    assert window.credit(anne) == 0
    assert window.offer(offer.id).due_at is None


@pytest.mark.parametrize("point", ["link.after-offer", "link.after-look"])
def test_a_worker_that_was_thought_dead_does_nothing_twice(window: Window, anne: int, point: str) -> None:
    invoice = window.sell(anne, on=ON)
    met: list[str] = []

    def another(name: str) -> None:
        if name == point and not met:
            met.append(name)
            window.now += timedelta(minutes=16)  # its lease is over
            window.work()

    window.fail_point = another
    window.work()
    window.double.pay_link(str(window.offers(anne)[0].provider_id))
    window.work(after=MINUTE * 2)
    window.work(after=timedelta(hours=2))

    assert met == [point]
    assert window.invoice(invoice.id).state == "paid"
    assert window.credit(anne) == 0
    assert window.kinds().count("payment-receipt") == 1
    assert len({call["key"] for call in window.double.calls("POST /v1/payment_links")}) == 1


def test_what_a_worker_has_nobody_else_gets(window: Window, anne: int) -> None:
    window.sell(anne, on=ON)
    (offer,) = window.offers(anne)

    first = offers.lend(window.trade.engine, offer.id, now=window.now)

    assert first is not None
    assert offers.lend(window.trade.engine, offer.id, now=window.now) is None


@pytest.mark.parametrize(("currency", "total", "asks"), [("JPY", 1190, 1190), ("KWD", 3689, 3680)])
def test_what_a_currency_cannot_say_at_the_provider_is_rounded_off(
    window: Window, trade: Trade, currency: str, total: int, asks: int
) -> None:
    kim = trade.customer("Kim", currency=currency)
    window.sell(kim, on=ON)
    window.work()
    (offer,) = window.offers(kim)
    assert (offer.amount_minor, offer.asks_minor) == (total, asks)

    window.double.pay_link(str(offer.provider_id))
    window.work(after=MINUTE)

    assert window.invoice(offer.invoice_id or 0).state == "paid"
    assert window.credit(kim, currency) == 0
