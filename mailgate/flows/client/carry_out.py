"""What each command of a customer's contact does: a function for each, which says what came of it."""

from collections.abc import Callable, Mapping, Sequence

from mailgate.authority import Action, Verdict
from mailgate.commands.verb import Command, Verb
from mailgate.confirmation import ConfirmKind
from mailgate.flows.client import deeds, look_up
from mailgate.flows.client.asking import Asking
from mailgate.flows.client.money import look, paying, promise, statement
from mailgate.flows.client.request import not_to_be_added, request_of, request_to_add
from mailgate.flows.confirm.ask import Request, ask, not_asked
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.settled import Told
from mailgate.flows.ticket.readers import contact_of
from mailgate.people import Contact
from mailgate.tickets.result import Result
from mailgate.tickets.ticket import Ticket
from mailgate.tickets.verbs import customers, money

Handler = Callable[[Asking, Command], Result | Sequence[Result] | None]
"""Does what is asked for, or asks whether it shall be done; None where a question tells its reader more."""


def action_of(mail: Asking, command: Command) -> Action:
    """The row of the matrix: to register somebody is more than to show a ticket to somebody who is registered."""
    if command.verb is customers.ADD and not _is_known(mail, command.argument.words):
        return Action.CHANGE_IDENTITY
    if command.verb is money.PAY:
        return paying.action_of_pay(mail, command)
    return command.verb.action


def carry_out(mail: Asking, command: Command) -> Sequence[Result]:
    """Do it; where the evidence is too weak for that, put the question."""
    told = HANDLERS[command.verb](mail, command)
    return (told,) if isinstance(told, Result) else told or ()


def _deed(do: Callable[[Act, Incoming, Ticket, Contact], Told], kind: ConfirmKind) -> Handler:
    def handle(mail: Asking, command: Command) -> Result | None:
        ticket = _ticket(mail)
        if mail.may(action_of(mail, command)) is Verdict.CONFIRM:
            return _ask(mail, request_of(kind, ticket, mail.contact, {}))
        return do(mail.act, mail.incoming, ticket, mail.contact).result

    return handle


def _asking_first(do: Callable[[Asking, Command], Result | Request | None]) -> Handler:
    def handle(mail: Asking, command: Command) -> Result | None:
        told = do(mail, command)
        return _ask(mail, told) if isinstance(told, Request) else told

    return handle


def _add(mail: Asking, command: Command) -> Result | None:
    ticket, address = _ticket(mail), command.argument.words
    refused = not_to_be_added(mail.act, address)
    if refused:
        return refused
    if mail.may(action_of(mail, command)) is not Verdict.CONFIRM:
        return deeds.share(mail.act, mail.incoming, ticket, mail.contact, address).result
    return _ask(mail, request_to_add(mail.act, ticket, mail.contact, address))


def _status(mail: Asking, command: Command) -> Result:
    return look_up.status(_ticket(mail))


def _tickets(mail: Asking, command: Command) -> Result:
    return look_up.list_tickets(mail.act, mail.sender)


def _resend(mail: Asking, command: Command) -> Result:
    number = command.argument.number
    assert number is not None
    return look_up.resend(mail.act, mail.incoming, mail.contact, number, mail.sheet)


def _search(mail: Asking, command: Command) -> Result:
    return look_up.search(mail.act, mail.sender, command.argument.words)


def _help(mail: Asking, command: Command) -> Result:
    return look_up.list_commands(valid_commands(mail))


HANDLERS: Mapping[Verb, Handler] = {
    customers.CLOSE: _deed(deeds.close, ConfirmKind.CLOSE),
    customers.REOPEN: _deed(deeds.reopen, ConfirmKind.REOPEN),
    customers.STATUS: _status,
    customers.STOP: _deed(deeds.leave, ConfirmKind.STOP),
    customers.ADD: _add,
    customers.TICKETS: _tickets,
    customers.RESEND: _resend,
    customers.SEARCH: _search,
    customers.HELP: _help,
    money.INVOICES: look.invoices,
    money.INVOICE: look.invoice,
    money.SERVICES: look.services,
    money.BALANCE: look.balance,
    money.STATEMENT: statement.statement,
    money.PAID: promise.paid,
    money.DEFER: promise.defer,
    money.PAY: _asking_first(paying.pay),
    money.CARD: paying.card,
    money.REMOVE_CARD: _asking_first(paying.remove_card),
    money.FUNDS: paying.funds,
}


def valid_commands(mail: Asking) -> list[Mapping[str, str]]:
    """What would do something now, as templates name it."""
    ticket = mail.ticket_now()
    return customers.valid_now(mail.place, ticket.state if ticket else None, look.means(mail))


def _ticket(mail: Asking) -> Ticket:
    ticket = mail.ticket_now()
    assert ticket is not None  # the grammar saw to it
    return ticket


def _is_known(mail: Asking, address: str) -> bool:
    return contact_of(mail.act, mail.contact.customer_id, address) is not None


def _ask(mail: Asking, request: Request) -> Result | None:
    refused = ask(mail.act, mail.incoming, request)
    return not_asked(mail.act, request, refused) if refused else None
