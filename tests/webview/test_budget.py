"""How often something may be tried."""

from datetime import UTC, datetime, timedelta

import pytest

from webview.budget import Budget, network_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_budget_is_used_up_and_comes_back() -> None:
    budget = Budget(2, timedelta(hours=1))

    taken = [budget.take("anne", NOON + timedelta(minutes=minutes)) for minutes in (0, 30, 59, 61, 62)]

    assert taken == [True, True, False, True, False]


def test_each_name_has_a_budget_of_its_own() -> None:
    budget = Budget(1, timedelta(hours=1))

    assert budget.take("anne", NOON)
    assert budget.take("bart", NOON)
    assert not budget.take("anne", NOON)


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("not an address", "not an address"),
        (None, ""),
    ],
)
def test_a_network_is_what_one_household_shares(peer: str | None, network: str) -> None:
    assert network_of(peer) == network
