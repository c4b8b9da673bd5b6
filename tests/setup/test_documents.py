"""The check of documents: letters without a font, and currencies without a rate."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailgate.config import load
from mailgate.setup.documents import documents
from mailgate.setup.finding import Status
from mailgate.setup.site import Site
from store.billing import files
from store.billing.files import Format
from store.engine import connect, transaction
from store.schema import blobs
from tests.cli.selling import add, selling
from tests.program import Program


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """It has sold something to Anne, for euros, and to Bart, for yen."""
    program = selling(tmp_path / "gate")
    today = datetime.now(UTC).date().isoformat()
    add(program, on=today)
    program.prints("service", "add", "--customer", "2", "--sku", "small", "--cycle", "monthly", "--on", today)
    return program


def site(program: Program) -> Site:
    return Site(program.directory / "config.toml", load(program.directory / "config.toml", {}))


def test_a_currency_without_a_rate_is_named_until_there_is_one(program: Program) -> None:
    found = documents(site(program))

    assert found.status is Status.WARN
    assert "tax is billed in JPY, and no rate to EUR is on record" in found.detail
    assert found.fix == "mailgate rate add JPY RATE"
    program.prints("rate", "add", "JPY", "162.37")
    assert documents(site(program)).status is Status.OK


def test_letters_that_no_font_has_are_named_with_their_documents(program: Program) -> None:
    program.prints("rate", "add", "JPY", "162.37")
    engine = connect(site(program).settings.store.url)
    with transaction(engine) as conn:
        conn.execute(blobs.insert().values(sha256="0" * 64, size=1, content=b"x"))
        files.keep(conn, 1, Format.PDF, "0" * 64, now=datetime(2026, 4, 1, tzinfo=UTC), missing="株ア")
    engine.dispose()

    found = documents(site(program))

    assert found.status is Status.WARN
    assert "no font has ア 株: the PDFs of" in found.detail
    assert "documents.fonts" in found.fix


def test_where_nothing_was_billed_there_is_nothing_to_say(tmp_path: Path) -> None:
    assert documents(site(selling(tmp_path / "gate"))).status is Status.SKIPPED
