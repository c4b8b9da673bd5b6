"""`!follow` and `!mute`: one of the staff wants to hear all of a ticket, or no more of it."""

from mailgate.flows.staff.answer.read import StaffMail
from mailgate.flows.staff.answer.receipt import told
from mailgate.flows.story.act import Act
from mailgate.flows.story.settled import Settled
from mailgate.flows.ticket import change
from mailgate.tickets.result import Done, item


def follow(act: Act, mail: StaffMail) -> Settled:
    """Hear all of it, whoever has it."""
    assert mail.ticket is not None
    change.follow(act, mail.ticket, mail.doer, who=mail.writer)
    return told(act, mail, item(Done.FOLLOWED))


def mute(act: Act, mail: StaffMail) -> Settled:
    """Hear no more of it; what is for the writer himself, such as the answer to his own words, still reaches him."""
    assert mail.ticket is not None
    change.mute(act, mail.ticket, mail.doer, who=mail.writer)
    return told(act, mail, item(Done.MUTED))
