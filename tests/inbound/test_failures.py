"""Whatever goes wrong on our side, the sender keeps the mail, is told no cause, and may come again (F03)."""

import errno
import sqlite3
from dataclasses import replace

import pytest

from mailgate.inbound.accept import Acceptance
from tests.gate import Gate
from tests.inbound.conftest import LIMITS, BeginAcceptance, OpenDoor
from tests.inbound.obstacles import BrokenArchive, Pause, SlowArchive
from tests.inbound.spooled import spooled, spooled_bytes
from tests.servers.process import wait_until
from workers.actors import utc_now

MAIL = b"From: Anne <anne@customer.example>\r\nSubject: Quota\r\n\r\nIt is full.\r\n"
FULL = "452 4.3.1 Insufficient system storage, please try again later"
LATER = "451 4.3.0 Please try again later"


@pytest.mark.parametrize(
    ("error", "reply"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), FULL),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), FULL),
        (OSError(errno.EIO, "Input/output error"), LATER),
        (RuntimeError("secret of the house"), LATER),
    ],
)
def test_an_archive_that_fails_costs_nobody_a_mail(
    open_door: OpenDoor, begin_acceptance: BeginAcceptance, gate: Gate, error: Exception, reply: str
) -> None:
    archive = BrokenArchive(gate.parts.settings.store.archive, error)
    with open_door(behind=begin_acceptance(archive=archive)).client() as client:
        refused = client.deliver(MAIL)
        archive.mended = True
        taken = client.deliver(MAIL)

    assert refused == reply
    assert taken.startswith("250 ")
    assert spooled_bytes(gate) == [MAIL]


def test_a_locked_store_is_a_reason_to_come_later(open_door: OpenDoor, acceptance: Acceptance, gate: Gate) -> None:
    other = sqlite3.connect(str(gate.parts.engine.url.database), isolation_level=None)
    with open_door().client() as client:
        other.execute("BEGIN IMMEDIATE")
        refused = client.deliver(MAIL)
        other.execute("ROLLBACK")
        taken = client.deliver(MAIL)
    other.close()

    assert refused == LATER
    assert taken.startswith("250 ")
    assert spooled_bytes(gate) == [MAIL]


def test_with_little_free_space_mail_is_sent_away_before_data(
    open_door: OpenDoor, begin_acceptance: BeginAcceptance, gate: Gate
) -> None:
    nearly_full = begin_acceptance(limits=replace(LIMITS, min_free_bytes=1 << 62))
    with open_door(behind=nearly_full).client() as client:
        reply = client.say("MAIL FROM:<anne@customer.example>")

        assert reply == FULL
        assert client.say("NOOP").startswith("250 ")


def test_an_archive_that_is_gone_is_a_reason_to_come_later(open_door: OpenDoor, gate: Gate) -> None:
    with open_door().client() as client:
        gate.parts.settings.store.archive.rename(gate.parts.settings.store.archive.with_name("elsewhere"))

        reply = client.say("MAIL FROM:<anne@customer.example>")

        assert reply == LATER


def test_a_large_message_on_a_slow_disk_keeps_nobody_waiting(
    open_door: OpenDoor, begin_acceptance: BeginAcceptance, gate: Gate
) -> None:
    archive = SlowArchive(gate.parts.settings.store.archive, larger_than=len(MAIL))
    large = MAIL + b"one line of many\r\n" * 80_000
    door = open_door(behind=begin_acceptance(archive=archive))
    with door.client() as slow, door.client() as quick:
        slow.address()
        slow.say("DATA")
        slow.send(large + b".\r\n")
        assert archive.reached.wait(20)

        reply = quick.deliver(MAIL)
        archive.may_go_on.set()

        assert reply.startswith("250 ")
        assert slow.reply().startswith("250 ")
    assert spooled_bytes(gate) == [MAIL, large]


@pytest.mark.parametrize("raw", [MAIL, MAIL + b"one line of many\r\n" * 80_000], ids=["small", "large"])
def test_a_client_that_hangs_up_after_the_dot_leaves_one_row_and_its_second_try_is_a_duplicate(
    open_door: OpenDoor, begin_acceptance: BeginAcceptance, gate: Gate, raw: bytes
) -> None:
    gate.customer("Anne Miller", "anne@customer.example")
    pause = Pause("accept.before-commit")
    door = open_door(behind=begin_acceptance(fail_point=pause))
    impatient = door.client()
    impatient.address()
    impatient.say("DATA")
    impatient.send(raw + b".\r\n")
    assert pause.reached.wait(20)
    impatient.hang_up()
    pause.may_go_on.set()
    wait_until(lambda: len(spooled(gate)) == 1, what="the mail of the client that hung up")

    with door.client() as again:
        again.deliver(raw)
    gate.now = utc_now()  # as the door's clock
    gate.work()

    first, second = spooled(gate)
    assert (first.outcome.disposition, second.outcome.disposition) == ("opened", "duplicate")
    assert [ticket.messages for ticket in gate.tickets()] == [1]
