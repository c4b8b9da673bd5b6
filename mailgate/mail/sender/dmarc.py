"""DMARC (RFC 9989): which policy holds for an author's domain, and which other domains may speak for it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from mailgate.mail.sender.lookup import Lookup

MAX_WALK = 8  # queries of one tree walk, RFC 9989 §4.10

_VERSION = re.compile(rb"[ \t]*v[ \t]*=[ \t]*DMARC1[ \t]*(?:;|\Z)")


class Policy(StrEnum):
    """What a domain asks for when mail in its name fails."""

    NONE = "none"
    QUARANTINE = "quarantine"
    REJECT = "reject"


_TESTED = {Policy.REJECT: Policy.QUARANTINE, Policy.QUARANTINE: Policy.NONE, Policy.NONE: Policy.NONE}
"""With `t=y` the policy is being tried out: one step milder (RFC 9989 §4.7)."""


@dataclass(frozen=True, slots=True)
class Record:
    """One DMARC record; what it leaves out has its default."""

    policy: Policy = Policy.NONE
    subdomain_policy: Policy | None = None
    missing_policy: Policy | None = None  # for subdomains that do not exist
    strict_dkim: bool = False
    strict_spf: bool = False
    public_suffix: bool | None = None  # psd=y, psd=n, and None for psd=u
    testing: bool = False


@dataclass(frozen=True, slots=True)
class Domain:
    """What DMARC says of an author's domain."""

    name: str
    organization: str
    record_at: str | None  # None: no record, DMARC does not apply
    policy: Policy
    strict_dkim: bool
    strict_spf: bool

    def aligns(self, other: str, *, strict: bool, lookup: Lookup) -> bool:
        """Mail that `other` vouches for may carry this domain in its From (RFC 9989 §4.4)."""
        other = other.lower()
        if other == self.name:
            return True
        # The organization of a domain is the domain or stands above it: for all others no question is needed.
        if strict or not _is_within(other, self.organization):
            return False
        return organization(other, lookup) == self.organization


def parse_record(text: bytes) -> Record | None:
    """Read one TXT record; None when it is no DMARC record.

    Unknown tags are ignored. Without a valid `p`, or with an invalid `sp` or `np`, it counts as `p=none` (§4.7).
    """
    if not _VERSION.match(text):
        return None
    tags: dict[str, str] = {}
    for part in text.decode("ascii", "replace").split(";")[1:]:
        name, mark, value = part.partition("=")
        if mark:
            tags.setdefault(name.strip().lower(), value.strip().lower())
    policies = {tag: _policy(tags[tag]) for tag in ("p", "sp", "np") if tag in tags}
    valid = policies.get("p") is not None and None not in policies.values()
    return Record(
        policy=(policies["p"] if valid else None) or Policy.NONE,
        subdomain_policy=policies.get("sp") if valid else None,
        missing_policy=policies.get("np") if valid else None,
        strict_dkim=tags.get("adkim") == "s",
        strict_spf=tags.get("aspf") == "s",
        public_suffix={"y": True, "n": False}.get(tags.get("psd", "")),
        testing=tags.get("t") == "y",
    )


def discover(domain: str, lookup: Lookup) -> Domain:
    """Find what holds for an author's domain. Raises LookupFailed."""
    domain = domain.lower()
    found = dict(_walk(domain, lookup))
    top = _organization(domain, found)
    suffix = next((name for name, record in found.items() if record.public_suffix and name != domain), None)
    record_at = next((name for name in (domain, top, suffix) if name in found), None)
    if record_at is None:
        return Domain(domain, top, None, Policy.NONE, strict_dkim=False, strict_spf=False)
    record = found[record_at]
    policy = record.policy
    if record_at != domain:
        policy = record.subdomain_policy or policy
        if record.missing_policy is not None and record.missing_policy is not policy and not lookup.exists(domain):
            policy = record.missing_policy
    return Domain(
        domain,
        top,
        record_at,
        _TESTED[policy] if record.testing else policy,
        strict_dkim=record.strict_dkim,
        strict_spf=record.strict_spf,
    )


def organization(domain: str, lookup: Lookup) -> str:
    """The organizational domain (RFC 9989 §4.10.2). Raises LookupFailed."""
    domain = domain.lower()
    return _organization(domain, dict(_walk(domain, lookup)))


def _walk(domain: str, lookup: Lookup) -> Iterator[tuple[str, Record]]:
    """The records at the domain and above it, lowest first; up to one that says where the organization ends (§4.10)."""
    for target in _targets(domain):
        records = [record for text in lookup.txt(f"_dmarc.{target}") if (record := parse_record(text)) is not None]
        if len(records) != 1:  # several contradict each other: none counts
            continue
        yield target, records[0]
        if records[0].public_suffix is False or (records[0].public_suffix and target != domain):
            return


def _targets(domain: str) -> Iterator[str]:
    yield domain
    labels = domain.split(".")
    above = labels[1:] if len(labels) < MAX_WALK else labels[1 - MAX_WALK :]
    for start in range(len(above)):
        yield ".".join(above[start:])


def _organization(domain: str, found: dict[str, Record]) -> str:
    """Take it from the records of a walk that began at `domain`."""
    for name, record in found.items():
        if record.public_suffix is False:
            return name
        if record.public_suffix and name != domain:
            labels = domain.split(".")
            return ".".join(labels[-(name.count(".") + 2) :])
    return min(found, key=lambda name: name.count("."), default=domain)


def _is_within(domain: str, top: str) -> bool:
    return domain == top or domain.endswith(f".{top}")


def _policy(text: str) -> Policy | None:
    try:
        return Policy(text)
    except ValueError:
        return None
