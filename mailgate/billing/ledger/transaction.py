"""What is booked at once: postings that add up to nothing, and the balances that follow from many of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from mailgate.billing.ledger.accounts import OF_A_CUSTOMER, is_account
from mailgate.billing.money.currencies import exponent


class BadTransaction(ValueError):
    """Postings that the ledger must not have: whoever made them is wrong, nothing that a person gave."""


@dataclass(frozen=True, slots=True)
class Posting:
    """An amount on one account: a debit counts positive, a credit negative, and none is zero. Raises BadTransaction."""

    account: str
    amount_minor: int
    customer_id: int | None = None
    invoice_id: int | None = None

    def __post_init__(self) -> None:
        """Refuse what no account can have."""
        if not is_account(self.account):
            raise BadTransaction(f"{self.account!r} is no account")
        if not self.amount_minor:
            raise BadTransaction(f"a posting of nothing on {self.account}")
        if (self.customer_id is None) is (self.account in OF_A_CUSTOMER):
            raise BadTransaction(f"{self.account} with customer {self.customer_id}")


@dataclass(frozen=True, slots=True)
class Transaction:
    """One event as it is booked, under a key that no other has. Its postings sum to zero. Raises BadTransaction.

    A document that comes to nothing has no postings; it is booked all the same, so that the chain holds its digest.
    """

    key: str
    kind: str
    on_date: date
    customer_id: int | None  # None: about no customer, such as what a provider pays out
    currency: str
    object_kind: str
    object_id: int
    postings: tuple[Posting, ...]
    document_sha256: str = ""  # of the document that it books; "" for none

    def __post_init__(self) -> None:
        """Refuse what does not balance, or is of two customers."""
        exponent(self.currency)
        total = sum(posting.amount_minor for posting in self.postings)
        if total:
            raise BadTransaction(f"{self.key} is out of balance by {total} in {self.currency}")
        if any(posting.customer_id not in (None, self.customer_id) for posting in self.postings):
            raise BadTransaction(f"{self.key} is of customer {self.customer_id} and of others")


class Entry(NamedTuple):
    """A posting as the ledger has it, whatever stands there."""

    account: str
    amount_minor: int
    customer_id: int | None
    invoice_id: int | None


class Booked(NamedTuple):
    """A transaction as the ledger has it, whatever stands there."""

    id: int
    key: str
    kind: str
    on_date: date
    booked_at: datetime
    customer_id: int | None
    currency: str
    object_kind: str
    object_id: int
    document_sha256: str
    entries: tuple[Entry, ...]


def booked(transaction_id: int, of: Transaction, *, now: datetime) -> Booked:
    """What becomes of a transaction when it is booked."""
    return Booked(
        transaction_id,
        of.key,
        of.kind,
        of.on_date,
        now,
        of.customer_id,
        of.currency,
        of.object_kind,
        of.object_id,
        of.document_sha256,
        tuple(Entry(one.account, one.amount_minor, one.customer_id, one.invoice_id) for one in of.postings),
    )


class Line(NamedTuple):
    """What a balance is of."""

    account: str
    customer_id: int | None
    currency: str


def fold(transactions: Iterable[Transaction]) -> Mapping[Line, int]:
    """The balance of each line that was ever posted to, in minor units; a debit balance is positive."""
    balances: dict[Line, int] = {}
    for one in transactions:
        for posting in one.postings:
            line = Line(posting.account, posting.customer_id, one.currency)
            balances[line] = balances.get(line, 0) + posting.amount_minor
    return balances
