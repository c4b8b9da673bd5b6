"""Money in and out of documents: payments, deposits and gifts, credit that settles what falls due, credit notes."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from mailgate.billing.document.invoice import DocumentState
from mailgate.billing.ledger import events
from mailgate.billing.ledger.accounts import BANK, CASH, DIFFERENCES, OF_A_CUSTOMER, ROUNDING, WRITE_OFFS, provider
from mailgate.billing.ledger.transaction import Transaction
from mailgate.billing.money.amount import written
from mailgate.billing.payment.allocation import Allocation, allocate
from mailgate.errors import Permanent
from mailgate.flows.billing.books import Deal
from mailgate.flows.billing.invoicing.issue import Done, whose
from mailgate.flows.billing.money.after_money import after_settlement
from mailgate.flows.billing.money.refund import set_free
from mailgate.flows.billing.money.tell_payer import tell_credit_added, tell_credit_used, tell_credited, tell_payment
from mailgate.flows.billing.told.tell_hooks import tell_paid
from store.billing import credited as given_back
from store.billing import gifts, invoices, ledger, opening_balances, payments
from store.billing.invoices import Issued
from store.billing.opening_balances import Opening
from store.billing.payments import Payment

PAYMENT, CREDIT, CREDIT_NOTE, WRITE_OFF = "payment", "credit", "credit-note", "write-off"
"""What an invoice may be settled by."""

_INTO = {"cash": CASH, "bank": BANK, "transfer": BANK, "check": BANK, "cheque": BANK}
"""Where money is that came by hand; by any other method a provider has it."""


class NotOpen(Permanent):
    """Money for an invoice of which nothing is to be paid."""


class BadMethod(Permanent):
    """A method whose name stands for something else in the ledger."""


class TooLittle(Permanent):
    """A deposit below the least."""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of money that came in."""

    payment_id: int
    allocated_minor: int
    credit_minor: int  # what is more than was open
    settled: tuple[str, ...]  # numbers of invoices of which nothing is open any more


def record_payment(deal: Deal, invoice: Issued, payment: Payment, *, as_credit: bool) -> Received:
    """Record money for an invoice: what is more than open becomes credit.

    On an invoice that is settled all of it is credit, and only where that is meant. Raises NotOpen, RecordedBefore.
    """
    if not invoice.open_minor and not as_credit:
        raise NotOpen(
            f"invoice {invoice.number} is {invoice.state}: nothing is open of it. "
            "`--as-credit` keeps the money for the customer"
        )
    return take_in(deal, payment, (invoice,))


def free(_payment_id: int) -> Sequence[Transaction]:
    """Nobody keeps anything of it."""
    return ()


def take_in(
    deal: Deal,
    payment: Payment,
    wanted: Sequence[Issued],
    *,
    unit_minor: int = 1,
    costs: Callable[[int], Sequence[Transaction]] = free,
) -> Received:
    """Record money and set it against invoices of its currency, oldest due first; the rest becomes credit.

    Credit settles what else has fallen due. `unit_minor`: what is left open of one of these and is less than this
    cannot be paid by the way that the money came, and is rounded off. `costs`: what to take in the payment of an id
    has cost. Raises RecordedBefore.
    """
    conn = deal.conn
    found = allocate(payment.amount_minor, invoices.to_settle(wanted))
    number = payments.add(conn, payment)
    invoices.settle(conn, found.allocations, source=PAYMENT, source_id=number, now=deal.now)
    about = events.Whose(payment.customer_id, payment.received_on, payment.currency)
    booked = events.payment(
        number,
        about,
        amount_minor=payment.amount_minor,
        into=account_of(payment),
        allocations=found.by_invoice,
    )
    ledger.book(conn, [booked, *costs(number)], now=deal.now)
    for one in wanted:
        if 0 < one.open_minor - found.by_invoice.get(one.id, 0) < unit_minor and one.id in found.by_invoice:
            give_up(deal, invoices.get(conn, one.id), cost=ROUNDING, to=DocumentState.PAID)
    write_off_small_rests(deal, found.by_invoice)
    used = use_credit(deal, tells=False) if found.excess_minor else ()
    tell_paid(deal, found.by_invoice)
    meant = "" if any(one.open_minor for one in wanted) else next((one.number for one in wanted), "")
    settled = [one for one in invoices.several(conn, found.by_invoice) if not one.open_minor]
    had_paid = 0 if found.excess_minor else _credit_had_paid(conn, settled)
    told = replace(payment, id=number)
    tell_payment(deal, told, (*found.allocations, *used), meant=meant, had_paid_minor=had_paid)
    after_settlement(deal, found.by_invoice)
    numbers = tuple(one.number for one in settled)
    return Received(number, payment.amount_minor - found.excess_minor, found.excess_minor, numbers)


