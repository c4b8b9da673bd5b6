"""Whose mails these are, and what several of them are made from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from mailgate.commands.place import Place
from mailgate.desks import Desk
from mailgate.letters.notice import Notice, NoticeAttachment
from mailgate.tickets.files import MAX_NAMED, LeftOut
from mailgate.tickets.ticket import NewAttachment, Participant, Ticket
from mailgate.tickets.verbs.staff import PREFILLED, SHOWN, STAFF

ReplyAddress = Callable[[int, int], str]
"""(ticket, contact or staff id) → the signed address that a reply of theirs goes to."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Whose mails these are, and from which desk."""

    company: str
    desk: Desk

    @property
    def address(self) -> str:
        """Where mails of this desk come from."""
        return self.desk.mailbox.address


def without_words(notice: Notice) -> Notice:
    """The same about a ticket, with no word of the mail that opened it."""
    kept = {**notice.values, "subject": fixed_words(notice.ticket_id)}
    if "left_out" in kept:
        kept["left_out"] = []
    return replace(notice, values=kept)


def fixed_words(number: int | None) -> str:
    """What stands for the subject where no word of an author who proved nothing may be repeated."""
    return f"Ticket {number}"


def named(files: Sequence[LeftOut]) -> list[Mapping[str, object]]:
    """What a mail says of files that are not in the ticket."""
    return [asdict(file) for file in files[:MAX_NAMED]]


def ready_commands(reply_to: str, place: Place) -> list[Mapping[str, object]]:
    """The commands that a mail to staff names, each with the mail that sends it: one's own address needs no other."""
    return [
        {"label": (example := STAFF.example(verb, place)), "to": reply_to, "body": PREFILLED.get(verb, example)}
        for verb in SHOWN
    ]


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


def customer_reply(head: Letterhead, ticket: Ticket, reader: Participant, reply_address: ReplyAddress) -> str:
    """Where the reply of a participant goes."""
    # A stranger has no id that a token could be bound to: his replies thread by their references.
    return head.address if reader.contact_id is None else reply_address(ticket.id, reader.contact_id)
