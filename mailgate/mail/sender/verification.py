"""What DKIM, SPF and DMARC together make of a mail's author."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mailgate.mail.address import Mailbox
from mailgate.mail.sender.coverage import Coverage
from mailgate.mail.sender.dkim_rule import Signature, Worth, check_signatures
from mailgate.mail.sender.dmarc import Domain, Policy, discover
from mailgate.mail.sender.evidence import Evidence, Level, Signed
from mailgate.mail.sender.lookup import Lookup

_MAX_TOLD = 3


@dataclass(frozen=True, slots=True)
class Spf:
    """What SPF (RFC 7208) says of the host that brought a mail: `result` is one of its words, about `domain`."""

    result: str
    domain: str
    peer: str


def verify(
    raw: bytes,
    author: Mailbox,
    *,
    lookup: Lookup,
    check_spf: Callable[[], Spf | None],
    ours: Callable[[str], bool],
    exact: bool,
    coverage: Coverage,
    now: datetime,
) -> Evidence:
    """Judge a mail whose From rule was kept; asks no more than it needs, DKIM before SPF. Raises LookupFailed.

    `ours`: an address is one of ours. `exact`: an author whose words are acted upon (staff), so that only a
    signature of his very domain counts. `check_spf` gives None where the sender's own host is not known.
    """
    domain = discover(author.domain, lookup)
    signatures = check_signatures(
        raw,
        aligned=lambda other: domain.aligns(other, strict=domain.strict_dkim, lookup=lookup),
        exact=domain.name if exact else None,
        coverage=coverage,
        ours=ours,
        lookup=lookup,
        now=now,
    )
    told = tuple(signature.reason for signature in signatures[-_MAX_TOLD:])
    if not signatures:
        told = (f"no DKIM signature of {domain.name}",)
    elif signatures[-1].worth is Worth.VOUCHES:
        best = signatures[-1]
        return Evidence(Level.DKIM, (best.reason,), Signed(best.seals, best.recipients))
    spf = check_spf()
    return _without_dkim(domain, signatures, told, spf, lookup)


def _without_dkim(
    domain: Domain, signatures: tuple[Signature, ...], told: tuple[str, ...], spf: Spf | None, lookup: Lookup
) -> Evidence:
    if spf is None:
        told = (*told, "no SPF: the sender's host is not known here")
    elif spf.result != "pass":
        told = (*told, f"SPF of {spf.domain}: {spf.result} for {spf.peer}")
    elif not domain.aligns(spf.domain, strict=domain.strict_spf, lookup=lookup):
        told = (*told, f"SPF speaks for {spf.domain} only")
    else:
        return Evidence(Level.SPF, (f"SPF: {spf.peer} may send for {spf.domain}", *told))
    if any(
        signature.worth is not Worth.NOTHING for signature in signatures
    ):  # DMARC passes, but the mail may be padded
        return Evidence(Level.UNKNOWN, told)
    if domain.record_at is None:
        return Evidence(Level.UNKNOWN, (*told, f"{domain.name} has no DMARC policy"))
    if domain.policy is Policy.NONE:
        return Evidence(Level.UNKNOWN, (*told, f"DMARC of {domain.record_at} asks for nothing"))
    failed = f"DMARC failed: {domain.record_at} asks to {domain.policy} such mail"
    return Evidence(Level.NONE, (failed, *told))
