"""A call of the provider's is heard when its signature holds now, and tells nothing but which things to look at."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from mailgate.payments.stripe.calls import NotBelieved, Told, told

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECRET = "whsec_of_the_tests"


def event(kind: str = "checkout.session.completed", **thing: object) -> bytes:
    return json.dumps({"id": "evt_1", "type": kind, "data": {"object": {"id": "cs_1", **thing}}}).encode()


def signed(body: bytes, *, at: datetime = NOW, secret: str = SECRET) -> str:
    second = str(int(at.timestamp()))
    return f"t={second},v1={hmac.new(secret.encode(), second.encode() + b'.' + body, hashlib.sha256).hexdigest()}"


def test_it_names_the_thing_and_what_that_belongs_to() -> None:
    body = event(payment_link="plink_1", payment_intent="pi_1", amount_total=1, customer="cus_1")

    assert told(body, signed(body), secret=SECRET, now=NOW) == Told(frozenset({"cs_1", "plink_1", "pi_1"}), lists=False)


@pytest.mark.parametrize("kind", ["charge.dispute.created", "payout.paid"])
def test_disputes_and_payouts_are_read_as_lists(kind: str) -> None:
    body = event(kind)

    assert told(body, signed(body), secret=SECRET, now=NOW).lists


def test_one_good_signature_of_several_is_enough_while_the_secret_is_rolled() -> None:
    body = event()
    second, good = signed(body).split(",")

    assert told(body, f"{second},v1={'0' * 64},{good},v0=old", secret=SECRET, now=NOW).ids == {"cs_1"}


@pytest.mark.parametrize("by", [timedelta(seconds=299), timedelta(seconds=-299)])
def test_clocks_may_differ_a_little(by: timedelta) -> None:
    body = event()

    assert told(body, signed(body, at=NOW + by), secret=SECRET, now=NOW).ids


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        (event(), ""),
        (event(), "t=,v1="),
        (event(), f"t=x,v1={'0' * 64}"),
        (event(), signed(event()).split(",")[0]),
        (event(), signed(event()).split(",")[1]),
        (event(), signed(event(), secret="whsec_of_another")),
        (event(amount_total=9), signed(event())),
        (event(), signed(event(), at=NOW - timedelta(seconds=301))),
        (event(), signed(event(), at=NOW + timedelta(seconds=301))),
        (event(), f"t={'9' * 400},v1={'0' * 64}"),
        (event(), "t=\u0661\u0662,v1=\u0663"),
        (b"", signed(b"")),
        (b"[]", signed(b"[]")),
        (b'{"type": "x"}', signed(b'{"type": "x"}')),
        (b"[" * 100_000, signed(b"[" * 100_000)),
        (b"\xff\xfe", signed(b"\xff\xfe")),
    ],
)
def test_what_is_not_signed_as_it_should_be_or_is_no_event_is_not_believed(body: bytes, signature: str) -> None:
    with pytest.raises(NotBelieved):
        told(body, signature, secret=SECRET, now=NOW)


def test_a_thing_without_ids_names_nothing() -> None:
    body = json.dumps({"type": "x", "data": {"object": {"id": 7, "charge": None}}}).encode()

    assert told(body, signed(body), secret=SECRET, now=NOW) == Told(frozenset(), lists=False)
