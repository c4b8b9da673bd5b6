"""Who was forgotten, in a file beside the archive: an older backup that is put back does not know it."""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

NAME = "erasures.jsonl"


@dataclass(frozen=True, slots=True)
class Erasure:
    """One customer; `registered_at` keeps his number from meaning that of another store."""

    customer_id: int
    registered_at: datetime
    at: datetime
    by: str


def append(archive: Path, erasure: Erasure) -> None:
    """Add a line, down to the disk. Raises OSError."""
    archive.mkdir(mode=0o700, parents=True, exist_ok=True)
    line = {
        "customer": erasure.customer_id,
        "registered_at": erasure.registered_at.isoformat(),
        "at": erasure.at.isoformat(),
        "by": erasure.by,
    }
    with open(archive / NAME, "ab", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(json.dumps(line).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read(archive: Path) -> tuple[Erasure, ...]:
    """All of them, oldest first; a line that a crash cut off is left out: what it meant was not done either."""
    try:
        lines = (archive / NAME).read_bytes().splitlines(keepends=True)
    except FileNotFoundError:
        return ()
    found = []
    for line in lines:
        if not line.endswith(b"\n"):
            continue
        row = json.loads(line)
        registered_at, at = (datetime.fromisoformat(row[key]) for key in ("registered_at", "at"))
        found.append(Erasure(row["customer"], registered_at, at, row["by"]))
    return tuple(found)