def _credit_had_paid(conn: Connection, settled: Collection[Issued]) -> int:
    """How much of what is settled credit had paid: its receipt adds up by it."""
    return sum(line.amount_minor for one in settled for line in invoices.settled(conn, one.id) if line.source == CREDIT)


def deposit(deal: Deal, payment: Payment, *, least_minor: int | None) -> int:
    """Record money for no invoice: all of it is credit. Returns the payment's id. Raises TooLittle, RecordedBefore."""
    if least_minor is None:
        raise TooLittle(
            f"no deposits are taken in {payment.currency}: billing.deposit_minimum names no least amount in it"
        )
    if payment.amount_minor < least_minor:
        amount, least = (written(minor, payment.currency) for minor in (payment.amount_minor, least_minor))
        raise TooLittle(f"a deposit of {amount} {payment.currency} is below the least, {least} {payment.currency}")
    number = payments.add(deal.conn, payment)
    about = events.Whose(payment.customer_id, payment.received_on, payment.currency)
    booked = events.deposit(number, about, amount_minor=payment.amount_minor, into=account_of(payment))
    ledger.book(deal.conn, [booked], now=deal.now)
    used = use_credit(deal, tells=False)
    tell_credit_added(deal, payment.currency, payment.amount_minor, used, method=payment.method)
    return number


def give(deal: Deal, currency: str, amount_minor: int, *, reason: str) -> int:
    """Give credit for which no money came. Returns the gift's id."""
    customer_id = deal.payer.customer.id
    number = gifts.add(deal.conn, customer_id, currency, amount_minor, reason=reason, by=deal.by, now=deal.now)
    about = events.Whose(customer_id, deal.issue_day, currency)
    ledger.book(deal.conn, [events.gift(number, about, amount_minor=amount_minor)], now=deal.now)
    used = use_credit(deal, tells=False)
    tell_credit_added(deal, currency, amount_minor, used, method="")
    return number


def take_over(deal: Deal, currency: str, amount_minor: int) -> int:
    """What a customer had in an older system is credit here, once for each currency. Returns the id of its row."""
    customer_id = deal.payer.customer.id
    one = Opening(0, customer_id, currency, amount_minor, deal.now, deal.by)
    number = opening_balances.add(deal.conn, one)
    about = events.Whose(customer_id, deal.issue_day, currency)
    ledger.book(deal.conn, [events.opening(number, about, amount_minor=amount_minor)], now=deal.now)
    use_credit(deal, tells=False)
    return number


def use_credit(deal: Deal, *, tells: bool = True, early: Collection[int] = ()) -> tuple[Allocation, ...]:
    """Settle what has fallen due from the account's credit, oldest due first.

    `tells`: the payer is written to, who otherwise hears of it in the mail about where the credit is from. `early`: ids
    of invoices of the account that somebody wants paid before they are due.
    """
    conn, customer_id = deal.conn, deal.payer.customer.id
    due = [one for one in invoices.open_of(conn, customer_id) if one.due_on <= deal.day or one.id in early]
    used: list[Allocation] = []
    booked: list[Transaction] = []
    for currency in sorted({one.currency for one in due}):
        here = ledger.credit(conn, customer_id, currency)
        if here <= 0:
            continue
        found = allocate(here, invoices.to_settle(one for one in due if one.currency == currency)).allocations
        ids = invoices.settle(conn, found, source=CREDIT, source_id=None, now=deal.now)
        about = events.Whose(customer_id, deal.day, currency)
        booked.extend(
            events.settle(number, about, invoice_id=one.invoice_id, amount_minor=one.amount_minor)
            for number, one in zip(ids, found, strict=True)
        )
        used.extend(found)
    ledger.book(conn, booked, now=deal.now)
    write_off_small_rests(deal, {one.invoice_id for one in used})
    tell_paid(deal, (one.invoice_id for one in used))
    if tells:
        tell_credit_used(deal, used)
    after_settlement(deal, {one.invoice_id for one in used})
    return tuple(used)


