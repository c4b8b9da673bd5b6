"""What a ticket takes of a mail: its words and its files."""

from mailgate.flows.story.incoming import Incoming
from mailgate.mail.message import Attachment, Message
from mailgate.mail.words.calendar_text import MAX_EVENTS, calendar_lines
from mailgate.tickets.files import ending_of
from mailgate.tickets.ticket import NewAttachment
from store.archive import Blob

_CALENDARS = ("text/calendar", "application/ics")


def files_of(incoming: Incoming) -> tuple[NewAttachment, ...]:
    """The attachments that a ticket takes, as rows name them."""
    attachments = incoming.message.attachments
    return tuple(
        file_of(attachments[place], blob) for place, blob in zip(incoming.choice.taken, incoming.files, strict=True)
    )


def file_of(file: Attachment, blob: Blob) -> NewAttachment:
    """One attachment, as a row names it."""
    return NewAttachment(file.filename, file.content_type, blob.size, blob.sha256, file.inline, file.content_id)


def words_of(message: Message) -> str:
    """What was written, and below it what an invitation says: its file alone tells a reader of mail nothing."""
    calendars = [file for file in message.attachments if _is_calendar(file)][:MAX_EVENTS]
    # Clients send an invitation twice: once to be shown, once to be saved.
    lines = tuple(dict.fromkeys(line for file in calendars for line in calendar_lines(file.content)))[:MAX_EVENTS]
    return "\n\n".join(part for part in (message.reply_text, "\n".join(lines)) if part)


def _is_calendar(file: Attachment) -> bool:
    return file.content_type in _CALENDARS or ending_of(file.filename or "") == "ics"
