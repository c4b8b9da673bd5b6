"""What is done after a yes, and what an answer may change: a row for each kind of question."""

from collections.abc import Callable, Mapping

from mailgate.confirmation import Became, Confirmation, ConfirmKind
from mailgate.flows.client import deeds
from mailgate.flows.client.money import paying
from mailgate.flows.client.request import ADDRESS, another_address
from mailgate.flows.confirm.confirm import Deed, Executor
from mailgate.flows.staff.account import edit_customer
from mailgate.flows.staff.money import MONEY_ACTS, move_money
from mailgate.flows.story import review
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.settled import Told
from mailgate.people import Contact, Role
from mailgate.tickets.result import about_question
from mailgate.tickets.ticket import Ticket
from store import people
from store.desk import tickets


def _on_ticket(
    do: Callable[[Act, Incoming, Ticket, Contact, Confirmation], Told], *, for_owner: bool = False
) -> Executor:
    """An executor for a deed of the contact who asked for it; `for_owner`: if he is still the owner."""

    def execute(act: Act, incoming: Incoming, asked: Confirmation) -> Told:
        assert asked.ticket_id is not None
        assert asked.contact_id is not None
        ticket = tickets.get(act.conn, asked.ticket_id)
        contact = people.find_contact(act.conn, asked.contact_id)
        if contact is None:  # he asked for it, was removed, and somebody else said yes
            return Told(about_question(Became.NOT_USED), ticket)
        if for_owner and Role.OWNER not in contact.roles:
            return Told(about_question(Became.NOT_OWNER), ticket)
        return do(act, incoming, ticket, contact, asked)

    return execute


def _release(act: Act, incoming: Incoming, asked: Confirmation) -> Told:
    """A staff mail waits held for its writer's yes; somebody may have decided on it before."""
    by = f"its writer, mail {incoming.lent.spool_id}, evidence {incoming.evidence.level.value}"
    try:
        review.release(act.conn, asked.spool_id, by=by, now=act.now)
    except review.NotHeld as error:
        return Told(about_question(Became.DECIDED, why=str(error)))
    return Told(about_question(Became.DONE, asked.statement))


_SHARE = _on_ticket(
    lambda act, mail, ticket, who, asked: deeds.share(act, mail, ticket, who, asked.values[ADDRESS]), for_owner=True
)
_ADD_CONTACT = _on_ticket(
    lambda act, mail, ticket, who, asked: deeds.add_contact(act, mail, ticket, who, asked.values[ADDRESS]),
    for_owner=True,
)

DEEDS: Mapping[ConfirmKind, Deed] = {
    ConfirmKind.CLOSE: Deed(_on_ticket(lambda act, mail, ticket, who, _: deeds.close(act, mail, ticket, who))),
    ConfirmKind.REOPEN: Deed(_on_ticket(lambda act, mail, ticket, who, _: deeds.reopen(act, mail, ticket, who))),
    ConfirmKind.STOP: Deed(_on_ticket(lambda act, mail, ticket, who, _: deeds.leave(act, mail, ticket, who))),
    ConfirmKind.SHARE: Deed(_SHARE, another_address),
    ConfirmKind.ADD_CONTACT: Deed(_ADD_CONTACT, another_address),
    ConfirmKind.STAFF_MAIL: Deed(_release),
    ConfirmKind.EDIT_CUSTOMER: Deed(edit_customer),
    ConfirmKind.PAY: Deed(paying.pay_after_yes),
    ConfirmKind.REMOVE_CARD: Deed(paying.remove_card_after_yes),
    **dict.fromkeys(MONEY_ACTS, Deed(move_money)),
}
