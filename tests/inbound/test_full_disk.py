"""A disk that runs full (F02): a file system of a few megabytes holds the store."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailgate.inbound.accept import Acceptance, Limits
from mailgate.mail.envelope import Door
from tests.gate import Gate, begin_gate
from tests.inbound.door import listening
from tests.inbound.spooled import spooled_bytes
from workers.actors import utc_now

MAIL = b"From: Anne <anne@customer.example>\r\nSubject: Quota\r\n\r\n"
MOUNT = ("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs")
COME_LATER = ("451 4.3.0 Please try again later", "452 4.3.1 Insufficient system storage, please try again later")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MiB; mounting one takes root."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a file system")
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run([*MOUNT, str(place)], check=False, capture_output=True)
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.fixture
def gate(small_disk: Path) -> Iterator[Gate]:
    """A gate whose whole store is on the small disk."""
    with begin_gate(small_disk) as gate:
        yield gate


@pytest.mark.parametrize("size", [100_000, 1_500_000], ids=["small", "large"])
def test_a_full_disk_turns_mail_away_loses_none_and_goes_on_when_there_is_room(
    gate: Gate, acceptance: Acceptance, small_disk: Path, size: int
) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(4 << 20))
    accepted: list[bytes] = []
    refused: list[str] = []

    with listening(acceptance) as door, door.client() as client:

        def deliver(number: int) -> str:
            raw = MAIL + b"mail %d\r\n" % number + b"one line of many\r\n" * (size // 18)
            reply = client.deliver(raw)
            if reply.startswith("250 "):
                accepted.append(raw)
            return reply

        while len(refused) < 3:
            reply = deliver(len(accepted) + len(refused))
            if not reply.startswith("250 "):
                refused.append(reply)
        ballast.unlink()
        assert deliver(1000).startswith("250 ")
        assert deliver(1001).startswith("250 ")

    assert set(refused) <= set(COME_LATER)
    assert spooled_bytes(gate) == accepted
    assert list(small_disk.rglob("*.tmp")) == []


def test_with_room_running_low_mail_is_turned_away_and_what_is_here_is_worked_off(gate: Gate, small_disk: Path) -> None:
    gate.customer("Anne Miller", "anne@customer.example")
    parts = gate.parts
    acceptance = Acceptance(
        parts.engine, parts.archive, parts.enqueue, Limits(1 << 20, 1 << 18, 4 << 20), directory=small_disk
    )
    acceptance.start()
    with listening(acceptance, door=Door.SMTP) as door, door.client() as client:
        accepted = client.deliver(MAIL + b"It is full.\r\n")
        (small_disk / "ballast").write_bytes(bytes(4 << 20))
        refused = client.say("MAIL FROM:<anne@customer.example>")
        gate.now = utc_now()  # as the door's clock
        gate.work()
    acceptance.stop()

    assert accepted.startswith("250 ")
    assert refused == COME_LATER[1]
    assert gate.inbox(1).outcome.disposition == "opened"
