"""The words of an answer, read beside the mail of ours that it answers: what repeats that is history, marked or not."""

from dataclasses import replace

from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.mail.message import Message
from mailgate.mail.message_id import is_ours
from mailgate.mail.words.head import Answers, head_of
from mailgate.mail.words.reply_text import read_reply
from mailgate.tickets.ticket import Ticket
from store.post import parents

_MAX_IDS = 10
"""Of ours among the references: whoever answers names the mail first in In-Reply-To or last in References."""

_MAX_CUT = 20_000  # characters; the raw mail has all of it


def beside_parent(act: Act, incoming: Incoming, ticket: Ticket | None, *, keeps_doubtful: bool) -> Incoming:
    """The same mail with its words read anew; as it was when no mail of ours is known to be answered.

    `ticket` is the one that it is for: without a reference the last mail that its author got there is taken.
    `keeps_doubtful`: what reads like the history of some other mail stays. Customers' words must not be lost; those of
    staff go to a customer, and must not bring along what is nobody else's.
    """
    parent = _parent_text(act, incoming, ticket)
    if not parent:
        return incoming
    message = incoming.message
    answered = (*message.in_reply_to, *message.references)
    head = head_of(message.subject, answered, incoming.author, (*message.to, *message.cc))
    if head.answers is not Answers.FORWARDS:  # it came to an address of the ticket, so it answers something
        head = replace(head, answers=Answers.OURS if keeps_doubtful else Answers.YES)
    reply = read_reply(message.marked_text, head, parent)
    return replace(incoming, message=replace(message, own_text=reply.own, reply_text=reply.words, cut=reply.cut))


def cut_from(message: Message) -> str | None:
    """What `reply_text` leaves out, as an entry keeps it; None when that is nothing."""
    return message.cut.text[:_MAX_CUT] or None


def _parent_text(act: Act, incoming: Incoming, ticket: Ticket | None) -> str | None:
    message = incoming.message
    domain = act.settings.gate.domain
    ids = [one for one in (*message.in_reply_to, *reversed(message.references)) if is_ours(one, domain)]
    last_of = ticket.id if ticket is not None and ticket.messages else None
    return parents.text_of(act.conn, ids[:_MAX_IDS], last_of, incoming.author.address)
