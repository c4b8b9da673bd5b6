"""The words and files of a staff mail: an entry of the ticket and, unless they are a note, mails to who takes part."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for
from mailgate.flows.staff.answer.read import StaffMail
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.parent import cut_from
from mailgate.flows.ticket.tell_team import Wrote
from mailgate.flows.ticket.words import file_of
from mailgate.letters.notice import Notice
from mailgate.people import Staff
from mailgate.tickets import notices
from mailgate.tickets.ticket import Direction, Doer, EntryKind, Event, NewAttachment, NewEntry, Ticket
from mailgate.tickets.verbs import staff
from store.archive import in_row
from store.archive import record as record_blob
from store.desk import tickets


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody on the staff has to say about a ticket, by mail or at the command line."""

    writer: Staff
    doer: Doer
    text: str
    is_note: bool
    files: tuple[NewAttachment, ...] = ()
    message_id: str | None = None
    cut_away: str | None = None
    cause: Incoming | None = None  # the mail that brought it
    closes: bool = False  # it is the last word on the ticket, which is closed with it

    @property
    def wrote(self) -> Wrote:
        """As colleagues hear of it."""
        return Wrote(self.text, self.is_note, self.files)


def words_in(act: Act, mail: StaffMail) -> Words:
    """Those of a mail."""
    return Words(
        mail.writer,
        mail.doer,
        mail.words,
        mail.is_note,
        files_of(act, mail.incoming),
        mail.incoming.message.message_id,
        cut_from(mail.incoming.message),
        mail.incoming,
        closes=mail.is_reply and mail.command(staff.CLOSE) is not None,
    )


def write(act: Act, words: Words, ticket: Ticket) -> tuple[Ticket, int]:
    """Append the entry and queue the mails; returns the ticket as it is now, and the entry's id."""
    entry = NewEntry(
        kind=EntryKind.NOTE if words.is_note else EntryKind.MESSAGE,
        author_name=words.writer.name,
        author_address=words.writer.address,
        staff_id=words.writer.id,
        direction=None if words.is_note else Direction.OUT,
        text=words.text,
        message_id=words.message_id,
        spool_id=words.doer.spool_id,
        evidence=words.doer.evidence,
        attachments=words.files,
        cut_away=words.cut_away,
    )
    event = Event.STAFF_NOTED if words.is_note else Event.STAFF_REPLIED
    entry_id, ticket = tickets.append(act.conn, ticket, entry, event=event, now=act.at)
    if not words.is_note:
        mails = _to_customers(act, words, ticket, entry_id)
        notify(act, mails, cause=words.cause, hold_until=undo_until(act))
    return ticket, entry_id


def undo_until(act: Act) -> datetime | None:
    """Until when what is written now can be taken back; None: it leaves at once."""
    seconds = act.settings.desk_rules.undo_seconds
    return act.now + timedelta(seconds=seconds) if seconds else None


def _to_customers(act: Act, words: Words, ticket: Ticket, entry_id: int) -> list[Notice]:
    return [
        notices.reply(
            sheet_for(act, reader, ticket=ticket),
            ticket,
            words=words.text,
            writer=words.writer,
            entry_id=entry_id,
            files=words.files,
            closes=words.closes,
        )
        for reader in ticket.participants
    ]


def files_of(act: Act, incoming: Incoming) -> tuple[NewAttachment, ...]:
    """Every attachment: what customers may not send, staff may."""
    blobs = dict(zip(incoming.choice.taken, incoming.files, strict=True))
    files: list[NewAttachment] = []
    for place, file in enumerate(incoming.message.attachments):
        blob = blobs.get(place)
        if blob is None:
            blob = in_row(file.content)
            record_blob(act.conn, blob)
        files.append(file_of(file, blob))
    return tuple(files)
