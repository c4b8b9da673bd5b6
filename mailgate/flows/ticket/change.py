"""What people and deadlines do to a ticket. Mails, the command line and the schedule all come here.

Each function returns the ticket as it is now, and leaves a line in the audit trail that says who did it, by which mail
and with which evidence. It does nothing when it is done already: a mail that comes twice changes a ticket once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from mailgate.commands.place import Where
from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for
from mailgate.flows.story.act import Act
from mailgate.flows.story.place import place_of
from mailgate.flows.story.record import record
from mailgate.flows.ticket.about import about
from mailgate.flows.ticket.tell_team import tell_of_time
from mailgate.letters.kind import Template
from mailgate.letters.notice import Notice, stamp
from mailgate.people import Staff
from mailgate.tickets import notices
from mailgate.tickets.context import Said, state_lines
from mailgate.tickets.deadlines import deadline
from mailgate.tickets.merging import check_merge
from mailgate.tickets.notices import Happened
from mailgate.tickets.ticket import (
    Doer,
    EntryKind,
    Event,
    Priority,
    State,
    Ticket,
    following,
    hearing,
    muted,
    taking_part,
)
from mailgate.tickets.watchers import readers_of_customer, who_takes_part
from store.desk import deadlines, tickets

_MOST_SAID = 8
"""Messages and notes that a mail repeats."""


def close(act: Act, ticket: Ticket, doer: Doer, *, hold_until: datetime | None = None, is_told: bool = False) -> Ticket:
    """Close it and tell who takes part, but for a contact who did it himself, and is told by a receipt.

    The mails wait until `hold_until`, as long as it can be taken back. `is_told`: an answer that leaves says it.
    """
    if ticket.state is State.CLOSED:
        return ticket
    ticket = record(act, ticket, Event.CLOSED, doer=doer)
    if is_told:
        return ticket
    told = _to_readers(act, ticket, Template.CLOSED, besides=doer.contact_id)
    notify(act, told, cause=None, hold_until=hold_until)
    return ticket


def reopen(act: Act, ticket: Ticket, doer: Doer) -> Ticket:
    """Make it staff's turn again, whatever it waited for."""
    if ticket.state is State.OPEN:
        return ticket
    return record(act, ticket, Event.REOPENED, doer=doer)


def wait(act: Act, ticket: Ticket, doer: Doer, *, until: datetime) -> Ticket:
    """Leave it alone until then, or until somebody writes."""
    if ticket.state is State.WAITING and ticket.wait_until == until:
        return ticket
    return record(act, replace(ticket, wait_until=until), Event.PUT_OFF, doer=doer, until=until)


def assign(act: Act, ticket: Ticket, doer: Doer, *, to: Staff | None) -> Ticket:
    """Make it the matter of one staff member, or of nobody."""
    assignee_id = to.id if to else None
    if ticket.assignee_id == assignee_id:
        return ticket
    ticket = replace(hearing(ticket, to.id) if to else ticket, assignee_id=assignee_id)
    return record(act, ticket, Event.ASSIGNED, doer=doer, to=to.name if to else None)


def merge(act: Act, source: Ticket, doer: Doer, *, into: Ticket) -> Ticket:
    """Make `source` an alias of the other for good: what names it means the other, whose ticket is returned.

    `source` is the ticket itself (`tickets.itself`), `into` the end of its chain (`tickets.find`). Who takes part in
    the one takes part in the other; what waits for an answer there waits here. Raises CannotMerge.
    """
    if source.merged_into == into.id:
        return into
    check_merge(source, into)
    record(act, replace(source, merged_into=into.id), Event.MERGED, doer=doer, other=into.id)
    deadlines.lead_to(act.conn, source.id, into.id)
    deadlines.join(act.conn, into.id, source.participants)
    for staff_id in source.staff_ids:
        into = taking_part(into, staff_id)
    for staff_id in source.followers:
        into = following(into, staff_id)
    into = replace(into, left_by=tuple(dict.fromkeys((*into.left_by, *source.left_by))))
    into = record(act, into, Event.TOOK_OVER, doer=doer, other=source.id)
    if source.state is State.OPEN and into.state is not State.OPEN:
        into = record(act, into, Event.REOPENED, doer=doer, cause="merge", other=source.id)
    return tickets.itself(act.conn, (into.id,))[into.id]


