"""Authentication-Results (RFC 8601): what a mail server of our own side found out about a sender."""

import re
from collections.abc import Callable, Sequence

from mailgate.mail.address import Mailbox
from mailgate.mail.envelope import Door
from mailgate.mail.sender.coverage import Coverage
from mailgate.mail.sender.evidence import Evidence, Level, Signed
from mailgate.mail.sender.results_field import Result, ResultsField, read_results
from mailgate.mail.sender.signature_fields import SignedMail, recipients, take_apart, weakness
from mailgate.mail.wire.headers import split_block, unfold

_FIELD = "authentication-results"
_MAX_FIELDS = 10
# Worst first; what is not listed says neither yes nor no.
_WORST = ("fail", "permerror", "temperror", "softfail", "policy", "neutral", "none", "pass")
_POLICY = re.compile(r"\b(p|dis|d)\s*=\s*([a-z]+)")


def judge_results(
    raw: bytes,
    author: Mailbox,
    *,
    door: Door,
    trusted: Sequence[str],
    ours: Callable[[str], bool],
    exact: bool,
    coverage: Coverage,
) -> Evidence:
    """Judge by the fields of the servers named in `trusted`; no other word in the mail counts.

    Believed are fields above the topmost Received, which that server wrote itself: whatever a sender forges stands
    below it. By IMAP the provider's order is its own, and its field is the topmost one of all. `ours`: an address is
    one of ours. `exact` as with `verify`.
    """
    fields = _believed(raw, door, {name.lower() for name in trusted})
    results = [result for field in fields for result in field.results]
    domain = author.domain.lower()
    verdicts = [result for result in results if result.method == "dmarc"]
    if not all(field.is_whole for field in fields) or not all(result.is_whole for result in verdicts):
        # What broke it may be the sender's: nothing that he wrote makes a failure go away.
        worst = Level.NONE if any(field.has_failed for field in fields) else Level.UNKNOWN
        return Evidence(worst, ("what the mail server says cannot be read to its end",))
    if not verdicts:
        return Evidence(Level.UNKNOWN, ("no DMARC result of a trusted mail server",))
    if any(result.property("header.from") != domain for result in verdicts):
        return Evidence(Level.UNKNOWN, (f"the DMARC result of the mail server is not about {domain}",))
    verdict = _worst([result.result for result in verdicts])
    if verdict == "fail":
        if all(_asks_nothing(result) for result in verdicts if result.result == "fail"):
            return Evidence(Level.UNKNOWN, ("the mail server says: DMARC failed, and its policy asks for nothing",))
        return Evidence(Level.NONE, ("the mail server says: DMARC failed",))
    if verdict != "pass":
        return Evidence(Level.UNKNOWN, (f"the mail server says: DMARC {verdict}",))
    signer = next((one for one in _signers(results) if one == domain or (not exact and _related(one, domain))), None)
    if signer is None:
        return Evidence(Level.SPF, ("the mail server says: DMARC passed, not by DKIM",))
    signed = _signed_by(signer, take_apart(raw), coverage=coverage, ours=ours)
    if isinstance(signed, str):
        return Evidence(Level.UNKNOWN, (f"the mail server says: signed by {signer}, but {signed}",))
    return Evidence(Level.DKIM, (f"the mail server says: DMARC passed, signed by {signer}",), signed)


def _asks_nothing(result: Result) -> bool:
    """A failure that the domain asks nothing for: as OpenDMARC and Gmail write it, and as rspamd does."""
    if result.property("policy.dmarc") == "none":
        return True
    for comment in result.comments:
        told = dict(_POLICY.findall(comment.lower()))
        if told.get("p") == "none" and set(told.values()) == {"none"}:  # else a subdomain's policy asks for more
            return True
    return any(
        comment.strip().lower() == "policy=none"
        for one in result.properties
        if one.name == "header.from"
        for comment in one.comments
    )


def _signed_by(
    signer: str, mail: SignedMail | None, *, coverage: Coverage, ours: Callable[[str], bool]
) -> Signed | str:
    """What the signature of a domain covers, or why that is not enough.

    The server tells whose signature is valid, not what it covers: that stands in the mail. Each signature of the domain
    must do, since the server does not say which of them it found valid.
    """
    found = [one for one in mail.signatures if f".{signer}".endswith(f".{one.domain}")] if mail else []
    if mail is None or not found:
        return "its signature is no longer in the mail"
    for signature in found:
        weak = weakness(mail, signature, mail.body, coverage=coverage, ours=ours)
        if weak is not None:
            return weak if weak.startswith("the ") else f"its signature {weak}"
    addressed = set(recipients(mail, found[0])).intersection(*(recipients(mail, one) for one in found))
    return Signed(mail.seals, tuple(sorted(addressed)))


def _believed(raw: bytes, door: Door, trusted: set[str]) -> list[ResultsField]:
    fields = split_block(raw).fields
    names = [name.lower() for name, _ in fields]
    if door is Door.IMAP:
        places = [place for place, name in enumerate(names) if name == _FIELD][:1]
    elif "received" in names:
        places = [place for place in range(names.index("received")) if names[place] == _FIELD]
    else:
        places = []  # every mail server writes one: this mail did not come by ours
    read = (read_results(unfold(fields[place][1])) for place in places[:_MAX_FIELDS])
    return [field for field in read if field is not None and field.authserv_id in trusted]


def _worst(words: Sequence[str]) -> str:
    return next((word for word in _WORST if word in words), "neutral")


def _signers(results: Sequence[Result]) -> list[str]:
    """Domains with a valid signature; one that has an invalid one too does not count."""
    passed: list[str] = []
    failed: set[str] = set()
    for result in results:
        if result.method != "dkim":
            continue
        domain = result.property("header.d") or (result.property("header.i") or "").rpartition("@")[2]
        if result.result == "pass":
            passed.append(domain)
        elif result.result == "fail":
            failed.add(domain)
    return [domain for domain in passed if domain and domain not in failed]


def _related(one: str, other: str) -> bool:
    """One stands within the other: the server has found them aligned, this only picks the signature that did it."""
    return "." in one and (one.endswith(f".{other}") or other.endswith(f".{one}"))
