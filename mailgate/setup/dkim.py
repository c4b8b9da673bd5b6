"""Check of our DKIM signatures: a mail that is signed as ours are is judged by our own rule, with the DNS as it is."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from mailgate.desks import sending_domains
from mailgate.inbound.dns import Lookups
from mailgate.mail.sender.coverage import Coverage
from mailgate.mail.sender.dkim_rule import Signature, Worth, check_signatures
from mailgate.mail.signing_key import SigningKey
from mailgate.outbound.sign import signed
from mailgate.setup.finding import Finding, fail, ok, skipped, warn, worst
from mailgate.setup.site import Site
from mailgate.setup.zone_file import dkim_record
from store import signing_keys

_SAMPLE = (
    "From: <support@{domain}>\r\nTo: <somebody@example.org>\r\nSubject: DKIM\r\nMIME-Version: 1.0\r\n"
    "Date: {at:%a, %d %b %Y %H:%M:%S %z}\r\nMessage-ID: <dkim@{domain}>\r\nContent-Type: text/plain\r\n\r\nDKIM\r\n"
)


def dkim(site: Site) -> Finding:
    """Others can verify our signatures: the DNS has the keys that sign, and those that will."""
    with site.reading() as conn:
        signing, waiting = signing_keys.signing(conn), signing_keys.waiting(conn)
    if not signing and not waiting:
        return skipped("mailgate does not sign; where the smarthost does not either: mailgate keys dkim")
    domains, lookups, at = sending_domains(site.settings.desks, site.settings.gate.domain), site.lookups(), site.now()
    found = [fail(words, record) for words, record in missing(signing, domains, lookups, at)]
    found += [
        warn(f"{words}; nothing is signed with it yet", record)
        for words, record in missing(waiting, domains, lookups, at)
    ]
    if waiting and not found:
        return warn(f"{_named(waiting)} could sign", f"{site.command} keys dkim --enable")
    return worst(found) if found else ok(f"{_named(signing)}, of {', '.join(domains)}")


def missing(
    keys: Sequence[SigningKey], domains: Sequence[str], lookups: Lookups, at: datetime
) -> Iterator[tuple[str, str]]:
    """What is wrong with the record of each key in each domain, with the record to paste. Raises LookupFailed."""
    for domain in domains:
        for key in keys:
            reason = _judged(key, domain, lookups, at)
            if reason is not None:
                yield f"{key.selector}: {reason}", dkim_record(key.selector, domain, key.record)


def _judged(key: SigningKey, domain: str, lookups: Lookups, at: datetime) -> str | None:
    raw = signed(_SAMPLE.format(domain=domain, at=at).encode(), (key,), domain=domain, at=at)
    found = verified(raw, domain, lookups, at)
    return None if found.worth is Worth.VOUCHES else found.reason


def verified(raw: bytes, domain: str, lookups: Lookups, at: datetime) -> Signature:
    """What the first signature of this domain on a mail is worth to others. Raises LookupFailed."""
    found = check_signatures(
        raw,
        aligned=lambda one: one == domain,
        exact=domain,
        coverage=Coverage.STRICT,
        ours=lambda _: True,  # it is for whoever gets it
        lookup=lookups,
        now=at,
    )
    return found[0] if found else Signature(domain, Worth.NOTHING, f"it has no DKIM signature of {domain}")


def _named(keys: Sequence[SigningKey]) -> str:
    return ", ".join(key.selector for key in keys)
