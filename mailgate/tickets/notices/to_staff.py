"""Mails to staff about tickets, held mail and mails of ours."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from mailgate.commands.misread import Misread, as_values
from mailgate.commands.place import Place
from mailgate.letters.kind import Template
from mailgate.letters.letter import Sheet, letter
from mailgate.letters.notice import Notice, gist_of, stamp
from mailgate.mail.message import Author
from mailgate.tickets.context import Said
from mailgate.tickets.files import LeftOut
from mailgate.tickets.notices.parts import (
    corrected_mail,
    facts,
    named,
    named_files,
    ready_commands,
    ready_lines,
    said,
    sent_along,
)
from mailgate.tickets.result import Held, Item
from mailgate.tickets.ticket import NewAttachment, Ticket


@dataclass(frozen=True, slots=True)
class HeldMail:
    """One line of a held-alert."""

    id: int
    received_at: datetime
    author: str
    subject: str
    reason: str
    words: str = ""  # how it begins
    page: str | None = None  # where staff see all of it


def notification(
    sheet: Sheet,
    *,
    words: str,
    author: Author,
    context: Sequence[Item],
    place: Place,
    entry_id: int | None,
    files: Sequence[NewAttachment],
    notes: Sequence[Said] = (),
    left_out: Sequence[LeftOut] = (),
    quoted_lines: int = 0,
    begins: bool = False,
    mail_id: int | None = None,
    mail_page: str | None = None,
) -> Notice:
    """To a staff member: what a customer wrote, then the context block, then the commands.

    `place`: where the reader's answer will be read; `quoted_lines`: so many of the mail are not among the words.
    `begins`: it is the first of its ticket, and its subject says so by having no `Re:`.
    """
    values = {
        "begins": begins,
        "text": words,
        "attachments": named_files(files),
        "left_out": named(left_out),
        "left_out_count": len(left_out),
        "quoted_lines": quoted_lines,
        "mail_id": mail_id,
        "mail_page": mail_page,
        "context": facts(context),
        "notes": said(notes),
        "commands": ready_commands(sheet.answer_to, place),
    }
    return letter(
        Template.NOTIFICATION,
        sheet,
        values,
        writer=f"{author.name or author.address} (via {sheet.desk.name})",
        files=sent_along(files),
        entry_id=entry_id,
    )


def returned(
    sheet: Sheet, *, reason: Item, misread: Sequence[Misread], corrected: Sequence[str], words: str, answered: str
) -> Notice:
    """To the staff member whose mail was not carried out: why, line by line, and his words back.

    `corrected` are all lines of a mail of commands alone, as they were most likely meant, `answered` is its subject.
    """
    values = {
        "refused": reason.as_values(),
        "misread": as_values(misread),
        "corrected": corrected_mail(corrected, to=sheet.answer_to, subject=answered),
        "text": words,
    }
    return letter(Template.RETURNED, sheet, values, gist=gist_of(words))


def held_back(sheet: Sheet, why: Held, *, domain: str, words: str, shows_words: bool) -> Notice:
    """To the staff member whose mail waits for a person: why, what helps, their words. `domain` is that of its From.

    The words of what may be spam are not shown: an answer would quote them.
    """
    values: Mapping[str, object] = {"held": why.value, "domain": domain, "misread": [], "corrected": None}
    text = words if shows_words else ""
    return letter(Template.RETURNED, sheet, {**values, "text": text}, gist=gist_of(words))


def held_alert(
    sheet: Sheet,
    mails: Sequence[HeldMail],
    *,
    listed: int,
    daily: bool,
    usage: Sequence[Mapping[str, str]],
    decisions: Callable[[int], Sequence[str]],
    list_id: int,
    filed: Sequence[HeldMail] = (),
) -> Notice:
    """To a staff member: these mails wait for a decision; past the first `listed` they are only counted.

    `daily`: all that wait, as each morning; else those that are new. An answer decides on them, in the way of `usage`,
    and `decisions` are the lines that may be written about one of them. `filed`: mails of customers that were taken for
    programs', which nobody was told of.
    """
    lines, programs = (
        [{**asdict(mail), "received_at": stamp(mail.received_at)} for mail in some[:listed]] for some in (mails, filed)
    )
    values = {
        "mails": [
            {**line, "decisions": ready_lines(sheet, decisions(mail.id))}
            for line, mail in zip(lines, mails, strict=False)
        ],
        "more": len(mails) - len(lines),
        "daily": daily,
        "usage": usage,
        "filed": programs,
        "filed_more": len(filed) - len(programs),
    }
    return letter(Template.HELD_ALERT, sheet, values, about_id=list_id)


def wait_ended(sheet: Sheet, *, last: Sequence[Said], context: Sequence[Item], place: Place) -> Notice:
    """To a staff member: the day has come until which a ticket was put off; what was said on it last."""
    values = {
        "said": said(last),
        "context": facts(context),
        "commands": ready_commands(sheet.answer_to, place),
    }
    return letter(Template.WAIT_ENDED, sheet, values)


@dataclass(frozen=True, slots=True)
class QueuedTicket:
    """One line of the list of open tickets."""

    number: int
    subject: str
    customer: str  # "" for somebody who is not registered
    waits: timedelta
    assignee: str  # "" for nobody
    page: str | None = None  # where staff see all of it
    priority: str = ""  # "" where nobody said one


@dataclass(frozen=True, slots=True)
class UnpaidAfterAll:
    """A customer had time to pay, and no money came. `number`: of the invoice, "" for all that is open."""

    customer: str
    number: str
    until: date
    is_claimed: bool  # it was said to have been paid; else time was asked for
    page: str | None = None  # of the customer, for staff


def queue(
    sheet: Sheet,
    lines: Sequence[QueuedTicket],
    *,
    unpaid: Sequence[UnpaidAfterAll] = (),
    more: bool,
    usage: Sequence[Mapping[str, str]],
    decisions: Callable[[int], Sequence[str]],
    list_id: int,
) -> Notice:
    """To a staff member: the open tickets in the order in which they wait. An answer works them by their places.

    `decisions`: the lines that may be written about the ticket at a place. `unpaid`: what has come out since yesterday.
    """
    tickets = [
        {
            **asdict(line),
            "waits": round(line.waits.total_seconds()),
            "decisions": ready_lines(sheet, decisions(place)),
        }
        for place, line in enumerate(lines, start=1)
    ]
    values = {
        "tickets": tickets,
        "longest": max((round(line.waits.total_seconds()) for line in lines), default=0),
        "is_ranked": any(line.priority for line in lines),
        "unpaid": [{**asdict(one), "until": f"{one.until}"} for one in unpaid],
        "more": more,
        "usage": usage,
    }
    return letter(Template.QUEUE, sheet, values, about_id=list_id)


def tomorrow(
    sheet: Sheet,
    sums: Mapping[str, object],
    lines: Sequence[Mapping[str, object]],
    *,
    usage: Sequence[Mapping[str, str]],
    decisions: Callable[[int], Sequence[str]],
    list_id: int,
) -> Notice:
    """To a staff member: what billing does the next day. An answer holds some of it back, by their places."""
    items = [{**line, "decisions": ready_lines(sheet, decisions(place))} for place, line in enumerate(lines, start=1)]
    return letter(Template.TOMORROW, sheet, {**sums, "items": items, "usage": usage}, about_id=list_id)


def decided(
    sheet: Sheet,
    *,
    usage: Sequence[Mapping[str, str]],
    done: Sequence[Item],
    obstacle: Item | None,
    misread: Sequence[Misread],
    corrected: Sequence[str],
    list_id: int | None,
) -> Notice:
    """To the staff member who answered a list, or a page's link: what was done, or `obstacle`: why nothing was.

    `corrected` are all lines of that answer as they were most likely meant.
    """
    values = {
        "done": facts(done),
        "obstacle": obstacle.as_values() if obstacle else None,
        "misread": as_values(misread),
        "corrected": corrected_mail(corrected, to=sheet.answer_to, subject=sheet.subject),
        "usage": usage,
    }
    gist = gist_of(obstacle.says if obstacle else "", *(line.line for line in misread))
    return letter(Template.DECIDED, sheet, values, about_id=list_id, gist=gist)


def undelivered(
    sheet: Sheet,
    ticket: Ticket | None,
    *,
    to_address: str,
    subject: str,
    reply_line: str,
    outbox_id: int,
    instead: str | None,
    words: str = "",
    mends: bool = False,
) -> Notice:
    """To a staff member: a mail of ours did not reach its reader; `instead`: who gets it in his place.

    `words`: what somebody of ours wrote in it; `mends`: an answer with the right address has them sent there.
    """
    values = {
        "words": words,
        "mends": mends,
        "ticket_subject": ticket.subject if ticket else None,
        "to_address": to_address,
        "subject": subject,
        "reply_line": reply_line,
        "mail_id": outbox_id,
        "instead": instead,
    }
    return letter(Template.UNDELIVERED, sheet, values)


@dataclass(frozen=True, slots=True)
class LateMail:
    """One line of the list of late mails."""

    id: int
    since: datetime
    to_address: str
    subject: str
    reply_line: str  # of the last attempt; "" when there was none


def delayed(sheet: Sheet, mails: Sequence[LateMail], *, listed: int, lifetime_hours: int) -> Notice:
    """To a staff member: these mails are long on their way; past the first `listed` they are only counted."""
    lines = [{**asdict(mail), "since": stamp(mail.since)} for mail in mails[:listed]]
    values = {"mails": lines, "more": len(mails) - len(lines), "lifetime_hours": lifetime_hours}
    return letter(Template.DELAYED, sheet, values)
