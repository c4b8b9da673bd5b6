"""Two `mailgate bank import` of one file at once, each a process of its own: each line is booked once."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailgate.billing.payment.bank import EntryState
from store.billing import bank, payments
from store.engine import connect, reading
from tests.billing.statements import Books, Pays, Says, camt
from tests.empty_store import STORES, store_of_kind
from tests.flows.billing.trade import Trade
from tests.program import MAILGATE, Program, configured

PAID, OTHERS = 40, 600
"""More of both than are written together."""


@pytest.fixture(params=STORES)
def store_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Each kind of store in turn."""
    with store_of_kind(request.param, lambda: request.getfixturevalue("postgresql")) as url:
        yield url


@pytest.fixture
def program(tmp_path: Path, store_url: str | None) -> Program:
    """It has its store there."""
    return configured(tmp_path / "gate", {"store": {"url": store_url}} if store_url else {})


@pytest.fixture
def trade(program: Program, store_url: str | None) -> Iterator[Trade]:
    """Its store."""
    engine = connect(store_url or f"sqlite:///{program.database}")
    yield Trade.begin(engine)
    engine.dispose()


def test_a_file_that_two_import_at_once_is_booked_once(trade: Trade, program: Program) -> None:
    invoices = []
    for number in range(PAID):
        _, (made,) = trade.add(trade.customer(f"Customer{number}"), "small", on="2026-04-01")
        invoices.append(trade.invoice(made.number))
    entries = [
        *(Books(f"{one.open_minor / 100:.2f}", [Pays(reference=one.reference)]) for one in invoices),
        *(Books("1.00", [Pays(name="Nobody", text=f"{number}")]) for number in range(OTHERS)),
        Books("5.00", [Pays(name="Power")], "DBIT"),
    ]
    file = program.directory / "bank.xml"
    file.write_bytes(camt(Says(entries)))
    words = [MAILGATE, "--config", str(program.config), "bank", "import", str(file), "--json"]

    begun = [
        subprocess.Popen(words, cwd=program.directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in "ab"
    ]
    told = [one.communicate(timeout=120) for one in begun]

    assert [one.returncode for one in begun] == [0, 0], told
    done = [json.loads(out) for out, _ in told]
    assert sum(one["new"] for one in done) == len(entries)
    assert [one["new"] + one["known"] for one in done] == [len(entries)] * 2
    with reading(trade.engine) as conn:
        states = [one.state for one in bank.listing(conn)]
        received = payments.listing(conn)
    assert {state: states.count(state) for state in EntryState} == {
        EntryState.BOOKED: PAID, EntryState.PROPOSED: OTHERS, EntryState.IGNORED: 1, EntryState.RETURNED: 0,
    }  # fmt: skip
    assert sorted(one.amount_minor for one in received) == sorted(one.open_minor for one in invoices)
    assert [trade.invoice(one.number).open_minor for one in invoices] == [0] * PAID
    assert trade.balance("assets:bank") == sum(one.open_minor for one in invoices)
    trade.assert_whole()