def set_against(
    deal: Deal, note: Done, *, credited: Collection[int], gives_back: bool = False
) -> tuple[tuple[Allocation, ...], int]:
    """A credit note that was just issued lowers what is open: first of the invoices whose lines it gives back.

    What is left becomes credit. `gives_back`: as far as somebody has paid it, it goes back to him. Returns what was
    lowered, and what became credit.
    """
    conn, customer_id, currency = deal.conn, note.wanted.payer.customer.id, note.wanted.currency
    open_now = invoices.open_of(conn, customer_id, currency)
    found = allocate(note.reckoned.total_minor, invoices.to_settle(open_now), credited=credited)
    invoices.settle(conn, found.allocations, source=CREDIT_NOTE, source_id=note.id, now=deal.now)
    for one in found.allocations:
        if not invoices.get(conn, one.invoice_id).open_minor and _is_taken_back(conn, one.invoice_id):
            invoices.close(conn, one.invoice_id, DocumentState.VOID, now=deal.now)
    back = set_free(deal, note, found.excess_minor, credited=credited) if gives_back else ()
    back_minor = sum(one.amount_minor for one in back)
    booked = events.credit_note(
        note.id, whose(note, deal.issue_day), note.sale, against=found.by_invoice, refunds_minor=back_minor
    )
    ledger.book(conn, [booked], now=deal.now)
    tell_paid(deal, found.by_invoice)
    credit_minor = found.excess_minor - back_minor
    tell_credited(deal, note, found.allocations, credit_minor=credit_minor, refunds=back)
    after_settlement(deal, found.by_invoice)
    return found.allocations, credit_minor


def _is_taken_back(conn: Connection, invoice_id: int) -> bool:
    """All that settles it are credit notes about itself. One about something else has paid it, as money would."""
    return all(
        one.source == CREDIT_NOTE
        and one.source_id is not None
        and invoice_id in given_back.originals(conn, one.source_id)
        for one in invoices.settled(conn, invoice_id)
    )


def write_off(deal: Deal, invoice: Issued) -> int:
    """Give up what is open of an invoice; returns how much that was. Raises NotOpen."""
    if not invoice.open_minor:
        raise NotOpen(f"invoice {invoice.number} is {invoice.state}: nothing is open of it")
    give_up(deal, invoice, cost=WRITE_OFFS, to=DocumentState.WRITTEN_OFF)
    after_settlement(deal, {invoice.id})
    return invoice.open_minor


def give_up(deal: Deal, invoice: Issued, *, cost: str, to: DocumentState) -> None:
    """What is open of an invoice is asked for no more; the caller looks at what follows."""
    allocation = Allocation(invoice.id, invoice.open_minor)
    (number,) = invoices.settle(deal.conn, (allocation,), source=WRITE_OFF, source_id=None, now=deal.now, to=to)
    about = events.Whose(invoice.customer_id, deal.issue_day, invoice.currency)
    booked = events.write_off(number, about, invoice_id=invoice.id, amount_minor=invoice.open_minor, cost=cost)
    ledger.book(deal.conn, [booked], now=deal.now)


def account_of(payment: Payment) -> str:
    """The account that money comes to: its provider's, or where it is by its method. Raises BadMethod."""
    return provider(payment.provider) if payment.provider else into(payment.method)


def write_off_small_rests(deal: Deal, paid: Collection[int]) -> None:
    """What money has left open of these invoices is forgiven, where it is no more than `billing.write_off_below`."""
    gate = deal.books.settings.gate
    most = deal.books.settings.billing.write_off_minor(gate.currency)
    for one in invoices.several(deal.conn, paid) if most and paid else ():
        if one.currency == gate.currency and 0 < one.open_minor <= most:
            give_up(deal, one, cost=DIFFERENCES, to=DocumentState.PAID)


def into(method: str) -> str:
    """The account that money of a method comes to. Raises BadMethod."""
    found = _INTO.get(method.casefold()) or provider(method)
    if found in OF_A_CUSTOMER:
        raise BadMethod(f"{method!r} is no way for money to come: it is the name of what customers owe")
    return found
