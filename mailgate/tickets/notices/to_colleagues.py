"""Mails to staff about what staff did: copies, and answers that are held because a colleague was quicker."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from mailgate.commands.place import Place
from mailgate.letters.kind import Template
from mailgate.letters.letter import Sheet, letter
from mailgate.letters.notice import Notice, stamp
from mailgate.tickets.acts import Deed
from mailgate.tickets.context import Said
from mailgate.tickets.notices.parts import facts, named_files, ready_commands, said, sent_along
from mailgate.tickets.result import Item
from mailgate.tickets.ticket import NewAttachment

_MOST_LINES = 40  # that are named; the ticket's page has all


@dataclass(frozen=True, slots=True)
class Deeds:
    """What a colleague did with one mail, and the words that came with it."""

    by: str  # "": who it was is not known any more
    done: tuple[Deed, ...]
    at: datetime
    words: str


def collision(sheet: Sheet, *, deeds: Sequence[Deeds], words: str, mail_id: int) -> Notice:
    """To the writer of an answer that crossed a colleague's: what that one did, and both texts."""
    values = {
        "deeds": [_deeds(one) for one in deeds],
        "text": words,
        "context": [],
        "send": {"to": sheet.answer_to, "subject": sheet.subject, "body": "!send"},
        "mail_id": mail_id,
    }
    return letter(Template.COLLISION, sheet, values, about_id=mail_id)


def _deeds(one: Deeds) -> Mapping[str, object]:
    done = [deed.name.lower().replace("_", "-") for deed in one.done]  # as parts/deed.md names them
    return {"by": one.by, "done": done, "at": stamp(one.at), "text": one.words}


def shortened(
    sheet: Sheet, *, lines: Sequence[str], words: str, is_note: bool, readers: Sequence[str], undo_seconds: int
) -> Notice:
    """To the writer of an answer or note: these lines of it were left out, and these words were not.

    `readers`: who gets them; `undo_seconds`: how long they can be taken back.
    """
    values = {
        "lines": list(lines[:_MOST_LINES]),
        "more": max(0, len(lines) - _MOST_LINES),
        "is_note": is_note,
        "readers": list(readers),
        "undo_seconds": undo_seconds,
        "text": words,
    }
    return letter(Template.SHORTENED, sheet, values)


class Happened(StrEnum):
    """What colleagues hear of; their words stand in `templates/mail/<locale>/parts/news.md`."""

    ANSWERED = "answered"
    NOTED = "noted"
    GIVEN = "given"
    YOURS = "yours"  # given to the reader
    TAKEN = "taken"  # by who did it
    FREED = "freed"  # it is nobody's now
    CLOSED = "closed"
    REOPENED = "reopened"
    MERGED = "merged"
    # by nobody's doing
    UNANSWERED = "unanswered"
    FELL_SILENT = "fell-silent"


@dataclass(frozen=True, slots=True)
class News:
    """What somebody on the staff did to a ticket, for one colleague."""

    by: str
    done: tuple[Happened, ...]
    to: str = ""  # whose it is now
    is_yours: bool = False  # it was given to the reader
    other: int = 0  # the number of the ticket that was merged into this one
    words: str = ""
    files: tuple[NewAttachment, ...] = ()
    last: Said | None = None  # what was said last, for whoever takes over
    until: datetime | None = None  # when the first answer is due


def staff_copy(sheet: Sheet, news: News, *, context: Sequence[Item], notes: Sequence[Said], place: Place) -> Notice:
    """To a staff member: what a colleague wrote to the customer, when it has left, and what he did besides.

    `place`: where the reader's answer will be read.
    """
    besides = replace(news, done=tuple(one for one in news.done if one is not Happened.ANSWERED))
    return _of_colleague(Template.STAFF_COPY, sheet, besides, context=context, notes=notes, place=place)


def staff_news(sheet: Sheet, news: News, *, context: Sequence[Item], notes: Sequence[Said], place: Place) -> Notice:
    """To a staff member: what a colleague noted or did, of which the customer got no words of his."""
    return _of_colleague(Template.STAFF_NEWS, sheet, news, context=context, notes=notes, place=place)


def _of_colleague(
    template: Template, sheet: Sheet, news: News, *, context: Sequence[Item], notes: Sequence[Said], place: Place
) -> Notice:
    # The note that is told now stands above by itself.
    noted = [one for one in notes if not (Happened.NOTED in news.done and one is notes[-1])]
    values = {
        "text": news.words,
        "attachments": named_files(news.files),
        "news": {
            "by": news.by,
            "done": [_told(one, news).value for one in news.done],
            "to": news.to,
            "other": news.other,
            "until": stamp(news.until) if news.until else "",
        },
        "last": said([news.last])[0] if news.last else None,
        "context": facts(context),
        "notes": said(noted),
        "commands": ready_commands(sheet.answer_to, place),
    }
    writer_here = f"{news.by} (via {sheet.desk.name})"
    return letter(template, sheet, values, writer=writer_here, files=sent_along(news.files))


def _told(one: Happened, news: News) -> Happened:
    """As this reader is told it."""
    if one is not Happened.GIVEN:
        return one
    if news.is_yours:
        return Happened.YOURS
    return Happened.TAKEN if news.by == news.to else one
