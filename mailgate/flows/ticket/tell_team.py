"""Colleagues hear of what one of the staff did to a ticket: one mail each, whatever it was that came together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailgate.commands.place import Where
from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.place import place_of
from mailgate.flows.ticket.about import about
from mailgate.letters.notice import Notice
from mailgate.people import Staff
from mailgate.tickets import notices
from mailgate.tickets.context import copy_lines, state_lines
from mailgate.tickets.notices import Happened, News
from mailgate.tickets.ticket import Doer, NewAttachment, State, Ticket
from mailgate.tickets.watchers import hearers
from store.desk import earlier


@dataclass(frozen=True, slots=True)
class Wrote:
    """Words that somebody on the staff wrote on the ticket, with files."""

    text: str
    is_note: bool
    files: tuple[NewAttachment, ...] = ()


def tell_team(
    act: Act,
    before: Ticket,
    ticket: Ticket,
    doer: Doer,
    *,
    wrote: Wrote | None = None,
    cause: Incoming | None = None,
    hold_until: datetime | None = None,
) -> None:
    """Tell whoever heard of the ticket until now, or does from now on; not who did it.

    `before` is the ticket as it stood. `hold_until`: the mails leave behind what the customer gets, and whoever takes
    that back has taken them back, too.
    """
    done = tuple(_done(before, ticket, wrote))
    told = {
        one.id
        for stood in (before, ticket)
        for one in hearers(stood, act.staff, now=act.now, zone=act.settings.gate.zone)
    }
    if ticket.assignee_id is not None and ticket.assignee_id != before.assignee_id:
        told.add(ticket.assignee_id)  # it is for them, wherever they are
    readers = [one for one in act.staff if one.id in told - {doer.staff_id}]
    if not done or not readers:
        return
    known = about(act, ticket)
    is_given = ticket.assignee_id != before.assignee_id
    last = earlier.last_message(act.conn, ticket.id) if is_given and _has(ticket, readers) else None
    is_answer = wrote is not None and not wrote.is_note
    context = copy_lines(ticket, known, writer=doer.name) if is_answer else state_lines(ticket, known)
    names = {one.id: one.name for one in act.staff}
    mails: list[Notice] = []
    for reader in readers:
        is_his = is_given and ticket.assignee_id == reader.id
        news = News(
            by=act.settings.gate.company if doer.staff_id is None else doer.name,
            done=done,
            to=names.get(ticket.assignee_id or 0, ""),
            is_yours=is_his,
            other=before.id,
            words=wrote.text if wrote else "",
            files=wrote.files if wrote else (),
            last=last if is_his and not is_answer else None,
        )
        sheet = sheet_for(act, reader, ticket=ticket)
        place = place_of(act, reader, Where.TICKET)
        make = notices.staff_copy if is_answer else notices.staff_news
        mails.append(make(sheet, news, context=context, notes=known.notes, place=place))
    notify(act, mails, cause=cause, hold_until=hold_until)


def tell_of_time(
    act: Act, ticket: Ticket, happened: Happened, readers: Sequence[Staff], *, until: datetime | None = None
) -> None:
    """Tell these of the staff what time did to a ticket, with what was said last."""
    if not readers:
        return
    known = about(act, ticket)
    last = earlier.last_message(act.conn, ticket.id)
    news = News(by=act.settings.gate.company, done=(happened,), until=until, last=last)
    mails = [
        notices.staff_news(
            sheet_for(act, reader, ticket=ticket),
            news,
            context=state_lines(ticket, known),
            notes=known.notes,
            place=place_of(act, reader, Where.TICKET),
        )
        for reader in readers
    ]
    notify(act, mails, cause=None)


def _done(before: Ticket, ticket: Ticket, wrote: Wrote | None) -> Iterator[Happened]:
    """What came of it that colleagues hear of, by how the ticket stood and stands."""
    if wrote is not None:
        yield Happened.NOTED if wrote.is_note else Happened.ANSWERED
    if ticket.id != before.id:
        yield Happened.MERGED
        return
    if ticket.assignee_id != before.assignee_id:
        yield Happened.FREED if ticket.assignee_id is None else Happened.GIVEN
    if ticket.state is State.CLOSED and before.state is not State.CLOSED:
        yield Happened.CLOSED
    if ticket.state is State.OPEN and before.state is State.CLOSED:
        yield Happened.REOPENED


def _has(ticket: Ticket, readers: Sequence[Staff]) -> bool:
    return any(one.id == ticket.assignee_id for one in readers)
