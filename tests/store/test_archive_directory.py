"""A directory as the place of large blobs: shared by hosts, whole files under their digest, and what writers left."""

import hashlib
import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from store.archive import UNFINISHED_SECONDS, ArchiveUnavailable, Directory
from store.archive.directory import UNFINISHED_ELSEWHERE_SECONDS

RAW = b"a large mail"
DIGEST = hashlib.sha256(RAW).hexdigest()


def unfinished(path: Path, host: str, *, ago: float) -> Path:
    """What a writer on a host had begun, last written so long ago."""
    file = path / DIGEST[:2] / f"{DIGEST}.4711.abcd.{host}.tmp"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"half")
    at = time.time() - ago
    os.utime(file, (at, at))
    return file


def test_what_another_host_is_writing_is_left_alone_for_a_day(tmp_path: Path) -> None:
    of_ours = unfinished(tmp_path, "a.example", ago=UNFINISHED_SECONDS + 60)
    in_hand = unfinished(tmp_path, "b.example", ago=UNFINISHED_SECONDS + 60)
    old = unfinished(tmp_path, "c.example", ago=UNFINISHED_ELSEWHERE_SECONDS + 60)

    removed = Directory(tmp_path, host="a.example").remove_unfinished()

    assert removed == 2
    assert [path.exists() for path in (of_ours, in_hand, old)] == [False, True, False]


def test_what_this_host_is_just_writing_is_left_alone(tmp_path: Path) -> None:
    in_hand = unfinished(tmp_path, "a.example", ago=UNFINISHED_SECONDS - 60)

    removed = Directory(tmp_path, host="a.example").remove_unfinished()

    assert (removed, in_hand.exists()) == (0, True)


def test_an_unfinished_file_is_neither_listed_nor_read(tmp_path: Path) -> None:
    place = Directory(tmp_path)
    place.put(DIGEST, RAW)
    unfinished(tmp_path, "b.example", ago=0)

    listed = list(place.listing())

    assert [(one.sha256, one.size) for one in listed] == [(DIGEST, len(RAW))]


def test_a_directory_that_is_not_there_may_come_back_so_nothing_is_called_lost(tmp_path: Path) -> None:
    with pytest.raises(ArchiveUnavailable, match="not there"):
        Directory(tmp_path / "not-mounted").get(DIGEST)


def test_a_file_has_its_digest_for_a_name_in_a_directory_of_its_beginning(tmp_path: Path) -> None:
    Directory(tmp_path).put(DIGEST, RAW)

    assert [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()] == [RAW]
    assert (tmp_path / DIGEST[:2] / DIGEST).stat().st_mode & 0o777 == 0o600


def test_a_write_that_fails_leaves_no_half_file_and_may_be_repeated(tmp_path: Path) -> None:
    place, raw = Directory(tmp_path), b"\xff" * 4096
    with files_no_larger_than(1024), pytest.raises(OSError, match="File too large"):
        place.put(DIGEST, raw)
    left = [path for path in tmp_path.rglob("*") if path.is_file()]

    place.put(DIGEST, raw)

    assert left == []
    assert place.get(DIGEST) == raw


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """Writes past this size fail in this process, as they do on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
