"""A customer asks to be forgotten: erased whole, or refused with what must be kept."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from mailgate.errors import Permanent, Temporary
from mailgate.people import Customer
from store import people
from store.archive import Archive, ArchiveUnavailable
from store.engine import empty_log, reading, transaction
from store.keeping import erasure, erasure_log
from store.keeping.erased_blobs import read_attached
from store.keeping.erasure import Erased

Obstacles = Callable[[Connection, int], tuple[str, ...]]
"""What keeps a customer, by its id, from being erased, each in words that name it."""

PATIENCE_SECONDS = 10.0
"""Somebody who reads at length, such as a backup, keeps the log of the store from being emptied."""


class MustBeKept(Permanent):
    """The law asks that something of the customer be kept."""


class AlreadyForgotten(Permanent):
    """The customer was erased before."""


class LeftInArchive(Temporary):
    """The customer is erased; some of his large files are still in the archive, and no row names them."""


def documents_to_keep(conn: Connection, customer_id: int) -> tuple[str, ...]:
    """Issued invoices that must still be kept. There are none as long as there is no billing."""
    return ()


def refuse(conn: Connection, customer: Customer, *, obstacles: Obstacles = documents_to_keep) -> None:
    """Raise MustBeKept or AlreadyForgotten for a customer who cannot be erased."""
    if erasure.was_erased(conn, customer.id):
        raise AlreadyForgotten(f"customer {customer.id} was erased already")
    kept = obstacles(conn, customer.id)
    if kept:
        raise MustBeKept(f"customer {customer.id} cannot be erased yet: {'; '.join(kept)}")


def forget(
    engine: Engine,
    archive: Archive,
    customer: Customer,
    *,
    log_beside: Path,
    by: str,
    now: datetime,
    obstacles: Obstacles = documents_to_keep,
) -> Erased:
    """Erase the customer for good. Raises MustBeKept, AlreadyForgotten, MailsCame, ArchiveUnavailable and OSError; then
    nothing was erased. Raises LeftInArchive when all was, but for large files that could not be removed just now.

    `log_beside`: the directory of the archive, where the log stands that a restore replays. It is written first: what
    it says too much is erased at a restore, which was asked for.
    """
    with reading(engine) as conn:
        mails = erasure.mails_of(conn, customer.id)
    attached = read_attached(engine, archive, mails)
    with transaction(engine) as conn:
        people.lock_account(conn, customer.id)
        refuse(conn, customer, obstacles=obstacles)
        registered_at = people.registered_at(conn, customer.id)
        erasure_log.append(log_beside, erasure_log.Erasure(customer.id, registered_at, now, by))
        erased = erasure.erase(conn, attached, customer.id, by=by, now=now)
    is_cleared = empty_log(engine, within_seconds=PATIENCE_SECONDS)
    try:
        archive.discard(erased.bytes_of)
    except (OSError, ArchiveUnavailable) as error:
        raise LeftInArchive(f"{error}: remove them later by mailgate verify --remove-unnamed") from error
    return replace(erased, is_cleared=is_cleared)
