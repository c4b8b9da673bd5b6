"""What was forgotten stands nowhere any more: not in the database, its write-ahead log, the archive, or our own log."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.cli.copies import LARGE, settled
from tests.gate import Person
from tests.inbound.door import Address
from tests.outbound.sink import Sink, running
from tests.program import Program, configured
from tests.servers.process import free_port, wait_until

ANNE = Person("Anne Miller-Quist", "anne.miller@customer.example")
WORDS = "Grommets-7781"
SIGN_IN = "sign-in@support.example"
SECRETS = ("anne.miller", "Miller-Quist", WORDS, "plan-5512.pdf")


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running(Sink()) as sink:
        yield sink


@pytest.fixture
def program(tmp_path: Path, sink: Sink) -> Program:
    smarthost = {"address": f"127.0.0.1:{sink.port}", "tls": "none"}
    program = configured(tmp_path / "gate", {"smarthost": smarthost, "log": {"level": "debug"}})
    program.ask("customer", "add", ANNE.name, ANNE.address)
    program.ask("staff", "add", "Bart Jones", "bart@hosting.example")
    return program


def traces(directory: Path, *secrets: str) -> list[tuple[str, str]]:
    """The files that hold one of these, in any case, as UTF-8 or UTF-16, and which it is."""
    found: list[tuple[str, str]] = []
    for path in sorted(path for path in directory.rglob("*") if path.is_file()):
        content = path.read_bytes().lower()
        for secret in secrets:
            forms = (secret.lower().encode(code) for code in ("utf-8", "utf-16-le"))
            found.extend((path.name, secret) for form in forms if form in content)
    return found


def delivered(program: Program, *mails: bytes, to: str = "support@support.example") -> None:
    """The mails are taken, settled, and what they call for has gone out."""
    with Address(program.lmtp_port).client("LHLO") as client:
        for raw in mails:
            assert client.deliver(raw, to).startswith("250 ")
    wait_until(lambda: settled(program), what="all to be settled and sent")


def test_a_customer_who_is_forgotten_while_the_gate_runs_leaves_no_trace(program: Program) -> None:
    file = ("plan-5512.pdf", "application/pdf", b"%PDF " + WORDS.encode())
    with program.serve() as serving:
        delivered(program, ANNE.writes("", to=SIGN_IN), to=SIGN_IN)
        delivered(
            program,
            ANNE.writes(WORDS, subject=f"About {WORDS}", files=[file]),
            LARGE.replace(b"Cris <cris@stranger.example>", f"{ANNE.name} <{ANNE.address}>".encode()),
            ANNE.writes("!status"),
        )
        before = traces(program.directory, *SECRETS)

        done = program.run("customer", "forget", "1", "--yes")

        after = traces(program.directory, *SECRETS)
        assert serving.is_running

    assert done.exit_code == 0
    assert {name for name, _ in before} >= {"mailgate.db-wal"}
    assert after == []
    assert traces(program.directory, *SECRETS) == []


def test_who_forgets_somebody_is_told_what_is_not_reached(program: Program) -> None:
    dry = program.run("customer", "forget", "1", "--dry-run")

    done = program.run("customer", "forget", "1", "--yes")

    assert "backups" not in dry.stderr
    for words in ("backups made before now", "mailboxes of your people", "logs of your mail server"):
        assert words in done.stderr
    assert "write-ahead log" not in done.stderr


def test_who_forgets_somebody_while_the_store_is_read_is_told_that_pages_remain(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mailgate.flows.moving.forget.PATIENCE_SECONDS", 0.1)
    with closing(sqlite3.connect(program.database)) as reader:
        reader.execute("BEGIN")
        assert reader.execute("SELECT count(*) FROM customers").fetchone() == (1,)

        done = program.run("customer", "forget", "1", "--yes")

    assert done.exit_code == 0
    assert "its write-ahead log holds old pages until `mailgate serve` clears it" in done.stderr


def test_a_sign_in_link_that_was_sent_stands_nowhere(program: Program, sink: Sink) -> None:
    program.set("web", listen=f"127.0.0.1:{free_port()}")  # without pages there is nothing to sign in to
    with program.serve():
        delivered(program, ANNE.writes("", to=SIGN_IN), to=SIGN_IN)
        word = next(filter(None, map(_link, sink.messages)))

        wait_until(lambda: traces(program.directory, word) == [], what="the link to be gone")

    assert traces(program.directory, word) == []


def test_the_log_names_nobody(program: Program, sink: Sink) -> None:
    sink.replies["RCPT"] = ["250 OK", f"550 5.1.1 <{ANNE.address}>: Recipient address rejected: {ANNE.address}"]
    with program.serve() as serving:
        delivered(program, ANNE.writes(WORDS), ANNE.writes(f"And {WORDS} again."))
        with Address(program.smtp_port).client() as client:
            client.say(f"MAIL FROM:<{ANNE.address}>")
            client.say("RCPT TO:<anne.miller@elsewhere.example>")
        log = serving.log.read_text()

    assert "sent outbox=" in log
    assert "to=…@customer.example" in log
    assert "undelivered outbox=" in log
    assert [secret for secret in SECRETS if secret.lower() in log.lower()] == []


def _link(raw: bytes) -> str | None:
    """The word of a sign-in link in a mail."""
    body = message_from_bytes(raw, policy=policy.default).get_body(("plain",))
    found = re.search(r"https?://\S+/in/(\S+)", body.get_content()) if body else None
    return found[1] if found else None
