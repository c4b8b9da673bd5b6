"""Signed detail in an address, `support+<token>@…`: purpose, object, recipient and expiry, under a MAC.

Layout: key id (1 byte), purpose (1), expiry day (2, days since 2020-01-01), object id and recipient id (varints), then
HMAC-SHA256 cut to 80 bits; lower-case base32 without padding, because mail systems fold the case of local-parts.
A token proves that its bearer has seen a mail to the recipient, and no more: quotes and forwards carry it along.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

MAC_BYTES = 10  # 80 bits: RFC 2104 §5 asks for half the hash, but a local-part holds 64 octets
MAX_ID = 2**63 - 1

_EPOCH = date(2020, 1, 1)
_LAST_DAY = 0xFFFF  # in the year 2199
_LABEL = b"mailgate address token 1\0"  # what else the key may ever sign, it is not this
_MAX_TOKEN = 80
_VARINT_BYTES = 9  # of seven bits: 63


class Purpose(StrEnum):
    """What a token is good for; one is never taken for another."""

    REPLY = "reply"
    STAFF = "staff"
    VERP = "verp"
    CONFIRM = "confirm"
    SIGN_IN = "sign-in"
    LIST = "list"  # of things to be decided on, by numbers
    LOOP = "loop"  # a mail of `mailgate doctor` to ourselves, by the way that replies take
    HELD = "held"  # one held mail to be decided on
    MEND = "mend"  # of the address of a mail of ours that did not arrive
    INVOICE = "invoice"  # a document, in a mail to a contact about money


_CODES = {
    Purpose.REPLY: 1,
    Purpose.STAFF: 2,
    Purpose.VERP: 3,
    Purpose.CONFIRM: 4,
    Purpose.SIGN_IN: 5,
    Purpose.LIST: 6,
    Purpose.LOOP: 7,
    Purpose.MEND: 8,
    Purpose.HELD: 9,
    Purpose.INVOICE: 10,
}
_PURPOSES = {code: purpose for purpose, code in _CODES.items()}


class TokenFault(StrEnum):
    """Why a detail is no valid token."""

    MALFORMED = "malformed"
    UNKNOWN_KEY = "unknown-key"
    FORGED = "forged"
    WRONG_PURPOSE = "wrong-purpose"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Key:
    """A signing key; its id (0 to 255) stands in the token in the clear."""

    id: int
    secret: bytes


@dataclass(frozen=True, slots=True)
class AddressToken:
    """What a token says; it is valid up to and including the day `expires_on`."""

    purpose: Purpose
    object_id: int  # ticket, outbox row, or what else the purpose is about
    recipient_id: int  # whom the mail with the token went to
    expires_on: date


def seal(token: AddressToken, key: Key) -> str:
    """The detail for an address: at most 43 characters for ids up to 2**40.

    Raises ValueError for ids below 0 or above 63 bits, and for days before 2020 or after 2199.
    """
    day = (token.expires_on - _EPOCH).days
    if not 0 <= day <= _LAST_DAY:
        raise ValueError(f"a token cannot expire on {token.expires_on}")
    payload = bytes((key.id, _CODES[token.purpose])) + day.to_bytes(2, "big")
    payload += _varint(token.object_id) + _varint(token.recipient_id)
    return _encode(payload + _mac(payload, key.secret))


def unseal(detail: str, keys: Mapping[int, bytes], *, today: date) -> AddressToken | TokenFault:
    """Read a detail that may be a token, in any case; whatever is wrong with it is answered as a fault.

    Expiry is looked at only when the MAC is right: a forger learns nothing from it. `of_purpose` says what it is good
    for.
    """
    sealed = _decode(detail)
    if sealed is None or len(sealed) < 6 + MAC_BYTES:
        return TokenFault.MALFORMED
    payload, mac = sealed[:-MAC_BYTES], sealed[-MAC_BYTES:]
    secret = keys.get(payload[0])
    if secret is None:
        return TokenFault.UNKNOWN_KEY
    if not hmac.compare_digest(mac, _mac(payload, secret)):
        return TokenFault.FORGED
    token = _read(payload)
    if token is None:  # our own key signed it: a later version of this program did
        return TokenFault.MALFORMED
    return TokenFault.EXPIRED if today > token.expires_on else token


def of_purpose(tokens: Iterable[AddressToken | TokenFault], purpose: Purpose) -> AddressToken | TokenFault | None:
    """The first of this purpose; a fault only when there is none: a broken one rather than one of another purpose."""
    fault: TokenFault | None = None
    for token in tokens:
        if isinstance(token, AddressToken) and token.purpose is purpose:
            return token
        fault = token if isinstance(token, TokenFault) else fault or TokenFault.WRONG_PURPOSE
    return fault


def _mac(payload: bytes, secret: bytes) -> bytes:
    return hmac.new(secret, _LABEL + payload, hashlib.sha256).digest()[:MAC_BYTES]


def _encode(sealed: bytes) -> str:
    return base64.b32encode(sealed).decode("ascii").rstrip("=").lower()


def _decode(detail: str) -> bytes | None:
    if not detail.isascii() or len(detail) > _MAX_TOKEN:  # not everything that folds to a letter is one: U+017F, U+0131
        return None
    folded = detail.upper()
    try:
        sealed = base64.b32decode(folded + "=" * (-len(folded) % 8))
    except binascii.Error:
        return None
    # The last letter may hold bits that mean nothing: only the spelling that we write is ours.
    return sealed if _encode(sealed) == detail.lower() else None


def _read(payload: bytes) -> AddressToken | None:
    purpose = _PURPOSES.get(payload[1])
    day = int.from_bytes(payload[2:4], "big")
    object_id, at = _read_varint(payload, 4)
    recipient_id, end = _read_varint(payload, at)
    if purpose is None or end != len(payload):
        return None
    return AddressToken(purpose, object_id, recipient_id, _EPOCH + timedelta(days=day))


def _varint(number: int) -> bytes:
    if not 0 <= number <= MAX_ID:
        raise ValueError(f"a token cannot hold the id {number}")
    digits = bytearray()
    while number > 0x7F:
        digits.append(0x80 | (number & 0x7F))
        number >>= 7
    digits.append(number)
    return bytes(digits)


def _read_varint(payload: bytes, at: int) -> tuple[int, int]:
    """The number and where the next one begins: behind the end when it was cut off."""
    number = 0
    for shift in range(_VARINT_BYTES):
        if at >= len(payload):
            break
        digit = payload[at]
        at += 1
        number |= (digit & 0x7F) << (7 * shift)
        if digit < 0x80:
            return number, at
    return 0, len(payload) + 1
