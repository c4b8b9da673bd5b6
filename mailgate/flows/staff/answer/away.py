"""`!away`: somebody is not there until a day; a colleague or nobody gets their tickets, the others their mails."""

from mailgate.flows.staff.answer.read import StaffMail
from mailgate.flows.staff.answer.receipt import told
from mailgate.flows.story.act import Act
from mailgate.flows.story.settled import Settled
from mailgate.flows.ticket.change import assign
from mailgate.flows.ticket.tell_team import tell_team
from mailgate.letters.notice import stamp
from mailgate.tickets.result import Done, item
from store import people
from store.desk import staff_acts, tickets


def go_away(act: Act, mail: StaffMail) -> Settled:
    """`!away until DATE` and `!away off`; what was handed over is not taken back by itself."""
    assert mail.alone is not None
    argument = mail.alone.argument
    people.set_away(act.conn, mail.writer.id, until=argument.until)
    if argument.until is None:
        return told(act, mail, item(Done.BACK))
    deputy = argument.person
    mine = tickets.locked(act.conn, staff_acts.unclosed_of(act.conn, mail.writer.id)).values()
    # Since they were found somebody else may have been given one.
    handed = [ticket for ticket in mine if ticket.assignee_id == mail.writer.id]
    for ticket in handed:
        tell_team(act, ticket, assign(act, ticket, mail.doer, to=deputy), mail.doer)
    numbers = ", ".join(f"#{ticket.id}" for ticket in handed)
    if not numbers:
        over = item(Done.NOTHING_HANDED)
    elif deputy is None:
        over = item(Done.HANDED_TO_ALL, tickets=numbers)
    else:
        over = item(Done.HANDED, to=deputy.name, tickets=numbers)
    return told(act, mail, item(Done.AWAY, until=stamp(argument.until)), over, item(Done.EARLIER))
