"""Sign: DKIM signatures on our own mail (RFC 6376; RSA as RFC 8301 wants it, Ed25519 by RFC 8463).

A mail is signed once, when it is composed, and the signed bytes are kept: each attempt sends the same ones. There is no
`l=`, behind which anybody could add text, and no `x=`: a mail that an operator sends again weeks later is still ours.
"""

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key

from mailgate.mail.signing_key import SigningKey

OVERSIGNED = (
    *("From", "To", "Cc", "Subject", "Date", "Reply-To", "Message-ID", "In-Reply-To", "References"),
    *("MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
)
"""Named once more than they stand in the mail: one that somebody adds breaks the signature (RFC 6376 §8.15)."""

SIGNED = ("Auto-Submitted", "List-Id")
"""Signed where they stand; others may add theirs."""

_MAX_LINE = 76
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:((?:[^\r\n]|\r\n[ \t])*)\r\n")
_BLANKS = re.compile(rb"[ \t\r\n]+")
_LONG_BLANKS = re.compile(rb"[ \t]{2,}|\t")


def signed(raw: bytes, keys: Sequence[SigningKey], *, domain: str, at: datetime) -> bytes:
    """The message with a signature of `domain` by each of these keys above it, the first one topmost.

    `raw` is a message as it is sent: CRLF, no bare CR or LF, at least one field. `at`: when it is signed, aware.
    """
    head, _, body = raw.partition(b"\r\n\r\n")
    fields = _relaxed_fields(head + b"\r\n")
    digest = base64.b64encode(hashlib.sha256(_relaxed_body(body)).digest()).decode()
    names = _named(fields)
    covered = b"".join(_select(fields, names))
    signatures = []
    for key in keys:
        value = _unsigned(key, names, digest, domain=domain, at=at)
        data = covered + b"dkim-signature:" + _relaxed(value.encode())
        signature = base64.b64encode(_signature(key.private, data)).decode()
        signatures.append(f"DKIM-Signature: {value}{_in_lines(signature, first=_MAX_LINE - 3)}\r\n".encode())
    return b"".join((*signatures, raw))


def _relaxed_fields(head: bytes) -> list[tuple[bytes, bytes]]:
    """Names in lower case and values, by the relaxed canonicalization of RFC 6376 §3.4.2."""
    return [(name.lower(), _relaxed(value)) for name, value in _FIELD.findall(head)]


def _relaxed(value: bytes) -> bytes:
    return _BLANKS.sub(b" ", value).strip(b" ")


def _relaxed_body(body: bytes) -> bytes:
    """By RFC 6376 §3.4.4: blanks become one, at the ends of lines none; empty lines at the end go."""
    lines = body if body.endswith(b"\r\n") else body + b"\r\n"
    if b"  " in lines or b"\t" in lines:
        lines = _LONG_BLANKS.sub(b" ", lines)
    text = lines.replace(b" \r\n", b"\r\n").rstrip(b"\r\n")
    return text + b"\r\n" if text else b""


def _named(fields: Sequence[tuple[bytes, bytes]]) -> list[str]:
    """The names for `h=`."""
    present = [name for name, _ in fields]
    names = [name for name in OVERSIGNED for _ in range(present.count(name.lower().encode()) + 1)]
    return names + [name for name in SIGNED for _ in range(present.count(name.lower().encode()))]


def _select(fields: Sequence[tuple[bytes, bytes]], names: Sequence[str]) -> Iterator[bytes]:
    """What is hashed of the header: of several instances the last first, of one that is not there nothing (§5.4.2)."""
    left = {name: [value for one, value in fields if one == name] for name, _ in fields}
    for name in (name.lower().encode() for name in names):
        values = left.get(name)
        if values:
            yield name + b":" + values.pop() + b"\r\n"


def _unsigned(key: SigningKey, names: Sequence[str], digest: str, *, domain: str, at: datetime) -> str:
    """The field's value up to its empty `b=`, folded."""
    tags = f"v=1; a={key.algorithm.value}; c=relaxed/relaxed; t={int(at.timestamp())}"
    lines = [f"{tags};", f"d={domain};", f"s={key.selector};"]
    row = "h="
    for name, mark in zip(names, ":" * (len(names) - 1) + ";", strict=True):
        if len(row) + len(name) + 1 > _MAX_LINE:
            lines.append(row)
            row = ""
        row += name + mark
    return "\r\n ".join((*lines, row, f"bh={digest};", "b="))


def _in_lines(text: str, *, first: int) -> str:
    """Base64 in lines that fit, the first one behind a tag."""
    rest = [text[at : at + _MAX_LINE] for at in range(first, len(text), _MAX_LINE)]
    return "\r\n ".join((text[:first], *rest))


def _signature(private: bytes, data: bytes) -> bytes:
    key = _loaded(private)
    if isinstance(key, RSAPrivateKey):
        return key.sign(data, PKCS1v15(), SHA256())
    return key.sign(hashlib.sha256(data).digest())  # RFC 8463 §3: of the hash


@lru_cache(maxsize=8)
def _loaded(private: bytes) -> RSAPrivateKey | Ed25519PrivateKey:
    """Reading an RSA key checks it, which takes longer than signing."""
    key = load_der_private_key(private, password=None)
    assert isinstance(key, RSAPrivateKey | Ed25519PrivateKey)  # made by `signing_key.make_pair`
    return key
