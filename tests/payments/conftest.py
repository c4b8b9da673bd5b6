"""Fixtures: the providers that keep one contract, and Stripe alone."""

from pathlib import Path

import pytest

from tests.payments.counter import Counter, by_hand, stripe_at
from tests.servers.provider import ProviderDouble


@pytest.fixture
def stripe_counter(provider: ProviderDouble, tmp_path: Path) -> Counter:
    """Stripe, as the double of it plays."""
    return Counter(stripe_at(provider.url, tmp_path), provider)


@pytest.fixture(params=["stripe", "manual"])
def counter(request: pytest.FixtureRequest) -> Counter:
    """Each provider."""
    if request.param == "manual":
        return by_hand()
    found: Counter = request.getfixturevalue("stripe_counter")
    return found
