"""A customer asks to be forgotten: erased whole, or refused with what must be kept."""

from collections.abc import Callable
from dataclasses import replace
from datetime import MINYEAR, date, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from mailgate.errors import Permanent, Temporary
from mailgate.people import Customer
from store import people
from store.archive import Archive, ArchiveUnavailable
from store.billing import kept, services
from store.engine import empty_log, reading, transaction
from store.keeping import erasure, erasure_log
from store.keeping.erased_blobs import read_attached
from store.keeping.erasure import Erased

Obstacles = Callable[[Connection, int], tuple[str, ...]]
"""What keeps a customer, by its id, from being erased, each in words that name it."""

PATIENCE_SECONDS = 10.0
"""Somebody who reads at length, such as a backup, keeps the log of the store from being emptied."""


NAMED = 10
"""Documents that a refusal names; further ones are counted."""


class MustBeKept(Permanent):
    """The law asks that something of the customer be kept."""


class AlreadyForgotten(Permanent):
    """The customer was erased before."""


class LeftInArchive(Temporary):
    """The customer is erased; some of his large files are still in the archive, and no row names them."""


def documents_to_keep(years: int, today: date) -> Obstacles:
    """Documents that the law asks to keep: to the end of the calendar year, so many years after that of their issue."""

    def found(conn: Connection, customer_id: int) -> tuple[str, ...]:
        young = kept.issued_since(conn, customer_id, date(max(MINYEAR, today.year - years), 1, 1))
        named = [f"{one.words} until {one.issued_on.year + years}-12-31" for one in young[:NAMED]]
        more = [f"and {len(young) - NAMED} more"] if len(young) > NAMED else []
        return (*services_to_end(conn, customer_id), *(f"{one} must be kept" for one in named), *more)

    return found


def services_to_end(conn: Connection, customer_id: int) -> tuple[str, ...]:
    """Services that go on being billed: nobody would get the bill."""
    going_on = services.of_accounts(conn, (customer_id,)).get(customer_id, [])
    return tuple(f"service {one.id} is {one.state}: cancel it first" for one in going_on[:NAMED])


def refuse(conn: Connection, customer: Customer, *, obstacles: Obstacles) -> None:
    """Raise MustBeKept or AlreadyForgotten for a customer who cannot be erased."""
    if erasure.was_erased(conn, customer.id):
        raise AlreadyForgotten(f"customer {customer.id} was erased already")
    reasons = obstacles(conn, customer.id)
    if reasons:
        raise MustBeKept(f"customer {customer.id} cannot be erased yet: {'; '.join(reasons)}")


def forget(
    engine: Engine,
    archive: Archive,
    customer: Customer,
    *,
    log_beside: Path,
    by: str,
    now: datetime,
    obstacles: Obstacles,
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
