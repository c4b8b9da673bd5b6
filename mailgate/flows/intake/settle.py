"""What becomes of a message: one decision after the other, the first that holds is the disposition."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from mailgate.authority import Action, Verdict, decide
from mailgate.config.settings import UnknownSender
from mailgate.desks import ServiceMailbox, is_our_mailbox
from mailgate.flows.client.confirmed import DEEDS
from mailgate.flows.client.customer_command import obey
from mailgate.flows.client.sent_on import link_for_another
from mailgate.flows.client.sign_in import sign_in
from mailgate.flows.confirm import confirm
from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for
from mailgate.flows.staff.answer import answer
from mailgate.flows.staff.answer.give_back import tell_held
from mailgate.flows.staff.lists.decide import decide as decide_on_list
from mailgate.flows.staff.mend import mend
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.parent import beside_parent
from mailgate.flows.story.settled import Settled
from mailgate.flows.ticket.about_invoice import asked_about
from mailgate.flows.ticket.bounce import bounce
from mailgate.flows.ticket.customer import append, claims_of, open_ticket
from mailgate.flows.ticket.flood import flood_in_ticket, flood_of_tickets
from mailgate.letters.kind import Template
from mailgate.letters.letter import letter
from mailgate.mail.address_token import AddressToken, Purpose, of_purpose
from mailgate.mail.automatic import OWN_MARK, answer_unwanted, hops
from mailgate.mail.disposition import AWAITING_REVIEW, Disposition
from mailgate.mail.message import Author
from mailgate.mail.sender.evidence import Level, with_token
from mailgate.people import Registered, Sender, Staff, Stranger, sender_of, staff_at
from mailgate.tickets.result import Held
from mailgate.tickets.thread import Contradiction, Joined, NewTicket, place
from store import people
from store.archive import Archive
from store.desk import tickets
from store.post import outbox, seals, senders, spool, suppressions
from store.post.spool import Outcome

_BESIDE_TICKETS: Mapping[Purpose, Callable[[Act, Incoming, Staff, AddressToken], Settled]] = {
    Purpose.LIST: decide_on_list,
    Purpose.HELD: decide_on_list,
    Purpose.MEND: mend,
}
"""What staff answer that is no mail of a ticket."""

TOLD_AGAIN_AFTER = timedelta(days=1)
"""A stranger who was told that a person will look needs not hear it again with each mail."""


def settle(act: Act, incoming: Incoming, *, archive: Archive) -> Outcome:
    """Decide, and write whatever follows except the outcome itself, which the caller writes to the mail's row."""
    for blob in incoming.files:
        archive.add(act.conn, blob)
    if incoming.lent.released and incoming.automatic_is_doubtful:  # whoever let it in has seen that a person wrote it
        incoming = replace(incoming, automatic=None)
    settled = _unless_silent(act, incoming, _settle(act, incoming))
    message = incoming.message
    return Outcome(
        settled.disposition,
        settled.reason,
        settled.ticket_id,
        settled.evidence or incoming.evidence,
        spam_score=incoming.spam.score,
        author=str(incoming.author),
        subject=message.subject,
        message_id=message.message_id,
        digest=incoming.digest,
        held_for=settled.held_for,
    )


def _unless_silent(act: Act, incoming: Incoming, settled: Settled) -> Settled:
    """A customer's request that nothing could be answered to, and that no ticket remembers, is for a person to see."""
    is_answered = bool(act.outgoing or act.promised)
    is_told = settled.disposition is not Disposition.COMMAND or settled.ticket_id is not None or is_answered
    if is_told or incoming.lent.released or incoming.mailbox is None:
        return settled
    if not people.contacts_with(act.conn, incoming.mailbox.address):
        return settled
    return replace(settled, disposition=Disposition.HELD, reason=f"{settled.reason}; no answer to it could be sent")


def _told(act: Act, incoming: Incoming, sender: Sender, settled: Settled) -> Settled:
    """Nothing that a staff member asks for ends without an answer.

    A mail that neither its domain nor an address made for its author speaks for may be anybody's: it stands in lists.
    """
    is_answered = settled.disposition not in AWAITING_REVIEW or bool(act.outgoing)
    if not isinstance(sender, Staff) or is_answered or incoming.lent.released or incoming.automatic:
        return settled
    if incoming.evidence.at_least(Level.DKIM) or _is_made_for(incoming, sender):
        why = Held.OTHER if incoming.evidence.at_least(Level.UNKNOWN) else Held.FORGED
        is_spam = settled.disposition is Disposition.QUARANTINED
        tell_held(act, incoming, sender, None, Held.SPAM if is_spam else why)
    return settled


def _is_made_for(incoming: Incoming, writer: Staff) -> bool:
    tokens = (of_purpose(incoming.own_tokens, one) for one in (*_BESIDE_TICKETS, Purpose.STAFF, Purpose.CONFIRM))
    return any(isinstance(token, AddressToken) and token.recipient_id == writer.id for token in tokens)


