"""The chain: each transaction's digest covers the one before, so that whatever is changed later shows.

It covers ids, accounts, amounts, dates and the digests of documents, and no name: forgetting a customer breaks nothing.
"""

import json
from datetime import UTC
from hashlib import sha256

from mailgate.billing.ledger.transaction import Booked

FIRST = "0" * 64
"""What stands before the first transaction."""

_ENCODE = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


def canonical(one: Booked) -> bytes:
    """What of a transaction is kept for good: JSON with its keys in order and without blanks, in ASCII.

    An entry is an array of its account, amount, customer and invoice.
    """
    return _ENCODE(
        {
            "booked_at": one.booked_at.astimezone(UTC).isoformat(timespec="microseconds"),
            "currency": one.currency,
            "customer": one.customer_id,
            "date": one.on_date.isoformat(),
            "document": one.document_sha256,
            "entries": one.entries,
            "id": one.id,
            "key": one.key,
            "kind": one.kind,
            "object": (one.object_kind, one.object_id),
        }
    ).encode()


def chained(previous: str, one: Booked) -> str:
    """The digest of a transaction: SHA-256 of the digest before it, as it is written, and its canonical bytes."""
    return sha256(previous.encode() + canonical(one)).hexdigest()
