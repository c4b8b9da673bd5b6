"""Incoming: everything that is known of a message before the transaction that settles it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from mailgate.config import Settings
from mailgate.desks import Desk, ServiceMailbox, addressed, desk_for, service_for
from mailgate.flows.story.identify import Identity
from mailgate.inbound.spamd import SpamVerdict
from mailgate.mail.address import Mailbox, parse_mailbox
from mailgate.mail.address_token import AddressToken, Purpose, TokenFault, unseal
from mailgate.mail.automatic import automatic
from mailgate.mail.bounces.bounce import Bounce, read_report
from mailgate.mail.digest import content_digest
from mailgate.mail.message import Author, Message
from mailgate.mail.sender.evidence import Evidence
from mailgate.mail.tnef import unwrapped
from mailgate.tickets.files import Choice, choose_files
from store.archive import Archive, Blob
from store.post.spool import Lent

_TOKEN_LENGTH = 24
"""A shorter detail is somebody's own (`support+phone@`), not a damaged token of ours."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One accepted message, read."""

    lent: Lent
    message: Message
    mailbox: Mailbox | None  # the author, when the From rule was kept
    evidence: Evidence
    digest: str
    spam: SpamVerdict
    automatic: str | None  # why a program is thought to have written it
    report: Bounce | None
    recipients: tuple[str, ...]  # addresses of ours
    choice: Choice  # which of the attachments a ticket takes
    files: tuple[Blob, ...]  # the bytes of those, in their order, ready to be recorded

    @property
    def automatic_is_request(self) -> bool:
        """A program wrote it on its own account (a monitor, a form), not in answer to anything: staff should see it."""
        return self.automatic == "auto-generated"

    @property
    def author(self) -> Author:
        """Whom to name: the identity if there is one, else what the header shows."""
        if self.mailbox is not None:
            return Author(self.message.author.name if self.message.author else "", self.mailbox.address)
        return self.message.author or Author("", "unknown sender")


def read(
    lent: Lent,
    raw: bytes,
    message: Message,
    identity: Identity,
    spam: SpamVerdict,
    *,
    settings: Settings,
    archive: Archive,
) -> Incoming:
    """Read a message with all rules that need no row. Large attachments are written to the archive here."""
    envelope = lent.envelope
    recipients = envelope.forward_paths or addressed(
        message, settings.desks, settings.gate.domain, otherwise=envelope.fallback_path
    )
    report = read_report(message, envelope)
    # What stands in Outlook's envelope is for the ticket; the envelope itself stays in the mail as it came.
    message = replace(message, attachments=unwrapped(message.attachments))
    choice = choose_files(message.attachments, settings.attachments.rules)
    return Incoming(
        lent=lent,
        message=message,
        mailbox=identity.mailbox,
        evidence=identity.evidence,
        digest=content_digest(raw),
        spam=spam,
        automatic=automatic(message, envelope, own_domain=settings.gate.domain) or ("bounce" if report else None),
        report=report,
        recipients=recipients,
        choice=choice,
        files=tuple(archive.prepare(message.attachments[place].content) for place in choice.taken),
    )


def desk_of(incoming: Incoming, desks: Sequence[Desk]) -> Desk:
    """The desk that was written to; the first one for mail to `postmaster@` and its like."""
    found = (desk_for(address, desks) for address in incoming.recipients)
    return next((desk for desk in found if desk is not None), desks[0])


def is_for(incoming: Incoming, service: ServiceMailbox, domain: str) -> bool:
    """Written to this service mailbox of the gate."""
    return any(service_for(address, domain) is service for address in incoming.recipients)


def token_in(
    incoming: Incoming, purpose: Purpose, keys: Mapping[int, bytes], *, today: date
) -> AddressToken | TokenFault | None:
    """The token of this purpose in the addresses that were written to; a fault only when none of them is good."""
    fault: TokenFault | None = None
    for address in incoming.recipients:
        if "@" not in address:  # a bare `postmaster`, RFC 5321 §4.5.1
            continue
        detail = parse_mailbox(address).detail
        if len(detail) < _TOKEN_LENGTH:
            continue
        read_token = unseal(detail, keys, purpose=purpose, today=today)
        if isinstance(read_token, AddressToken):
            return read_token
        fault = read_token
    return fault
