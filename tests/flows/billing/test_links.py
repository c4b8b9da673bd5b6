"""An open invoice has one link, for what is to be paid of it; what is paid by it is booked once, come what may."""

from datetime import timedelta
from pathlib import Path

import pytest

from mailgate.flows.billing import settle
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
