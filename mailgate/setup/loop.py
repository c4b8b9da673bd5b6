"""Checks by a mail to ourselves, through the smarthost and back by whatever way replies take.

Its address bears a token that is good for nothing else: whatever comes in by it is settled as a command without effect
and never becomes a ticket. One that has lost its token ends as mail of an author of ours, likewise without effect.
"""

import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from sqlalchemy import Connection

from mailgate.desks import addressed
from mailgate.errors import MailgateError
from mailgate.mail.address import Mailbox
from mailgate.mail.address_token import AddressToken, Key, Purpose, seal
from mailgate.mail.automatic import hops
from mailgate.mail.message import Message
from mailgate.mail.parse import parse
from mailgate.mail.sender.dkim_rule import Worth
from mailgate.mail.wire.headers import split_block
from mailgate.outbound.sign import signed
from mailgate.setup.dkim import verified
from mailgate.setup.finding import Finding, fail, ok, skipped
from mailgate.setup.site import Site
from mailgate.wiring.servers import smarthosts_of
from store import keys, signing_keys
from store.archive import archive_of
from store.post import spool
from store.post.spool import Accepted

WAIT_SECONDS = 110.0
CHECK_SECONDS = 120.0

_POLL_SECONDS = 0.2
_GOOD_FOR = timedelta(days=1)
_MAX_BYTES = 1 << 20  # ours is small, and so is a report about it
_EXTENSION = "keep what stands behind +: Postfix `recipient_delimiter = +`, Exim `local_part_suffix = +*`"

_CHANGED = "mailgate doctor --only dkim; when that is well, have no mail server on the way change mails"


@dataclass(frozen=True, slots=True)
class Probe:
    """One mail to ourselves."""

    nonce: str
    address: str  # with the token behind its +
    message_id: str
    raw: bytes
    signed_for: str | None  # the domain, if it is signed


@dataclass(frozen=True, slots=True)
class Back:
    """What came in of it."""

    raw: bytes
    message: Message
    recipients: tuple[str, ...]
    after_seconds: float


def loop(site: Site, *, wait_seconds: float = WAIT_SECONDS) -> Finding:
    """A mail to a signed reply address comes back to us with its token."""
    if site.settings.smarthost.address is None:
        return skipped("smarthost.address is empty")
    probe = _write(site)
    back = _send(site, probe, wait_seconds)
    return back if isinstance(back, Finding) else _judge(site, probe, back)


def forged_results(site: Site) -> Finding:
    """Authentication-Results that a stranger writes in the name of our mail server do not reach us."""
    named = site.settings.authentication.trusted_authserv_ids
    if not named or site.settings.smarthost.address is None:
        return skipped("authentication.trusted_authserv_ids is empty, or smarthost.address is")
    probe = _write(site, pretending=named)
    back = _send(site, probe)
    if isinstance(back, Finding):
        return back
    if back.message.message_id != probe.message_id:
        return _returned(back)
    fields = split_block(back.raw).every("authentication-results")
    left = [name for name in named if any(_mark(probe.nonce, name).encode() in value for value in fields)]
    if left:
        fix = f"have the mail server in front delete incoming Authentication-Results of {named[0]} (RFC 8601 §5)"
        return fail(f"forged Authentication-Results of {', '.join(left)} came through", fix)
    return ok(f"forged Authentication-Results of {', '.join(named)} were taken out on the way")


def _write(site: Site, *, pretending: Sequence[str] = ()) -> Probe:
    now, desk = site.now(), site.settings.desks[0].mailbox
    nonce = secrets.token_hex(8)
    with site.reading() as conn:
        key = Key(*keys.signing(conn))
        signers = signing_keys.signing(conn)
    token = AddressToken(Purpose.LOOP, int(nonce[:10], 16), 0, (now + _GOOD_FOR).date())
    address = Mailbox(desk.local_part, seal(token, key), desk.domain).address
    message_id = f"loop.{nonce}@{site.settings.gate.domain}"
    mail = EmailMessage(policy=SMTP)
    for name in pretending:
        mail["Authentication-Results"] = f"{name}; dmarc=pass {_mark(nonce, name)} header.from={desk.domain}"
    mail["From"] = desk.address
    mail["To"] = address
    mail["Subject"] = "mailgate doctor: does mail come back?"
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message_id}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("This mail looks for its way back to the gate. Nothing needs to be done about it.")
    raw = signed(mail.as_bytes(), signers, domain=desk.domain.lower(), at=now)
    return Probe(nonce, address, message_id, raw, desk.domain.lower() if signers else None)


def _send(site: Site, probe: Probe, wait_seconds: float = WAIT_SECONDS) -> Back | Finding:
    """Hand it to the smarthost, and wait until something of it comes in."""
    smarthost = smarthosts_of(site.settings)[0]
    with site.reading() as conn:
        seen = spool.last_id(conn)
    began = time.monotonic()
    try:
        with smarthost.connect() as session:
            session.envelope(probe.address, probe.address)  # a report about it is then no ticket either
            session.data(probe.raw)
    except MailgateError as error:
        return fail(str(error), "the smarthost must take mail from and to the desks' addresses")
    while time.monotonic() - began < wait_seconds:
        with site.reading() as conn:
            for accepted, raw in _arrived(site, conn, after=seen):
                seen = accepted.id
                back = _read(site, probe, accepted, raw, began)
                if back is not None:
                    return back
        time.sleep(_POLL_SECONDS)
    fix = f"follow {probe.message_id} in the logs of the smarthost and of the mail server in front"
    return fail(f"not back within {wait_seconds:g} s", fix)


def _arrived(site: Site, conn: Connection, *, after: int) -> Iterator[tuple[Accepted, bytes]]:
    archive = archive_of(site.settings)
    for accepted in spool.listing(conn, after=after):
        yield accepted, archive.load(conn, accepted.sha256) if accepted.size <= _MAX_BYTES else b""


def _read(site: Site, probe: Probe, accepted: Accepted, raw: bytes, began: float) -> Back | None:
    """It, or a report about it; None for any other mail."""
    if probe.message_id.encode() not in raw:
        return None
    settings, message = site.settings, parse(raw)
    named = addressed(message, settings.desks, settings.gate.domain, otherwise=None)
    recipients = accepted.forward_paths or tuple(mailbox.address for mailbox in named)
    return Back(raw, message, recipients, time.monotonic() - began)


def _judge(site: Site, probe: Probe, back: Back) -> Finding:
    if back.message.message_id != probe.message_id:
        return _returned(back)
    if not any(one.lower() == probe.address.lower() for one in back.recipients):
        to = ", ".join(back.recipients) or "nobody of ours"
        return fail(f"it came back without its token, to {to}: replies and bounces lose theirs too", _EXTENSION)
    words = f"back after {back.after_seconds:.1f} s, {hops(back.message)} hops, its token intact"
    if probe.signed_for is None:
        return ok(words)
    signature = verified(back.raw, probe.signed_for, site.lookups(), site.now())
    if signature.worth is not Worth.VOUCHES:
        return fail(f"{words}, but {signature.reason}", _CHANGED)
    return ok(f"{words}, its signature too")


def _returned(back: Back) -> Finding:
    return fail(f"it came back as undeliverable: {back.message.subject}", "see why in its text: mailgate inbox list")


def _mark(nonce: str, name: str) -> str:
    """A comment that tells our forgery from what mail servers wrote."""
    return f"({nonce}/{name})"
