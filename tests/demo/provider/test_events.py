"""Events: listed, and brought to a receiver, signed; late, twice and backwards at command."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from tests.servers.hook_receiver import Receiver, hook_receiver
from tests.servers.process import wait_until
from tests.servers.provider import ProviderDouble

SECRET = "whsec_of_the_tests"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with hook_receiver() as running:
        yield running


def _types(receiver: Receiver) -> list[str]:
    return [json.loads(call.body)["type"] for call in receiver.heard]


def test_charge_tells_its_story(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    anne = provider.customer()
    charge = {"amount": 1000, "currency": "eur", "customer": anne, "payment_method": provider.card(anne)}
    made = calls.payment_intents.create(charge, {"idempotency_key": "k1"})
    calls.payment_intents.confirm(made.id, {"off_session": True})

    told = calls.events.list({"limit": 100}).data

    assert [event.type for event in reversed(told)] == [
        "customer.created",
        "payment_method.attached",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
    ]
    created = told[2]
    assert (created.request.idempotency_key, created.data.object.status) == ("k1", "requires_confirmation")
    assert calls.events.retrieve(told[0].id).data.object.status == "succeeded"
    both = calls.events.list({"types": ["charge.succeeded", "customer.created"]}).data
    assert [event.type for event in both] == ["charge.succeeded", "customer.created"]


def test_events_are_forgotten_after_thirty_days(provider: ProviderDouble) -> None:
    provider.customer()

    provider.advance(days=31)

    assert provider.client.v1.events.list().data == []


def test_events_come_at_once_and_signed(provider: ProviderDouble, receiver: Receiver) -> None:
    provider.play("webhooks", url=receiver.url, secret=SECRET)

    provider.customer()
    provider.client.v1.payment_intents.create({"amount": 1000, "currency": "eur"})

    wait_until(lambda: len(receiver.heard) == 2, what="both events were brought")
    assert _types(receiver) == ["customer.created", "payment_intent.created"]
    heard = receiver.heard[0]
    event = provider.client.construct_event(heard.body, heard.headers["Stripe-Signature"], SECRET)
    assert event.type == "customer.created"
    with pytest.raises(stripe.SignatureVerificationError):
        provider.client.construct_event(heard.body, heard.headers["Stripe-Signature"], "whsec_other")
    with pytest.raises(stripe.SignatureVerificationError):
        provider.client.construct_event(heard.body + b" ", heard.headers["Stripe-Signature"], SECRET)


def test_events_come_late_twice_and_backwards(provider: ProviderDouble, receiver: Receiver) -> None:
    provider.play("webhooks", url=receiver.url, secret=SECRET, held=True)
    provider.customer()
    provider.client.v1.payment_intents.create({"amount": 1000, "currency": "eur"})
    assert receiver.heard == []

    sent = provider.play("webhooks/send", order="reversed", times=2)["sent"]

    created, asked = "customer.created", "payment_intent.created"
    assert _types(receiver) == [asked, asked, created, created]
    assert [one["status"] for one in sent] == [204] * 4
    provider.play("webhooks/send", type=created, age=3600)
    assert _types(receiver)[4:] == [created]
    stale = receiver.heard[-1]
    with pytest.raises(stripe.SignatureVerificationError, match="tolerance"):
        provider.client.construct_event(stale.body, stale.headers["Stripe-Signature"], SECRET)


def test_receiver_that_fails_is_said_so(provider: ProviderDouble, receiver: Receiver) -> None:
    receiver.answers = [500]
    provider.play("webhooks", url=receiver.url, secret=SECRET, held=True)
    provider.customer()

    assert [one["status"] for one in provider.play("webhooks/send")["sent"]] == [500]
    [event] = provider.client.v1.events.list().data
    assert event.pending_webhooks == 1

    receiver.answers = [204]
    provider.play("webhooks/send", **{"ids[]": event.id})
    assert provider.client.v1.events.retrieve(event.id).pending_webhooks == 0
