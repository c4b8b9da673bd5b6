"""What several mails of the desk are made from."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from mailgate.commands.place import Place
from mailgate.letters.letter import Sheet
from mailgate.letters.notice import NoticeAttachment, stamp
from mailgate.tickets.context import Said
from mailgate.tickets.files import MAX_NAMED, LeftOut
from mailgate.tickets.result import Item
from mailgate.tickets.ticket import NewAttachment
from mailgate.tickets.verbs.staff import PREFILLED, SHOWN, STAFF

_MOST_REPEATED = 2_000  # characters of a note or a message that a mail brings once more


def named(files: Sequence[LeftOut]) -> list[Mapping[str, object]]:
    """What a mail says of files that are not in the ticket."""
    return [asdict(file) for file in files[:MAX_NAMED]]


def named_files(files: Sequence[NewAttachment]) -> list[Mapping[str, object]]:
    """What a mail to staff says of the files that it brings."""
    return [{"name": file.filename or file.content_type, "size": file.size} for file in files]


def ready_commands(reply_to: str, place: Place) -> list[Mapping[str, object]]:
    """The commands that a mail to staff names, each with the mail that sends it: one's own address needs no other."""
    return [
        {"label": (example := STAFF.example(verb, place)), "to": reply_to, "body": PREFILLED.get(verb, example)}
        for verb in SHOWN
    ]


def ready_lines(sheet: Sheet, lines: Sequence[str]) -> list[Mapping[str, object]]:
    """Lines of an answer to a list, each with the mail that sends it."""
    return [{"label": line, "to": sheet.answer_to, "subject": f"Re: {line}", "body": line} for line in lines]


def facts(lines: Sequence[Item]) -> list[Mapping[str, object]]:
    """The lines of the block for staff, as templates name them."""
    return [line.as_values() for line in lines]


def said(lines: Sequence[Said]) -> list[Mapping[str, object]]:
    """Notes and messages of a ticket, as templates name them."""
    return [{"by": one.by, "at": stamp(one.at), "text": shorter(one.text), "is_note": one.is_note} for one in lines]


def shorter(text: str) -> str:
    """The words, as far as a mail repeats them; the ticket's page has all. A line above a signature would end them."""
    text = text.replace("\n-- \n", "\n--\n")  # below the last such line stands what no answer may carry
    return text if len(text) <= _MOST_REPEATED else f"{text[:_MOST_REPEATED].rstrip()} […]"


def corrected_mail(lines: Sequence[str], *, to: str, subject: str) -> Mapping[str, object] | None:
    """A mail of commands as it was most likely meant, ready to be sent; None where that is not plain."""
    if not lines:
        return None
    return {"to": to, "subject": subject, "body": "\n".join(lines), "lines": list(lines)}


def sent_along(files: Sequence[NewAttachment]) -> tuple[NoticeAttachment, ...]:
    """The files of an entry, as the mail that carries them names them."""
    return tuple(
        NoticeAttachment(file.filename or f"part-{position}", file.content_type, file.sha256)
        for position, file in enumerate(files, start=1)
    )
