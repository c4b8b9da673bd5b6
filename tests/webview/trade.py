"""What the company of the tests sells: services in each state, invoices that stand in each way, and a credit note."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sqlalchemy import update

from mailgate.billing.catalogue.reading import read_catalogue
from mailgate.flows.billing.back import take_back
from mailgate.flows.billing.books import Deal, Today, deal_with
from mailgate.flows.billing.invoicing.run import run
from mailgate.flows.billing.money import settle
from mailgate.flows.billing.service import ending, states
from mailgate.flows.billing.service.add import Sold, add
from store.billing import accounts, catalogue, invoices, services
from store.billing.invoices import Issued
from store.billing.payments import Payment
from store.engine import reading, transaction
from store.schema import customers
from tests.gate import Gate

SHOP = Path(__file__).parents[2] / "docs" / "catalogue.toml"


@dataclass(frozen=True, slots=True)
class Trade:
    """Numbers of services and documents of a company: what the tests name."""

    site: int  # customer.example, with more mailboxes than are included, and an add-on
    certificate: int
    domain: int
    suspended: int
    pending: int
    cancelled: int
    foreign: int  # of Paul's
    paid: str
    part_paid: str  # and late
    issued: str
    void: str
    written_off: str
    note: str  # for what was left of the cancelled service
    foreign_invoice: str


def open_shop(gate: Gate) -> None:
    """The catalogue of the documentation is sold, and all customers are at home in Germany."""
    with transaction(gate.parts.engine) as conn:
        catalogue.add(conn, read_catalogue(SHOP.read_bytes(), SHOP.name), by="tests", now=gate.now)
        conn.execute(update(customers).values(country="DE"))


@contextmanager
def dealing(gate: Gate, customer_id: int, on: date) -> Iterator[Deal]:
    """A transaction in which the account is locked and this day is today."""
    with transaction(gate.parts.engine) as conn:
        deal = deal_with(conn, gate.parts.settings, customer_id, Today(gate.now, on), by="tests")
        assert deal is not None
        yield deal


def sell(gate: Gate, customer_id: int, on: date, sold: Sold) -> tuple[int, str]:
    """Add a service; returns its number and that of its invoice, "" for none."""
    with dealing(gate, customer_id, on) as deal:
        service, documents = add(deal, sold)
    return service.id, documents[0].number if documents else ""


def pay(gate: Gate, number: str, on: date, minor: int | None = None, *, method: str = "transfer") -> None:
    """Money comes in for an invoice: all that is open, or so much."""
    found = find(gate, number)
    with dealing(gate, found.customer_id, on) as deal:
        amount = found.open_minor if minor is None else minor
        reference = f"Statement of {on}, {number}"
        one = Payment(0, found.customer_id, method, reference, found.currency, amount, deal.day, deal.now, "tests")
        settle.record_payment(deal, issued_as(deal, number), one, as_credit=False)


def find(gate: Gate, number: str) -> Issued:
    """An invoice by its number."""
    with reading(gate.parts.engine) as conn:
        found = invoices.find(conn, number)
    assert found is not None
    return found


def issued_as(deal: Deal, number: str) -> Issued:
    """The same, in a transaction."""
    found = invoices.find(deal.conn, number)
    assert found is not None
    return found


def trade(gate: Gate, anne: int, paul: int) -> Trade:
    """Some weeks of Anne's and Paul's, of which the last is that of `gate.now`, March 2026."""
    open_shop(gate)
    with dealing(gate, anne, date(2026, 1, 2)) as deal:
        profile = replace(
            deal.payer.account,
            organisation="Miller & Daughters GmbH",
            street="Lange Straße 7",
            postcode="20095",
            city="Hamburg",
        )
        accounts.edit(deal.conn, profile)
    plan = Sold("web-m", 1, domain="customer.example", options={"mailboxes": 60})
    site, paid = sell(gate, anne, date(2026, 1, 10), plan)
    pay(gate, paid, date(2026, 1, 14))
    domain, of_domain = sell(gate, anne, date(2026, 1, 12), Sold("domain-com", 12, domain="miller-daughters.com"))
    pay(gate, of_domain, date(2026, 1, 14), method="stripe")
    certificate, part_paid = sell(gate, anne, date(2026, 1, 20), Sold("certificate", 12, parent_id=site))
    pay(gate, part_paid, date(2026, 1, 22), 5000)
    cancelled, of_cancelled = sell(gate, anne, date(2026, 1, 20), Sold("web-s", 1, domain="old.example"))
    pay(gate, of_cancelled, date(2026, 1, 21))
    suspended, written_off = sell(gate, anne, date(2026, 1, 25), Sold("vps-2", 1, name="build machine"))
    with dealing(gate, anne, date(2026, 1, 30)) as deal:
        _, (note, *_) = ending.carry_out(
            deal, ending.end_of(deal, services.get(deal.conn, cancelled), at_end=False, reason="moved")
        )
    with dealing(gate, anne, date(2026, 2, 1)) as deal:
        states.suspend(deal, services.get(deal.conn, suspended), reason="too many mails")
    with dealing(gate, anne, date(2026, 2, 2)) as deal:
        settle.write_off(deal, issued_as(deal, written_off))
    foreign, foreign_invoice = sell(gate, paul, date(2026, 2, 3), Sold("web-l", 12, domain="stone.example"))
    _, void = sell(gate, anne, date(2026, 2, 4), Sold("hour", 0, name="Help with the move"))
    with dealing(gate, anne, date(2026, 2, 5)) as deal:
        take_back.void(deal, issued_as(deal, void))
    run(gate.parts.engine, gate.parts.settings, Today(gate.now, date(2026, 3, 1)), by="tests")
    pending, issued = sell(gate, anne, date(2026, 3, 2), Sold("care", 12, is_pending=True))
    return Trade(
        site=site,
        certificate=certificate,
        domain=domain,
        suspended=suspended,
        pending=pending,
        cancelled=cancelled,
        foreign=foreign,
        paid=paid,
        part_paid=part_paid,
        issued=issued,
        void=void,
        written_off=written_off,
        note=note.number,
        foreign_invoice=foreign_invoice,
    )
