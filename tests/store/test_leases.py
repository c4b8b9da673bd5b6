"""A row is lent to one worker at a time, and who was thought dead cannot overwrite his successor's work."""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, Row, false, select, true, update

from mailgate.mail.disposition import Disposition
from mailgate.mail.envelope import Door, Envelope
from store.archive import Archive
from store.engine import reading, transaction
from store.post import leases, processes, spool, work
from store.post.leases import APART, LEASE, SWEEP_GRACE
from store.post.spool import Outcome
from store.schema import processes as program_rows
from store.schema import spool as rows

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANY = leases.lending(rows, when=true())
ENVELOPE = Envelope("anne@customer.example", ("support@support.example",), Door.SMTP, NOON)
OPENED, HELD = Outcome(Disposition.OPENED, "first"), Outcome(Disposition.HELD, "second")


@pytest.fixture
def spool_id(engine: Engine, archive: Archive) -> int:
    """A message accepted at noon."""
    with transaction(engine) as conn:
        return spool.add(conn, ENVELOPE, archive.add(conn, archive.prepare(b"Subject: Quota\r\n\r\n")))


def lend(engine: Engine, spool_id: int, now: datetime) -> str | None:
    with transaction(engine) as conn:
        lent = leases.lend(conn, ANY, (spool_id,), now=now)
    return lent[0]["lease"] if lent else None


def row(engine: Engine, spool_id: int) -> Row[object]:
    with reading(engine) as conn:
        return conn.execute(select(rows).where(rows.c.id == spool_id)).one()


def overdue(engine: Engine, now: datetime) -> list[int]:
    with reading(engine) as conn:
        return [row_id for row_id, _ in leases.overdue(conn, rows, now=now, limit=10)]


def test_a_row_is_lent_once(engine: Engine, spool_id: int) -> None:
    first = lend(engine, spool_id, NOON)
    second = lend(engine, spool_id, NOON)

    assert first is not None
    assert second is None


def test_a_lease_that_ran_out_goes_to_the_next(engine: Engine, spool_id: int) -> None:
    first = lend(engine, spool_id, NOON)
    early = lend(engine, spool_id, NOON + LEASE - timedelta(seconds=1))
    late = lend(engine, spool_id, NOON + LEASE)

    assert early is None
    assert late not in (None, first)


def test_nothing_is_lent_that_does_not_fit_or_is_done_or_is_not_there(engine: Engine, spool_id: int) -> None:
    with transaction(engine) as conn:
        unfit = leases.lend(conn, leases.lending(rows, when=false()), (spool_id,), now=NOON)
        unknown = leases.lend(conn, ANY, (spool_id + 1,), now=NOON)
        conn.execute(update(rows).values(due_at=None))
        done = leases.lend(conn, ANY, (spool_id,), now=NOON)

    assert (unfit, unknown, done) == ([], [], [])


def test_the_sweep_leaves_a_new_row_to_its_job_for_a_while(engine: Engine, spool_id: int) -> None:
    assert overdue(engine, NOON + SWEEP_GRACE - timedelta(seconds=1)) == []
    assert overdue(engine, NOON + SWEEP_GRACE) == [spool_id]


def test_the_sweep_sees_a_hastened_row_at_once(engine: Engine, spool_id: int) -> None:
    with transaction(engine) as conn:
        leases.hasten(conn, rows, [spool_id], now=NOON)

    assert overdue(engine, NOON) == [spool_id]


def test_rows_that_two_deaths_met_in_hand_are_taken_up_apart_worst_first(engine: Engine, archive: Archive) -> None:
    with transaction(engine) as conn:
        sha256 = archive.add(conn, archive.prepare(b"Subject: Quota\r\n\r\n"))
        attempts = {spool.add(conn, ENVELOPE, sha256): times for times in (0, 2, 1, 3, 2)}
        for row_id, times in attempts.items():
            conn.execute(update(rows).where(rows.c.id == row_id).values(attempts=times, lease="dead"))
        leases.release_all(conn, rows, now=NOON, queued=true())
        leases.set_apart(conn, rows, now=NOON)

    assert overdue(engine, NOON) == [1, 3, 4]
    assert overdue(engine, NOON + APART) == [1, 3, 4, 2]
    assert overdue(engine, NOON + 2 * APART) == [1, 3, 4, 2, 5]


def test_when_one_of_those_apart_is_dealt_with_the_next_is_taken_up_at_once(engine: Engine, archive: Archive) -> None:
    with transaction(engine) as conn:
        sha256 = archive.add(conn, archive.prepare(b"Subject: Quota\r\n\r\n"))
        apart = [spool.add(conn, ENVELOPE, sha256) for _ in range(4)]
        conn.execute(update(rows).values(attempts=2))
        failed = spool.add(conn, ENVELOPE, sha256)  # tried again later, for a reason that is known
        conn.execute(update(rows).where(rows.c.id == failed).values(attempts=2, last_error="busy"))
        leases.set_apart(conn, rows, now=NOON)
    assert overdue(engine, NOON) == [1]

    with transaction(engine) as conn:
        conn.execute(update(rows).where(rows.c.id == apart[0]).values(due_at=None))
        leases.bring_forward(conn, rows, now=NOON)

    assert overdue(engine, NOON) == [2]
    with transaction(engine) as conn:
        conn.execute(update(rows).where(rows.c.id.in_(apart)).values(due_at=None))
        leases.bring_forward(conn, rows, now=NOON)
    assert overdue(engine, NOON) == []


