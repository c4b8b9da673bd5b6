"""A staff member answers a list of held mail: each line decides on some of it, and one receipt says what was done."""

from collections.abc import Sequence
from typing import cast

from mailgate.authority import Action, Verdict
from mailgate.authority import decide as may
from mailgate.errors import BadAddress, MailgateError
from mailgate.flows import review
from mailgate.flows.act import Act
from mailgate.flows.flood import repeated
from mailgate.flows.incoming import Incoming
from mailgate.flows.notify import notify, reply_address
from mailgate.flows.settled import Settled
from mailgate.mail.address import parse_mailbox
from mailgate.mail.address_token import AddressToken, Purpose
from mailgate.mail.directives import MAX_DIRECTIVES, read_directives
from mailgate.mail.disposition import Disposition
from mailgate.mail.evidence import Level
from mailgate.mail.notice import Template
from mailgate.people import Staff
from mailgate.tickets import notices
from mailgate.tickets.desks import is_ours
from mailgate.tickets.flood import DAY
from mailgate.tickets.held_verbs import HeldCommand, HeldVerb, read_held_commands
from mailgate.tickets.verbs import Misread
from store import outbox, people, senders, spool
from store.spool import Accepted


class _Undecided(MailgateError):
    """This decision cannot be carried out; the text says why."""


def decide(act: Act, incoming: Incoming, writer: Staff, token: AddressToken) -> Settled:
    """Carry out the lines of an answer to a list, or none of them; `incoming` has the evidence of its token."""
    evidence = incoming.evidence
    if incoming.automatic:
        return Settled.as_(Disposition.AUTOMATIC, incoming.automatic, evidence=evidence)
    unscored = bool(incoming.spam.unscored_reason)
    if may(Action.STAFF_COMMAND, evidence, unscored=unscored) is not Verdict.DO and not incoming.lent.released:
        reason = f"not enough evidence to {Action.STAFF_COMMAND.value}: {'; '.join(evidence.reasons)}"
        return Settled.as_(Disposition.HELD, reason, evidence=evidence)
    read = read_directives(incoming.message, marked=False)
    commands, misread = read_held_commands(read.directives, _listed(act, writer, token))
    obstacle = (
        f"There are more than {MAX_DIRECTIVES} lines in it."
        if read.excess
        else "A line in it was not understood."
        if misread
        else "There is no decision in it."
        if not commands
        else None
    )
    if obstacle and _was_told(act, writer, obstacle, misread):
        reason = f"the same was answered to this writer within a day: {obstacle}"
        return Settled.as_(repeated(act, incoming), reason, evidence=evidence)
    if obstacle:
        sent = _answer(act, incoming, writer, token, obstacle=obstacle, misread=misread)
        return Settled.as_(
            Disposition.COMMAND, f"returned to its writer: {obstacle}", evidence=evidence, outbox_ids=sent
        )
    by = f"{writer.name}, mail {incoming.lent.spool_id}, evidence {evidence.level.value}"
    done = tuple(_carry_out(act, command, by) for command in commands)
    sent = _answer(act, incoming, writer, token, done=done)
    return Settled.as_(Disposition.COMMAND, "decided on held mail", evidence=evidence, outbox_ids=sent)


def _was_told(act: Act, writer: Staff, obstacle: str, misread: Sequence[Misread]) -> bool:
    """A responder, which no sign tells from a person, answers each answer with the same lines."""
    lines = [line.line for line in misread]
    return any(
        row.notice.to_address == writer.address
        and row.notice.values["obstacle"] == obstacle
        and [line["line"] for line in cast("Sequence[dict[str, str]]", row.notice.values["lines"])] == lines
        for row in outbox.created_since(act.conn, Template.DECIDED, since=act.now - DAY)
    )


def _listed(act: Act, writer: Staff, token: AddressToken) -> frozenset[int]:
    rows = outbox.of_list(act.conn, writer.address, (Template.HELD_ALERT,), number=token.object_id)
    return frozenset(mail_id for row in rows for mail_id in cast("Sequence[int]", row.notice.values["ids"]))


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
        language="en",
        now=act.now,
    )
    return customer.id


def _answer(
    act: Act,
    incoming: Incoming,
    writer: Staff,
    token: AddressToken,
    *,
    obstacle: str = "",
    misread: Sequence[Misread] = (),
    done: Sequence[str] = (),
) -> tuple[int, ...]:
    desk = act.settings.desks[0]
    notice = notices.decided(
        notices.Letterhead(act.settings.gate.company, desk),
        writer,
        done=done,
        obstacle=obstacle,
        misread=misread,
        in_reply_to=incoming.message.message_id,
        reply_to=reply_address(act, Purpose.LIST, desk)(token.object_id, writer.id),
    )
    return notify(act, [notice], cause=incoming)
