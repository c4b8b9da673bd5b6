"""A file may be made when its mail is composed: once, and from then on everybody finds the same bytes."""

import hashlib
from dataclasses import dataclass

import pytest

from mailgate.errors import Permanent, Temporary
from mailgate.letters.kind import Template
from mailgate.letters.notice import MadeFile, NoticeAttachment
from store.engine import reading, transaction
from store.post import outbox
from store.post.outbox import Outgoing, OutState
from tests.gate import BeginGate, Gate
from tests.made_files import Printer, send_statement, with_printer

STATEMENT = b"%PDF statement 7"
IN_BASE64 = b"JVBERiBzdGF0ZW1lbnQgNw=="


@pytest.fixture
def printer() -> Printer:
    """Makes statements."""
    return Printer()


@pytest.fixture
def gate(begin: BeginGate, printer: Printer) -> Gate:
    """With a printer; Anne has a ticket, and Bart is on the staff."""
    return prepared(begin(), printer)


def prepared(gate: Gate, printer: Printer) -> Gate:
    """The gate with its people and the first ticket."""
    with_printer(gate, printer)
    anne = gate.customer("Anne Miller", "anne@customer.example")
    gate.staff("Bart Jones", "bart@hosting.example")
    gate.deliver(anne.writes("What do I owe?"))
    return gate


def row(gate: Gate, outbox_id: int) -> Outgoing:
    """One mail of ours."""
    return next(one for one in gate.outbox() if one.id == outbox_id)


def test_a_file_is_made_when_its_mail_is_composed_and_archived_with_it(gate: Gate, printer: Printer) -> None:
    mail = send_statement(gate)
    before = (printer.made, row(gate, mail).notice.attachments)

    gate.work()

    digest = hashlib.sha256(STATEMENT).hexdigest()
    assert before == (0, (MadeFile("statement-7.pdf", "application/pdf", "printer", {"number": 7}),))
    assert row(gate, mail).notice.attachments == (NoticeAttachment("statement-7.pdf", "application/pdf", digest),)
    with reading(gate.parts.engine) as conn:
        assert gate.parts.archive.load(conn, digest) == STATEMENT
        assert gate.parts.archive.load(conn, row(gate, mail).sha256 or "") == gate.sink.messages[-1]
    assert IN_BASE64 in gate.sink.messages[-1]
    assert printer.made == 1


def test_a_retry_sends_what_was_made_at_first(gate: Gate, printer: Printer) -> None:
    gate.sink.replies["RCPT"] = ["451 4.3.0 later"]
    mail = send_statement(gate)
    gate.work()
    composed = row(gate, mail)

    gate.later(minutes=10)

    assert (composed.state, row(gate, mail).state) == (OutState.QUEUED, OutState.SENT)
    assert row(gate, mail).sha256 == composed.sha256
    assert printer.made == 1


def test_a_file_is_made_once_though_the_program_died_before_it_was_sent(begin: BeginGate, printer: Printer) -> None:
    death = Death("deliver.before-data")
    gate = prepared(begin(fail_point=death), printer)
    mail = send_statement(gate)
    death.is_due = True
    with pytest.raises(_Killed):
        gate.work()

    gate.later(minutes=30)

    assert row(gate, mail).state is OutState.SENT
    assert printer.made == 1
    assert IN_BASE64 in gate.sink.messages[-1]


def test_a_death_before_the_mail_is_kept_leaves_nothing_of_its_file(begin: BeginGate, printer: Printer) -> None:
    death = Death("deliver.composed")
    gate = prepared(begin(fail_point=death), printer)
    mail = send_statement(gate)
    death.is_due = True
    with pytest.raises(_Killed):
        gate.work()
    left = row(gate, mail)
    digest = hashlib.sha256(STATEMENT).hexdigest()
    with reading(gate.parts.engine) as conn:
        kept = gate.parts.archive.sizes(conn, [digest])

    gate.later(minutes=30)

    assert (left.sha256, kept) == (None, {})
    assert isinstance(left.notice.attachments[0], MadeFile)
    assert row(gate, mail).notice.attachments == (NoticeAttachment("statement-7.pdf", "application/pdf", digest),)
    assert [raw for raw in gate.sink.messages if IN_BASE64 in raw] == gate.sink.messages[-1:]
    assert printer.made == 2  # the same bytes again, and nobody has seen the first


def test_a_maker_that_cannot_now_is_asked_again_later(gate: Gate, printer: Printer) -> None:
    printer.mistakes = [Temporary("the figures are not there yet")]
    mail = send_statement(gate)
    gate.work()
    waiting = row(gate, mail)

    gate.later(minutes=10)

    assert (waiting.state, waiting.last_reply) == (OutState.QUEUED, "the figures are not there yet")
    assert row(gate, mail).state is OutState.SENT
    assert printer.made == 1


@pytest.mark.parametrize(
    ("maker", "told"),
    [
        ("printer", "no such statement"),
        ("typesetter", "nothing here makes statement-7.pdf: there is no maker 'typesetter'"),
    ],
)
def test_a_file_that_nobody_can_make_fails_its_mail_and_the_staff_are_told(
    gate: Gate, printer: Printer, maker: str, told: str
) -> None:
    printer.mistakes = [Permanent("no such statement")]
    mail = send_statement(gate, maker=maker)

    gate.work()

    failed = row(gate, mail)
    assert (failed.state, failed.last_reply, failed.due_at) == (OutState.FAILED, told, None)
    [about] = gate.outbox(Template.UNDELIVERED)
    assert told in (about.text or "").replace("\n", " ")
    assert not any(IN_BASE64 in raw for raw in gate.sink.messages)


def test_a_failed_mail_can_be_sent_when_its_file_can_be_made(gate: Gate, printer: Printer) -> None:
    printer.mistakes = [Permanent("no such statement")]
    mail = send_statement(gate)
    gate.work()

    with transaction(gate.parts.engine) as conn:
        outbox.retry(conn, mail, now=gate.now)
    gate.work()

    assert row(gate, mail).state is OutState.SENT
    assert IN_BASE64 in gate.sink.messages[-1]


class _Killed(BaseException):
    """The process ended here."""


@dataclass
class Death:
    """A fail point where the process ends, once, when it is due."""

    place: str
    is_due: bool = False

    def __call__(self, name: str) -> None:
        """What the flow calls on its way."""
        if self.is_due and name == self.place:
            self.is_due = False
            raise _Killed
