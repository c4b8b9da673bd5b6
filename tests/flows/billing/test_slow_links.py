"""A payment by link that takes days keeps everything at rest until it is known how it ends, and ends once."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mailgate.billing.catalogue.reading import read_catalogue
from mailgate.payments.provider import OfferKind
from store.billing import catalogue
from store.billing.in_flight import in_flight
from store.engine import reading, transaction
from tests.flows.billing.linking import Window
from tests.flows.billing.trade import SHOP, Trade, d, noon
from tests.servers.provider import ProviderDouble, Refused

ON = "2026-03-02"
DAY = timedelta(days=1)


@pytest.fixture
def window(trade: Trade, provider: ProviderDouble, tmp_path: Path) -> Window:
    """A company that takes payments by link."""
    return Window.open(trade, provider, tmp_path, on=ON)


def debited(window: Window, anne: int) -> str:
    """An invoice of Anne's is paid by a bank debit, which takes days: the id of the payment."""
    window.sell(anne, on=ON)
    window.work()
    link = str(window.offers(anne)[0].provider_id)
    window.double.pay_link(link, "pm_sepa_debit")
    window.work(after=timedelta(hours=1))
    (session,) = window.double.client.v1.checkout.sessions.list({"payment_link": link}).data
    return str(session.payment_intent)


def is_on_its_way(window: Window, anne: int) -> bool:
    with reading(window.trade.engine) as conn:
        return in_flight(conn, [anne]) == {anne}


def told(window: Window) -> list[tuple[object, object, object]]:
    """What payers heard of their payments: kind, method, amount."""
    found = [one.notice for one in window.mails() if one.notice.template.value.startswith("payment-re")]
    values: list[Any] = [one.values for one in found]
    return [
        (one.template.value, value["payment"]["method"], value["payment"]["amount_minor"])
        for one, value in zip(found, values, strict=True)
    ]


@pytest.fixture
def shop_in_kronur(trade: Trade) -> None:
    """The catalogue has prices in them."""
    text = re.sub(r"JPY = (\{[^}]*\})", r"\g<0>, ISK = \1", SHOP.read_text())
    with transaction(trade.engine) as conn:
        catalogue.add(conn, read_catalogue(text.encode(), SHOP.name), by="Bart", now=noon(d("2026-01-02")))


def test_while_it_takes_days_nobody_is_asked_and_nothing_is_booked(window: Window, anne: int) -> None:
    debited(window, anne)

    for _ in range(6):
        window.work(after=DAY)

    (offer,) = window.offers(anne)
    assert (offer.is_under_way, window.invoice(offer.invoice_id or 0).state) == (True, "issued")
    assert is_on_its_way(window, anne)
    assert window.trade.balance("assets:stripe") == 0
    assert window.kinds().count("payment-receipt") == 0


def test_when_it_succeeds_it_is_booked_once_and_the_receipt_comes(window: Window, anne: int) -> None:
    intent = debited(window, anne)
    window.work(after=DAY * 3)

    window.double.settle(intent, ok=True)
    for _ in range(4):
        window.work(after=DAY)

    (offer,) = window.offers(anne)
    assert (offer.state, offer.is_under_way, offer.due_at) == ("completed", False, None)
    assert window.invoice(offer.invoice_id or 0).state == "paid"
    assert not is_on_its_way(window, anne)
    found = window.double.books()["accounts"]["eur"]
    assert (window.trade.balance("assets:stripe"), window.trade.balance("expenses:fees")) == (
        found["balance"],
        found["fees"],
    )
    assert window.kinds().count("payment-receipt") == 1


def test_when_it_fails_the_invoice_has_a_link_that_can_be_paid(window: Window, anne: int) -> None:
    intent = debited(window, anne)
    window.work(after=DAY * 3)

    window.double.settle(intent, ok=False)
    window.work(after=DAY)
    window.work(after=DAY)

    before, now = window.offers(anne)
    assert (before.is_under_way, now.state, now.amount_minor) == (False, "open", before.amount_minor)
    assert not is_on_its_way(window, anne)
    with pytest.raises(Refused):
        window.double.pay_link(str(before.provider_id))
    window.double.pay_link(str(now.provider_id))
    window.work(after=DAY)
    assert window.invoice(now.invoice_id or 0).state == "paid"
    assert window.credit(anne) == 0
    assert told(window) == [("payment-returned", "link", before.amount_minor), ("payment-receipt", "card", 1190)]


