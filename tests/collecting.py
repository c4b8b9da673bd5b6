"""A gate that sells and waits for its money, for tests: time goes on from one thing that is due to the next."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from mailgate.billing.period import local_date
from mailgate.billing.service import Service
from mailgate.flows.billing.books import Deal, Today, deal_with
from mailgate.flows.billing.invoicing.issue import Done
from mailgate.flows.billing.money import settle
from mailgate.flows.billing.money.settle import Received as Paid
from mailgate.flows.billing.service.add import Sold, add
from store import people
from store.billing import dunning, invoices, services
from store.billing.dunning import StepDone
from store.billing.invoices import Issued
from store.billing.payments import Payment
from store.engine import reading, transaction
from store.post.outbox import Outgoing
from store.schema import billing_accounts, outbox
from store.schema import invoices as documents
from tests.flows.billing_run.shop import CATALOGUE, Shop
from tests.gate import Gate, Person

MONEY = frozenset({"invoice", "service"})
"""What mails about money are about."""


def midday(on: date) -> datetime:
    """Of a day, by UTC."""
    return datetime.combine(on, time(12), UTC)


@dataclass
class Collector:
    """The gate, and what tests ask of it about money."""

    gate: Gate

    @classmethod
    def begin(cls, gate: Gate, catalogue: str = CATALOGUE) -> "Collector":
        """It sells from now on."""
        Shop(gate.parts.engine, gate.parts.settings).import_catalogue(catalogue, on=gate.now.date())
        return cls(gate)

    def customer(self, name: str, *, zone: str = "Europe/Berlin", language: str = "en") -> Person:
        """Somebody at home."""
        address = f"{name.split(maxsplit=1)[0].lower()}@customer.example"
        with transaction(self.gate.parts.engine) as conn:
            people.add_customer(
                conn, name, address, country="DE", currency="EUR", timezone=zone, language=language, now=self.gate.now
            )
        return Person(name, address)

    @contextmanager
    def deal(self, customer_id: int, *, is_quiet: bool = False) -> Iterator[Deal]:
        """A transaction of one account, now. `is_quiet`: nobody is written to about it."""
        with transaction(self.gate.parts.engine) as conn:
            today = Today(self.gate.now)
            deal = deal_with(conn, self.gate.parts.settings, customer_id, today, by="Bart", is_quiet=is_quiet)
            assert deal is not None
            yield deal

    def sell(self, customer_id: int, sku: str = "web", **sold: object) -> tuple[Service, Done]:
        """A service for a month, with its invoice; that it is ready nobody is told."""
        with self.deal(customer_id, is_quiet=True) as deal:
            service, documents = add(deal, Sold(sku, 0 if sku == "hour" else 1, **sold))  # type: ignore[arg-type]
        return service, documents[0]

    def pay(self, number: str, amount_minor: int | None = None) -> Paid:
        """Money comes for an invoice: all that is open, or so much."""
        invoice = self.invoice(number)
        with self.deal(invoice.customer_id) as deal:
            one = invoices.get(deal.conn, invoice.id)
            payment = Payment(
                0, one.customer_id, "bank", f"{number} {self.gate.now} {amount_minor}", one.currency,
                amount_minor or one.open_minor, deal.day, deal.now, "Bart",
            )  # fmt: skip
            return settle.record_payment(deal, one, payment, as_credit=False)

    def invoice(self, number: str) -> Issued:
        """As it is now."""
        with reading(self.gate.parts.engine) as conn:
            found = invoices.find(conn, number)
        assert found is not None, number
        return found

    def service(self, service: Service) -> Service:
        """As it is now."""
        with reading(self.gate.parts.engine) as conn:
            return services.get(conn, service.id)

    def steps(self, number: str) -> list[StepDone]:
        """What the ladder has done about an invoice, in its order."""
        with reading(self.gate.parts.engine) as conn:
            return dunning.done(conn, (self.invoice(number).id,)).get(self.invoice(number).id, [])

    def done(self, number: str) -> list[tuple[str, str, str]]:
        """The same as step, outcome, and day of the account."""
        return [
            (one.step, one.outcome.value, local_date(one.done_at, self._zone(number)).isoformat())
            for one in self.steps(number)
        ]

    def mails(self) -> list[Outgoing]:
        """All that was written about money to customers."""
        return [one for one in self.gate.outbox() if one.notice.template.kind.about in MONEY and one.notice.customer_id]

    def kinds(self) -> list[str]:
        """The same, by the names of their templates."""
        return [one.notice.template.value for one in self.mails()]

    def subjects(self, person: Person) -> list[str]:
        """What has arrived at somebody."""
        return [mail.subject for mail in self.gate.mailbox(person)]

    def until(self, when: date | datetime) -> None:
        """Let time pass up to an instant, or to midday of a day, and do what is due as soon as it is."""
        end = when if isinstance(when, datetime) else midday(when)
        self.look()
        while (at := self._next()) is not None and at <= end:
            self.gate.now = at
            self.look()
        self.gate.now = end
        self.look()

    def look(self) -> None:
        """Do what is due now."""
        self.gate.parts.run_due(self.gate.now)
        self.gate.work()

    def _next(self) -> datetime | None:
        """When something is due next: of an invoice, of an account that is billed, of a mail."""
        with reading(self.gate.parts.engine) as conn:
            found = [
                conn.execute(select(func.min(column)).where(column > self.gate.now)).scalar()
                for column in (documents.c.step_at, billing_accounts.c.bill_at, outbox.c.due_at)
            ]
        return min((one for one in found if one is not None), default=None)

    def _zone(self, number: str) -> ZoneInfo:
        return ZoneInfo(self.invoice(number).zone)
