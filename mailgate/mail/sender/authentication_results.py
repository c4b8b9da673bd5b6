"""Authentication-Results (RFC 8601): what a mail server of our own side found out about a sender."""

import re
from collections.abc import Sequence

import authres

from mailgate.mail.address import Mailbox
from mailgate.mail.envelope import Door
from mailgate.mail.sender.evidence import Evidence, Level
from mailgate.mail.wire.headers import split_block, unfold

_FIELD = "authentication-results"
_MAX_FIELDS = 10
_MAX_LENGTH = 10_000
# Worst first; what is not listed says neither yes nor no.
_WORST = ("fail", "permerror", "temperror", "softfail", "policy", "neutral", "none", "pass")
# A failure that the domain asks nothing for: as OpenDMARC and Gmail write it, and as rspamd does.
_ASKS_NOTHING = re.compile(
    r"\bdmarc\s*=\s*fail\s*\(p=none\b|\bheader\.from\s*=\s*[A-Za-z0-9.-]+\s*\(policy=none\)|\bpolicy\.dmarc\s*=\s*none\b",
    re.IGNORECASE,
)


def judge_results(
    raw: bytes, author: Mailbox, *, door: Door, trusted: Sequence[str], to_us: bool, exact: bool
) -> Evidence:
    """Judge by the fields of the servers named in `trusted`; no other word in the mail counts.

    Believed are fields above the topmost Received, which that server wrote itself: whatever a sender forges stands
    below it. By IMAP the provider's order is its own, and its field is the topmost one of all.
    """
    texts = _believed(raw, door, {name.lower() for name in trusted})
    results = [result for text in texts for result in _parsed(text).results]
    domain = author.domain.lower()
    verdicts = [result for result in results if result.method == "dmarc"]
    if not verdicts:
        return Evidence(Level.UNKNOWN, ("no DMARC result of a trusted mail server",))
    if any(_property(result, "header", "from") != domain for result in verdicts):
        return Evidence(Level.UNKNOWN, (f"the DMARC result of the mail server is not about {domain}",))
    verdict = _worst([result.result for result in verdicts])
    if verdict == "fail":
        if any(_ASKS_NOTHING.search(text) for text in texts):
            return Evidence(Level.UNKNOWN, ("the mail server says: DMARC failed, and its policy asks for nothing",))
        return Evidence(Level.NONE, ("the mail server says: DMARC failed",))
    if verdict != "pass":
        return Evidence(Level.UNKNOWN, (f"the mail server says: DMARC {verdict}",))
    signer = next((one for one in _signers(results) if one == domain or (not exact and _related(one, domain))), None)
    if signer is None:
        return Evidence(Level.SPF, ("the mail server says: DMARC passed, not by DKIM",))
    if not to_us:
        return Evidence(Level.UNKNOWN, (f"signed by {signer}, but it is addressed to somebody else",))
    return Evidence(Level.DKIM, (f"the mail server says: DMARC passed, signed by {signer}",))


def _believed(raw: bytes, door: Door, trusted: set[str]) -> list[str]:
    fields = split_block(raw).fields
    names = [name.lower() for name, _ in fields]
    if door is Door.IMAP:
        places = [place for place, name in enumerate(names) if name == _FIELD][:1]
    elif "received" in names:
        places = [place for place in range(names.index("received")) if names[place] == _FIELD]
    else:
        places = []  # every mail server writes one: this mail did not come by ours
    texts = [unfold(fields[place][1]) for place in places[:_MAX_FIELDS] if len(fields[place][1]) <= _MAX_LENGTH]
    return [text for text in texts if _parsed(text).authserv_id in trusted]


class _Unread:
    authserv_id = ""
    results = ()


def _parsed(text: str) -> "authres.AuthenticationResultsHeader | type[_Unread]":
    try:
        read = authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {text}")
    except Exception:  # noqa: BLE001 - a field that cannot be read says nothing
        return _Unread
    return read if read.authserv_id else _Unread


def _property(result: "authres.AuthenticationResult", kind: str, name: str) -> str | None:
    values = {str(one.value).lower() for one in result.properties if (one.type, one.name) == (kind, name)}
    return values.pop() if len(values) == 1 else None


def _worst(words: Sequence[str]) -> str:
    lowered = [word.lower() for word in words]
    return next((word for word in _WORST if word in lowered), "neutral")


def _signers(results: Sequence["authres.AuthenticationResult"]) -> list[str]:
    """Domains with a valid signature; one that has an invalid one too does not count."""
    passed: list[str] = []
    failed: set[str] = set()
    for result in results:
        if result.method != "dkim":
            continue
        domain = _property(result, "header", "d") or (_property(result, "header", "i") or "").rpartition("@")[2]
        if result.result.lower() == "pass":
            passed.append(domain)
        elif result.result.lower() == "fail":
            failed.add(domain)
    return [domain for domain in passed if domain and domain not in failed]


def _related(one: str, other: str) -> bool:
    """One stands within the other: the server has found them aligned, this only picks the signature that did it."""
    return "." in one and (one.endswith(f".{other}") or other.endswith(f".{one}"))
