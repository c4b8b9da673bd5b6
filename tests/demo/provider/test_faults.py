"""What breaks at command: before the effect, or after it, which the caller cannot tell apart."""

import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
import stripe

from mailgate.demo.provider import app
from tests.servers.process import wait_until
from tests.servers.provider import KEY, ProviderDouble


def _names(provider: ProviderDouble) -> list[str | None]:
    return [customer.name for customer in provider.client.v1.customers.list().data]


@pytest.mark.parametrize(
    ("kind", "error", "is_done"),
    [
        ("drop_before", stripe.APIConnectionError, False),
        ("drop_after", stripe.APIConnectionError, True),
        ("timeout_before", stripe.APIConnectionError, False),
        ("timeout_after", stripe.APIConnectionError, True),
        ("429", stripe.RateLimitError, False),
        ("lock_timeout", stripe.RateLimitError, False),
        ("500", stripe.APIError, False),
        ("500_after", stripe.APIError, True),
    ],
)
def test_call_that_breaks(provider: ProviderDouble, kind: str, error: type[stripe.StripeError], is_done: bool) -> None:
    client = stripe.StripeClient(
        KEY,
        base_addresses={"api": provider.url},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=0.5 if kind.startswith("timeout") else 60),
    )
    provider.fault("POST /v1/customers", kind)

    with pytest.raises(error):
        client.v1.customers.create({"name": "Anne"})

    wait_until(lambda: _names(provider) == (["Anne"] if is_done else []), what="the call has had its effect, or none")
    client.v1.customers.create({"name": "Bart"})
    assert _names(provider)[0] == "Bart"


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "429", "lock_timeout"])
def test_call_that_broke_is_done_once_when_it_is_made_again_with_its_key(provider: ProviderDouble, kind: str) -> None:
    provider.fault("POST /v1/customers", kind)
    with pytest.raises(stripe.StripeError):
        provider.client.v1.customers.create({"name": "Anne"}, {"idempotency_key": "k1"})

    provider.client.v1.customers.create({"name": "Anne"}, {"idempotency_key": "k1"})

    assert _names(provider) == ["Anne"]


def test_too_many_calls_say_when_to_come_again(provider: ProviderDouble) -> None:
    provider.fault("", "429")

    with pytest.raises(stripe.RateLimitError) as caught:
        provider.client.v1.customers.list()

    assert caught.value.headers is not None
    assert caught.value.headers["Retry-After"] == "1"


def test_fault_is_for_some_calls_of_some_path(provider: ProviderDouble) -> None:
    provider.fault("POST /v1/customers", "500", times=2, skip=1)
    said = []
    for name in ("Anne", "Bart", "Cris", "Dora"):
        provider.client.v1.payment_intents.create({"amount": 1000, "currency": "eur"})
        try:
            said.append(provider.client.v1.customers.create({"name": name}).name)
        except stripe.APIError:
            said.append(None)

    assert said == ["Anne", None, None, "Dora"]


def test_slow_calls_do_not_wait_for_each_other(provider: ProviderDouble) -> None:
    provider.fault("POST /v1/customers", "held", times=8)

    with ThreadPoolExecutor(8) as eight:
        calls = [eight.submit(provider.client.v1.customers.create, {"name": str(number)}) for number in range(8)]
        wait_until(lambda: len(provider.calls("POST /v1/customers")) == 8, what="all are in flight")
        assert not any(call.done() for call in calls)
        provider.no_faults()
        assert {call.result().name for call in calls} == {str(number) for number in range(8)}


def test_pace_makes_each_call_last(provider: ProviderDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(app, "asyncio", SimpleNamespace(sleep=sleep))
    provider.client.v1.customers.list()
    provider.pace(latency_ms=120)
    provider.client.v1.customers.list()
    provider.client.v1.customers.create({"name": "Ann"})

    assert waited == [0.12, 0.12]


def test_calls_are_counted_with_their_keys(provider: ProviderDouble) -> None:
    client: Any = provider.client
    client.v1.customers.create({"name": "Anne", "metadata": {"a": "1"}}, {"idempotency_key": "k1"})
    client.v1.customers.list()

    assert provider.calls("POST") == [
        {
            "method": "POST",
            "path": "/v1/customers",
            "key": "k1",
            "parameters": {"name": "Anne", "metadata[a]": "1"},
            "status": 200,
        }
    ]
    assert len(provider.calls()) == 2
    assert KEY not in str(provider.calls())


def test_many_at_once_lose_nothing(provider: ProviderDouble) -> None:
    anne = provider.customer()
    card = provider.card(anne)
    gone = threading.Barrier(8)

    def charge(number: int) -> str:
        gone.wait()
        intent = provider.client.v1.payment_intents.create(
            {
                "amount": 1000,
                "currency": "eur",
                "customer": anne,
                "payment_method": card,
                "confirm": True,
                "off_session": True,
            },
            {"idempotency_key": f"k{number % 4}"},
        )
        return str(intent.id)

    with ThreadPoolExecutor(8) as eight:
        ids = list(eight.map(charge, range(8)))

    assert len(set(ids)) == 4
    assert provider.books()["customers"][anne]["eur"]["charges"] == 4
