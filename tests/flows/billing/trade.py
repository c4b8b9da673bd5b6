"""A small company that sells, for stories about money: each act on a day of its own, and a look at all the books."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select

from mailgate.billing.catalogue.reading import read_catalogue
from mailgate.billing.document.invoice import DocumentKind, DocumentState
from mailgate.billing.ledger.accounts import CREDIT, RECEIVABLE, REFUNDS
from mailgate.billing.ledger.transaction import Line
from mailgate.billing.money.amount import read_amount
from mailgate.billing.offer.product import CYCLES
from mailgate.billing.refund import STANDS, UNSENT
from mailgate.billing.service import Service
from mailgate.config import Settings, load
from mailgate.flows.billing.back import take_back
from mailgate.flows.billing.books import Deal, Today, deal_with
from mailgate.flows.billing.invoicing.issue import Done
from mailgate.flows.billing.invoicing.run import Ran, run
from mailgate.flows.billing.money import settle
from mailgate.flows.billing.service import add as adding
from mailgate.flows.billing.service import ending, states, terms
from store import people
from store.billing import accounts, catalogue, credited, invoices, ledger, ledger_verify, refunds, services
from store.billing import lines as stored_lines
from store.billing.invoices import Issued
from store.billing.lines import Line as InvoiceLine
from store.billing.payments import Payment
from store.billing.refunds import Refund
from store.engine import reading, transaction
from store.schema import billed_periods, gifts, opening_balances, payments
from store.schema import invoices as documents

SHOP = Path(__file__).with_name("shop.toml")
SHIPPED = Path(__file__).parents[3] / "config.toml"


def d(text: str) -> date:
    """A day."""
    return date.fromisoformat(text)


def noon(day: date) -> datetime:
    """The instant at which things happen on a day."""
    return datetime.combine(day, time(12), UTC)


@dataclass
class Trade:
    """The store, and what is done in it."""

    engine: Engine
    settings: Settings

    @classmethod
    def begin(cls, engine: Engine) -> "Trade":
        """A store with the catalogue, and the settings as they are shipped."""
        with transaction(engine) as conn:
            catalogue.add(conn, read_catalogue(SHOP.read_bytes(), SHOP.name), by="Bart", now=noon(d("2026-01-01")))
        return cls(engine, load(SHIPPED, {}))

    def customer(
        self,
        name: str = "Anne",
        *,
        country: str = "DE",
        currency: str = "EUR",
        timezone: str = "Europe/Berlin",
        language: str = "en",
        **profile: object,
    ) -> int:
        """Register a customer; `profile` is of its account."""
        with transaction(self.engine) as conn:
            found = people.add_customer(
                conn, name, f"{name.lower()}@customer.example",
                country=country, currency=currency, timezone=timezone, language=language, now=noon(d("2026-01-01")),
            )  # fmt: skip
            account = accounts.lock(conn, (found.id,))[found.id]
            accounts.edit(conn, replace(account, **profile))  # type: ignore[arg-type]
        return found.id

    def edit(self, customer_id: int, *, on: str, **profile: object) -> None:
        """Change the profile of an account."""
        with self.deal(customer_id, on) as deal:
            before = deal.payer.account
            accounts.edit(deal.conn, replace(before, **profile))  # type: ignore[arg-type]
        with self.deal(customer_id, on) as deal:
            states.after_edit(deal, before)

    @contextmanager
    def deal(self, customer_id: int, on: str) -> Iterator[Deal]:
        """An account in a transaction."""
        day = d(on)
        with transaction(self.engine) as conn:
            found = deal_with(conn, self.settings, customer_id, Today(noon(day), day), by="Bart")
            assert found is not None
            yield found

    def add(
        self, customer_id: int, sku: str, cycle: str = "monthly", *, on: str, **more: object
    ) -> tuple[Service, tuple[Done, ...]]:
        """Sell something."""
        with self.deal(customer_id, on) as deal:
            return adding.add(deal, adding.Sold(sku, CYCLES[cycle], **more))  # type: ignore[arg-type]

    def change(self, service: Service, *, on: str, cycle: str | None = None, **to: object) -> tuple[Done, ...]:
        """Other terms, as they are quoted."""
        with self.deal(service.customer_id, on) as deal:
            months = CYCLES[cycle] if cycle else None
            now = services.get(deal.conn, service.id)
            return terms.change(deal, now, *terms.quote_new_terms(deal, now, months=months, **to))[1]  # type: ignore[arg-type]

    def cancel(self, service: Service, *, on: str, at_end: bool = False) -> tuple[Done, ...]:
        """The end."""
        with self.deal(service.customer_id, on) as deal:
            end = ending.end_of(deal, services.get(deal.conn, service.id), at_end=at_end)
            return ending.carry_out(deal, end)[1]

    def suspend(self, service: Service, *, on: str) -> Service:
        """Off."""
        with self.deal(service.customer_id, on) as deal:
            return states.suspend(deal, services.get(deal.conn, service.id), reason="not paid")

    def restore(self, service: Service, *, on: str) -> Service:
        """On again."""
        with self.deal(service.customer_id, on) as deal:
            return states.restore(deal, services.get(deal.conn, service.id))

    def pay(
        self,
        number: str,
        amount: str,
        *,
        on: str,
        reference: str = "",
        method: str = "transfer",
        as_credit: bool = False,
        provider: str = "",
    ) -> settle.Received:
        """Money for an invoice, by hand or by a provider."""
        invoice = self.invoice(number)
        with self.deal(invoice.customer_id, on) as deal:
            one = Payment(
                0, invoice.customer_id, method, reference or f"{number} {on} {amount}", invoice.currency,
                read_amount(amount, invoice.currency), deal.day, deal.now, "Bart", provider,
                "Visa 4242" if provider else "",
            )  # fmt: skip
            return settle.record_payment(deal, invoices.get(deal.conn, invoice.id), one, as_credit=as_credit)

    def give(self, customer_id: int, amount: str, currency: str = "EUR", *, on: str) -> None:
        """Credit for nothing."""
        with self.deal(customer_id, on) as deal:
            minor = read_amount(amount, currency)
            settle.give(deal, currency, minor, reason="sorry")

    def use_credit(self, customer_id: int, *, on: str) -> dict[str, int]:
        """What falls due is settled from credit: how much of each invoice."""
        with self.deal(customer_id, on) as deal:
            used = settle.use_credit(deal)
            return {invoices.get(deal.conn, one.invoice_id).number: one.amount_minor for one in used}

    def void(self, number: str, *, on: str, bill_again: bool = False) -> Done:
        """Take it back as a whole."""
        invoice = self.invoice(number)
        with self.deal(invoice.customer_id, on) as deal:
            return take_back.void(deal, invoices.get(deal.conn, invoice.id), bill_again=bill_again)

    def credit(self, number: str, amount: str, *, on: str) -> Done:
        """Take a part of it back."""
        invoice = self.invoice(number)
        with self.deal(invoice.customer_id, on) as deal:
            minor = read_amount(amount, invoice.currency)
            return take_back.credit(deal, invoices.get(deal.conn, invoice.id), minor, reason="sorry")

    def write_off(self, number: str, *, on: str) -> int:
        """Give up the rest."""
        invoice = self.invoice(number)
        with self.deal(invoice.customer_id, on) as deal:
            return settle.write_off(deal, invoices.get(deal.conn, invoice.id))

    def run(self, on: str) -> Ran | None:
        """The daily run."""
        day = d(on)
        return run(self.engine, self.settings, Today(noon(day), day), by="Bart")

    def service(self, service: Service) -> Service:
        """As it is now."""
        with reading(self.engine) as conn:
            return services.get(conn, service.id)

    def billed(self, service: Service) -> list[str]:
        """Its billed days, "from/to" with both days in it."""
        with reading(self.engine) as conn:
            return [f"{one.period.start}/{one.period.last}" for one in services.billed(conn, service.id)]

    def invoice(self, number: str) -> Issued:
        """An invoice as it stands."""
        with reading(self.engine) as conn:
            found = invoices.find(conn, number)
        assert found is not None, number
        return found

    def all(self, kind: DocumentKind = DocumentKind.INVOICE) -> tuple[Issued, ...]:
        """Every document of a kind."""
        with reading(self.engine) as conn:
            return invoices.listing(conn, kind)

    def lines(self, document_id: int) -> tuple[InvoiceLine, ...]:
        """Of a document."""
        with reading(self.engine) as conn:
            return stored_lines.of(conn, document_id)

    def has_credit(self, customer_id: int, currency: str = "EUR") -> int:
        """What a customer has with us."""
        with reading(self.engine) as conn:
            return ledger.credit(conn, customer_id, currency)

    def refunds(self, customer_id: int) -> tuple[Refund, ...]:
        """What is to go back to a customer, and what went."""
        with reading(self.engine) as conn:
            return refunds.listing(conn, customer_id=customer_id)

    def goes_back(self, customer_id: int) -> int:
        """How much that is."""
        return sum(one.amount_minor for one in self.refunds(customer_id) if one.state in STANDS)

    def balance(self, account: str, currency: str = "EUR") -> int:
        """What stands on an account of nobody's, debits above zero."""
        with reading(self.engine) as conn:
            return ledger.balances(conn).get(Line(account, None, currency), 0)

    def assert_whole(self) -> None:
        """All that must hold of the books at any time."""
        found = ledger_verify.verify(self.engine, progress=lambda *_: None)
        assert (found.found, found.faults) == (0, ())
        with reading(self.engine) as conn:
            issued = [*invoices.listing(conn), *invoices.listing(conn, DocumentKind.CREDIT_NOTE)]
            for one in issued:
                _adds_up(conn, one)
            _owed_is_open(conn, issued)
            _refunds_are_paid_for(conn)
            _numbers_have_no_gap(conn)
            _days_are_billed_once(conn)


