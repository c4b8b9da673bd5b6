"""Incoming: everything that is known of a message before the transaction that settles it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from mailgate.config import Settings
from mailgate.desks import Desk, ServiceMailbox, addressed, desk_at, is_ours, recipient, service_at, service_for
from mailgate.flows.story.identify import Identity
from mailgate.inbound.spamd import SpamVerdict
from mailgate.mail.address import Mailbox
from mailgate.mail.address_token import AddressToken, Purpose, TokenFault, of_purpose, unseal
from mailgate.mail.automatic import DOUBTFUL, automatic
from mailgate.mail.bounces.bounce import Bounce, read_report
from mailgate.mail.digest import content_digest
from mailgate.mail.masking import MASKED_FIELD
from mailgate.mail.message import Author, Message
from mailgate.mail.sender.evidence import Evidence
from mailgate.mail.tnef import is_envelope, unwrapped
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
    recipients: tuple[Mailbox, ...]  # of ours, that it was written to
    desk: Desk  # the first that was written to; the first of all for mail to `postmaster@` and its like
    services: frozenset[ServiceMailbox]  # that were written to
    tokens: tuple[AddressToken | TokenFault, ...]  # what the details of the addresses are, but for somebody's own
    own_tokens: tuple[AddressToken | TokenFault, ...]  # those of addresses that the author's signature covers
    choice: Choice  # which of the attachments a ticket takes
    files: tuple[Blob, ...]  # the bytes of those, in their order, ready to be recorded
    answers_own: bool = False  # an address that was made for its author, who is known by then

    @property
    def automatic_is_request(self) -> bool:
        """A program wrote it on its own account (a monitor, a form), not in answer to anything: staff should see it."""
        return self.automatic == "auto-generated"

    @property
    def automatic_is_doubtful(self) -> bool:
        """A person may have written it all the same: staff should see it, when they know who she is."""
        return self.automatic in DOUBTFUL

    @property
    def had_card_number(self) -> bool:
        """One was masked before the mail was kept; its author should not send another."""
        return self.message.header(MASKED_FIELD) is not None

    def token(self, purpose: Purpose) -> AddressToken | TokenFault | None:
        """The token of this purpose in the addresses that were written to; a fault only when none of them is good."""
        return of_purpose(self.tokens, purpose)

    def happened_at(self, now: datetime) -> datetime:
        """When its story takes place: now, or when it came, for a mail that was held."""
        return self.lent.envelope.received_at if self.lent.released else now

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
    keys: Mapping[int, bytes],
    today: date,
) -> Incoming:
    """Read a message with all rules that need no row. Large attachments are written to the archive here.

    `keys` are those of addresses by their ids, `today` the UTC day by which tokens expire. Raises BadAddress for a
    forward-path that no door lets in.
    """
    envelope = lent.envelope
    recipients = _recipients(lent, message, settings)
    desks = (desk_at(mailbox, settings.desks) for mailbox in recipients)
    services = (service_at(mailbox, settings.gate.domain) for mailbox in recipients)
    unasked = _unasked(message, identity.evidence, settings)
    details = [mailbox.detail for mailbox in recipients if len(mailbox.detail) >= _TOKEN_LENGTH]
    tokens = [(detail, unseal(detail, keys, today=today)) for detail in details]
    answers_ours = any(isinstance(token, AddressToken) for _, token in tokens)
    program = automatic(message, envelope, own_domain=settings.gate.domain, answers_ours=answers_ours)
    report = read_report(message, envelope)
    # What stands in Outlook's envelope is for the ticket; the envelope itself stays in the mail as it came.
    if any(map(is_envelope, message.attachments)):
        message = replace(message, attachments=unwrapped(message.attachments))
    choice = choose_files(message.attachments, settings.attachments.rules)
    return Incoming(
        lent=lent,
        message=message,
        mailbox=identity.mailbox,
        evidence=identity.evidence,
        digest=content_digest(raw),
        spam=spam,
        automatic=program or ("bounce" if report else None),
        report=report,
        recipients=recipients,
        desk=next((desk for desk in desks if desk is not None), settings.desks[0]),
        services=frozenset(service for service in services if service is not None and service not in unasked),
        tokens=tuple(token for _, token in tokens),
        own_tokens=tuple(token for detail, token in tokens if identity.evidence.covers(detail)),
        choice=choice,
        files=tuple(archive.prepare(message.attachments[place].content) for place in choice.taken),
    )


def _recipients(lent: Lent, message: Message, settings: Settings) -> tuple[Mailbox, ...]:
    envelope, domain = lent.envelope, settings.gate.domain
    if not envelope.forward_paths:
        return addressed(message, settings.desks, domain, otherwise=envelope.fallback_path)
    return tuple(recipient(path, domain) for path in envelope.forward_paths)


def _unasked(message: Message, evidence: Evidence, settings: Settings) -> frozenset[ServiceMailbox]:
    """Mailboxes of the program that its author did not write to, though he wrote to others of ours.

    Somebody in copy who is quicker than the author's server could bring a mail to a desk to one of these instead. There
    it would come to nothing, and the mail itself would be a copy of it.
    """
    desks, domain = settings.desks, settings.gate.domain
    written = evidence.signed.recipients if evidence.signed else [one.address for one in (*message.to, *message.cc)]
    ours = [address for address in written if is_ours(address, desks, domain)]
    if not ours:  # a blind copy, or an address that is forwarded to us
        return frozenset()
    return frozenset({ServiceMailbox.SIGN_IN, ServiceMailbox.CONFIRM}) - {service_for(one, domain) for one in ours}
