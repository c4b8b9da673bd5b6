"""The process is killed while it charges a card: money moves once at the provider, and is once in the books."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from mailgate.billing.ledger.transaction import Line
from store.billing import cards, charges, ledger
from store.billing.cards import SavedCard
from store.engine import reading, transaction
from store.post import work
from store.schema import payments
from tests.collecting import Collector
from tests.crash.charging import payments_of
from tests.empty_store import STORES, store_of_kind
from tests.gate import BeginGate
from tests.servers.provider import ProviderDouble

MIDNIGHT = datetime(2026, 3, 2, 23, tzinfo=UTC)
"""In Berlin, the day after the invoice was issued and due."""


@pytest.fixture(params=STORES)
def store_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Where the gate has its store: each kind in turn."""
    with store_of_kind(request.param, lambda: request.getfixturevalue("postgresql")) as url:
        yield url


@pytest.mark.parametrize(
    "fatal",
    ["charge.lent", "charge.started", "charge.made", "charge.confirming", "charge.confirmed", "charge.booked"],
)
def test_a_charge_is_made_once_wherever_its_process_is_killed(
    begin: BeginGate, store_url: str | None, tmp_path: Path, provider: ProviderDouble, fatal: str
) -> None:
    money = Collector.begin(begin(payments=payments_of(tmp_path, provider.url)))
    money.customer("Anne")
    number = money.sell(1)[1].number
    customer = provider.customer()
    card = SavedCard(0, 1, "stripe", customer, provider.card(customer), "visa", "4242", None, money.gate.now)
    with transaction(money.gate.parts.engine) as conn:
        cards.add(conn, card)
    program = [sys.executable, "-m", "tests.crash.dying_charge", str(tmp_path), str(money.gate.sink.port)]

    killed = subprocess.run(
        [*program, provider.url, MIDNIGHT.isoformat(), fatal, *filter(None, (store_url,))], check=False
    )
    with transaction(money.gate.parts.engine) as conn:
        work.take_over(conn, now=MIDNIGHT)
    money.gate.now = MIDNIGHT
    money.look()
    money.gate.later(minutes=5)
    money.look()

    assert killed.returncode == -signal.SIGKILL
    books = provider.books()["accounts"]["eur"]
    with reading(money.gate.parts.engine) as conn:
        ours = ledger.balances(conn)[Line("assets:stripe", None, "EUR")]
        rows = conn.execute(select(payments.c.amount_minor)).scalars().all()
        states = [one.state.value for one in charges.listing(conn)]
    assert books["charged"] == money.invoice(number).total_minor
    assert list(rows) == [books["charged"]]
    assert ours == books["charged"] - books["fees"]
    assert (states, money.invoice(number).open_minor) == (["succeeded"], 0)
    assert money.kinds().count("payment-receipt") == 1