def _adds_up(conn: Connection, one: Issued) -> None:
    lines, taxes = stored_lines.of(conn, one.id), stored_lines.taxes(conn, one.id)
    assert one.net_minor == sum(line.net_minor for line in lines) == sum(tax["net_minor"] for tax in taxes)
    assert one.tax_minor == sum(line.tax_minor for line in lines) == sum(tax["tax_minor"] for tax in taxes)
    assert one.total_minor == one.net_minor + one.tax_minor >= 0
    if one.kind is DocumentKind.INVOICE:
        settled = sum(line.amount_minor for line in invoices.settled(conn, one.id))
        if one.state is DocumentState.VOID and not settled:
            assert one.open_minor == 0
        else:
            assert one.total_minor == settled + one.open_minor
        assert (one.open_minor > 0) == (one.state is DocumentState.ISSUED)
        _no_more_is_given_back_than_charged(conn, one)


def _no_more_is_given_back_than_charged(conn: Connection, invoice: Issued) -> None:
    """Of no tax, neither net nor tax: all documents that name the invoice are counted."""
    left: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for document in {invoice, *credited.by(conn, invoice.id)}:
        sign = -1 if document.kind is DocumentKind.CREDIT_NOTE else 1
        for line in stored_lines.of(conn, document.id):
            if line.original_id == invoice.id or (document.id == invoice.id and line.original_id is None):
                sums = left[line.tax_category, line.tax_rate]
                sums[0] += sign * line.net_minor
                sums[1] += sign * line.tax_minor
    assert all(minor >= 0 for sums in left.values() for minor in sums), (invoice.number, dict(left))


