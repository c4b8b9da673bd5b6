"""Files that belong to an entry of a ticket. Who may have them is asked before, by whoever asks for the entry."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from store.schema import attachments


@dataclass(frozen=True, slots=True)
class File:
    """A file as a page names it; its bytes are in the archive."""

    position: int  # in its entry or mail: what its URL ends in
    filename: str | None
    content_type: str  # as its sender claims
    size: int
    sha256: str
    inline: bool = False  # it belongs among the words


def files_of(conn: Connection, entry_ids: Iterable[int]) -> Mapping[int, tuple[File, ...]]:
    """The files of each of these entries that has any, in their order."""
    found: dict[int, list[File]] = {}
    columns = attachments.c
    query = select(columns.entry_id, columns.position, columns.filename, columns.content_type, columns.size)
    query = query.add_columns(columns.sha256, columns.inline).where(columns.entry_id.in_(list(entry_ids)))
    for row in conn.execute(query.order_by(columns.entry_id, columns.position)):
        file = File(row.position, row.filename, row.content_type, row.size, row.sha256, row.inline)
        found.setdefault(row.entry_id, []).append(file)
    return {entry_id: tuple(files) for entry_id, files in found.items()}


def file_of(conn: Connection, entry_id: int, position: int) -> File | None:
    """One file of an entry."""
    return next((file for file in files_of(conn, [entry_id]).get(entry_id, ()) if file.position == position), None)
