"""The DKIM rule: which signatures of a mail are valid (RFC 6376), and which of those speak for the whole of it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

import dkim
from dkim.util import parse_tag_value

from mailgate.errors import LookupFailed
from mailgate.mail.sender.canonical_body import CanonicalBody
from mailgate.mail.sender.coverage import Coverage
from mailgate.mail.sender.lookup import Lookup
from mailgate.mail.sender.signature_fields import (
    DOMAIN,
    MAX_NAMED,
    SignatureField,
    SignedMail,
    recipients,
    take_apart,
    weakness,
)

MAX_SIGNATURES = 5  # that are verified; each costs a hash of the body
MAX_KEY_BYTES = 600  # an RSA key of 4096 bits has 550; more is not asked for (RFC 8301 §3.2) and costs time
CLOCK_SKEW = timedelta(minutes=10)
MAX_AGE = timedelta(hours=72)
"""An older signature may be that of a mail which somebody kept, to send it once more."""

_ALGORITHMS = {b"rsa-sha256": b"rsa", b"ed25519-sha256": b"ed25519"}
_BASE64 = re.compile(rb"[A-Za-z0-9+/]+=*")
_SECONDS = re.compile(rb"[0-9]{1,12}")


class Worth(StrEnum):
    """What a signature proves."""

    VOUCHES = "vouches"  # valid, and for all of the mail
    PARTIAL = "partial"  # valid, which is all that DMARC asks, but a part of the mail could be somebody else's
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Signature:
    """One DKIM signature of a domain that may speak for the author."""

    domain: str
    worth: Worth
    reason: str
    seals: tuple[str, ...] = ()  # of one that vouches: by them a copy of the mail is known, whatever was added to it
    recipients: tuple[str, ...] = ()  # of one that vouches: what is in the To and Cc that it covers


class _Unfit(Exception):
    """The signature proves nothing; the text says why, in words that staff may read."""


def check_signatures(
    raw: bytes,
    *,
    aligned: Callable[[str], bool],
    exact: str | None,
    coverage: Coverage,
    ours: Callable[[str], bool],
    lookup: Lookup,
    now: datetime,
) -> tuple[Signature, ...]:
    """Judge the signatures of domains for which `aligned` holds, from the top, up to the first that vouches.

    `exact`: only this domain can vouch. `ours`: an address is one of ours; only a mail to us is vouched for. `now` is
    when the mail came. A message that dkimpy cannot read has no valid signature. Raises LookupFailed when none vouches
    and a key could not be looked up.
    """
    mail = take_apart(raw)
    if mail is None:
        return ()
    body = CanonicalBody(mail.body)
    found: list[Signature] = []
    failed: LookupFailed | None = None
    for field in mail.signatures:
        if len(found) >= MAX_SIGNATURES:
            break
        domain = field.domain
        try:
            if aligned(domain):
                found.append(
                    _judged(mail, body, field, exact=exact, coverage=coverage, ours=ours, lookup=lookup, now=now)
                )
        except _Unfit as error:
            found.append(Signature(domain, Worth.NOTHING, f"the DKIM signature of {domain} {error}"))
        except LookupFailed as error:
            failed = error
        if found and found[-1].worth is Worth.VOUCHES:
            return tuple(found)
    if failed is not None:
        raise failed
    return tuple(found)


def _judged(
    mail: SignedMail,
    body: CanonicalBody,
    field: SignatureField,
    *,
    exact: str | None,
    coverage: Coverage,
    ours: Callable[[str], bool],
    lookup: Lookup,
    now: datetime,
) -> Signature:
    domain, tags = field.domain, field.tags
    _check_tags(field, now)
    key = _key(tags, domain, lookup)
    _verify(mail, body, field, key=key)
    weak = weakness(mail, field, body.original, coverage=coverage, ours=ours) or _age(mail, tags, now)
    if weak is None and exact is not None and domain != exact:
        weak = f"is not of {exact} itself, as it must be for staff"
    if weak is not None:
        return Signature(domain, Worth.PARTIAL, f"the DKIM signature of {domain} is valid, but {weak}")
    reason = f"a DKIM signature of {domain} covers the mail"
    return Signature(domain, Worth.VOUCHES, reason, mail.seals, recipients(mail, field))


def _check_tags(field: SignatureField, now: datetime) -> None:
    """Raises _Unfit when they are not what RFC 6376 asks."""
    domain, tags = field.domain, field.tags
    if any(tag not in tags for tag in (b"v", b"a", b"b", b"bh", b"d", b"h", b"s")) or tags[b"v"] != b"1":
        raise _Unfit("is incomplete")
    if tags[b"a"] not in _ALGORITHMS:
        raise _Unfit("is of a kind that proves nothing")  # rsa-sha1: RFC 8301 §3.1
    if not DOMAIN.fullmatch(tags[b"s"]) or not all(_is_base64(tags[tag]) for tag in (b"b", b"bh")):
        raise _Unfit("is malformed")
    if b"dns/txt" not in tags.get(b"q", b"dns/txt").replace(b" ", b"").split(b":"):
        raise _Unfit("has its key elsewhere than in the DNS")
    agent = tags.get(b"i", b"@" + domain.encode()).rpartition(b"@")[2].lower().decode("ascii", "replace")
    if agent != domain and not agent.endswith(f".{domain}"):
        raise _Unfit("names an agent of another domain")
    at, until = _time(tags, b"t"), _time(tags, b"x")
    if at is not None and at > now.timestamp() + CLOCK_SKEW.total_seconds():
        raise _Unfit("was made in the future")
    if until is not None and (until < now.timestamp() or (at is not None and until < at)):
        raise _Unfit("has expired")
    if len(field.signed) > MAX_NAMED:
        raise _Unfit("names too many fields")
    if b"from" not in field.signed:  # RFC 6376 §5.4
        raise _Unfit("leaves out From")


def _is_base64(value: bytes) -> bool:
    return _BASE64.fullmatch(b"".join(value.split())) is not None


def _time(tags: Mapping[bytes, bytes], tag: bytes) -> int | None:
    if tag not in tags:
        return None
    if not _SECONDS.fullmatch(tags[tag]):
        raise _Unfit("is malformed")
    return int(tags[tag])


def _key(tags: Mapping[bytes, bytes], domain: str, lookup: Lookup) -> bytes:
    """The key record; raises _Unfit when there is no usable one (RFC 6376 §3.6.1)."""
    records = lookup.txt(f"{tags[b's'].decode('ascii').lower()}._domainkey.{domain}")
    keys = [(text, read) for text in records if (read := _tags_of_key(text)) is not None]
    if len(keys) != 1:
        raise _Unfit("has no key in the DNS" if not keys else "has several keys in the DNS")
    text, key = keys[0]
    material = b"".join(key[b"p"].split())
    if not material:
        raise _Unfit("has a key that was revoked")
    if len(material) * 3 // 4 > MAX_KEY_BYTES:
        raise _Unfit("has a key that is too long")
    if key.get(b"k", b"rsa") != _ALGORITHMS[tags[b"a"]]:
        raise _Unfit("has a key of another kind")
    if not {b"*", b"email"} & _listed(key, b"s", b"*") or b"sha256" not in _listed(key, b"h", b"sha256"):
        raise _Unfit("has a key that is not for it")
    flags = _listed(key, b"t", b"")
    if b"y" in flags:
        raise _Unfit("is being tried out")  # RFC 6376 §3.6.1: as if there were none
    if b"s" in flags and tags.get(b"i", b"").rpartition(b"@")[2].lower() not in (b"", domain.encode()):
        raise _Unfit("has a key that is not for subdomains")
    return text


def _tags_of_key(text: bytes) -> dict[bytes, bytes] | None:
    try:
        read: dict[bytes, bytes] = parse_tag_value(text)
    except Exception:  # noqa: BLE001 - some other text that stands at this name
        return None
    return read if b"p" in read and read.get(b"v", b"DKIM1") == b"DKIM1" else None


def _listed(tags: Mapping[bytes, bytes], tag: bytes, default: bytes) -> set[bytes]:
    return {word.strip().lower() for word in tags.get(tag, default).split(b":")}


def _verify(mail: SignedMail, body: CanonicalBody, field: SignatureField, *, key: bytes) -> None:
    """Have dkimpy compute it; raises _Unfit when it does not fit.

    Not by its `verify`, which sees nothing but the clock on the wall and allows it ten hours.
    """
    ready, kind = body.ready(field.tags.get(b"c", b"simple/simple"))
    mail.parts.body = ready
    try:
        tags = {**field.tags, b"c": kind}
        valid = mail.parts.verify_sig(tags, list(field.signed), field.field, lambda name, timeout: key)
    except dkim.KeyFormatError:
        raise _Unfit("has a key that is too short") from None
    except Exception:  # noqa: BLE001 - whatever dkimpy stumbles over proves nothing
        raise _Unfit("does not fit the mail") from None
    if not valid:
        raise _Unfit("does not fit the mail")


def _age(mail: SignedMail, tags: Mapping[bytes, bytes], now: datetime) -> str | None:
    """Why a valid signature may be that of a mail which somebody kept."""
    made = _made_at(mail, tags)
    if made is None:
        return "does not say when it was made"
    if now.timestamp() - made > MAX_AGE.total_seconds():
        return f"was made {int((now.timestamp() - made) // 86400)} days before the mail came"
    return None


def _made_at(mail: SignedMail, tags: Mapping[bytes, bytes]) -> float | None:
    at = _time(tags, b"t")
    if at is not None:
        return at
    dates = [value for name, value in mail.headers if name.lower() == b"date"]  # signed: `uncovered` has seen to that
    try:
        return parsedate_to_datetime(dates[0].decode("ascii", "replace")).timestamp() if len(dates) == 1 else None
    except (ValueError, TypeError, OverflowError):
        return None
