"""A gate killed between the upload of a large mail and its commit: an object without a row at worst, never the other
way round, in either kind of archive."""

import signal
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store.archive import Archive, Directory
from store.archive.bucket import Bucket
from store.keeping.verify import SETTLED, Verified, verify
from tests.crash.dying_gate import SURVIVED_VISITS
from tests.crash.gates import dying
from tests.crash.ledger import Ledger, Sender
from tests.crash.people import ANNE
from tests.program import Program
from tests.servers.moto import ObjectStore
from tests.servers.process import wait_until

FILE = 3 << 19  # so that mail and attachment are large blobs both
PLACES = ("accept.before-commit", "receive.before-commit")


@pytest.fixture(params=["directory", "bucket"])
def archive(request: pytest.FixtureRequest, program: Program, tmp_path: Path) -> Archive:
    """The archive of the program: each of its kinds in turn."""
    if request.param == "directory":
        return Archive(Directory(program.directory / "var" / "archive"))
    store: ObjectStore = request.getfixturevalue("object_store")
    s3 = store.new_bucket(tmp_path)
    program.set("s3", **store.section(s3))
    return Archive(Bucket(s3))


@pytest.fixture
def whole(ledger: Ledger, archive: Archive) -> Ledger:
    """The ledger of a program with this archive."""
    return replace(ledger, archive=archive)


def look(ledger: Ledger) -> Verified:
    """As a day later, when no mail can be on its way any more."""
    later = datetime.now(UTC) + SETTLED + timedelta(hours=1)
    return verify(ledger.engine, ledger.archive, now=later, progress=lambda *_: None)


@pytest.mark.parametrize("place", PLACES)
def test_a_gate_killed_between_upload_and_commit_has_no_row_without_its_object(
    program: Program, whole: Ledger, place: str
) -> None:
    mails = [
        ANNE.writes(f"Log {number}.", files=[("big.log", "application/octet-stream", bytes([number]) * FILE)])
        for number in range(SURVIVED_VISITS + 1)
    ]
    sender = Sender(mails)
    with dying(program, place, environment={}) as gate:

        def one_by_one() -> None:
            wait_until(lambda: not gate.is_running or whole.is_quiet(), what="the mails sent or the gate dead")

        sender.try_all(program.smtp_port, between=one_by_one)
        assert gate.exit_code() == -signal.SIGKILL
    killed = look(whole)
    with program.serve():
        sender.try_all(program.smtp_port)
        wait_until(whole.is_quiet, what="all mail settled and sent")
    ended = look(whole)

    assert killed.faults == ()
    assert len(killed.unnamed) == 1
    assert (ended.faults, ended.unnamed) == ((), ())
    assert whole.effects() == {raw: ["opened"] for raw in mails}
    assert whole.damage() == []
