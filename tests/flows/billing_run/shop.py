"""A company that bills, for tests: its settings, catalogue, customers and services, with time passed in."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import Engine, func, select

from mailgate.billing.catalogue.reading import read_catalogue
from mailgate.billing.offer.pricing import cycle_of
from mailgate.billing.period import Span
from mailgate.billing.service import Service
from mailgate.config import Settings
from mailgate.config.settings.seller import Seller
from mailgate.flows.billing.books import Deal, Today, deal_with
from mailgate.flows.billing.invoicing.issue import Done
from mailgate.flows.billing.invoicing.plan import Only, Plan, plan
from mailgate.flows.billing.invoicing.run import Ran, run
from mailgate.flows.billing.money.settle import give, record_payment
from mailgate.flows.billing.service.add import Sold, add
from mailgate.jobs import FailPoint, no_fail_point
from store import people
from store.billing import accounts, catalogue, credited, invoices, ledger_verify, lines, services
from store.billing.invoices import Issued
from store.billing.lines import Line
from store.billing.payments import Payment
from store.engine import reading, transaction
from store.schema import balances, billed_periods, customers, ledger_entries, ledger_transactions, series
from tests.billing.shop import product, tax

START = date(2026, 1, 15)

CATALOGUE = "\n".join(
    (
        product("web", prices='prices = { EUR = { monthly = "9.90", quarterly = "28.00", yearly = "99.00" } }'),
        product("big", 'upgrades = ["web"]', name="Big", prices='prices = { EUR = { monthly = "24.90" } }'),
        product(
            "early", "lead_days = { monthly = 20 }", name="Early", prices='prices = { EUR = { monthly = "5.00" } }'
        ),
        product("begun", 'setup = { EUR = { monthly = "5.00" } }', name="Begun"),
        product("hour", kind="other", name="Hour", prices='prices = { EUR = { one-time = "80.00" } }'),
        product("free", name="Free", prices='prices = { EUR = { monthly = "0.00" } }'),
        product("site", kind="domain", name="Domain", prices='prices = { EUR = { yearly = "12.00" } }'),
        product("brutto", "tax_included = true", name="Gross", prices='prices = { EUR = { monthly = "11.99" } }'),
        tax("DE", "19"),
        tax("AT", "20"),
        tax("NZ", "15"),
        tax("US", "8.25", 'region = "NY"'),
    )
)

SELLER = Seller(name="Example Hosting GmbH", city="Berlin", country="DE", vat_id="DE123456788")


def noon(on: date) -> datetime:
    """Of a day, by UTC."""
    return datetime.combine(on, time(12), UTC)


@dataclass
class Shop:
    """A company with a store."""

    engine: Engine
    settings: Settings

    def set(self, **billing: Any) -> None:
        """Bill in another way."""
        self.settings = replace(self.settings, billing=replace(self.settings.billing, **billing))

    def import_catalogue(self, text: str = CATALOGUE, *, on: date = START) -> None:
        """From now on this is sold."""
        with transaction(self.engine) as conn:
            catalogue.add(conn, read_catalogue(text.encode(), "shop.toml"), by="Bart", now=noon(on))

    def customer(
        self,
        name: str = "Anne",
        *,
        country: str | None = "DE",
        zone: str = "Europe/Berlin",
        currency: str = "EUR",
        **profile: Any,
    ) -> int:
        """A new customer; `profile` as staff write it down."""
        with transaction(self.engine) as conn:
            count = conn.execute(select(func.count()).select_from(customers)).scalar_one()
            address = f"{name.lower()}{count}@customer.example"
            made = people.add_customer(
                conn, name, address, country=country, currency=currency, timezone=zone, language="en", now=noon(START)
            )
            (account,) = accounts.lock(conn, (made.id,)).values()
            accounts.edit(conn, replace(account, **profile))
        return made.id

    @contextmanager
    def deal(self, customer_id: int, on: date) -> Iterator[Deal]:
        """A transaction of one account, on this day everywhere; nobody is written to about it."""
        with transaction(self.engine) as conn:
            deal = deal_with(conn, self.settings, customer_id, Today(noon(on), on), by="Bart", is_quiet=True)
            assert deal is not None
            yield deal

    def add(
        self, customer_id: int, sku: str = "web", *, cycle: str = "monthly", on: date = START, **sold: Any
    ) -> tuple[Service, tuple[Done, ...]]:
        """Sell something."""
        with self.deal(customer_id, on) as deal:
            return add(deal, Sold(sku, cycle_of(cycle), **sold))

    def act(self, service_id: int, on: date, story: Callable[[Deal, Service], Any]) -> Any:
        """Do something to a service as it is now."""
        with self.deal(self.service(service_id).customer_id, on) as deal:
            return story(deal, services.get(deal.conn, service_id))

    def pay(self, number: str, amount_minor: int, on: date, *, reference: str = "") -> None:
        """Money comes for an invoice."""
        with reading(self.engine) as conn:
            invoice = invoices.find(conn, number)
        assert invoice is not None
        with self.deal(invoice.customer_id, on) as deal:
            reference = reference or f"ref {number}"
            payment = Payment(
                0, invoice.customer_id, "bank", reference, invoice.currency, amount_minor, on, noon(on), "Bart"
            )
            record_payment(deal, invoice, payment, as_credit=False)

    def give(self, customer_id: int, amount_minor: int, on: date, *, currency: str = "EUR") -> None:
        """Credit for which no money came."""
        with self.deal(customer_id, on) as deal:
            give(deal, currency, amount_minor, reason="")

    def plan(self, at: date) -> Plan:
        """What a run on this day would do."""
        return plan(self.engine, self.settings, Today(noon(at), at))

    def run(
        self,
        at: date,
        *,
        only: Only | None = None,
        expect: int | None = None,
        fail_point: FailPoint = no_fail_point,
    ) -> Ran | None:
        """A run that counts this day as today, everywhere."""
        today = Today(noon(at), at)
        return run(self.engine, self.settings, today, by="Bart", only=only, expect=expect, fail_point=fail_point)

    def run_at(self, now: datetime) -> Ran | None:
        """A run at an instant, for each account's own day."""
        return run(self.engine, self.settings, Today(now), by="Bart")

    def service(self, service_id: int) -> Service:
        """As it is now."""
        with reading(self.engine) as conn:
            return services.get(conn, service_id)

    def invoices(self, customer_id: int | None = None) -> tuple[Issued, ...]:
        """In the order of their issue."""
        with reading(self.engine) as conn:
            return invoices.listing(conn, customer_id=customer_id)

    def lines(self, invoice: Issued) -> tuple[Line, ...]:
        """Of one of them."""
        with reading(self.engine) as conn:
            return lines.of(conn, invoice.id)

    def originals(self, document: Issued) -> tuple[int, ...]:
        """The invoices of which it gives something back."""
        with reading(self.engine) as conn:
            return credited.originals(conn, document.id)

    def periods(self, service_id: int) -> list[Span]:
        """The days of a service that are billed."""
        with reading(self.engine) as conn:
            return [one.period for one in services.billed(conn, service_id)]

    def billed(self) -> dict[int, list[tuple[date, date, int]]]:
        """What was billed of each service: first day, day after the last, and the amount of its line as agreed.

        Where prices hold their tax, lines share that of their document, so their net hangs on what stands beside them.
        """
        columns = billed_periods.c
        with reading(self.engine) as conn:
            rows = conn.execute(
                select(
                    columns.service_id, columns.period_start, columns.period_end, columns.invoice_id, columns.position
                )
                .where(columns.released_at.is_(None))
                .order_by(columns.service_id, columns.period_start)
            ).all()
            found: dict[int, list[tuple[date, date, int]]] = {}
            for service_id, start, end, invoice_id, position in rows:
                amount = 0
                if invoice_id is not None:
                    amount = lines.of(conn, invoice_id)[position - 1].amount_minor
                found.setdefault(service_id, []).append((start, end, amount))
            return found

    def check(self) -> None:
        """What holds after whatever was done."""
        issued = self.invoices()
        with reading(self.engine) as conn:
            last = {(row.kind, row.year): row.last for row in conn.execute(select(series))}
            out_of_balance = conn.execute(
                select(ledger_transactions.c.key)
                .join(ledger_entries, ledger_entries.c.transaction_id == ledger_transactions.c.id)
                .group_by(ledger_transactions.c.key)
                .having(func.sum(ledger_entries.c.amount_minor) != 0)
            ).all()
            all_sum = conn.execute(select(func.coalesce(func.sum(balances.c.amount_minor), 0))).scalar_one()
        assert (out_of_balance, int(all_sum)) == ([], 0)
        verified = ledger_verify.verify(self.engine, progress=lambda *_: None)
        assert verified.faults == ()
        assert_series([(one.number, one.issued_on) for one in issued], last, "invoice")
        for spans in ([Span(start, end) for start, end, _ in theirs] for theirs in self.billed().values()):
            assert all(one.end <= following.start for one, following in pairwise(spans)), spans
            assert all(one.days > 0 for one in spans), spans
        for one in issued:
            lines = self.lines(one)
            assert one.net_minor == sum(line.net_minor for line in lines)
            assert one.total_minor == one.net_minor + sum(line.tax_minor for line in lines)


def assert_series(found: list[tuple[str, date]], last: Mapping[tuple[str, int], int], kind: str) -> None:
    """Numbers go from 1 without a gap in each year, and their days never fall."""
    by_year: dict[int, list[int]] = {}
    for number, _ in found:
        of_year, serial = number.removeprefix("CN-").split("-")
        by_year.setdefault(int(of_year), []).append(int(serial))
    for year, serials in by_year.items():
        assert serials == list(range(1, len(serials) + 1)), f"{kind} of {year}"
        assert last[kind, year] == len(serials)
    days = [day for _, day in found]
    assert days == sorted(days)


def days_after(on: date, days: int) -> date:
    """So many days later."""
    return on + timedelta(days=days)
