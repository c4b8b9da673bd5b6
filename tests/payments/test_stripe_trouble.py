"""Stripe when calls break: nothing is known, and when it is asked again money has moved once."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TypeVar

import pytest

from mailgate.config import SecretUnavailable
from mailgate.errors import Permanent, Temporary
from mailgate.payments.provider import ChargeState, OfferKind, RefundState
from mailgate.payments.stripe import Stripe
from mailgate.payments.stripe.talk import KeyRefused, OtherWish, Refused
from tests.payments.counter import Counter, back, charge, offer, some_card, stripe_at
from tests.servers.process import LOOPBACK, free_port
from tests.servers.provider import ProviderDouble

T = TypeVar("T")

BREAKS = ["timeout_before", "timeout_after", "drop_before", "drop_after", "429", "lock_timeout", "500", "500_after"]


@pytest.fixture
def hasty(provider: ProviderDouble, tmp_path: Path) -> Counter:
    """Stripe, for whose answer nobody waits long."""
    return Counter(stripe_at(provider.url, tmp_path, timeout_seconds=1.0), provider)


@pytest.mark.parametrize("kind", BREAKS)
@pytest.mark.parametrize("times", [1, 2])
def test_a_charge_whose_making_breaks_is_made_and_charged_once(
    hasty: Counter, provider: ProviderDouble, kind: str, times: int
) -> None:
    wanted = charge(hasty.card())
    provider.fault("POST /v1/payment_intents$", kind, times)

    with pytest.raises(Temporary):
        hasty.provider.start(wanted)
    charge_id = until_it_goes_well(lambda: hasty.provider.start(wanted), times)

    assert hasty.provider.confirm(charge_id, wanted).state is ChargeState.SUCCEEDED
    assert hasty.provider.find(wanted.key, customer_token=wanted.card.customer_token) is not None
    assert charged(provider) == 1190


@pytest.mark.parametrize("kind", BREAKS)
def test_a_charge_whose_confirmation_breaks_takes_money_once(
    hasty: Counter, provider: ProviderDouble, kind: str
) -> None:
    wanted = charge(hasty.card())
    charge_id = hasty.provider.start(wanted)
    provider.fault(f"POST /v1/payment_intents/{charge_id}/confirm", kind)

    with pytest.raises(Temporary):
        hasty.provider.confirm(charge_id, wanted)
    looked = hasty.provider.look(charge_id)
    seen = hasty.provider.confirm(charge_id, wanted)

    assert looked.state is (ChargeState.SUCCEEDED if kind.endswith("after") else ChargeState.MADE)
    assert seen.state is ChargeState.SUCCEEDED
    assert seen == hasty.provider.look(charge_id)
    assert charged(provider) == 1190


@pytest.mark.parametrize("kind", [kind for kind in BREAKS if kind != "500_after"])  # the double declines first
def test_a_decline_whose_answer_breaks_is_no_second_attempt(
    hasty: Counter, provider: ProviderDouble, kind: str
) -> None:
    card = hasty.card("pm_card_chargeDeclinedInsufficientFunds")
    wanted = charge(card)
    charge_id = hasty.provider.start(wanted)
    provider.fault(f"POST /v1/payment_intents/{charge_id}/confirm", kind)

    with pytest.raises(Temporary):
        hasty.provider.confirm(charge_id, wanted)
    if kind.endswith("after"):
        provider.card_does(card.token, "pays")  # would be taken by a second attempt
    seen = hasty.provider.confirm(charge_id, wanted)

    assert (seen.state, seen.code) == (ChargeState.DECLINED, "insufficient_funds")
    assert charged(provider) == 0


@pytest.mark.parametrize("kind", BREAKS)
@pytest.mark.parametrize("times", [1, 2])
def test_a_refund_that_breaks_goes_back_once(hasty: Counter, provider: ProviderDouble, kind: str, times: int) -> None:
    paid = hasty.charged()
    wanted = back(paid.id, 500)
    provider.fault("POST /v1/refunds", kind, times)

    with pytest.raises(Temporary):
        hasty.provider.refund(wanted)
    refund = until_it_goes_well(lambda: hasty.provider.refund(wanted), times)

    assert refund.state is RefundState.SUCCEEDED
    assert hasty.provider.find_refund(wanted.key, charge_id=paid.id) == refund
    assert hasty.provider.look(paid.id).refunded_minor == 500
    assert provider.books()["accounts"]["eur"]["refunded"] == 500


@pytest.mark.parametrize("kind", BREAKS)
@pytest.mark.parametrize("wanted", [OfferKind.INVOICE, OfferKind.PAY])
def test_a_link_whose_making_breaks_is_there_when_it_is_asked_for_again(
    hasty: Counter, provider: ProviderDouble, kind: str, wanted: OfferKind
) -> None:
    provider.fault("POST /v1/(payment_links|checkout/sessions)$", kind)

    with pytest.raises(Temporary):
        hasty.provider.offer(offer(wanted))
    link = hasty.provider.offer(offer(wanted))

    assert hasty.provider.offer(offer(wanted)) == link
    assert hasty.provider.look_offer(link.id).charges == ()


@pytest.mark.parametrize("kind", BREAKS)
def test_what_breaks_while_it_is_looked_at_is_temporary(hasty: Counter, provider: ProviderDouble, kind: str) -> None:
    paid = hasty.charged()
    link = hasty.provider.offer(offer())
    looks = (
        lambda: hasty.provider.look(paid.id),
        lambda: hasty.provider.look_offer(link.id),
        lambda: hasty.provider.find("charge-1", customer_token=hasty.anne()),
        lambda: hasty.provider.disputes(""),
        lambda: hasty.provider.payouts(""),
        hasty.provider.facts,
    )
    for look in looks:
        provider.fault("GET /v1", kind)
        with pytest.raises(Temporary):
            look()
        look()


def test_two_wishes_with_one_key_are_refused(stripe_counter: Counter) -> None:
    card = stripe_counter.card()
    stripe_counter.provider.start(charge(card, 1190))

    with pytest.raises(OtherWish):
        stripe_counter.provider.start(charge(card, 1200))
    paid = stripe_counter.charged(key="charge-2")
    stripe_counter.provider.refund(back(paid.id, 100))
    with pytest.raises(OtherWish):
        stripe_counter.provider.refund(back(paid.id, 200))


def test_what_is_not_there_is_refused(stripe_counter: Counter) -> None:
    for refused in (
        lambda: stripe_counter.provider.look("pi_nothing"),
        lambda: stripe_counter.provider.look_offer("plink_nothing"),
        lambda: stripe_counter.provider.look_offer("cs_test_nothing"),
        lambda: stripe_counter.provider.close_offer("cs_test_nothing"),
        lambda: stripe_counter.provider.look_refund("re_nothing"),
        lambda: stripe_counter.provider.refund(back("pi_nothing", 100)),
        lambda: stripe_counter.provider.dispute("dp_nothing"),
        lambda: stripe_counter.provider.cancel("pi_nothing"),
    ):
        with pytest.raises(Refused, match=r"nothing") as caught:
            refused()
        assert caught.value.code == "resource_missing"


def test_nobody_at_the_address_is_temporary(tmp_path: Path) -> None:
    with pytest.raises(Temporary, match="Stripe does not answer"):
        stripe_at(f"http://{LOOPBACK}:{free_port()}", tmp_path).facts()


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, b"{}"), (200, b"[]"), (200, b"<p>Log in to the network</p>"), (200, b""), (502, b"<p>Bad gateway</p>")],
)
def test_what_is_no_answer_of_stripes_is_temporary(tmp_path: Path, status: int, body: bytes) -> None:
    with answering(status, body) as url:
        stripe = stripe_at(url, tmp_path)
        for call in (
            lambda: stripe.look("pi_1"),
            lambda: stripe.look_offer("plink_1"),
            lambda: stripe.look_offer("cs_1"),
            lambda: stripe.start(charge(some_card())),
            lambda: stripe.refund(back("pi_1", 100)),
            lambda: stripe.offer(offer()),
            stripe.facts,
        ):
            with pytest.raises(Temporary, match="Stripe"):
                call()


@pytest.mark.parametrize("key", ["sk_live_51Secret", "sk_tset_51Secret", "rubbish"])
def test_a_key_that_is_not_taken_is_permanent_and_never_told(
    provider: ProviderDouble, tmp_path: Path, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(KeyRefused, match=r"payments\.secret_key_file") as caught:
        stripe_at(provider.url, tmp_path, key=key).facts()

    assert isinstance(caught.value, Permanent)
    assert caught.value.__cause__ is None
    assert key not in f"{caught.value!r} {caplog.text}"


def test_a_key_that_is_not_there_is_waited_for(provider: ProviderDouble, tmp_path: Path) -> None:
    later = Stripe(tmp_path / "stripe.key", url=provider.url)
    with pytest.raises(SecretUnavailable):
        later.facts()

    assert stripe_at(provider.url, tmp_path).facts().account
    assert later.facts().account  # the same, once the file is there


def test_the_sdk_logs_nothing_of_what_is_said(stripe_counter: Counter, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    paid = stripe_counter.charged()
    stripe_counter.provider.refund(back(paid.id, 5000))

    assert [record for record in caplog.records if record.name.startswith("stripe")] == []


@contextmanager
def answering(status: int, body: bytes) -> Iterator[str]:
    """Somebody else, who answers everything alike: the address."""

    class Alike(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer((LOOPBACK, 0), Alike)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def until_it_goes_well(call: Callable[[], T], times: int) -> T:
    """What a call answers that may break so many times more."""
    for _ in range(times - 1):
        with suppress(Temporary):
            return call()
    return call()


def charged(provider: ProviderDouble) -> int:
    """What was taken in euros, by their own books."""
    return int(provider.books()["accounts"].get("eur", {}).get("charged", 0))