def test_a_postponed_row_is_left_to_its_new_job_and_lent_to_it(engine: Engine, spool_id: int) -> None:
    lend(engine, spool_id, NOON)
    later = NOON + LEASE
    with transaction(engine) as conn:
        leases.postpone(conn, rows, [spool_id], now=later)

    assert overdue(engine, later) == []
    assert lend(engine, spool_id, later) is not None


def test_a_row_lent_since_the_sweep_looked_is_not_taken_away(engine: Engine, spool_id: int) -> None:
    looked = NOON + SWEEP_GRACE
    held = lend(engine, spool_id, looked)

    with transaction(engine) as conn:
        leases.postpone(conn, rows, [spool_id], now=looked)

    assert row(engine, spool_id).lease == held


def test_a_new_process_takes_back_what_a_dead_one_had(engine: Engine, spool_id: int) -> None:
    lend(engine, spool_id, NOON)
    with transaction(engine) as conn:
        taken = leases.release_all(conn, rows, now=NOON, queued=false())

    assert taken == 1
    assert overdue(engine, NOON) == [spool_id]
    assert lend(engine, spool_id, NOON) is not None


def test_a_new_process_takes_up_what_stood_in_the_queue_of_a_dead_one(engine: Engine, spool_id: int) -> None:
    with transaction(engine) as conn:
        taken = leases.release_all(conn, rows, now=NOON, queued=rows.c.attempts == 0)

    assert taken == 1
    assert overdue(engine, NOON) == [spool_id]


def test_what_is_finished_or_put_off_is_not_taken_up(engine: Engine, spool_id: int) -> None:
    with transaction(engine) as conn:
        (lent,) = spool.lend(conn, (spool_id,), now=NOON)
        spool.give_back(conn, lent, error="busy", due_at=NOON + timedelta(hours=1), counted=True)
        put_off = leases.release_all(conn, rows, now=NOON, queued=rows.c.attempts == 0)
        conn.execute(update(rows).values(due_at=None))
        finished = leases.release_all(conn, rows, now=NOON, queued=true())

    assert (put_off, finished) == (0, 0)


def test_a_worker_that_was_thought_dead_cannot_overwrite_its_successor(engine: Engine, spool_id: int) -> None:
    with transaction(engine) as conn:
        (zombie,) = spool.lend(conn, (spool_id,), now=NOON)
        (successor,) = spool.lend(conn, (spool_id,), now=NOON + LEASE)
        assert not spool.finish(conn, zombie, OPENED, now=NOON)
        spool.give_back(conn, zombie, error="from the grave", due_at=NOON, counted=True)
        assert spool.finish(conn, successor, HELD, now=NOON)
        assert not spool.finish(conn, successor, OPENED, now=NOON)

    kept = row(engine, spool_id)
    assert (kept.reason, kept.last_error, kept.attempts, kept.due_at) == ("second", None, 2, None)


def test_a_row_that_was_put_off_is_not_lent_to_whoever_hears_of_it_again(engine: Engine, spool_id: int) -> None:
    put_off = NOON + timedelta(minutes=5)
    with transaction(engine) as conn:
        conn.execute(update(rows).where(rows.c.id == spool_id).values(lease=None, due_at=put_off, attempts=1))

    early = lend(engine, spool_id, NOON)
    in_time = lend(engine, spool_id, put_off)

    assert early is None
    assert in_time is not None


def test_what_a_dead_process_had_in_hand_is_free_and_what_others_have_is_not(
    engine: Engine, archive: Archive, spool_id: int
) -> None:
    with transaction(engine) as conn:
        other_id = spool.add(conn, ENVELOPE, archive.add(conn, archive.prepare(b"Subject: More\r\n\r\n")))
        processes.renew(conn, does="worker", sweeps=True, now=NOON)
        [me] = processes.listing(conn)
        dead = replace(me, name="0123456789abcdef")
        conn.execute(program_rows.insert().values(**asdict(dead)))
    theirs, mine = lend(engine, spool_id, NOON), lend(engine, other_id, NOON)
    with transaction(engine) as conn:
        conn.execute(update(rows).where(rows.c.id == spool_id).values(lease=f"{dead.name}.1"))

    with transaction(engine) as conn:
        freed = work.bury(conn, dead, now=NOON)
        again = work.bury(conn, dead, now=NOON)

    assert theirs is not None
    assert (freed, again) == ((1, 0), None)
    assert (row(engine, spool_id).lease, row(engine, spool_id).due_at) == (None, NOON)
    assert row(engine, other_id).lease == mine


def test_a_process_that_was_seen_meanwhile_is_not_buried(engine: Engine) -> None:
    with transaction(engine) as conn:
        processes.renew(conn, does="worker", sweeps=True, now=NOON)
        [seen_before] = processes.listing(conn)
        processes.renew(conn, does="worker", sweeps=True, now=NOON + timedelta(seconds=2))

        assert work.bury(conn, seen_before, now=NOON + timedelta(minutes=5)) is None
        assert len(processes.listing(conn)) == 1
