"""Judge the sender of one mail in the way that the settings ask for; the network is asked here."""

from collections.abc import Mapping
from functools import partial
from typing import Protocol

from mailgate.config import Settings, Verify
from mailgate.desks import is_ours
from mailgate.inbound.dns import Lookups, Resolver, TooManyLookups
from mailgate.inbound.spf import check_spf, is_own
from mailgate.mail.address import Mailbox
from mailgate.mail.envelope import Door, Envelope
from mailgate.mail.message import Message
from mailgate.mail.sender.authentication_results import judge_results
from mailgate.mail.sender.evidence import Evidence, Level, capped, judge_unverified
from mailgate.mail.sender.verification import verify


class SenderCheck(Protocol):
    """Judges a mail whose From rule was kept; `exact` for staff, for whom only their very domain may speak.

    Raises LookupFailed when the DNS gives no answer just now.
    """

    def __call__(
        self, raw: bytes, message: Message, author: Mailbox, envelope: Envelope, /, *, exact: bool
    ) -> Evidence: ...


TYPED = Evidence(Level.UNKNOWN, ("the address was typed into the sign-in form",))
TOO_MUCH = Evidence(Level.UNKNOWN, ("to judge it would take too many DNS lookups",))


def believed(_raw: bytes, message: Message, author: Mailbox, _envelope: Envelope, *, exact: bool) -> Evidence:
    """`authentication.verify = "none"`: whoever writes a From address is believed."""
    return judge_unverified(author, message)


def own_check(settings: Settings, resolver: Resolver) -> SenderCheck:
    """`authentication.verify = "own"`: DKIM, SPF and DMARC."""

    def check(raw: bytes, message: Message, author: Mailbox, envelope: Envelope, *, exact: bool) -> Evidence:
        if envelope.door is Door.FORM:
            return TYPED
        lookups = Lookups(resolver)
        try:
            evidence = verify(
                raw,
                author,
                lookup=lookups,
                check_spf=lambda: check_spf(envelope, lookups.another()),
                ours=partial(is_ours, desks=settings.desks, domain=settings.gate.domain),
                exact=exact,
                coverage=settings.authentication.dkim_coverage,
                now=envelope.received_at,
            )
        except TooManyLookups:
            evidence = TOO_MUCH
        return capped(evidence, message)

    return check


def header_check(settings: Settings) -> SenderCheck:
    """`authentication.verify = "trusted-header"`: what our side's mail servers found, where these brought the mail."""

    def check(raw: bytes, message: Message, author: Mailbox, envelope: Envelope, *, exact: bool) -> Evidence:
        if envelope.door is Door.FORM:
            return TYPED
        if envelope.peer is not None and not is_own(envelope.peer):
            return Evidence(Level.UNKNOWN, (f"it came from {envelope.peer}, not by a mail server of ours",))
        evidence = judge_results(
            raw,
            author,
            door=envelope.door,
            trusted=settings.authentication.trusted_authserv_ids,
            ours=partial(is_ours, desks=settings.desks, domain=settings.gate.domain),
            exact=exact,
            coverage=settings.authentication.dkim_coverage,
        )
        return capped(evidence, message)

    return check


def best_evidence(settings: Settings) -> Mapping[Door, tuple[Level, str]]:
    """The best level that a mail by each door can have without a token, and by which checks."""
    match settings.authentication.verify:
        case Verify.NONE:
            without = "none, the From address is believed"
            return dict.fromkeys((Door.SMTP, Door.LMTP, Door.PIPE, Door.IMAP), (Level.DKIM, without))
        case Verify.TRUSTED_HEADER:
            named = "Authentication-Results of " + ", ".join(settings.authentication.trusted_authserv_ids)
            near = f"{named}, from loopback and private networks only"
            return {
                Door.SMTP: (Level.DKIM, near),
                Door.LMTP: (Level.DKIM, near),
                Door.PIPE: (Level.DKIM, named),
                Door.IMAP: (Level.DKIM, f"{named}, where it is the topmost of all"),
            }
        case Verify.OWN:
            without = "DKIM, DMARC; no SPF, for the sender's host is not known"
            return {
                Door.SMTP: (Level.DKIM, "DKIM, SPF, DMARC; no SPF of loopback and private networks"),
                Door.LMTP: (Level.DKIM, without),
                Door.PIPE: (Level.DKIM, without),
                Door.IMAP: (Level.DKIM, without),
            }