def rank(act: Act, ticket: Ticket, doer: Doer, *, priority: Priority) -> Ticket:
    """Say how pressing it is."""
    if (ticket.priority or Priority.NORMAL) is priority:
        return ticket
    return record(act, replace(ticket, priority=priority), Event.RANKED, doer=doer, priority=priority.value)


def tag(act: Act, ticket: Ticket, doer: Doer, *, words: Iterable[str]) -> Ticket:
    """Sort it by these words; one that begins with `-` is taken away."""
    chosen = set(ticket.tags)
    for word in words:
        chosen = chosen - {word[1:]} if word.startswith("-") else chosen | {word}
    tags = tuple(sorted(chosen))
    return (
        ticket if tags == ticket.tags else record(act, replace(ticket, tags=tags), Event.TAGGED, doer=doer, tags=tags)
    )


def follow(act: Act, ticket: Ticket, doer: Doer, *, who: Staff) -> Ticket:
    """Somebody on the staff hears all of it from now on."""
    after = following(ticket, who.id)
    return ticket if after == ticket else record(act, after, Event.FOLLOWED, doer=doer)


def mute(act: Act, ticket: Ticket, doer: Doer, *, who: Staff) -> Ticket:
    """Somebody on the staff hears no more of it; whose ticket it is hears of it all the same."""
    after = muted(ticket, who.id)
    return ticket if after == ticket else record(act, after, Event.MUTED, doer=doer)


def warn(act: Act, ticket: Ticket) -> Ticket:
    """Tell who takes part that the ticket will be closed, and when."""
    ticket = record(act, ticket, Event.WARNED)
    closing = deadline(ticket, act.settings.silence)
    assert closing is not None
    told = _to_readers(act, ticket, Template.AUTOCLOSE_WARNING, {"close_at": stamp(closing.at)})
    notify(act, told, cause=None)
    return ticket


def auto_close(act: Act, ticket: Ticket) -> Ticket:
    """Close it after the customer's silence and tell who takes part, colleagues too."""
    hours = act.settings.desk_rules.autoclose_hours
    ticket = record(act, ticket, Event.AUTO_CLOSED, hours=hours)
    notify(act, _to_readers(act, ticket, Template.AUTOCLOSED), cause=None)
    tell_of_time(act, ticket, Happened.FELL_SILENT, who_takes_part(ticket, act.staff, now=act.now))
    return ticket


def end_wait(act: Act, ticket: Ticket) -> Ticket:
    """Make it staff's turn again and tell those who hear of it; somebody always does."""
    ticket = record(act, ticket, Event.WAIT_ENDED)
    readers = readers_of_customer(ticket, act.staff, now=act.now, zone=act.settings.gate.zone)
    context, last = state_lines(ticket, about(act, ticket)), _last_words(act, ticket)
    told = [
        notices.wait_ended(
            sheet_for(act, reader, ticket=ticket),
            last=last,
            context=context,
            place=place_of(act, reader, Where.TICKET),
        )
        for reader in readers
    ]
    notify(act, told, cause=None)
    return ticket


def _last_words(act: Act, ticket: Ticket) -> list[Said]:
    """The last two messages and every note since the first of them: what whoever goes on with it must know."""
    spoken = [one for one in tickets.history(act.conn, ticket.id) if one.kind is not EntryKind.EVENT and one.text]
    messages = [at for at, one in enumerate(spoken) if one.kind is EntryKind.MESSAGE][-2:]
    begin = messages[0] if messages else 0
    return [
        Said(one.author_name or one.author_address or "", one.at, one.text, one.kind is EntryKind.NOTE)
        for one in spoken[begin:][-_MOST_SAID:]
    ]


def _to_readers(
    act: Act,
    ticket: Ticket,
    template: Template,
    values: Mapping[str, object] | None = None,
    *,
    besides: int | None = None,
) -> list[Notice]:
    return [
        notices.of_state(template, sheet_for(act, reader, ticket=ticket), ticket, values or {})
        for reader in ticket.participants
        if besides is None or reader.contact_id != besides
    ]