def test_one_that_has_failed_before_it_was_looked_at_leaves_a_link_as_well(window: Window, anne: int) -> None:
    window.sell(anne, on=ON)
    window.work()
    link = str(window.offers(anne)[0].provider_id)
    window.double.pay_link(link, "pm_sepa_debit")
    (session,) = window.double.client.v1.checkout.sessions.list({"payment_link": link}).data
    window.double.settle(str(session.payment_intent), ok=False)

    window.work(after=DAY)

    assert [one.state for one in window.offers(anne)] == ["completed", "open"]
    assert not is_on_its_way(window, anne)


def test_money_in_advance_that_does_not_arrive_is_told_and_is_no_credit(window: Window, anne: int) -> None:
    offer = window.ask(anne, OfferKind.DEPOSIT, 5000)
    window.double.pay_session(str(offer.provider_id), "pm_sepa_debit")
    window.work(after=timedelta(hours=1))
    (session,) = (window.double.client.v1.checkout.sessions.retrieve(str(offer.provider_id)),)
    before = window.credit(anne)

    window.double.settle(str(session.payment_intent), ok=False)
    for _ in range(3):
        window.work(after=DAY)

    assert (before, window.credit(anne), window.offer(offer.id).due_at) == (0, 0, None)
    assert told(window) == [("payment-returned", "link", 5000)]


@pytest.mark.parametrize("ok", [True, False])
def test_who_pays_otherwise_meanwhile_has_paid_once_or_has_credit(window: Window, anne: int, ok: bool) -> None:
    intent = debited(window, anne)
    (offer,) = window.offers(anne)
    number = window.invoice(offer.invoice_id or 0).number
    window.trade.pay(number, "11.90", on="2026-03-03")
    window.work(after=DAY)

    window.double.settle(intent, ok=ok)
    for _ in range(3):
        window.work(after=DAY)

    assert window.invoice(offer.invoice_id or 0).state == "paid"
    assert window.credit(anne) == (1190 if ok else 0)
    assert len(window.offers(anne)) == 1


@pytest.mark.parametrize("point", ["link.after-look"])
@pytest.mark.parametrize("ok", [True, False])
def test_a_death_at_its_end_books_and_tells_once(window: Window, anne: int, point: str, ok: bool) -> None:
    intent = debited(window, anne)
    window.double.settle(intent, ok=ok)
    died: list[str] = []

    def die(name: str) -> None:
        if name == point and not died:
            died.append(name)
            raise Died

    window.fail_point = die
    with pytest.raises(Died):
        window.work(after=DAY)
    for _ in range(3):
        window.work(after=DAY)

    kind = ("payment-receipt", "sepa-debit", 1190) if ok else ("payment-returned", "link", 1190)
    assert told(window) == [kind]
    assert window.trade.balance("expenses:fees") == (42 if ok else 0)


class Died(BaseException):
    """The process is gone."""


def test_a_link_in_kronur_asks_for_whole_ones_and_is_booked_as_such(
    window: Window, trade: Trade, shop_in_kronur: None
) -> None:
    """The provider counts them in hundredths, which are 00."""
    inga = trade.customer("Inga", currency="ISK")
    invoice = window.sell(inga, on=ON)
    window.work()
    (offer,) = window.offers(inga)
    (link,) = window.double.client.v1.payment_links.list().data
    (line,) = window.double.client.v1.payment_links.line_items.list(str(link.id)).data

    window.double.pay_link(str(offer.provider_id))
    window.work(after=DAY)

    assert (invoice.total_minor, offer.asks_minor) == (1190, 1190)
    assert line.amount_total == 119_000
    assert window.invoice(invoice.id).state == "paid"
    assert (window.credit(inga, "ISK"), window.trade.balance("expenses:rounding", "ISK")) == (0, 0)
    assert window.double.books()["accounts"]["isk"]["charged"] == 119_000
    assert told(window) == [("payment-receipt", "card", 1190)]


def test_a_link_in_kronur_follows_what_is_open(window: Window, trade: Trade, shop_in_kronur: None) -> None:
    inga = trade.customer("Inga", currency="ISK")
    invoice = window.sell(inga, on=ON)
    window.work()
    window.trade.pay(invoice.number, "190", on=ON)
    window.work()

    assert window.states(inga) == [("closed", 1190), ("open", 1000)]
    window.double.pay_link(str(window.offers(inga)[-1].provider_id))
    window.work(after=DAY)
    assert window.invoice(invoice.id).state == "paid"
    assert window.credit(inga, "ISK") == 0
