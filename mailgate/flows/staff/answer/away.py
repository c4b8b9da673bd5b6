"""`!away`: somebody is not there until a day; a colleague or nobody gets their tickets, the others their mails."""

from mailgate.flows.staff.answer.read import StaffMail
from mailgate.flows.staff.answer.receipt import told
from mailgate.flows.story.act import Act
from mailgate.flows.story.settled import Settled
from mailgate.flows.ticket.change import assign
from store import people
from store.desk import staff_acts, tickets


def go_away(act: Act, mail: StaffMail) -> Settled:
    """`!away until DATE` and `!away off`; what was handed over is not taken back by itself."""
    assert mail.alone is not None
    argument = mail.alone.argument
    people.set_away(act.conn, mail.writer.id, until=argument.until)
    if argument.until is None:
        return told(act, mail, "Welcome back. From now on you are told of tickets again.")
    deputy = argument.person
    handed = tickets.load(act.conn, staff_acts.unclosed_of(act.conn, mail.writer.id)).values()
    for ticket in handed:
        assign(act, ticket, mail.doer, to=deputy)
    until = f"{argument.until.astimezone(act.settings.gate.zone):%Y-%m-%d %H:%M %Z}"
    numbers = ", ".join(f"#{ticket.id}" for ticket in handed)
    return told(
        act,
        mail,
        f"You are away until {until}. Until then the others are told of tickets, and you only when nobody is there.",
        f"Handed over to {deputy.name if deputy else 'nobody, for all to take'}: {numbers or 'no ticket was yours'}.",
        "Back earlier? Write !away off",
    )
