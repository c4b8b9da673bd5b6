"""The writer of an answer or note hears at once which lines of it were left out, unless they are those of our own mail.

Words that went for a quotation or a signature are lost to the customer; they must not be lost in silence.
"""

from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for
from mailgate.flows.staff.answer.read import StaffMail
from mailgate.flows.story.act import Act
from mailgate.tickets import notices
from mailgate.tickets.ticket import Ticket


def tell_shortened(act: Act, mail: StaffMail, ticket: Ticket) -> None:
    """Queue that mail, if there is anything to tell. It leaves before the answer, which can be taken back."""
    lines = mail.incoming.message.cut.unexpected_by(mail.writer.name)
    if not (lines and mail.words):
        return
    sheet = sheet_for(act, mail.writer, ticket=ticket, answers=mail.incoming)
    notice = notices.shortened(
        sheet,
        lines=lines,
        words=mail.words,
        is_note=mail.is_note,
        readers=[one.name or one.address for one in ticket.participants],
        undo_seconds=act.settings.desk_rules.undo_seconds,
    )
    notify(act, [notice], cause=mail.incoming)
