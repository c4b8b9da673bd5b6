"""The archive: raw mails and attachments as blobs, small ones in the database, large ones wherever `Objects` are."""

from store.archive.blobs import INLINE_BYTES, Archive, Blob, GoneMeanwhile, contents, in_row, record
from store.archive.directory import UNFINISHED_SECONDS, Directory
from store.archive.erased import bury
from store.archive.objects import ArchiveUnavailable, MissingBlob, Objects, Stored
from store.archive.opened import UnusableArchive, archive_of, objects_of

__all__ = [
    "INLINE_BYTES",
    "UNFINISHED_SECONDS",
    "Archive",
    "ArchiveUnavailable",
    "Blob",
    "Directory",
    "GoneMeanwhile",
    "MissingBlob",
    "Objects",
    "Stored",
    "UnusableArchive",
    "archive_of",
    "bury",
    "contents",
    "in_row",
    "objects_of",
    "record",
]
