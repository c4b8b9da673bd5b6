"""The one door: what is accepted is on disk, and mails that come together share their transaction."""

from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, event

from mailgate.errors import HeaderTooLarge, MessageTooLarge, SpoolUnavailable, StorageFull
from mailgate.inbound.accept import Acceptance, Limits
from mailgate.jobs import Job
from mailgate.mail.envelope import Door, Envelope
from store.engine import reading
from store.post import leases
from store.schema import spool as spool_rows
from tests.gate import Gate
from tests.inbound.conftest import LIMITS, BeginAcceptance
from tests.inbound.obstacles import Pause
from tests.inbound.spooled import spooled, spooled_bytes

MAIL = b"From: Anne <anne@customer.example>\r\nSubject: Quota\r\n\r\nIt is full.\r\n"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ENVELOPE = Envelope("anne@customer.example", ("support@support.example",), Door.SMTP, NOON, peer="192.0.2.7")
POISON = replace(ENVELOPE, reverse_path="\udcff@customer.example")  # no database takes half a surrogate pair


def test_an_accepted_mail_is_there_for_everybody(acceptance: Acceptance, gate: Gate) -> None:
    spool_id = acceptance.accept(MAIL, ENVELOPE)

    [row] = spooled(gate)
    assert (row.id, row.reverse_path, row.received_at) == (spool_id, "anne@customer.example", NOON)
    assert spooled_bytes(gate) == [MAIL]


@pytest.mark.parametrize(("place", "committed"), [("accept.before-commit", 0), ("accept.committed", 1)])
def test_nothing_is_promised_until_the_commit_is_done(
    begin_acceptance: BeginAcceptance, gate: Gate, place: str, committed: int
) -> None:
    pause = Pause(place)
    acceptance = begin_acceptance(fail_point=pause)

    accepted = acceptance.submit(MAIL, ENVELOPE)

    assert pause.reached.wait(20)
    assert not accepted.done()
    assert len(spooled(gate)) == committed
    pause.may_go_on.set()
    assert accepted.result() == 1


def test_the_job_is_sent_when_its_row_is_there(begin_acceptance: BeginAcceptance, gate: Gate) -> None:
    seen: list[tuple[Job, int, int]] = []
    acceptance = begin_acceptance(enqueue=lambda job, row_id: seen.append((job, row_id, len(spooled(gate)))))

    spool_id = acceptance.accept(MAIL, ENVELOPE)
    acceptance.accept(MAIL, ENVELOPE)

    assert seen[0] == (Job.RECEIVE, spool_id, 1)


def test_fifty_mails_that_come_at_once_share_a_few_transactions(begin_acceptance: BeginAcceptance, gate: Gate) -> None:
    pause = Pause("accept.before-commit")
    acceptance = begin_acceptance(fail_point=pause)
    commits: list[Connection] = []
    event.listen(gate.parts.engine, "commit", commits.append)

    first = acceptance.submit(MAIL, ENVELOPE)
    assert pause.reached.wait(20)
    others = [acceptance.submit(MAIL + b"%d\r\n" % number, ENVELOPE) for number in range(49)]
    pause.may_go_on.set()
    ids = {accepted.result() for accepted in (first, *others)}

    assert len(ids) == len(spooled(gate)) == 50
    assert len(commits) < 10


def test_one_mail_that_cannot_be_kept_harms_none_beside_it(begin_acceptance: BeginAcceptance, gate: Gate) -> None:
    pause = Pause("accept.before-commit")
    acceptance = begin_acceptance(fail_point=pause)
    acceptance.submit(MAIL, ENVELOPE)
    assert pause.reached.wait(20)

    before = [acceptance.submit(MAIL + b"%d\r\n" % number, ENVELOPE) for number in range(3)]
    poisoned = acceptance.submit(MAIL, POISON)
    behind = [acceptance.submit(MAIL + b"%d\r\n" % number, ENVELOPE) for number in range(3, 6)]
    pause.may_go_on.set()

    assert sorted(accepted.result() for accepted in (*before, *behind)) == [2, 3, 4, 5, 6, 7]
    with pytest.raises(SpoolUnavailable):
        poisoned.result()
    assert len(spooled(gate)) == 7


def test_the_same_bytes_twice_are_two_rows_and_one_blob(acceptance: Acceptance, gate: Gate) -> None:
    first, second = acceptance.submit(MAIL, ENVELOPE), acceptance.submit(MAIL, ENVELOPE)

    assert first.result() != second.result()
    assert [row.sha256 for row in spooled(gate)] == [spooled(gate)[0].sha256] * 2


def test_a_mail_of_two_mebibytes_stands_in_a_file(acceptance: Acceptance, gate: Gate) -> None:
    large = MAIL + b"one line of many\r\n" * 120_000

    acceptance.accept(large, ENVELOPE)

    [row] = spooled(gate)
    file = gate.parts.settings.store.archive / row.sha256[:2] / row.sha256
    assert file.read_bytes() == large
    assert spooled_bytes(gate) == [large]


def test_what_was_submitted_before_the_end_is_still_committed(gate: Gate) -> None:
    acceptance = gate.parts.acceptance()
    waiting = [acceptance.submit(MAIL, ENVELOPE) for _ in range(150)]

    acceptance.start()
    acceptance.stop()

    assert len({accepted.result() for accepted in waiting}) == len(spooled(gate)) == 150


def test_who_asks_to_hears_of_every_mail_that_is_taken_in(gate: Gate) -> None:
    heard_of: list[Future[int]] = []
    acceptance = gate.parts.acceptance(heard_of.append)
    acceptance.start()

    taken = [acceptance.submit(MAIL, ENVELOPE) for _ in range(3)]
    acceptance.stop()

    assert heard_of == taken
    assert all(accepted.done() for accepted in heard_of)


@pytest.mark.parametrize(
    ("limits", "error"),
    [
        (replace(LIMITS, max_message_bytes=len(MAIL) - 1), MessageTooLarge),
        (replace(LIMITS, max_header_bytes=20), HeaderTooLarge),
        (replace(LIMITS, min_free_bytes=1 << 62), StorageFull),
    ],
)
def test_what_is_past_a_limit_is_refused_at_every_door(
    begin_acceptance: BeginAcceptance, gate: Gate, limits: Limits, error: type[Exception]
) -> None:
    acceptance = begin_acceptance(limits=limits)

    with pytest.raises(error):
        acceptance.accept(MAIL, ENVELOPE)

    assert spooled(gate) == ()


@pytest.mark.parametrize(("left", "due"), [(False, []), (True, [1])])
def test_what_no_worker_hears_of_is_due_at_once(gate: Gate, left: bool, due: list[int]) -> None:
    acceptance = gate.parts.acceptance()
    if left:
        acceptance.leave_to_sweep()
    acceptance.start()

    acceptance.accept(MAIL, ENVELOPE)
    acceptance.stop()

    with reading(gate.parts.engine) as conn:
        overdue = leases.overdue(conn, spool_rows, now=NOON, limit=10)
    assert [row_id for row_id, _ in overdue] == due
