"""`!customer edit` and `!customer note`: staff change a customer after a yes of theirs, or keep a word about it."""

from mailgate.confirmation import ConfirmKind, Line, Says, Whom
from mailgate.flows.confirm.ask import Request, ask
from mailgate.flows.staff.account import CONTACT, CUSTOMER
from mailgate.flows.staff.answer.account_meant import edit_of, meant, words_of
from mailgate.flows.staff.answer.ask import why_not_asked
from mailgate.flows.staff.answer.give_back import hold
from mailgate.flows.staff.answer.read import StaffMail
from mailgate.flows.staff.answer.receipt import carried_out, told
from mailgate.flows.story.act import Act
from mailgate.flows.story.settled import Settled
from mailgate.tickets.account_edit import Edit
from mailgate.tickets.result import Done, item
from store import customer_notes


def edit(act: Act, mail: StaffMail) -> Settled:
    """Ask the writer whether just this is to be changed: whoever else lets the mail in has not said so."""
    assert mail.alone is not None
    wanted = edit_of(act, mail, mail.alone)
    customer = wanted.customer
    request = Request(
        ConfirmKind.EDIT_CUSTOMER,
        wanted.statement,
        _values(act, mail),
        customer_id=customer.id,
        staff_id=mail.writer.id,
        whom=_whom(mail, wanted),
    )
    if refused := ask(act, mail.incoming, request):
        return hold(
            act,
            mail.incoming,
            mail.writer,
            mail.ticket,
            f"customer {customer.id}",
            why=why_not_asked(mail.incoming, refused),
        )
    return carried_out(mail)


def _whom(mail: StaffMail, wanted: Edit) -> tuple[Whom, ...]:
    """The writer; and whoever reads a new address, told that alone: a slip would give the account to a stranger."""
    writer = Whom(staff_id=mail.writer.id)
    if not wanted.email:
        return (writer,)
    return writer, Whom(address=wanted.email, statement=(Line(Says.ADDRESS_HERE, {"address": wanted.email}),))


def note(act: Act, mail: StaffMail) -> Settled:
    """Keep the words: colleagues see them on the customer's page and below each mail of the customer's."""
    assert mail.alone is not None
    found = meant(act, mail, mail.alone)
    assert found is not None
    (customer, _), said = found
    text, number = words_of(said, mail), mail.incoming.lent.spool_id
    customer_notes.add(act.conn, customer.id, text, writer=mail.writer, spool_id=number, now=act.at)
    return told(act, mail, item(Done.NOTED_ON, customer=customer.id, name=customer.name), is_unread=False)


def _values(act: Act, mail: StaffMail) -> dict[str, str]:
    assert mail.alone is not None
    found = meant(act, mail, mail.alone)
    assert found is not None
    (customer, contact), _ = found
    fields = {name: one.words for name, one in mail.alone.fields.items() if one}
    return {CUSTOMER: str(customer.id), CONTACT: str(contact.id), **fields}