def _owed_is_open(conn: Connection, issued: list[Issued]) -> None:
    is_open: dict[tuple[int, str], int] = defaultdict(int)
    for one in issued:
        is_open[one.customer_id, one.currency] += one.open_minor
    for customer_id in {one.customer_id for one in issued}:
        balances = ledger.balances(conn, customer_id)
        owed = {line.currency: minor for line, minor in balances.items() if line.account == RECEIVABLE}
        without_invoice = _owed_without_invoice(conn, customer_id)
        assert {key: minor for key, minor in owed.items() if minor} == {
            currency: minor + without_invoice.get(currency, 0)
            for (number, currency), minor in is_open.items()
            if number == customer_id and minor + without_invoice.get(currency, 0)
        }
        for line, minor in balances.items():
            if line.account == CREDIT:  # no more than came in or was given, whatever was taken back
                assert 0 <= -minor <= _came_in(conn, customer_id, line.currency)


def _owed_without_invoice(conn: Connection, customer_id: int) -> dict[str, int]:
    """By a chargeback of what had been credit and was sent back before."""
    found: dict[str, int] = defaultdict(int)
    for one in ledger.listing(conn, customer_id=customer_id):
        for entry in one.entries:
            if entry.account == RECEIVABLE and entry.invoice_id is None:
                found[one.currency] += entry.amount_minor
    return found


def _refunds_are_paid_for(conn: Connection) -> None:
    """Of no payment more goes back than came; what is to be sent is what stands on the account of it."""
    gone: dict[int | None, int] = defaultdict(int)
    unsent: dict[str, int] = defaultdict(int)
    for one in refunds.listing(conn):
        if one.state in STANDS:
            gone[one.payment_id] += one.amount_minor
        if one.state in UNSENT:
            unsent[one.currency] += one.amount_minor
    came = {row.id: row.amount_minor for row in conn.execute(select(payments.c.id, payments.c.amount_minor))}
    assert all(minor <= came[number] for number, minor in gone.items() if number is not None)
    to_send = {line.currency: -minor for line, minor in ledger.balances(conn).items() if line.account == REFUNDS}
    assert {key: minor for key, minor in to_send.items() if minor} == dict(unsent)


def _came_in(conn: Connection, customer_id: int, currency: str) -> int:
    total = 0
    for table in (payments, gifts, opening_balances):
        query = select(func.coalesce(func.sum(table.c.amount_minor), 0))
        total += conn.execute(
            query.where(table.c.customer_id == customer_id, table.c.currency == currency)
        ).scalar_one()
    return total


def _numbers_have_no_gap(conn: Connection) -> None:
    serials: dict[tuple[str, int], list[tuple[int, date]]] = defaultdict(list)
    for row in conn.execute(select(documents).order_by(documents.c.serial)):
        serials[row.kind, row.series_year].append((row.serial, row.issued_on))
    for theirs in serials.values():
        assert [serial for serial, _ in theirs] == list(range(1, len(theirs) + 1))
        days = [day for _, day in theirs]
        assert days == sorted(days)


def _days_are_billed_once(conn: Connection) -> None:
    query = select(billed_periods).where(billed_periods.c.released_at.is_(None))
    before: dict[int, date] = {}
    for row in conn.execute(query.order_by(billed_periods.c.service_id, billed_periods.c.period_start)):
        assert row.period_start < row.period_end
        assert before.get(row.service_id, date.min) <= row.period_start
        assert row.cycle_start <= row.period_start < row.period_end <= row.cycle_end
        before[row.service_id] = row.period_end
