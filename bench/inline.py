"""A gate without listeners or threads: mails are accepted and settled when the caller says so, in its own thread."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import mailgate
from bench.letters import Letter
from bench.program import prepare
from mailgate.config import load
from mailgate.jobs import Computing, FailPoint, Job, alone, no_fail_point
from mailgate.mail.envelope import Door, Envelope
from mailgate.wiring import Parts, build
from store.engine import reading
from store.post import outbox
from store.post.outbox import Outgoing

ROOT = str(Path(mailgate.__file__).parents[1]) + "/"
OURS = tuple(ROOT + room for room in ("mailgate/", "store/", "workers/", "webview/"))


@contextmanager
def gate(directory: Path, *, fail_point: FailPoint = no_fail_point) -> Iterator[Parts]:
    """A gate with the customers of the letters and one staff member, in a new directory."""
    prepare(directory, staff=1)
    with opened(directory, fail_point=fail_point) as parts:
        yield parts


@contextmanager
def opened(directory: Path, *, computing: Computing = alone, fail_point: FailPoint = no_fail_point) -> Iterator[Parts]:
    """The gate of a directory that was prepared; `computing`: whose turn it is, where several threads work."""
    parts = build(load(directory / "config.toml", {}), _no_job, computing=computing, fail_point=fail_point)
    try:
        yield parts
    finally:
        parts.close()


def spooled(parts: Parts, letters: Sequence[Letter]) -> list[int]:
    """Accept these; their rows wait."""
    acceptance = parts.acceptance()
    acceptance.start()
    now = datetime.now(UTC)
    try:
        return [
            acceptance.accept(one.raw, Envelope(one.sender, (one.recipient,), Door.SMTP, now, peer="192.0.2.1"))
            for one in letters
        ]
    finally:
        acceptance.stop()


def settle(parts: Parts, ids: Sequence[int]) -> None:
    """Give the waiting mails their dispositions, as one group."""
    parts.receive_all(ids, datetime.now(UTC))


def queued(parts: Parts) -> tuple[Outgoing, ...]:
    """Every mail of ours, oldest first."""
    with reading(parts.engine) as conn:
        return outbox.listing(conn)


def file_of(frame: FrameType) -> str | None:
    """The file that this frame runs, such as "store/engine.py"; None when it is not ours."""
    path = frame.f_code.co_filename
    return path[len(ROOT) :] if path.startswith(OURS) else None


def _no_job(job: Job, row_id: int) -> None:
    """The mails are settled by `settle`, nothing is delivered."""
