"""A key is remembered for a day: with its answer, whatever that was, and with what was asked."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe

from tests.servers.process import wait_until
from tests.servers.provider import ProviderDouble


def test_same_key_is_answered_the_same_and_done_once(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1

    first = calls.customers.create({"email": "anne@customer.example", "name": "Anne"}, {"idempotency_key": "k1"})
    again = calls.customers.create({"name": "Anne", "email": "anne@customer.example"}, {"idempotency_key": "k1"})

    assert again.to_dict() == first.to_dict()
    assert len(calls.customers.list().data) == 1
    assert "Idempotent-Replayed" not in first.last_response.headers
    assert again.last_response.headers["Idempotent-Replayed"] == "true"


def test_answer_is_that_of_then_though_the_thing_has_changed(provider: ProviderDouble) -> None:
    calls: Any = provider.client.v1
    first = calls.customers.create({"name": "Anne"}, {"idempotency_key": "k1"})
    calls.customers.update(first.id, {"name": "Anna"})

    again = calls.customers.create({"name": "Anne"}, {"idempotency_key": "k1"})

    assert again.name == "Anne"


def test_key_with_other_parameters_is_refused(provider: ProviderDouble) -> None:
    provider.client.v1.customers.create({"name": "Anne"}, {"idempotency_key": "k1"})

    with pytest.raises(stripe.IdempotencyError) as caught:
        provider.client.v1.customers.create({"name": "Bart"}, {"idempotency_key": "k1"})

    assert caught.value.http_status == 400
    assert len(provider.client.v1.customers.list().data) == 1


def test_decline_is_kept_though_the_card_would_pay_now(provider: ProviderDouble) -> None:
    anne = provider.customer()
    card = provider.card(anne, does="insufficient_funds")
    with pytest.raises(stripe.CardError):
        _charge(provider, anne, card, "k1")
    provider.card_does(card, "pays")

    with pytest.raises(stripe.CardError) as caught:
        _charge(provider, anne, card, "k1")

    assert caught.value.http_status == 402
    assert caught.value.headers is not None
    assert caught.value.headers["Idempotent-Replayed"] == "true"
    assert [charge.status for charge in provider.client.v1.charges.list().data] == ["failed"]
    assert _charge(provider, anne, card, "k2").status == "succeeded"


def test_key_is_forgotten_after_a_day_and_money_moves_twice(provider: ProviderDouble) -> None:
    anne = provider.customer()
    card = provider.card(anne)
    first = _charge(provider, anne, card, "k1")
    provider.advance(hours=23, seconds=3500)
    assert _charge(provider, anne, card, "k1").id == first.id

    provider.advance(seconds=200)
    late = _charge(provider, anne, card, "k1")

    assert late.id != first.id
    assert provider.books()["customers"][anne]["eur"]["charged"] == 2000


def test_request_that_is_wrong_by_its_form_leaves_the_key_free(provider: ProviderDouble) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        provider.client.v1.refunds.create({"amount": 100}, {"idempotency_key": "k1"})

    provider.client.v1.customers.create({"name": "Anne"}, {"idempotency_key": "k1"})


def test_failure_of_the_provider_is_kept(provider: ProviderDouble) -> None:
    provider.fault("POST /v1/customers", "500")
    for _ in range(2):
        with pytest.raises(stripe.APIError) as caught:
            provider.client.v1.customers.create({"name": "Anne"}, {"idempotency_key": "k1"})
        assert caught.value.http_status == 500

    assert provider.client.v1.customers.create({"name": "Anne"}, {"idempotency_key": "k2"}).name == "Anne"


def test_key_that_is_in_use_just_now_is_refused(provider: ProviderDouble) -> None:
    def create() -> stripe.Customer:
        return provider.client.v1.customers.create({"name": "Anne"}, {"idempotency_key": "k1"})

    provider.fault("POST /v1/customers", "held")
    with ThreadPoolExecutor(1) as other:
        first = other.submit(create)
        wait_until(lambda: len(provider.calls("/v1/customers")) == 1, what="the first call is in flight")
        with pytest.raises(stripe.APIError, match="another in-progress request") as caught:
            create()
        provider.no_faults()
        made = first.result()

    assert caught.value.http_status == 409
    assert [customer.id for customer in provider.client.v1.customers.list().data] == [made.id]


def _charge(provider: ProviderDouble, customer: str, card: str, key: str) -> stripe.PaymentIntent:
    return provider.client.v1.payment_intents.create(
        {
            "amount": 1000,
            "currency": "eur",
            "customer": customer,
            "payment_method": card,
            "confirm": True,
            "off_session": True,
        },
        {"idempotency_key": key},
    )
