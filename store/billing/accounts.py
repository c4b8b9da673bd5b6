"""Rows of billing profiles, and of what proves a VAT id; the lock that every story about money begins with.

An account is locked by its customer's row, which is also what `people.lock_account` takes for whoever ends or erases
it: one lock in two strengths. Money takes the weaker, that of a change: of two stories about one account the second
waits, and so do an erasure and an edit, while mail, which only asks that the account stays, goes on coming in.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import Connection, bindparam, exists, func, insert, select, update

from mailgate.billing.party import PROFILE, Account, Proof
from store import people
from store.engine import insert_once
from store.rows import Rows
from store.schema import billing_accounts, tax_proofs

_ACCOUNTS = select(billing_accounts).where(billing_accounts.c.customer_id.in_(bindparam("ids", expanding=True)))
_PROOFS = (
    select(tax_proofs)
    .where(tax_proofs.c.customer_id.in_(bindparam("ids", expanding=True)))
    .order_by(tax_proofs.c.checked_at, tax_proofs.c.id)
)
_LOOK_AGAIN = (
    update(billing_accounts)
    .where(billing_accounts.c.customer_id == bindparam("the_id"))
    .values(bill_at=bindparam("the_instant"))
)
_PARK = (
    update(billing_accounts)
    .where(billing_accounts.c.customer_id == bindparam("the_id"))
    .values(parked_because=bindparam("the_reason"))
)
_EDIT = update(billing_accounts).where(billing_accounts.c.customer_id == bindparam("the_id"))


def lock(conn: Connection, customer_ids: Iterable[int]) -> dict[int, Account]:
    """Have these accounts for this transaction, and read them, ascending; each has a row afterwards.

    Before anything of them is read, and before tickets or any row of billing is locked. Numbers of no customer are
    left out.
    """
    numbers = people.change_accounts(conn, customer_ids)
    found = accounts(conn, numbers)
    lacking = [{"customer_id": number} for number in numbers if number not in found]
    if lacking:
        insert_once(conn, billing_accounts, lacking)
    return {number: found.get(number) or Account.fresh(number) for number in numbers}


def account(conn: Connection, customer_id: int) -> Account:
    """One account as it stands, without a lock; a fresh one where nothing was written down yet."""
    return accounts(conn, (customer_id,)).get(customer_id) or Account.fresh(customer_id)


def accounts(conn: Connection, customer_ids: Iterable[int]) -> dict[int, Account]:
    """Those of these accounts of which anything was written down, without a lock."""
    rows = conn.execute(_ACCOUNTS, {"ids": list(customer_ids)}).mappings()
    return {row["customer_id"]: _ACCOUNT.read(row) for row in rows}


def edit(conn: Connection, changed: Account) -> None:
    """Write the profile of an account that this transaction has locked."""
    conn.execute(_EDIT, {"the_id": changed.customer_id, **{name: getattr(changed, name) for name in PROFILE}})


def add_proof(conn: Connection, customer_id: int, proof: Proof) -> None:
    """Keep what was found about the customer's VAT id; former proofs stay."""
    conn.execute(insert(tax_proofs), {"customer_id": customer_id, **_PROOF.columns(proof)})


def last_proof(conn: Connection, customer_id: int) -> Proof | None:
    """The newest by the instant of its check, of whatever VAT id and whatever it found."""
    return last_proofs(conn, (customer_id,)).get(customer_id)


def last_proofs(conn: Connection, customer_ids: Iterable[int]) -> dict[int, Proof]:
    """The same of several customers; those without any are left out."""
    rows = conn.execute(_PROOFS, {"ids": list(customer_ids)}).mappings()
    return {row["customer_id"]: _PROOF.read(row) for row in rows}  # the newest come last and stay


def waiting(conn: Connection, *, until: datetime, after: int = 0, limit: int) -> tuple[int, ...]:
    """Accounts behind a number of which something is to be billed by an instant, ascending."""
    query = select(billing_accounts.c.customer_id).where(billing_accounts.c.customer_id > after)
    found = query.where(billing_accounts.c.bill_at <= until).order_by(billing_accounts.c.customer_id).limit(limit)
    return tuple(conn.execute(found).scalars())


def waiting_since(conn: Connection) -> datetime | None:
    """The first instant at which something of any account was, or is, to be billed."""
    return conn.execute(select(func.min(billing_accounts.c.bill_at))).scalar()


def count_waiting(conn: Connection, *, until: datetime) -> int:
    """How many these are."""
    query = select(func.count()).select_from(billing_accounts).where(billing_accounts.c.bill_at <= until)
    return int(conn.execute(query).scalar_one())


def look_again(conn: Connection, at: Mapping[int, datetime | None]) -> None:
    """Keep when a run has to look at these accounts next; None: never. They are locked."""
    if at:
        conn.execute(_LOOK_AGAIN, [{"the_id": number, "the_instant": when} for number, when in at.items()])


def park(conn: Connection, customer_id: int, why: str) -> None:
    """Keep an account out of runs until staff have looked."""
    conn.execute(_PARK, {"the_id": customer_id, "the_reason": why})
    if why:
        look_again(conn, {customer_id: None})


def hold(conn: Connection, customer_id: int, until: date | None, *, by: str) -> None:
    """Keep an account that this transaction has locked out of runs through a day; None: no longer."""
    this = billing_accounts.c.customer_id == customer_id
    conn.execute(update(billing_accounts).where(this).values(hold_until=until, hold_by=by if until else ""))


def held(conn: Connection, until: date) -> dict[int, str]:
    """Accounts that are held back until a day, and by whom."""
    query = select(billing_accounts.c.customer_id, billing_accounts.c.hold_by)
    found = query.where(billing_accounts.c.hold_until == until).order_by(billing_accounts.c.customer_id)
    return {row.customer_id: row.hold_by for row in conn.execute(found)}


def parked(conn: Connection) -> dict[int, str]:
    """Accounts that wait for staff, and why."""
    query = select(billing_accounts.c.customer_id, billing_accounts.c.parked_because)
    found = query.where(billing_accounts.c.parked_because != "").order_by(billing_accounts.c.customer_id)
    return {row.customer_id: row.parked_because for row in conn.execute(found)}


def has_work(conn: Connection) -> bool:
    """Does any account wait to be billed?"""
    return bool(conn.execute(select(exists().where(billing_accounts.c.bill_at.is_not(None)))).scalar())


_ACCOUNT = Rows(Account)
_PROOF = Rows(Proof)
