"""The real program with a smarthost that outlives it, and the ledger of both."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.archive import Archive, Directory
from store.engine import connect
from store.migrations import upgrade
from tests.crash.ledger import Ledger
from tests.crash.people import register_all
from tests.outbound.sink import HOST, Sink, running
from tests.program import Program, configured

WORKERS = 4


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A smarthost that outlives the gate."""
    with running(Sink()) as sink:
        yield sink


@pytest.fixture
def workers() -> int:
    """Worker threads of the gate."""
    return WORKERS


@pytest.fixture
def unanswered_at_once() -> int:
    """Mails that may wait for the smarthost's answer: as shipped."""
    return 1


@pytest.fixture
def web() -> dict[str, object]:
    """Settings of the gate's pages: by default it shows none."""
    return {"listen": ""}


@pytest.fixture
def program(tmp_path: Path, sink: Sink, workers: int, unanswered_at_once: int, web: dict[str, object]) -> Program:
    """A gate that writes as many acknowledgements as there are tickets."""
    sections: dict[str, dict[str, object]] = {
        "smarthost": {"address": f"{HOST}:{sink.port}", "tls": "none", "unanswered_at_once": unanswered_at_once},
        "budgets": {
            "acknowledgements_per_address_hour": 1000,
            "acknowledgements_per_address_day": 1000,
            "automatic_answers_per_domain_hour": 0,
            "automatic_answers_per_hour": 0,
            "tickets_per_sender_hour": 0,
            "tickets_per_sender_day": 0,
            "mails_per_ticket_hour": 0,
        },
        "workers": {"threads": workers},
        "web": web,
    }
    return configured(tmp_path / "program", sections)


@pytest.fixture
def ledger(program: Program, sink: Sink, store_url: str | None) -> Iterator[Ledger]:
    """The program's store with its people, and the smarthost's mailbox."""
    engine = connect(store_url or f"sqlite:///{program.database}")
    upgrade(engine)
    register_all(engine)
    yield Ledger(engine, Archive(Directory(program.directory / "var" / "archive")), sink.messages)
    engine.dispose()
