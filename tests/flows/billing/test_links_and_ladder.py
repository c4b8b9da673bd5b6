"""The mail that brings an invoice waits for its link, for an hour at most; what nobody can pay by is not named."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mailgate.flows.due import DueKind, due, meet
from mailgate.jobs import Job
from store.engine import reading
from tests.flows.billing.linking import Window
from tests.flows.billing.trade import Trade
from tests.servers.provider import ProviderDouble

ON = "2026-03-02"
HOLD = timedelta(minutes=15)


@pytest.fixture
def window(trade: Trade, provider: ProviderDouble, tmp_path: Path) -> Window:
    """A company that takes payments by link."""
    return Window.open(trade, provider, tmp_path, on=ON)


def climb(window: Window, at: datetime) -> None:
    with reading(window.trade.engine) as conn:
        items = [one for one in due(conn, settings=window.trade.settings, at=at) if one.kind is DueKind.LADDER]
    for one in items:
        meet(window.trade.engine, one.kind, [one.object], settings=window.trade.settings, enqueue=nothing, now=at)


def nothing(job: Job, row_id: int) -> None:
    """Jobs are sent by hand here."""


def test_the_mail_waits_for_the_link_and_has_it(window: Window, anne: int) -> None:
    window.sell(anne, on=ON)

    climb(window, window.now + HOLD)
    assert "invoice-created" not in window.kinds()
    window.work(after=HOLD)
    climb(window, window.now + timedelta(minutes=1))

    (mail,) = [one for one in window.mails() if one.notice.template.value == "invoice-created"]
    (offer,) = window.offers(anne)
    assert mail.notice.values["pay_link"] == offer.url
    assert mail.notice.values["pay_by_link"] == {
        "amount_minor": offer.asks_minor,
        "currency": "EUR",
        "number": window.invoice(offer.invoice_id or 0).number,
    }


def test_after_an_hour_it_goes_without(window: Window, anne: int) -> None:
    window.sell(anne, on=ON)
    window.double.fault("POST /v1/payment_links", "500", times=99)
    for _ in range(6):
        window.work(after=timedelta(minutes=10))
        climb(window, window.now)
        assert "invoice-created" not in window.kinds()

    climb(window, window.now + HOLD)

    (mail,) = [one for one in window.mails() if one.notice.template.value == "invoice-created"]
    assert mail.notice.values["pay_link"] is None


def test_without_a_provider_no_mail_waits(trade: Trade, anne: int, provider: ProviderDouble, tmp_path: Path) -> None:
    by_hand = trade.settings.payments
    window = Window.open(trade, provider, tmp_path, on=ON)
    trade.settings = replace(trade.settings, payments=by_hand)
    window.sell(anne, on=ON)

    climb(window, window.now + HOLD)

    assert window.offers(anne) == ()
    assert "invoice-created" in window.kinds()


def test_an_invoice_of_before_there_was_a_provider_has_a_link_by_its_next_reminder(
    trade: Trade, anne: int, provider: ProviderDouble, tmp_path: Path
) -> None:
    by_hand = trade.settings.payments
    window = Window.open(trade, provider, tmp_path, on=ON)
    taking_cards = trade.settings
    trade.settings = replace(trade.settings, payments=by_hand)
    window.sell(anne, on=ON)
    climb(window, window.now + HOLD)
    trade.settings = taking_cards

    window.now += timedelta(days=3)
    climb(window, window.now)
    assert window.kinds().count("invoice-reminder-after") == 0
    window.work()
    climb(window, window.now + timedelta(minutes=1))

    (mail,) = [one for one in window.mails() if one.notice.template.value == "invoice-reminder-after"]
    assert mail.notice.values["pay_link"] == window.offers(anne)[0].url
