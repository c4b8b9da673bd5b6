"""What `!credit`, `!waive` and their like mean: how much of whose money, who must say yes, and why it cannot be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mailgate.billing.money.amount import MOST_MINOR, read_amount, written
from mailgate.billing.money.currencies import CURRENCIES
from mailgate.billing.payment.card_words import card_words
from mailgate.commands.verb import Command, Verb
from mailgate.confirmation import ConfirmKind, Line, Says
from mailgate.errors import Permanent
from mailgate.flows.billing.card.charge import Reason
from mailgate.flows.billing.dunning.late_fee import late_fee_of
from mailgate.flows.billing.money.refund import most_back
from mailgate.flows.staff.answer.invoice_meant import invoice_meant
from mailgate.flows.staff.answer.read import StaffMail
from mailgate.flows.staff.money import NOT_CHARGED, CannotMove, needs_second
from mailgate.flows.story.act import Act
from mailgate.payments.terms import terms_of
from mailgate.people import Staff, present
from mailgate.tickets.verbs import staff
from store import people
from store.billing import cards
from store.billing.invoices import Issued


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a command asks for, as it stands now. `by_hand` does the same at the command line, if anything does."""

    customer_id: int
    currency: str
    amount_minor: int
    line: Line
    by_hand: str
    invoice: str = ""  # its number
    reason: str = ""


@dataclass(frozen=True, slots=True)
class MoneyVerb:
    """What stands behind a command. `read` raises Permanent, whose text says why it cannot be done."""

    kind: ConfirmKind
    read: Callable[[Act, StaffMail, Command], Wanted]


def _credit(act: Act, mail: StaffMail, command: Command) -> Wanted:
    if mail.ticket is None or mail.ticket.customer_id is None:
        raise CannotMove("this ticket has no registered customer, so nobody can be given credit")
    customer = people.get_customer(act.conn, mail.ticket.customer_id)
    first, _, rest = command.argument.words.partition(" ")
    second, _, behind = rest.strip().partition(" ")
    currency = customer.currency
    if first.upper() in CURRENCIES:
        currency, first, rest = first.upper(), second, behind
    elif second.upper() in CURRENCIES:
        currency, rest = second.upper(), behind
    reason = rest.strip()
    if not first or not reason:
        raise CannotMove("write the amount and why, such as !credit 10.00 server was down")
    minor = _positive(first, currency)
    amount = written(minor, currency)
    other = f" --currency {currency}" if currency != customer.currency else ""
    by_hand = f"mailgate credit add {customer.id} {amount} --reason REASON{other}"
    given = {"customer": str(customer.id), "name": customer.name, **_amount(minor, currency), "reason": reason}
    return Wanted(customer.id, currency, minor, Line(Says.GIVE_CREDIT, given), by_hand, reason=reason)


def _waive(act: Act, mail: StaffMail, command: Command) -> Wanted:
    invoice = _invoice(act, mail, command)
    if not invoice.open_minor:
        fee = late_fee_of(act.conn, invoice)
        if fee is None:
            raise CannotMove(f"nothing is open of invoice {invoice.number}")
        invoice = fee
    by_hand = f"mailgate invoice write-off {invoice.number}"
    return _of_invoice(act, invoice, invoice.open_minor, Says.WAIVE, by_hand=by_hand)


def _refund(act: Act, mail: StaffMail, command: Command) -> Wanted:
    number, _, amount = command.argument.words.partition(" ")
    invoice = invoice_meant(act, mail, number)
    if invoice is None:
        raise CannotMove(f"there is no invoice {number}")
    most = most_back(act.conn, invoice)
    if not most:
        raise CannotMove(
            f"nothing that was paid for invoice {invoice.number} is credit now, so nothing can go back; "
            f"`mailgate invoice credit` makes credit of a part of it"
        )
    minor = _positive(amount.strip(), invoice.currency) if amount.strip() else most
    if minor > most:
        can = f"{written(most, invoice.currency)} {invoice.currency}"
        raise CannotMove(f"of invoice {invoice.number} no more than {can} can go back")
    return _of_invoice(act, invoice, minor, Says.REFUND)


def _charge(act: Act, mail: StaffMail, command: Command) -> Wanted:
    invoice = _invoice(act, mail, command)
    if not invoice.open_minor:
        raise CannotMove(f"nothing is open of invoice {invoice.number}")
    terms = terms_of(act.settings.payments)
    if terms is None:
        raise CannotMove(NOT_CHARGED[Reason.NO_PROVIDER])
    card = cards.kept(act.conn, invoice.customer_id, terms.name)
    if card is None:
        raise CannotMove(NOT_CHARGED[Reason.NO_CARD])
    said = card_words(card.brand, card.last4)
    return _of_invoice(act, invoice, invoice.open_minor, Says.CHARGE, card_words=said)


def _of_invoice(act: Act, invoice: Issued, minor: int, says: Says, *, by_hand: str = "", **given: str) -> Wanted:
    customer = people.get_customer(act.conn, invoice.customer_id)
    given |= {"number": invoice.number, "customer": str(customer.id), "name": customer.name}
    line = Line(says, {**given, **_amount(minor, invoice.currency)})
    return Wanted(customer.id, invoice.currency, minor, line, by_hand, invoice=invoice.number)


MONEY_VERBS: Mapping[Verb, MoneyVerb] = {
    staff.CREDIT: MoneyVerb(ConfirmKind.GIVE_CREDIT, _credit),
    staff.REFUND: MoneyVerb(ConfirmKind.REFUND, _refund),
    staff.CHARGE: MoneyVerb(ConfirmKind.CHARGE, _charge),
    staff.WAIVE: MoneyVerb(ConfirmKind.WAIVE, _waive),
}
"""One row for each command; `mailgate.flows.staff.money` has the deeds."""


def why_not_moved(act: Act, mail: StaffMail, command: Command) -> str | None:
    """Why nobody can be asked for this; None when somebody can."""
    if mail.has_content:
        return "it stands alone, and words or files beside it would reach nobody: send them in a mail of their own"
    try:
        wanted = MONEY_VERBS[command.verb].read(act, mail, command)
    except Permanent as error:
        return str(error).rstrip(".")
    if needs_second(act, wanted.currency, wanted.amount_minor) and not seconds_of(act, mail.writer):
        limit = f"{act.settings.billing.second_person_above} {act.settings.gate.currency}"
        alone = f"more than {limit} takes the yes of a second one of the staff, and there is nobody else"
        by_hand = f": whoever runs the gate can do it at the command line, {wanted.by_hand}"
        return f"{alone}{by_hand if wanted.by_hand else ''}"
    return None


def seconds_of(act: Act, writer: Staff) -> tuple[Staff, ...]:
    """Who may say yes to what somebody asks for that is more than one moves alone: those who are there, else all."""
    others = tuple(one for one in act.staff if one.id != writer.id)
    return present(others, now=act.now)


def _invoice(act: Act, mail: StaffMail, command: Command) -> Issued:
    number = command.argument.words
    invoice = invoice_meant(act, mail, number)
    if invoice is None and number:
        raise CannotMove(f"there is no invoice {number}")
    if invoice is None:
        raise CannotMove(f"it is not plain which invoice: write its number behind it, such as {command.verb.example}")
    return invoice


def _positive(words: str, currency: str) -> int:
    minor = read_amount(words, currency)
    if not 0 < minor <= MOST_MINOR:
        raise CannotMove(f"{words} is no amount that can be moved")
    return minor


def _amount(minor: int, currency: str) -> dict[str, str]:
    return {"amount_minor": str(minor), "currency": currency}
