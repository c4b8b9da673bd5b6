"""A staff member answers a list: each line decides on something in it, and one receipt says what was done."""

from collections.abc import Mapping, Sequence
from functools import partial

from mailgate.authority import Action, Verdict
from mailgate.authority import decide as may
from mailgate.commands.directives import read_directives
from mailgate.commands.grammar import Reading, read
from mailgate.commands.misread import Misread
from mailgate.commands.place import Where
from mailgate.confirmation import Line, Says
from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for
from mailgate.flows.staff.answer.ask import ask_whether
from mailgate.flows.staff.answer.give_back import hold, why_unproved
from mailgate.flows.staff.lists.decide_bank import decide_bank
from mailgate.flows.staff.lists.decide_held import decide_held
from mailgate.flows.staff.lists.decide_queue import decide_queue
from mailgate.flows.staff.lists.decide_tomorrow import decide_tomorrow
from mailgate.flows.staff.lists.list_kind import ListKind
from mailgate.flows.staff.place import of_held, of_queue
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.place import place_of
from mailgate.flows.story.settled import Settled
from mailgate.flows.ticket.flood import recorded, repeated
from mailgate.letters.kind import Template
from mailgate.letters.notice import gist_of
from mailgate.mail.address_token import AddressToken, Purpose
from mailgate.mail.disposition import Disposition
from mailgate.people import Staff
from mailgate.tickets import notices
from mailgate.tickets.flood import DAY
from mailgate.tickets.result import Decided, Held, Item, item
from mailgate.tickets.verbs.lists import BANK, HELD, QUEUE, TOMORROW
from store.post import lists, outbox

_KINDS: Mapping[Template, ListKind] = {
    Template.HELD_ALERT: ListKind("held mail", HELD, of_held, decide_held),
    Template.QUEUE: ListKind("the queue", QUEUE, of_queue, decide_queue),
    Template.BANK_LINES: ListKind("bank lines", BANK, of_held, decide_bank),
    Template.TOMORROW: ListKind("what is billed tomorrow", TOMORROW, of_queue, decide_tomorrow),
}


def decide(act: Act, incoming: Incoming, writer: Staff, token: AddressToken) -> Settled:
    """Carry out the lines of an answer to a list, or none of them; `incoming` has the evidence of its token."""
    evidence = incoming.evidence
    if incoming.automatic:
        disposition, reason = recorded(act, incoming)
        return Settled(disposition, reason, evidence=evidence)
    verdict = Verdict.DO if incoming.lent.released else _may(incoming)
    if verdict not in (Verdict.DO, Verdict.CONFIRM):
        reason = f"not enough evidence to {Action.STAFF_COMMAND.value}: {'; '.join(evidence.reasons)}"
        return hold(act, incoming, writer, None, reason, why=why_unproved(incoming))
    answered = _answered(act, writer, token)
    if answered is None:
        return hold(act, incoming, writer, None, "it answers a list that is no longer here", why=Held.NO_LIST)
    kind, listed = answered
    place = place_of(act, writer, Where.NEW, listed=kind.listed(listed))
    reading = read(read_directives(incoming.message, marked=False), kind.table, place)
    obstacle = _obstacle(reading)
    if obstacle and _was_told(act, writer, obstacle, reading.misread):
        reason = f"the same was answered to this writer within a day: {_ENGLISH[obstacle.says]}"
        return Settled(repeated(act, incoming), reason, evidence=evidence)
    answer = partial(_answer, act, incoming, writer, token, usage=kind.table.usage(place))
    if obstacle:
        answer(obstacle=obstacle, misread=reading.misread, corrected=reading.corrected)
        return Settled(Disposition.COMMAND, f"returned to its writer: {_ENGLISH[obstacle.says]}", evidence=evidence)
    if verdict is Verdict.CONFIRM:
        lines = [command.line for command in reading.commands]
        statement = (Line(Says.DECISIONS), *(Line(Says.SAID, {"words": line}) for line in lines))
        return ask_whether(act, incoming, writer, statement, lines=lines, action=Action.STAFF_COMMAND)
    answer(done=[kind.carry_out(act, command, incoming, writer) for command in reading.commands])
    return Settled(Disposition.COMMAND, f"decided on {kind.what}", evidence=evidence)


_ENGLISH: Mapping[str, str] = {
    Decided.MISREAD: "a line was not understood",
    Decided.NO_DECISION: "there is no decision in it",
}
"""For logs and pages."""


def _obstacle(reading: Reading) -> Item | None:
    if reading.misread:
        return item(Decided.MISREAD, count=len(reading.misread))
    return None if reading.commands else item(Decided.NO_DECISION)


def _may(incoming: Incoming) -> Verdict:
    unscored = bool(incoming.spam.unscored_reason)
    return may(Action.STAFF_COMMAND, incoming.evidence, unscored=unscored, answers_own=incoming.answers_own)


def _answered(act: Act, writer: Staff, token: AddressToken) -> tuple[ListKind, Sequence[int]] | None:
    """What the address that was written to is about: a list that the writer got, or the one mail that a page shows."""
    if token.purpose is Purpose.HELD:
        return _KINDS[Template.HELD_ALERT], (token.object_id,)
    found = lists.find(act.conn, token.object_id, writer.id)
    return (_KINDS[found.kind], found.ids) if found else None


def _was_told(act: Act, writer: Staff, obstacle: Item, misread: Sequence[Misread]) -> bool:
    """A responder, which no sign tells from a person, answers each answer with the same lines."""
    gist = gist_of(obstacle.says, *(line.line for line in misread))
    return outbox.was_said(act.conn, Template.DECIDED, writer.address, gist, ticket_id=None, since=act.now - DAY)


def _answer(
    act: Act,
    incoming: Incoming,
    writer: Staff,
    token: AddressToken,
    *,
    usage: Sequence[Mapping[str, str]],
    obstacle: Item | None = None,
    misread: Sequence[Misread] = (),
    corrected: Sequence[str] = (),
    done: Sequence[Item] = (),
) -> None:
    notice = notices.decided(
        sheet_for(act, writer, answers=incoming, about=(token.purpose, token.object_id)),
        usage=usage,
        done=done,
        obstacle=obstacle,
        misread=misread,
        corrected=corrected,
        list_id=token.object_id if token.purpose is Purpose.LIST else None,
    )
    notify(act, [notice], cause=incoming)
