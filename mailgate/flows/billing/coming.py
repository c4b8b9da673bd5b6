"""What billing does until an instant to come, if nobody does anything: the same code as the run, cards and the ladder.

Nothing is written or locked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from mailgate.billing import dunning as rule
from mailgate.billing.dunning import Kind as StepKind
from mailgate.billing.dunning import Next
from mailgate.billing.party import UNTIL_RELEASED
from mailgate.billing.period import local_date
from mailgate.config import Settings
from mailgate.flows.billing.books import Today, look
from mailgate.flows.billing.card import collecting
from mailgate.flows.billing.dunning import falling_due
from mailgate.flows.billing.invoicing.plan import READ_AT_ONCE, planned_in
from mailgate.flows.billing.money.owing import Debtor, debtors
from mailgate.payments.terms import chargeable, terms_of
from store.billing import accounts, dunning, invoices, ledger, promises, services
from store.billing.invoices import Issued
from store.billing.previews import Item, Kind

_MOST = 100_000

_KINDS = {
    StepKind.REMINDER: Kind.MAIL,
    StepKind.SUSPEND_WARNING: Kind.WARNING,
    StepKind.END_WARNING: Kind.WARNING,
    StepKind.SUSPEND: Kind.SUSPENSION,
    StepKind.END: Kind.END,
}


@dataclass(frozen=True, slots=True)
class Coming:
    """What comes, in the order in which staff read it; `ending`: services whose customers have cancelled them."""

    items: tuple[Item, ...]
    held: tuple[Item, ...]
    ending: int


def coming(conn: Connection, settings: Settings, until: datetime) -> Coming:
    """All until an instant."""
    found = [*_bills(conn, settings, until), *_charges(conn, settings, until), *_steps(conn, settings, until)]
    order = list(Kind)
    found.sort(key=lambda one: (order.index(one.kind), one.day, one.customer_id))
    ending = sum(1 for _ in falling_due.services_over(conn, settings, until))
    return Coming(tuple(found), tuple(_held(conn, until)), ending)


def bill_key(service_id: int, begins_on: date) -> str:
    """By which an invoice is known before there is one: the first days that it bills."""
    return f"bill {service_id} {begins_on}"


def _bills(conn: Connection, settings: Settings, until: datetime) -> Iterator[Item]:
    for one in planned_in(conn, settings, Today(until), {}):
        if one.wanted is None:
            continue
        first = min(one.covers, key=lambda due: (due.begins_on, due.service.id))
        key = bill_key(first.service.id, first.begins_on)
        number, day = one.payer.customer.id, local_date(until, one.payer.zone)
        yield Item(0, 0, Kind.INVOICE, key, number, day, one.bundle.currency, one.total_minor)


def _charges(conn: Connection, settings: Settings, until: datetime) -> Iterator[Item]:
    terms = terms_of(settings.payments)
    if terms is None:
        return
    numbers = [number for number, _ in collecting.cards_fall_due(conn, settings, until)]
    for number, payer in look(conn, numbers).items():
        day = local_date(until, payer.zone)
        resting = promises.running(conn, (number,), day).get(number, ())
        due = [
            one for one in invoices.open_of(conn, number, due_by=day) if promises.rests_until(resting, one.id) is None
        ]
        for currency in sorted({one.currency for one in due}):
            here = [one for one in due if one.currency == currency]
            open_minor = sum(one.open_minor for one in here)
            minor = chargeable(terms, max(0, open_minor - ledger.credit(conn, number, currency)), currency)
            if minor:
                ids = tuple(one.id for one in here)
                yield Item(0, 0, Kind.CHARGE, f"charge {ids[0]}", number, day, currency, minor, ids)


def _steps(conn: Connection, settings: Settings, until: datetime) -> Iterator[Item]:
    numbers = [number for number, _ in dunning.waiting(conn, until=until, limit=_MOST)]
    terms = terms_of(settings.payments)
    for first in range(0, len(numbers), READ_AT_ONCE):
        payers = look(conn, numbers[first : first + READ_AT_ONCE])
        little = collecting.too_little(conn, terms, list(payers))
        for debtor in debtors(conn, payers, now=until):
            if debtor.rests or debtor.in_flight:
                continue
            for invoice in debtor.invoices:
                if invoice.currency not in little.get(debtor.payer.customer.id, frozenset()):
                    yield from _steps_of(settings, debtor, invoice, until)


def _steps_of(settings: Settings, debtor: Debtor, invoice: Issued, until: datetime) -> Iterator[Item]:
    found = step_at(settings, debtor, invoice, until)
    for step in (found.mail, found.consequence):
        if step is not None and step.kind in _KINDS:
            day, key = local_date(until, debtor.payer.zone), f"step {invoice.id} {step.name}"
            number = debtor.payer.customer.id
            amount, ids = invoice.open_minor, (invoice.id,)
            yield Item(0, 0, _KINDS[step.kind], key, number, day, invoice.currency, amount, ids, step.name)


def step_at(settings: Settings, debtor: Debtor, invoice: Issued, at: datetime) -> Next:
    """What the ladder does about an invoice at an instant."""
    return rule.due(debtor.owed(invoice), settings.billing.ladder, now=at, reminded_on=debtor.reminded_on)


def _held(conn: Connection, until: datetime) -> Iterator[Item]:
    """What would come some day, and rests until somebody of the staff releases it."""
    whole, parts = accounts.held(conn, UNTIL_RELEASED), services.held(conn, UNTIL_RELEASED)
    payers = look(conn, {*whole, *(number for number, _ in parts)})
    held = {*parts, *((number, payers[number].customer.currency) for number in whole if number in payers)}
    for number, currency in sorted(held):
        if number in payers:
            day = local_date(until, payers[number].zone)
            yield Item(0, 0, Kind.HELD_ACCOUNT, f"held {number} {currency}", number, day, currency, 0)
    for one in promises.held(conn, UNTIL_RELEASED):
        if one.invoice_id is not None:
            invoice = invoices.get(conn, one.invoice_id)
            key, ids = f"held {one.customer_id} {invoice.id}", (invoice.id,)
            day = invoice.due_on
            yield Item(0, 0, Kind.HELD_INVOICE, key, one.customer_id, day, invoice.currency, invoice.open_minor, ids)
