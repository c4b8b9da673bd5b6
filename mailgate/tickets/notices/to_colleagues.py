"""Mails to staff about what staff did: copies, and answers that are held because a colleague was quicker."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mailgate.commands.place import Place
from mailgate.letters.kind import Template
from mailgate.letters.letter import Sheet, letter
from mailgate.letters.notice import Notice, stamp
from mailgate.people import Staff
from mailgate.tickets.notices.parts import named_files, ready_commands, sent_along
from mailgate.tickets.ticket import NewAttachment

_MOST_LINES = 40  # that are named; the ticket's page has all


@dataclass(frozen=True, slots=True)
class Deeds:
    """What a colleague did, in a line, and the words that came with it."""

    line: str
    at: datetime
    words: str


def collision(sheet: Sheet, *, deeds: Sequence[Deeds], words: str, mail_id: int) -> Notice:
    """To the writer of an answer that crossed a colleague's: what that one did, and both texts."""
    values = {
        "deeds": [{"line": one.line, "at": stamp(one.at), "text": one.words} for one in deeds],
        "text": words,
        "context": [],
        "send": {"to": sheet.answer_to, "subject": sheet.subject, "body": "!send"},
        "mail_id": mail_id,
    }
    return letter(Template.COLLISION, sheet, values, about_id=mail_id)


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


def staff_copy(
    sheet: Sheet, *, writer: Staff, words: str, context: Sequence[str], place: Place, files: Sequence[NewAttachment]
) -> Notice:
    """To a staff member: what a colleague wrote to the customer, when it has left.

    `place`: where the reader's answer will be read.
    """
    values = {
        "text": words,
        "attachments": named_files(files),
        "context": list(context),
        "commands": ready_commands(sheet.answer_to, place),
    }
    writer_here = f"{writer.name} (via {sheet.desk.name})"
    return letter(Template.STAFF_COPY, sheet, values, writer=writer_here, files=sent_along(files))
