"""What an answer to a list of held mail does: the mails are let in or end, and their senders may become known."""

from collections.abc import Sequence
from typing import cast

from mailgate.commands.directives import Directive
from mailgate.desks import is_ours
from mailgate.errors import BadAddress, MailgateError
from mailgate.flows.story import review
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.mail.address import parse_mailbox
from mailgate.mail.sender.evidence import Level
from mailgate.people import Staff
from mailgate.tickets.held_verbs import HeldCommand, HeldVerb, read_held_commands
from mailgate.tickets.verbs import Misread
from store import people
from store.post import senders, spool
from store.post.outbox import Outgoing
from store.post.spool import Accepted


class _Undecided(MailgateError):
    """This decision cannot be carried out; the text says why."""


def read_held(
    act: Act, directives: Sequence[Directive], answered: Sequence[Outgoing]
) -> tuple[tuple[HeldCommand, ...], tuple[Misread, ...]]:
    """Only mails that the answered list named can be meant."""
    listed = {mail_id for row in answered for mail_id in cast("Sequence[int]", row.notice.values["ids"])}
    return read_held_commands(directives, listed)


def decide_held(act: Act, command: HeldCommand, incoming: Incoming, writer: Staff) -> str:
    """One decision; says what was done, or why not. The mails of what is let in are settled by their own jobs."""
    by = f"{writer.name}, mail {incoming.lent.spool_id}, evidence {incoming.evidence.level.value}"
    return _carry_out(act, command, by)


def _carry_out(act: Act, command: HeldCommand, by: str) -> str:
    """One decision; returns what was done, or why not, in words."""
    try:
        match command.verb:
            case HeldVerb.SPAM | HeldVerb.REFUSE:
                is_spam = command.verb is HeldVerb.SPAM
                review.refuse(act.conn, command.mail_id, by=by, is_spam=is_spam, now=act.now)
                return f"mail {command.mail_id}: refused{', as spam' if is_spam else ''}"
            case HeldVerb.RELEASE:
                review.release(act.conn, command.mail_id, by=by, now=act.now)
                return f"mail {command.mail_id}: let in"
            case HeldVerb.ALLOW:
                address = _sender(act, command.mail_id)
                review.release(act.conn, command.mail_id, by=by, now=act.now)
                senders.allow(act.conn, address, by=by, now=act.now)
                return f"mail {command.mail_id}: let in, as will be what {address} writes from now on"
            case HeldVerb.REGISTER:
                address = _sender(act, command.mail_id)
                number = _register(act, command.name, address)
                review.release(act.conn, command.mail_id, by=by, now=act.now)
                return f"mail {command.mail_id}: let in; {command.name} <{address}> is customer {number}"
    except (review.NotHeld, _Undecided) as error:
        return f"mail {command.mail_id}: nothing was done: {error}"


def _sender(act: Act, mail_id: int) -> str:
    """The address that is to be known from now on. Raises _Undecided when nobody can say whose it is."""
    held: Accepted | None = spool.show(act.conn, mail_id)
    author = held.outcome.author if held else None
    address = (author or "").rpartition("<")[2].removesuffix(">")
    evidence = held.outcome.evidence if held else None
    if evidence is None or evidence.level is Level.NONE:
        raise _Undecided("its From names nobody for sure; release it alone")
    try:
        parse_mailbox(address)
    except BadAddress as error:
        raise _Undecided("its From has no usable address; release it alone") from error
    if is_ours(address, act.settings.desks, act.settings.gate.domain) or people.staff_with(act.conn, address):
        raise _Undecided(f"{address} is an address of ours")
    return address


def _register(act: Act, name: str, address: str) -> int:
    known = people.contacts_with(act.conn, address)
    if known:
        raise _Undecided(f"{address} is a contact of customer {known[0].customer_id} already")
    gate = act.settings.gate
    customer = people.add_customer(
        act.conn,
        name,
        address,
        country=None,
        currency=gate.currency,
        timezone=str(gate.zone),
        language=gate.language,
        now=act.now,
    )
    return customer.id
