"""The process is killed while it imports a bank's file: imported again, each payment is booked once."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from mailgate.billing.document.invoice import DocumentState
from mailgate.billing.payment.camt import read_camt
from mailgate.billing.payment.keyed import keyed
from mailgate.flows.billing.bank.importing import TOGETHER, import_lines
from store.billing import ledger, ledger_verify
from store.billing.bank import FromFile
from store.engine import reading
from store.schema import bank_entries, payments
from tests.billing.statements import Books, Pays, Says, camt
from tests.collecting import Collector
from tests.empty_store import STORES, store_of_kind
from tests.gate import BeginGate

PAID = TOGETHER + 4
"""Payments of two transactions; a return, which has one of its own, and lines for nobody."""


@pytest.fixture(params=STORES)
def store_url(request: pytest.FixtureRequest) -> Iterator[str | None]:
    """Where the gate has its store: each kind in turn."""
    with store_of_kind(request.param, lambda: request.getfixturevalue("postgresql")) as url:
        yield url


@pytest.mark.parametrize(
    ("fatal", "times"),
    [
        ("INSERT INTO bank_statements", 1),
        ("INSERT INTO payments", 1),
        ("INSERT INTO payments", TOGETHER + 3),
        ("INSERT INTO ledger_entries", 5),
        ("INSERT INTO outbox", 3),
        ("INSERT INTO bank_entries", 2),
        ("INSERT INTO bank_entries", 4),
        ("INSERT INTO bank_proposals", 1),
        ("UPDATE bank_statements SET account", 1),
        *(("COMMIT", times) for times in (2, 3, 4, 6)),
    ],
)
def test_whoever_is_killed_while_a_file_is_imported_has_booked_nothing_twice(
    begin: BeginGate, store_url: str | None, tmp_path: Path, fatal: str, times: int
) -> None:
    money = Collector.begin(begin())
    money.customer("Anne")
    invoices = [money.invoice(money.sell(1)[1].number) for _ in range(PAID)]
    sums = [f"{one.open_minor // 100}.{one.open_minor % 100:02}" for one in invoices]
    entries = [
        *(
            Books(amount, [Pays(reference=one.reference, end_to_end=one.number)])
            for one, amount in zip(invoices, sums, strict=True)
        ),
        Books(sums[0], [Pays(end_to_end=invoices[0].number, returned=True)], "DBIT"),
        *(Books("1.00", [Pays(name="Anne", text=f"{number}")]) for number in range(3)),
    ]
    raw = camt(Says(entries))
    (tmp_path / "bank.xml").write_bytes(raw)
    at = money.gate.now
    program = [sys.executable, "-m", "tests.crash.dying_import", str(tmp_path), str(money.gate.sink.port)]

    killed = subprocess.run([*program, at.isoformat(), fatal, str(times), *filter(None, (store_url,))], check=False)
    parts = money.gate.parts
    lines, file = keyed(read_camt([raw])), FromFile("0" * 64, "again.xml", 1)
    import_lines(parts.engine, parts.settings, lines, file, by="Bart", now=at)

    assert killed.returncode == -signal.SIGKILL
    with reading(parts.engine) as conn:
        came = sum(one.total_minor for one in invoices)
        booked = {line.account: minor for line, minor in ledger.balances(conn).items() if line.account == "assets:bank"}
        counted = select(bank_entries.c.state, func.count().label("number")).group_by(bank_entries.c.state)
        states = {row.state: row.number for row in conn.execute(counted)}
        count = conn.execute(select(func.count()).select_from(payments)).scalar_one()
    assert booked == {"assets:bank": came - invoices[0].total_minor}
    assert states == {"booked": PAID, "returned": 1, "proposed": 3}
    assert count == PAID
    assert [money.invoice(one.number).state for one in invoices] == [
        DocumentState.ISSUED, *[DocumentState.PAID] * (PAID - 1),
    ]  # fmt: skip
    assert ledger_verify.verify(parts.engine, progress=lambda *_: None).faults == ()
