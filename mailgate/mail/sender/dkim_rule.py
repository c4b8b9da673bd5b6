"""The DKIM rule: which signatures of a mail are valid (RFC 6376), and which of those speak for the whole of it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

import dkim
from dkim.util import parse_tag_value

from mailgate.errors import LookupFailed
from mailgate.mail.sender.canonical_body import CanonicalBody
from mailgate.mail.sender.coverage import Coverage, uncovered
from mailgate.mail.sender.lookup import Lookup
from mailgate.mail.wire.headers import MAX_FIELDS, MAX_HEADER_BYTES

MAX_SIGNATURES = 5  # that are verified; each costs a hash of the body
MAX_LOOKED_AT = 20
MAX_SIGNATURE_BYTES = 4096  # dkimpy's search for `b=` takes the square of a field's blanks
MAX_NAMED = 200  # fields in `h=`
MIN_RSA_BITS = 1024  # RFC 8301 §3.2
MAX_KEY_BYTES = 600  # an RSA key of 4096 bits has 550; more is not asked for (RFC 8301 §3.2) and costs time
CLOCK_SKEW = timedelta(minutes=10)
MAX_AGE = timedelta(hours=72)
"""An older signature may be that of a mail which somebody kept, to send it once more."""

_ALGORITHMS = {b"rsa-sha256": b"rsa", b"ed25519-sha256": b"ed25519"}
_NAME = re.compile(
    rb"(?=.{1,253}\Z)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
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


class _Unfit(Exception):
    """The signature proves nothing; the text says why, in words that staff may read."""


def check_signatures(
    raw: bytes,
    *,
    aligned: Callable[[str], bool],
    exact: str | None,
    coverage: Coverage,
    lookup: Lookup,
    now: datetime,
) -> tuple[Signature, ...]:
    """Judge the signatures of domains for which `aligned` holds, from the top, up to the first that vouches.

    `exact`: only this domain can vouch. `now` is when the mail came. A message that dkimpy cannot read has no valid
    signature. Raises LookupFailed when none vouches and a key could not be looked up.
    """
    mail = _taken_apart(raw)
    if mail is None:
        return ()
    body = CanonicalBody(mail.body)
    found: list[Signature] = []
    failed: LookupFailed | None = None
    fields = [value for name, value in mail.headers if name.lower() == b"dkim-signature"]
    for index, value in enumerate(fields[:MAX_LOOKED_AT]):
        domain = _domain_of(value) if len(value) <= MAX_SIGNATURE_BYTES else None
        if domain is None:
            continue
        if len(found) >= MAX_SIGNATURES:
            break
        try:
            if aligned(domain):
                found.append(_judged(mail, body, index, domain, exact=exact, coverage=coverage, lookup=lookup, now=now))
        except _Unfit as error:
            found.append(Signature(domain, Worth.NOTHING, f"the DKIM signature of {domain} {error}"))
        except LookupFailed as error:
            failed = error
        if found and found[-1].worth is Worth.VOUCHES:
            return tuple(found)
    if failed is not None:
        raise failed
    return tuple(found)


def _taken_apart(raw: bytes) -> "dkim.DKIM | None":
    if b"dkim-signature" not in raw[:MAX_HEADER_BYTES].lower():
        return None
    try:
        mail = dkim.DKIM(raw, logger=_Quiet(), minkey=MIN_RSA_BITS)
    except Exception:  # noqa: BLE001 - dkimpy fails in many ways on what is no mail (an IndexError on a folded first line)
        return None
    if len(mail.headers) > MAX_FIELDS:
        return None
    # Two readers who see different authors are how identities get forged.
    return mail if sum(name.lower() == b"from" for name, _ in mail.headers) == 1 else None


def _domain_of(value: bytes) -> str | None:
    try:
        domain = parse_tag_value(value).get(b"d", b"")
    except Exception:  # noqa: BLE001 - a field that is no list of tags is no signature
        return None
    return domain.decode("ascii").lower() if _NAME.fullmatch(domain) else None


def _judged(
    mail: "dkim.DKIM",
    body: CanonicalBody,
    index: int,
    domain: str,
    *,
    exact: str | None,
    coverage: Coverage,
    lookup: Lookup,
    now: datetime,
) -> Signature:
    field = [header for header in mail.headers if header[0].lower() == b"dkim-signature"][index]
    tags: dict[bytes, bytes] = parse_tag_value(field[1])
    signed = _signed_fields(tags, domain, now)
    key = _key(tags, domain, lookup)
    _verify(mail, body, tags=tags, signed=signed, field=field, key=key)
    weakness = _weakness(mail, body.original, tags, signed, coverage=coverage, now=now)
    if weakness is None and exact is not None and domain != exact:
        weakness = f"is not of {exact} itself, as it must be for staff"
    if weakness is not None:
        return Signature(domain, Worth.PARTIAL, f"the DKIM signature of {domain} is valid, but {weakness}")
    return Signature(domain, Worth.VOUCHES, f"a DKIM signature of {domain} covers the mail")


def _signed_fields(tags: Mapping[bytes, bytes], domain: str, now: datetime) -> list[bytes]:
    """The fields that the signature names, in lower case; raises _Unfit when its tags are not what RFC 6376 asks."""
    if any(tag not in tags for tag in (b"v", b"a", b"b", b"bh", b"d", b"h", b"s")) or tags[b"v"] != b"1":
        raise _Unfit("is incomplete")
    if tags[b"a"] not in _ALGORITHMS:
        raise _Unfit("is of a kind that proves nothing")  # rsa-sha1: RFC 8301 §3.1
    if not _NAME.fullmatch(tags[b"s"]) or not all(_is_base64(tags[tag]) for tag in (b"b", b"bh")):
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
    signed = [name.strip().lower() for name in tags[b"h"].split(b":")]
    if len(signed) > MAX_NAMED:
        raise _Unfit("names too many fields")
    if b"from" not in signed:  # RFC 6376 §5.4
        raise _Unfit("leaves out From")
    return signed


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


def _verify(
    mail: "dkim.DKIM",
    body: CanonicalBody,
    *,
    tags: Mapping[bytes, bytes],
    signed: Sequence[bytes],
    field: Sequence[bytes],
    key: bytes,
) -> None:
    """Have dkimpy compute it; raises _Unfit when it does not fit.

    Not by its `verify`, which sees nothing but the clock on the wall and allows it ten hours.
    """
    ready, kind = body.ready(tags.get(b"c", b"simple/simple"))
    mail.body = ready
    try:
        valid = mail.verify_sig({**tags, b"c": kind}, list(signed), field, lambda name, timeout: key)
    except dkim.KeyFormatError:
        raise _Unfit("has a key that is too short") from None
    except Exception:  # noqa: BLE001 - whatever dkimpy stumbles over proves nothing
        raise _Unfit("does not fit the mail") from None
    if not valid:
        raise _Unfit("does not fit the mail")


def _weakness(
    mail: "dkim.DKIM",
    body: bytes,
    tags: Mapping[bytes, bytes],
    signed: Sequence[bytes],
    *,
    coverage: Coverage,
    now: datetime,
) -> str | None:
    """Why a valid signature does not speak for the whole mail."""
    if b"l" in tags:
        return "covers only the beginning of the text"
    left_out = uncovered(mail.headers, signed, body, coverage)
    if left_out is not None:
        return left_out
    made = _made_at(mail, tags)
    if made is None:
        return "does not say when it was made"
    if now.timestamp() - made > MAX_AGE.total_seconds():
        return f"was made {int((now.timestamp() - made) // 86400)} days before the mail came"
    return None


def _made_at(mail: "dkim.DKIM", tags: Mapping[bytes, bytes]) -> float | None:
    at = _time(tags, b"t")
    if at is not None:
        return at
    dates = [value for name, value in mail.headers if name.lower() == b"date"]  # signed: `uncovered` has seen to that
    try:
        return parsedate_to_datetime(dates[0].decode("ascii", "replace")).timestamp() if len(dates) == 1 else None
    except (ValueError, TypeError, OverflowError):
        return None


class _Quiet:
    """A logger for dkimpy, which would write what strangers say into our log."""

    def debug(self, *_words: object) -> None:
        """Say nothing."""

    error = debug

    def isEnabledFor(self, _level: int) -> bool:
        """Say nothing, and do not work out what it would be."""
        return False
