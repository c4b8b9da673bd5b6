"""Anchors 3.14: what is paid in advance is not paid from itself, nor credited twice, nor without a payment."""

from datetime import timedelta
from pathlib import Path

import pytest

from mailgate.flows.billing.money import settle
from mailgate.payments.provider import OfferKind
from tests.flows.billing.linking import Window
from tests.flows.billing.trade import Trade
from tests.servers.provider import ProviderDouble, Refused

ON = "2026-03-02"


@pytest.fixture
def window(trade: Trade, provider: ProviderDouble, tmp_path: Path) -> Window:
    """A company that takes payments by link."""
    return Window.open(trade, provider, tmp_path, on=ON)


def test_a_deposit_is_no_invoice_and_credit_does_not_pay_it(window: Window, anne: int) -> None:
    """Anchors 3.14: paid from itself."""
    with window.trade.deal(anne, ON) as deal:
        settle.give(deal, "EUR", 9000, reason="sorry")

    asked = window.ask(anne, OfferKind.DEPOSIT, 5000)
    window.trade.use_credit(anne, on=ON)
    before = window.credit(anne)
    window.double.pay_session(str(asked.provider_id))
    window.work(after=timedelta(minutes=1))

    assert asked.asks_minor == 5000
    assert window.trade.all() == ()
    assert (before, window.credit(anne)) == (9000, 14000)


def test_a_deposit_is_credited_once_however_often_it_is_seen(window: Window, anne: int) -> None:
    """Anchors 3.14: credited twice, by a page that returns and a call that comes, or by looks that follow."""
    asked = window.ask(anne, OfferKind.DEPOSIT, 5000)
    window.double.pay_session(str(asked.provider_id))

    for after in (timedelta(minutes=1), timedelta(0), timedelta(hours=2), timedelta(days=2)):
        window.work(after=after)
    with pytest.raises(Refused):
        window.double.pay_session(str(asked.provider_id))

    assert window.credit(anne) == 5000
    assert window.trade.balance("assets:stripe") == 5000 - window.trade.balance("expenses:fees")
    assert window.double.books()["accounts"]["eur"]["charged"] == 5000


def test_a_deposit_whose_card_is_declined_is_no_credit(window: Window, anne: int) -> None:
    """Anchors 3.14: credited without a payment."""
    asked = window.ask(anne, OfferKind.DEPOSIT, 5000)

    with pytest.raises(Refused):
        window.double.pay_session(str(asked.provider_id), "pm_card_chargeDeclined")
    window.work(after=timedelta(minutes=5))
    window.work(after=timedelta(days=2))

    assert window.credit(anne) == 0
    assert window.trade.balance("assets:stripe") == 0


def test_credit_that_had_paid_a_part_comes_back_with_what_is_taken_back(window: Window, anne: int) -> None:
    """Anchors 3.14: partial credit lost on cancelling."""
    invoice = window.sell(anne, on=ON)
    asked = window.ask(anne, OfferKind.DEPOSIT, 1000)
    window.double.pay_session(str(asked.provider_id))
    window.work(after=timedelta(minutes=1))
    window.trade.use_credit(anne, on=ON)
    used = window.invoice(invoice.id).open_minor

    window.trade.void(invoice.number, on=ON)

    assert (used, window.credit(anne)) == (invoice.total_minor - 1000, 1000)
