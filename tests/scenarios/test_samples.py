"""A folder of real mails, broken ones among them, goes through the running gate: each is kept, none is lost."""

import re
import smtplib
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from mailgate.mail.address import address_key
from tests.outbound.sink import HOST, Sink, running
from tests.program import Program, Row, configured
from tests.real_input.mails import author_of, on_the_wire
from tests.servers.process import LOOPBACK, wait_until

ROOT = Path(__file__).parents[2]
SAMPLES = tuple(sorted((ROOT.parent / "shared" / "mail-samples").rglob("*.eml")))

SUPPORT = "support@support.example"
CONNECTIONS = 3
COPIED = slice(None, None, 5)  # every fifth comes twice
SETTLED = {"opened", "joined", "held", "bounce", "automatic", "command", "duplicate", "refused"}
"""What may have become of a mail when no spamd is asked: the contract's words but `waiting` and `quarantined`."""

pytestmark = pytest.mark.skipif(not SAMPLES, reason="the folder of sample mails is not beside the project")


@dataclass(frozen=True, slots=True)
class Story:
    """All samples went in, all work was done, and the program was asked to end."""

    gate: Program
    sent: dict[int, bytes]  # what went over the wire, by the id that the gate answered
    replies: int
    inbox: list[Row]
    queue: list[Row]
    was_alive: bool
    exit_code: int
    log: str


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The samples by LMTP to a gate that knows every second of their authors."""
    mails = [on_the_wire(path.read_bytes()) for path in SAMPLES]
    mails += mails[COPIED]
    authors = tuple({address_key(path): path for path in map(author_of, mails) if path}.values())
    with running(Sink()) as sink:
        smarthost = {"address": f"{HOST}:{sink.port}", "tls": "none"}
        gate = configured(tmp_path_factory.mktemp("samples"), {"smarthost": smarthost})
        for number, address in enumerate(authors[::2], start=1):
            gate.prints("customer", "add", f"Customer {number}", address)
        gate.prints("staff", "add", "Bart Jones", "bart@hosting.example")
        with gate.serve() as program:
            with ThreadPoolExecutor(CONNECTIONS) as connections:
                parts = [(gate.lmtp_port, mails[number::CONNECTIONS]) for number in range(CONNECTIONS)]
                answered = [pair for pairs in connections.map(send, parts) for pair in pairs]
            wait_until(
                lambda: not gate.rows("inbox", "list", "--disposition", "waiting"), what="settled", within_seconds=60
            )
            wait_until(
                lambda: not any(gate.rows("queue", "list", "--state", state) for state in ("queued", "sending")),
                what="empty queue",
                within_seconds=60,
            )
            was_alive = program.is_running
            program.terminate()
            exit_code = program.exit_code()
            log = program.log.read_text(errors="replace")
    inbox, queue = gate.rows("inbox", "list"), gate.rows("queue", "list")
    return Story(gate, dict(answered), len(answered), inbox, queue, was_alive, exit_code, log)


def test_every_mail_that_was_answered_with_250_is_a_row_of_its_own_with_its_exact_bytes(story: Story) -> None:
    kept = {number: story.gate.prints("inbox", "show", str(number), "--raw") for number in story.sent}

    assert story.replies == len(story.sent) == len(SAMPLES) + len(SAMPLES[COPIED])
    assert [row["id"] for row in story.inbox] == sorted(story.sent)
    assert [number for number, raw in kept.items() if raw != story.sent[number]] == []


def test_every_mail_ends_in_a_named_disposition_at_its_first_attempt(story: Story) -> None:
    odd = [row for row in story.inbox if row["disposition"] not in SETTLED or row["attempts"] != 1 or row["last_error"]]

    assert odd == []
    assert [row for row in story.inbox if (row["reason"] or "").startswith("parked")] == []
    assert {"opened", "held", "bounce", "automatic"} <= {row["disposition"] for row in story.inbox}


def test_of_equal_mails_all_but_one_are_duplicates_and_no_other_mail_is(story: Story) -> None:
    taken = Counter(story.sent[row["id"]] for row in story.inbox if row["disposition"] != "duplicate")
    copies = {row["id"]: row["reason"] for row in story.inbox if row["disposition"] == "duplicate"}

    originals = {copy: int(reason.removeprefix("the same mail as ")) for copy, reason in copies.items()}

    assert set(taken.values()) == {1}
    assert len(originals) >= len(SAMPLES[COPIED])
    mistaken = {copy: of for copy, of in originals.items() if lines_of(story.sent[copy]) != lines_of(story.sent[of])}
    assert mistaken == {}


def test_all_that_the_gate_wrote_in_answer_was_sent(story: Story) -> None:
    templates = {row["template"] for row in story.queue}

    assert {"acknowledgement", "notification"} <= templates
    assert [row for row in story.queue if row["state"] != "sent"] == []


def test_nothing_raised_and_the_program_drained_at_sigterm(story: Story) -> None:
    errors = [line for line in story.log.splitlines() if re.match(r"\S+ \S+ (ERROR|CRITICAL) |Traceback", line)]

    assert errors == []
    assert story.was_alive
    assert story.exit_code == 0
    assert story.log.endswith(" stopped\n")


def lines_of(mail: bytes) -> tuple[bytes, ...]:
    """What copies have in common, even when one came with other line ends."""
    return tuple(mail.strip(b"\r\n").splitlines())


def send(to: tuple[int, Sequence[bytes]]) -> list[tuple[int, bytes]]:
    """Send mails by LMTP over one connection; each with the id that its reply names. smtplib stuffs the dots."""
    port, mails = to
    answered = []
    with smtplib.LMTP(LOOPBACK, port, timeout=30) as client:
        for mail in mails:
            client.ehlo_or_helo_if_needed()
            assert client.mail(author_of(mail))[0] == 250
            assert client.rcpt(SUPPORT)[0] == 250
            code, reply = client.data(mail)
            accepted = re.search(rb"\bid (\d+)", reply)
            assert code == 250, reply
            assert accepted, reply
            answered.append((int(accepted[1]), mail))
    return answered
