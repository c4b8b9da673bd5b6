"""Two `mailgate due run` at once, each a process of its own: a card is charged once, and the money is booked once."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from store.billing import cards, charges
from store.billing.cards import SavedCard
from store.engine import connect, reading, transaction
from store.schema import payments
from tests.empty_store import STORES, store_of_kind
from tests.flows.billing.trade import Trade
from tests.program import MAILGATE, Program, configured
from tests.servers.provider import KEY, ProviderDouble

MANY = 6
DUE = datetime(2026, 3, 1, 12, tzinfo=UTC)
"""On the day on which all their invoices are due."""


@pytest.fixture(params=STORES)
def program(request: pytest.FixtureRequest, tmp_path: Path, provider: ProviderDouble) -> Iterator[Program]:
    """One that takes cards, on each kind of store."""
    key = tmp_path / "key"
    key.write_text(KEY)
    key.chmod(0o600)
    money = {"provider": "stripe", "secret_key_file": str(key), "api_url": provider.url}
    with store_of_kind(request.param, lambda: request.getfixturevalue("postgresql")) as url:
        yield configured(tmp_path / "gate", {"payments": money, **({"store": {"url": url}} if url else {})})


@pytest.fixture
def trade(program: Program) -> Iterator[Trade]:
    """Its store."""
    settings = program.config.read_text()
    url = next((line.split('"')[1] for line in settings.splitlines() if line.startswith("url = ")), "")
    engine = connect(url or f"sqlite:///{program.database}")
    yield Trade.begin(engine)
    engine.dispose()


def owe(trade: Trade, provider: ProviderDouble) -> list[str]:
    """So many have a card, and an invoice that is due on the first of March."""
    numbers = []
    for name in "ABCDEF"[:MANY]:
        customer = trade.customer(name)
        _, (invoice,) = trade.add(customer, "small", on="2026-02-10", start_on=DUE.date())
        token = provider.customer()
        card = SavedCard(0, customer, "stripe", token, provider.card(token), "visa", "4242", None, DUE)
        with transaction(trade.engine) as conn:
            cards.add(conn, card)
        numbers.append(invoice.number)
    return numbers


def due_run(program: Program, at: datetime) -> "subprocess.Popen[bytes]":
    """A process that has begun."""
    words = [MAILGATE, "--config", str(program.config), "due", "run", "--json", "--at", at.isoformat()]
    return subprocess.Popen(words, cwd=program.directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def ended(processes: "list[subprocess.Popen[bytes]]") -> list[tuple[bytes, int]]:
    """What each wrote of what went wrong, and its exit code."""
    return [(one.communicate(timeout=120)[1], one.returncode) for one in processes]


def assert_once(trade: Trade, provider: ProviderDouble, numbers: list[str]) -> None:
    books = provider.books()["accounts"]["eur"]
    assert books["charged"] == sum(trade.invoice(one).total_minor for one in numbers)
    assert trade.balance("assets:stripe") == books["balance"]
    with reading(trade.engine) as conn:
        count = conn.execute(select(func.count()).select_from(payments)).scalar_one()
        states = [one.state.value for one in charges.listing(conn)]
    assert (count, states) == (MANY, ["succeeded"] * MANY)
    assert [trade.invoice(one).open_minor for one in numbers] == [0] * MANY
    trade.assert_whole()


def test_two_that_run_at_once_charge_and_book_once(program: Program, trade: Trade, provider: ProviderDouble) -> None:
    numbers = owe(trade, provider)
    provider.pace(latency_ms=20)

    both = ended([due_run(program, DUE) for _ in range(2)])
    for minutes in (2, 5):
        ended([due_run(program, DUE.replace(minute=minutes))])

    assert [code for _, code in both] == [0, 0], both
    assert_once(trade, provider, numbers)


def test_a_clock_that_goes_forth_and_back_charges_once(
    program: Program, trade: Trade, provider: ProviderDouble
) -> None:
    numbers = owe(trade, provider)

    for at in (DUE.replace(month=4), DUE.replace(month=2, day=20), DUE):
        assert [code for _, code in ended([due_run(program, at) for _ in range(2)])] == [0, 0]

    assert_once(trade, provider, numbers)
