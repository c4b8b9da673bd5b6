"""Money as staff move it by mail, once somebody at a registered address has said yes: decided anew under the lock."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mailgate.billing.money.amount import decimal, read_amount, written
from mailgate.billing.money.currencies import unit
from mailgate.billing.period import local_date
from mailgate.confirmation import Became, Confirmation, ConfirmKind
from mailgate.errors import Permanent
from mailgate.flows.billing.books import Deal, Today, deal_with
from mailgate.flows.billing.card.charge import Reason, WhyNot, charge_now
from mailgate.flows.billing.money import settle
from mailgate.flows.billing.money.refund import give_back
from mailgate.flows.story.act import Act
from mailgate.flows.story.incoming import Incoming
from mailgate.flows.story.record import doer_of, record
from mailgate.flows.story.settled import Told
from mailgate.log_events import LogEvent
from mailgate.payments.terms import terms_of
from mailgate.people import Staff, staff_at
from mailgate.tickets.result import about_question
from mailgate.tickets.ticket import Event, Ticket
from store.billing import invoices, rates
from store.billing.invoices import Issued
from store.desk import tickets

log = logging.getLogger(__name__)

CUSTOMER, TICKET, INVOICE, AMOUNT, CURRENCY, REASON = "customer", "ticket", "invoice", "amount", "currency", "reason"
"""Among the values of the question. The amount is in minor units; the invoice is its number."""

Values = Mapping[str, str]


class CannotMove(Permanent):
    """The money cannot be moved, or not any more; the text says why, without a point at its end."""


@dataclass(frozen=True, slots=True)
class MoneyAct:
    """What follows from a yes: `do` looks at everything anew. Raises Permanent before it has
    written anything.

    `event` stands in the history of the ticket on which it was asked for, with these of the values beside the amount.
    """

    do: Callable[[Deal, Values, Sequence[str]], None]
    event: Event
    kept: tuple[tuple[str, str], ...]  # (detail of the event, value of the question)


def _give_credit(deal: Deal, values: Values, _by: Sequence[str]) -> None:
    settle.give(deal, values[CURRENCY], int(values[AMOUNT]), reason=values[REASON])


def _waive(deal: Deal, values: Values, _by: Sequence[str]) -> None:
    settle.write_off(deal, _as_open_as_asked(deal, values))


def _refund(deal: Deal, values: Values, by: Sequence[str]) -> None:
    asker, *second = by
    give_back(deal, _invoice(deal, values), int(values[AMOUNT]), asked_by=asker, approved_by="".join(second))


def _charge(deal: Deal, values: Values, by: Sequence[str]) -> None:
    invoice = _as_open_as_asked(deal, values)
    terms = terms_of(deal.books.settings.payments)
    begun = charge_now(deal, terms, invoice.currency, (invoice.id,), asked_by=" and ".join(by))
    if isinstance(begun, WhyNot) and not (begun.used and begun.reason is Reason.NOTHING_OPEN):
        used = "credit has paid a part of it, and " if begun.used else ""
        raise CannotMove(f"{used}{NOT_CHARGED[begun.reason]}")


NOT_CHARGED: Mapping[Reason, str] = {
    Reason.NO_PROVIDER: "no cards are charged here: payments.provider names nobody who does",
    Reason.NOT_BILLED: "the account is billed elsewhere",
    Reason.NOTHING_OPEN: "nothing is open of it",
    Reason.UNDER_WAY: "a card of this customer is being charged already",
    Reason.NO_CARD: "the customer has no card with us",
    Reason.CARD_BLOCKED: "the card of the customer is blocked",
    Reason.CARD_EXPIRED: "the card of the customer is no longer valid",
    Reason.TOO_LITTLE: "it is less than can be charged",
}


def _invoice(deal: Deal, values: Values) -> Issued:
    invoice = invoices.find(deal.conn, values[INVOICE])
    if invoice is None:
        raise CannotMove(f"there is no invoice {values[INVOICE]} any more")
    return invoice


def _as_open_as_asked(deal: Deal, values: Values) -> Issued:
    invoice = _invoice(deal, values)
    if invoice.open_minor != int(values[AMOUNT]):
        open_now = f"{written(invoice.open_minor, invoice.currency)} {invoice.currency}"
        raise CannotMove(f"{open_now} is open of invoice {invoice.number} by now: send the command again")
    return invoice


MONEY_ACTS: Mapping[ConfirmKind, MoneyAct] = {
    ConfirmKind.GIVE_CREDIT: MoneyAct(_give_credit, Event.CREDITED, (("reason", REASON),)),
    ConfirmKind.REFUND: MoneyAct(_refund, Event.REFUNDED, (("number", INVOICE),)),
    ConfirmKind.CHARGE: MoneyAct(_charge, Event.CHARGED, (("number", INVOICE),)),
    ConfirmKind.WAIVE: MoneyAct(_waive, Event.WAIVED, (("number", INVOICE),)),
}
"""One row for each kind of question about money."""


def move_money(act: Act, incoming: Incoming, asked: Confirmation) -> Told:
    """Do what was said yes to, if it still can be done and the yes is enough."""
    by = _by(act, incoming, asked)
    deal = deal_with(act.conn, act.settings, int(asked.values[CUSTOMER]), Today(act.now), by=" and ".join(by))
    try:
        if deal is None:
            raise CannotMove("the customer is no longer here")
        _refuse_unentitled(act, incoming, asked)
        MONEY_ACTS[asked.kind].do(deal, asked.values, by)
    except Permanent as error:
        return Told(about_question(Became.DECIDED, why=str(error).rstrip(".")))
    minor, currency = asked.values[AMOUNT], asked.values[CURRENCY]
    log.info(LogEvent.MOVED_MONEY(customer=asked.customer_id, deed=asked.kind.value, minor=minor, currency=currency))
    return Told(about_question(Became.DONE, asked.statement), _recorded(act, incoming, asked))


def needs_second(act: Act, currency: str, amount_minor: int) -> bool:
    """More than one member of staff moves alone. What no rate on record compares is always more."""
    limit, home = act.settings.billing.second_person_above, act.settings.gate.currency
    if not limit:
        return False
    limit_minor = read_amount(limit, home)
    if currency == home:
        return amount_minor > limit_minor
    rate = rates.valid(act.conn, home, currency, local_date(act.now, act.settings.gate.zone))
    if rate is None:
        return True
    per_home = decimal(rate.rate)  # so many of the currency are one of ours
    ours = amount_minor * per_home.denominator * unit(home)
    return ours > limit_minor * per_home.numerator * unit(currency)


def _refuse_unentitled(act: Act, incoming: Incoming, asked: Confirmation) -> None:
    """Settings, rates and staff may be others than when it was asked. Raises CannotMove."""
    if not any(one.id == asked.staff_id for one in act.staff):
        raise CannotMove("who asked for it is no longer one of the staff")
    is_alone = _who_agreed(act, incoming, asked) is None
    if is_alone and needs_second(act, asked.values[CURRENCY], int(asked.values[AMOUNT])):
        raise CannotMove("by now it takes the yes of a second one of you: send the command again")


def _who_agreed(act: Act, incoming: Incoming, asked: Confirmation) -> Staff | None:
    """The second of the staff; None: the one who asked said yes."""
    said_yes = staff_at(incoming.mailbox.address, act.staff) if incoming.mailbox else None
    return None if said_yes is None or said_yes.id == asked.staff_id else said_yes


def _by(act: Act, incoming: Incoming, asked: Confirmation) -> list[str]:
    """For the books: who asked for it, and who agreed."""
    asker = next((one for one in act.staff if one.id == asked.staff_id), None)
    return [f"{one.name} <{one.address}>" for one in (asker, _who_agreed(act, incoming, asked)) if one]


def _recorded(act: Act, incoming: Incoming, asked: Confirmation) -> Ticket | None:
    """In the history of the ticket on which it was asked for."""
    number = int(asked.values[TICKET] or 0)
    ticket = tickets.locked(act.conn, (number,)).get(number) if number else None
    if ticket is None:
        return None
    row, second = MONEY_ACTS[asked.kind], _who_agreed(act, incoming, asked)
    asker = next(one for one in act.staff if one.id == asked.staff_id)
    details: dict[str, str] = {name: asked.values[value] for name, value in row.kept}
    amount = f"{asked.values[CURRENCY]} {written(int(asked.values[AMOUNT]), asked.values[CURRENCY])}"
    doer = doer_of(incoming, asker)
    return record(act, ticket, row.event, doer=doer, amount=amount, second=second.name if second else None, **details)
