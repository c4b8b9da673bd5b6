"""Calls of Stripe's that tell of events: whether it is Stripe that calls, and which things of its it speaks of.

What a call says of them is never believed: late, twice or forged by whoever has the secret, it can but hasten a look.
Its own scheme (https://docs.stripe.com/webhooks/signature): `t=…,v1=…`, HMAC-SHA256 of `<second>.<body>` in hex.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mailgate.errors import Permanent

SIGNATURE = "Stripe-Signature"
MOST_SECONDS = 300
"""A call that was signed longer ago is somebody's repetition of it; so much may the clocks differ, too."""

_NAMING = ("id", "payment_link", "payment_intent", "charge", "setup_intent")
_OF_A_LIST = ("charge.dispute.", "payout.")


class NotBelieved(Permanent):
    """A call without a signature that holds now; `str()` says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is to be looked at: things by their ids, and perhaps what is read as a list, disputes and payouts."""

    ids: frozenset[str]
    lists: bool


def told(body: bytes, signature: str, *, secret: str, now: datetime) -> Told:
    """What a call is about. Raises NotBelieved."""
    fields = [field.partition("=")[::2] for field in signature.split(",")]
    second = next((value for name, value in fields if name.strip() == "t"), "")
    given = [value.strip() for name, value in fields if name.strip() == "v1"]
    if not (second.isascii() and second.isdigit()) or len(second) > 12 or not given:
        raise NotBelieved("it is not signed")
    made = hmac.new(secret.encode(), second.encode() + b"." + body, hashlib.sha256).hexdigest()
    if not any(hmac.compare_digest(made.encode(), one.encode()) for one in given):
        raise NotBelieved("its signature is another's")
    if abs(now.timestamp() - int(second)) > MOST_SECONDS:
        raise NotBelieved("it was signed too long ago")
    try:
        event = json.loads(body)
        thing, kind = event["data"]["object"], str(event["type"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise NotBelieved("it is no event") from None
    return Told(frozenset(_ids(thing)), kind.startswith(_OF_A_LIST))


def _ids(thing: Any) -> Iterator[str]:
    if isinstance(thing, dict):
        for name in _NAMING:
            if isinstance(found := thing.get(name), str):
                yield found
