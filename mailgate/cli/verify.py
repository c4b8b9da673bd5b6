"""`mailgate verify`: is every mail and every file whole, in the database and in the archive."""

import sys
from datetime import UTC, datetime

import click

from mailgate.cli.backup import show_progress, told_disk_errors
from mailgate.cli.gate import gate
from mailgate.cli.output import EX_DATAERR, json_option, print_object, say, wants_json
from store.keeping import verify as archive_check
from store.keeping.verify import Fault, Verified


@click.command()
@click.option("--remove-unnamed", is_flag=True, help="Remove large files that no mail and no ticket names, a day old.")
@json_option
def verify(remove_unnamed: bool) -> None:
    """Read every mail and file, and compare it with its digest. `mailgate serve` may go on meanwhile.

    Exit code 65 when one is missing or damaged. What nothing names does no harm: it is of mails that were just coming
    in when a process died, or of a store that a backup has replaced.
    """
    with gate() as parts, told_disk_errors():
        found = archive_check.verify(parts.engine, parts.archive, now=datetime.now(UTC), progress=show_progress)
        removed = 0
        if remove_unnamed:
            removed = archive_check.remove_unnamed(parts.engine, parts.archive, found.unnamed, show_progress)
    print_object(_as_json(found, removed) if wants_json() else _as_words(found, removed))
    for fault in found.faults:
        say(f"mailgate: {fault.sha256}: {fault.reason}{_named(fault)}")
    if found.unnamed and not remove_unnamed:
        say(f"{len(found.unnamed)} large files are named by nothing; mailgate verify --remove-unnamed removes them")
    if found.faults:
        say("mailgate: put what is missing or damaged back from a backup: its archive/ has the files by these names")
        sys.exit(EX_DATAERR)


def _as_words(found: Verified, removed: int) -> dict[str, object]:
    return {
        "blobs": found.blobs,
        "large": found.large,
        "bytes": found.total_bytes,
        "missing": sum(fault.is_missing for fault in found.faults),
        "damaged": sum(not fault.is_missing for fault in found.faults),
        "unnamed": len(found.unnamed),
        "removed": removed,
    }


def _as_json(found: Verified, removed: int) -> dict[str, object]:
    faults = {
        kind: [
            {
                "sha256": fault.sha256,
                "reason": fault.reason,
                "inbox": fault.inbox,
                "queue": fault.outbox,
                "tickets": fault.tickets,
                "documents": fault.documents,
            }
            for fault in found.faults
            if fault.is_missing is is_missing
        ]
        for kind, is_missing in (("missing", True), ("damaged", False))
    }
    unnamed = [{"sha256": one.sha256, "bytes": one.size, "written_at": one.written_at} for one in found.unnamed]
    return {**_as_words(found, removed), **faults, "unnamed": unnamed}


def _named(fault: Fault) -> str:
    """Whose bytes they are, as commands number them."""
    places: tuple[tuple[str, tuple[object, ...]], ...] = (
        ("inbox", fault.inbox),
        ("queue", fault.outbox),
        ("ticket", fault.tickets),
        ("document", fault.documents),
    )
    words = [f"{name} {', '.join(map(str, ids))}" for name, ids in places if ids]
    return f" ({'; '.join(words)})" if words else ""
