"""`!credit`, `!waive` and their like: a member of staff asks for money to be moved, and somebody must say yes.

That is the writer, at the registered address; above `billing.second_person_above` a second one of the staff instead.
"""

from mailgate.billing.money.amount import read_amount
from mailgate.confirmation import Became, Needed, Whom
from mailgate.flows.confirm.ask import Request, ask
from mailgate.flows.staff.answer.ask import why_not_asked
from mailgate.flows.staff.answer.give_back import hold, send_back
from mailgate.flows.staff.answer.money_meant import MONEY_VERBS, seconds_of
from mailgate.flows.staff.answer.read import StaffMail
from mailgate.flows.staff.answer.receipt import carried_out, told
from mailgate.flows.staff.answer.refusal import Refusal
from mailgate.flows.staff.money import AMOUNT, CURRENCY, CUSTOMER, INVOICE, REASON, TICKET, needs_second
from mailgate.flows.story.act import Act
from mailgate.flows.story.settled import Settled
from mailgate.tickets.refused import Refused
from mailgate.tickets.result import Done, item


def ask_for_money(act: Act, mail: StaffMail) -> Settled:
    """Put the question; whoever else lets the mail in has not said yes to it."""
    assert mail.alone is not None
    verb = MONEY_VERBS[mail.alone.verb]
    wanted = verb.read(act, mail, mail.alone)
    takes_second = needs_second(act, wanted.currency, wanted.amount_minor)
    seconds = seconds_of(act, mail.writer) if takes_second else ()
    request = Request(
        verb.kind,
        (wanted.line,),
        {
            CUSTOMER: str(wanted.customer_id),
            TICKET: str(mail.ticket.id if mail.ticket else ""),
            INVOICE: wanted.invoice,
            AMOUNT: str(wanted.amount_minor),
            CURRENCY: wanted.currency,
            REASON: wanted.reason,
        },
        customer_id=wanted.customer_id,
        staff_id=mail.writer.id,
        whom=tuple(Whom(staff_id=one.id) for one in seconds),
        needed=Needed.FIRST if seconds else Needed.ALL,
    )
    refused = ask(act, mail.incoming, request)
    if refused is Became.TOO_MANY:
        most = act.settings.budgets.staff_money_questions_per_day
        return send_back(act, mail, Refusal(item(Refused.TOO_MANY_QUESTIONS, per_day=most)))
    if refused:
        why, reason = why_not_asked(mail.incoming, refused), f"!{mail.alone.verb.name}: {refused.value}"
        return hold(act, mail.incoming, mail.writer, mail.ticket, reason, why=why)
    if not seconds:
        return carried_out(mail)
    home = act.settings.gate.currency
    limit = read_amount(act.settings.billing.second_person_above, home)
    names = ", ".join(one.name for one in seconds)
    return told(act, mail, item(Done.SECOND_ASKED, people=names, limit_minor=limit, currency=home))