def _settle(act: Act, incoming: Incoming) -> Settled:
    conn, settings = act.conn, act.settings
    address = incoming.mailbox.address if incoming.mailbox else ""
    met = spool.met(conn, incoming.digest, address, before=incoming.lent)
    if met.is_suppressed and not incoming.automatic and incoming.evidence.at_least(Level.DKIM):
        suppressions.remove(conn, address)  # whoever writes from there can be reached there
    if met.copy_of is not None:
        return Settled(Disposition.DUPLICATE, f"the same mail as {met.copy_of}", ticket_id=met.ticket_id)
    signed = incoming.evidence.signed
    original = seals.claim(conn, incoming.lent.spool_id, signed.seals) if signed else None
    if original is not None:  # what its signature does not cover was changed, by a relay or by whoever sends it again
        reason = f"the same signed mail as {original.spool_id}"
        return Settled(Disposition.DUPLICATE, reason, ticket_id=original.ticket_id)
    passed, limit = hops(incoming.message), settings.limits.max_hops
    if passed > limit and not incoming.lent.released:  # a loop, not a long route: RFC 5321 §6.3
        return Settled(Disposition.HELD, f"loop: it has passed {passed} servers, more than {limit}")
    if isinstance(incoming.token(Purpose.LOOP), AddressToken):
        return Settled(Disposition.COMMAND, "the loop test of mailgate doctor")
    if incoming.report is not None:
        return bounce(act, incoming, incoming.report)
    if incoming.mailbox and is_our_mailbox(incoming.mailbox, settings.desks, settings.gate.domain):
        return Settled(Disposition.AUTOMATIC, "its author is an address of ours")
    if incoming.automatic == OWN_MARK:
        return Settled(
            Disposition.AUTOMATIC, "a mail of this gate came back: it bears our mark or a Message-ID of ours"
        )
    sender = sender_of(incoming.mailbox, people.contacts_with(conn, address), staff_at(address, act.staff))
    if ServiceMailbox.SIGN_IN in incoming.services:
        return _told(act, incoming, sender, sign_in(act, incoming, sender))
    score = incoming.spam.score
    if (
        score is not None
        and score >= settings.spam.hold_score
        and not incoming.lent.released
        and not _is_wanted(act, incoming, sender)
    ):
        reason = f"spam score {score:g}, held from {settings.spam.hold_score:g}: {' '.join(incoming.spam.symbols)}"
        held = _held(act, incoming, sender, disposition=Disposition.QUARANTINED, reason=reason)
        return _told(act, incoming, sender, held)
    if ServiceMailbox.CONFIRM in incoming.services:
        return _told(act, incoming, sender, confirm.reply(act, incoming, sender, DEEDS))
    incoming = _with_token(incoming, sender)
    if isinstance(sender, Staff):
        return _from_staff(act, incoming, sender)
    return _from_outside(act, incoming, sender)


def _with_token(incoming: Incoming, sender: Sender) -> Incoming:
    """Its evidence is better when its author has answered an address that was made for him."""
    purposes: tuple[Purpose, ...]
    match sender:
        case Staff():
            purposes, made_for = (*_BESIDE_TICKETS, Purpose.STAFF), {sender.id}
        case Registered():
            purposes, made_for = (Purpose.REPLY, Purpose.INVOICE), {contact.id for contact in sender.contacts}
        case Stranger():
            return incoming
    tokens = [of_purpose(incoming.own_tokens, purpose) for purpose in purposes]
    if any(isinstance(token, AddressToken) and token.recipient_id in made_for for token in tokens):
        return replace(incoming, evidence=with_token(incoming.evidence), answers_own=True)
    return incoming


def _from_staff(act: Act, incoming: Incoming, writer: Staff) -> Settled:
    """An answer to a list decides on what it lists, one to lost words says where to; all else is about a ticket."""
    for purpose, story in _BESIDE_TICKETS.items():
        token = incoming.token(purpose)
        if isinstance(token, AddressToken) and token.recipient_id == writer.id:
            return story(act, incoming, writer, token)
    return answer(act, incoming, writer)


def _from_outside(act: Act, incoming: Incoming, sender: Registered | Stranger) -> Settled:
    """A customer's contact or a stranger: the thread, then commands, then the matrix."""
    contacts = sender.contacts if isinstance(sender, Registered) else ()
    asked = asked_about(incoming, contacts)
    if asked is not None:  # of several customers who share the address, this one was written to
        contacts = (asked[1],)
        sender = Registered(contacts)
    claims = claims_of(act, incoming, contacts)
    known = tickets.locked(act.conn, claims.named)
    placed = place(claims, incoming.author.address, contacts, known)
    if isinstance(placed, Contradiction) and incoming.lent.released:
        placed = NewTicket(placed.ticket_id, placed)
    if isinstance(placed, Contradiction):
        return _held(act, incoming, sender, reason=placed.reason, ticket_id=placed.ticket_id)

    incoming = beside_parent(act, incoming, placed.ticket if isinstance(placed, Joined) else None, keeps_doubtful=True)

    def keep_words(written: Incoming) -> Settled:
        return _keep_words(act, written, sender, placed)

    # What may not be answered is not obeyed either: its author would never hear what became of it.
    robot = incoming.automatic or answer_unwanted(incoming.message)
    paid_for = None if robot else link_for_another(act, incoming, contacts)
    if paid_for is not None:
        return paid_for
    if isinstance(sender, Registered) and not robot:
        obeyed = obey(act, incoming, sender, placed, keep_words)
        if obeyed is not None:
            return obeyed
    return keep_words(incoming)


