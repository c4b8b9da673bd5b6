"""The DKIM-Signature fields of a mail: what each says that it signs (RFC 6376 §3.5). Nothing is verified here."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import dkim
from dkim.canonicalization import CanonicalizationPolicy
from dkim.util import parse_tag_value

from mailgate.mail.bounds import MAX_ADDRESS_BYTES, MAX_GUESSES_OF_MAIL, MAX_HEADER_BYTES
from mailgate.mail.sender.coverage import Coverage, uncovered
from mailgate.mail.wire.address_list import read_addresses
from mailgate.mail.wire.charset import Guesses
from mailgate.mail.wire.headers import split_block, unfold

MAX_LOOKED_AT = 20
MAX_SIGNATURE_BYTES = 4096  # dkimpy's search for `b=` takes the square of a field's blanks
MAX_NAMED = 200  # fields in `h=`
MIN_RSA_BITS = 1024  # RFC 8301 §3.2

DOMAIN = re.compile(
    rb"(?=.{1,253}\Z)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
_RECIPIENTS = (b"to", b"cc")


@dataclass(frozen=True, slots=True)
class SignatureField:
    """One signature as it stands in the mail."""

    domain: str  # its `d=`, lower case
    tags: Mapping[bytes, bytes]
    signed: tuple[bytes, ...]  # names in `h=`, lower case, as often as they stand there
    field: tuple[bytes, bytes]


class SignedMail:
    """A mail as dkimpy takes it apart, and the signatures in it, from the top."""

    def __init__(self, parts: "dkim.DKIM") -> None:
        self.parts = parts
        self.body: bytes = parts.body
        self.headers: list[tuple[bytes, bytes]] = parts.headers
        fields = [field for field in self.headers if field[0].lower() == b"dkim-signature"]
        read = (_read(*field) for field in fields[:MAX_LOOKED_AT])
        self.signatures = tuple(signature for signature in read if signature)

    @cached_property
    def seals(self) -> tuple[str, ...]:
        """A digest for each signature: of the fields that it signs and of itself, and so of the body by its `bh=`.

        Whoever changes one of them breaks the signature; whatever he adds beside them changes no seal. The value of
        `b=` is not in it: one signature can be written in several ways. All signatures of a mail count, since one can
        be taken away and leave the others valid.
        """
        found = (self._seal(signature) for signature in self.signatures)
        return tuple(sorted({seal for seal in found if seal}))

    def _seal(self, signature: SignatureField) -> str | None:
        if len(signature.signed) > MAX_NAMED:
            return None
        try:
            policy = CanonicalizationPolicy.from_c_value(signature.tags.get(b"c", b"simple/simple"))
            headers = policy.canonicalize_headers(self.headers)
            digest = hashlib.sha256()
            dkim.hash_headers(digest, policy, headers, signature.signed, signature.field, signature.tags)
        except Exception:  # noqa: BLE001 - dkimpy fails in many ways; what it cannot read is valid for no mail
            return None
        return digest.hexdigest()


def take_apart(raw: bytes) -> SignedMail | None:
    """None for a mail without a signature, or one that dkimpy reads otherwise than the rest of the program."""
    if b"dkim-signature" not in raw[:MAX_HEADER_BYTES].lower():
        return None
    try:
        parts = dkim.DKIM(raw, logger=_Quiet(), minkey=MIN_RSA_BITS)
    except Exception:  # noqa: BLE001 - dkimpy fails in many ways on what is no mail (an IndexError on a folded first line)
        return None
    # Two readers who see different fields, or different authors, are how identities get forged.
    names = [name.decode("ascii").lower() for name, _ in parts.headers]
    if names.count("from") != 1 or names != [name.lower() for name, _ in split_block(raw).fields]:
        return None
    return SignedMail(parts)


def weakness(
    mail: SignedMail, signature: SignatureField, body: bytes, *, coverage: Coverage, ours: Callable[[str], bool]
) -> str | None:
    """Why a signature, though valid, does not speak for the whole mail, or not for a mail to us.

    `ours`: an address is one of ours. Whoever has a true mail to somebody else can send it on, with a To or Cc of his
    own where the signature does not cover it.
    """
    if b"l" in signature.tags:
        return "covers only the beginning of the text"
    left_out = uncovered(mail.headers, signature.signed, body, coverage)
    if left_out is not None:
        return left_out
    if any(ours(address) for address in recipients(mail, signature)):
        return None
    if any(ours(address) for address in _recipients(mail, signature)[1]):
        return "leaves out the To or Cc that names us"
    return "the mail is addressed to somebody else"


def recipients(mail: SignedMail, signature: SignatureField) -> tuple[str, ...]:
    """The addresses in To and Cc that the signature covers."""
    return tuple(_recipients(mail, signature)[0])


def _recipients(mail: SignedMail, signature: SignatureField) -> tuple[list[str], list[str]]:
    """Those, and the others."""
    covered: list[str] = []
    others: list[str] = []
    guesses = Guesses(MAX_GUESSES_OF_MAIL)
    for name in _RECIPIENTS:
        values = [value for field, value in mail.headers if field.lower() == name]
        found = covered if signature.signed.count(name) >= len(values) else others
        for value in values:
            text = unfold(value[:MAX_ADDRESS_BYTES], guesses=guesses)
            found.extend(author.address for author in read_addresses(text, guesses))
    return covered, others


def _read(name: bytes, value: bytes) -> SignatureField | None:
    if len(value) > MAX_SIGNATURE_BYTES:
        return None
    try:
        tags: dict[bytes, bytes] = parse_tag_value(value)
    except Exception:  # noqa: BLE001 - a field that is no list of tags is no signature
        return None
    domain = tags.get(b"d", b"")
    if not DOMAIN.fullmatch(domain):
        return None
    signed = tuple(one.strip().lower() for one in tags.get(b"h", b"").split(b":"))
    return SignatureField(domain.decode("ascii").lower(), tags, signed, (name, value))


class _Quiet:
    """A logger for dkimpy, which would write what strangers say into our log."""

    def debug(self, *_words: object) -> None:
        """Say nothing."""

    error = debug

    def isEnabledFor(self, _level: int) -> bool:
        """Say nothing, and do not work out what it would be."""
        return False
