"""The provider's calls hasten a look and do nothing else: late, twice, out of order, forged, the end is the same."""

from collections.abc import Iterator
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest

from mailgate.config import HostPort
from tests.flows.billing.linking import Window
from tests.flows.billing.trade import Trade
from tests.payments.test_calls import SECRET, event, signed
from tests.servers.process import LOOPBACK
from tests.servers.provider import ProviderDouble
from workers.provider_calls import MOST_BYTES, ProviderCalls

ON = "2026-03-02"


@pytest.fixture
def window(trade: Trade, provider: ProviderDouble, tmp_path: Path) -> Window:
    """A company that takes payments by link."""
    return Window.open(trade, provider, tmp_path, on=ON)


@pytest.fixture
def port(window: Window, tmp_path: Path) -> Iterator[int]:
    """Where it listens for the provider's calls."""
    file = tmp_path / "webhook"
    file.write_text(SECRET)
    calls = ProviderCalls(window.trade.engine, "stripe", HostPort(LOOPBACK, 0), file, clock=lambda: window.now)
    yield calls.start()
    calls.stop()


def call(port: int, body: bytes, signature: str | None, method: str = "POST", **fields: str) -> int:
    connection = HTTPConnection(LOOPBACK, port, timeout=10)
    try:
        signed_by = {} if signature is None else {"Stripe-Signature": signature}
        connection.request(method, "/", body, {**signed_by, **fields})
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_call_has_a_paid_link_looked_at_at_once(window: Window, anne: int, port: int) -> None:
    invoice = window.sell(anne, on=ON)
    window.work()
    link = str(window.offers(anne)[0].provider_id)
    window.double.pay_link(link)
    window.work()
    assert window.invoice(invoice.id).open_minor

    body = event(payment_link=link)
    assert call(port, body, signed(body, at=window.now)) == 204
    window.work()

    assert window.invoice(invoice.id).state == "paid"


def test_twice_late_and_about_what_nobody_has_paid_changes_nothing(window: Window, anne: int, port: int) -> None:
    first, second = window.sell(anne, on=ON), window.sell(anne, on=ON)
    window.work()
    links = [str(one.provider_id) for one in window.offers(anne)]
    window.double.pay_link(links[0])
    about = [event(payment_link=link) for link in (links[1], links[0], links[0], links[1], "plink_of_another")]

    for body in about:
        assert call(port, body, signed(body, at=window.now)) == 204
        window.work()
    window.now += timedelta(days=3)
    for body in about:
        assert call(port, body, signed(body, at=window.now)) == 204
        window.work()

    assert window.invoice(first.id).state == "paid"
    assert window.invoice(second.id).open_minor == second.total_minor
    assert window.kinds().count("payment-receipt") == 1
    assert window.credit(anne) == 0


def test_a_call_that_says_paid_is_not_believed(window: Window, anne: int, port: int) -> None:
    invoice = window.sell(anne, on=ON)
    window.work()

    body = event(
        payment_link=window.offers(anne)[0].provider_id, payment_status="paid", status="complete", amount_total=1
    )
    assert call(port, body, signed(body, at=window.now)) == 204
    window.work()

    assert window.invoice(invoice.id).open_minor == invoice.total_minor


def test_what_is_not_the_providers_is_refused(window: Window, anne: int, port: int) -> None:
    window.sell(anne, on=ON)
    window.work()
    (offer,) = window.offers(anne)
    body = event(payment_link=offer.provider_id)

    assert call(port, body, None) == 400
    assert call(port, body, signed(body, at=window.now, secret="another")) == 400
    assert call(port, body, signed(body, at=window.now - timedelta(minutes=6))) == 400
    assert call(port, body, signed(body, at=window.now), method="GET") == 405
    assert call(port, b"x" * (MOST_BYTES + 1), signed(body, at=window.now)) == 413

    assert window.offer(offer.id).due_at == offer.due_at