def _keep_words(act: Act, incoming: Incoming, sender: Registered | Stranger, placed: Joined | NewTicket) -> Settled:
    """The words join the ticket that they belong to, or begin one, or a person decides."""
    evidence = incoming.evidence
    if isinstance(placed, Joined):
        if decide(Action.APPEND, evidence) is Verdict.HOLD and not incoming.lent.released:
            reason = "; ".join(evidence.reasons)
            return _held(act, incoming, sender, reason=reason, ticket_id=placed.ticket.id)
        flood = flood_in_ticket(act, incoming, placed.ticket)
        if flood:
            return Settled(Disposition.HELD, flood, ticket_id=placed.ticket.id, evidence=evidence)
        return append(act, incoming, placed)
    return _new(act, incoming, sender, placed)


def _new(act: Act, incoming: Incoming, sender: Registered | Stranger, placed: NewTicket) -> Settled:
    """No ticket that it may join: a new one, or a person decides."""
    settings = act.settings
    is_for_staff = incoming.automatic_is_request or (incoming.automatic_is_doubtful and isinstance(sender, Registered))
    if incoming.automatic and not is_for_staff:
        return Settled(Disposition.AUTOMATIC, incoming.automatic, evidence=incoming.evidence)
    welcome = (
        isinstance(sender, Registered)
        or incoming.lent.released
        or _is_wanted(act, incoming, sender)
        or settings.desk_rules.unknown_sender is UnknownSender.OPEN
        or bool(incoming.services & {ServiceMailbox.POSTMASTER, ServiceMailbox.ABUSE})
    )
    action = Action.OPEN if isinstance(sender, Registered) else Action.OPEN_AS_STRANGER
    verdict = decide(action, incoming.evidence)
    if verdict is Verdict.HOLD and not incoming.lent.released:
        reason = "; ".join(incoming.evidence.reasons)
        return _held(act, incoming, sender, reason=reason, ticket_id=placed.claimed)
    if not welcome:
        if incoming.automatic:
            return Settled(Disposition.AUTOMATIC, incoming.automatic, evidence=incoming.evidence)
        reason = "its author is neither a customer's contact nor staff"
        if placed.claimed:
            reason += f"; it names ticket #{placed.claimed}"
        return _held(act, incoming, sender, reason=reason, ticket_id=placed.claimed)
    flood = flood_of_tickets(act, incoming, sender)
    if flood:  # nobody is told but staff, by `flows.due`: an answer would feed it
        return Settled(Disposition.HELD, flood, ticket_id=placed.claimed, evidence=incoming.evidence)
    return open_ticket(act, incoming, sender, placed)


def _is_wanted(act: Act, incoming: Incoming, sender: Registered | Stranger | Staff) -> bool:
    """Staff have said that they want what this stranger writes, and it is proved that he wrote it."""
    proved = isinstance(sender, Stranger) and sender.mailbox is not None and incoming.evidence.at_least(Level.DKIM)
    return proved and senders.is_allowed(act.conn, incoming.author.address)


def _held(
    act: Act,
    incoming: Incoming,
    sender: Registered | Stranger | Staff,
    *,
    reason: str,
    disposition: Disposition = Disposition.HELD,
    ticket_id: int | None = None,
) -> Settled:
    """A person decides. Whoever proved his address is told so, in fixed words; staff are told by `flows.due`."""
    if incoming.evidence.at_least(Level.DKIM) and _is_told(act, incoming, sender, disposition):
        nameless = Author("", incoming.author.address)
        sheet = sheet_for(act, nameless, answers=incoming, subject="")  # no word of his comes back
        notify(act, [letter(Template.HELD, sheet)], cause=incoming)
    return Settled(disposition, reason, ticket_id=ticket_id, evidence=incoming.evidence)


def _is_told(act: Act, incoming: Incoming, sender: Registered | Stranger | Staff, disposition: Disposition) -> bool:
    """A customer's contact is told of each mail; a stranger once a day, and not when it looks like spam."""
    if incoming.mailbox is None or isinstance(sender, Staff):
        return False
    if isinstance(sender, Registered):
        return True
    since = act.now - TOLD_AGAIN_AFTER
    told = outbox.recent_to(act.conn, incoming.mailbox.address, (Template.HELD,), since=since)
    return disposition is not Disposition.QUARANTINED and not told
