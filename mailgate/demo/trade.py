"""What the demo's company sells, and a year of it: services, the invoices of each month, and how they were paid."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from mailgate.billing.catalogue.reading import read_catalogue
from mailgate.billing.dunning import CREATED, Kind, Outcome, ladder
from mailgate.config import Settings
from mailgate.demo.company import ANN, PAUL, TINA
from mailgate.flows.billing.books import Deal, Today, deal_with
from mailgate.flows.billing.invoicing import run as running
from mailgate.flows.billing.money import settle
from mailgate.flows.billing.service import add as adding
from mailgate.flows.billing.service import states
from mailgate.flows.billing.service.add import Sold
from store import people
from store.billing import accounts, catalogue, dunning, invoices, services
from store.billing.dunning import StepDone
from store.billing.payments import Payment
from store.engine import reading, transaction

SHOP = b"""
[[product]]
sku = "web-s"
kind = "hosting"
name = "Web S"
limits = { Disk = "10 GB", Mailboxes = 10 }
upgrades = ["web-m"]
prices = { EUR = { monthly = "4.90", yearly = "49.00" } }

[[product]]
sku = "web-m"
kind = "hosting"
name = "Web M"
limits = { Disk = "50 GB", Databases = 10 }
upgrades = ["web-s"]
addons = ["certificate"]
prices = { EUR = { monthly = "9.90", yearly = "99.00" } }

  [[product.option]]
  name = "mailboxes"
  included = 50
  step = 10
  most = 200
  prices = { EUR = { monthly = "2.00", yearly = "20.00" } }

[[product]]
sku = "certificate"
kind = "add-on"
name = "TLS certificate"
prices = { EUR = { yearly = "79.00" } }

[[product]]
sku = "domain"
kind = "domain"
name = "Domain"
tax_included = true
lead_days = 45
prices = { EUR = { yearly = "14.90" } }

[[tax]]
country = "DE"
rate = "19"
name = "VAT"
from = 2021-01-01
"""

BY = "the demo"
DAYS = 365
LATE_DAYS = 45
"""Paul has paid nothing for so long."""

REST_DAYS = 3
"""So long nobody is asked for money: first there are tickets to play with."""


@dataclass(slots=True)
class _Till:
    """Invoices that will be paid, and when."""

    waiting: list[tuple[date, int]] = field(default_factory=list)

    def add(self, issued: Sequence[invoices.Issued], *, late: frozenset[int], until: date) -> None:
        """Two days after they are due; what somebody owes of late is not."""
        for one in issued:
            pay_on = one.due_on + timedelta(2)
            if one.customer_id not in late or pay_on < until:
                self.waiting.append((pay_on, one.id))

    def due(self, day: date) -> Iterator[int]:
        """What is paid on a day."""
        paid = [one for one in self.waiting if one[0] <= day]
        self.waiting = [one for one in self.waiting if one[0] > day]
        return (number for _, number in paid)


def open_shop(engine: Engine, *, now: datetime) -> bool:
    """Say what is sold, in a store that knows of nothing yet; False for another."""
    with transaction(engine) as conn:
        if catalogue.newest_version(conn) is not None:
            return False
        catalogue.add(conn, read_catalogue(SHOP, "the demo"), by=BY, now=now)
    return True


def trade(engine: Engine, settings: Settings, *, now: datetime) -> None:
    """Sell, bill and be paid for a year up to now, in the store of a company that has sold nothing yet."""
    if not open_shop(engine, now=now - timedelta(DAYS)):
        return
    with reading(engine) as conn:
        ids = {one.address: one.id for one in people.list_customers(conn)}
    late, today = frozenset({ids[PAUL.address]}), now.date()
    till, seen = _Till(), 0
    for ago in range(DAYS, -1, -1):
        at = min(now, datetime.combine(today - timedelta(ago), time(9), UTC))
        with reading(engine) as conn:
            is_due = accounts.count_waiting(conn, until=at) > 0
        sold = _SOLD.get(ago, ())
        for address, what in sold:
            _sell(engine, settings, ids[address], what, at)
        if is_due:
            running.run(engine, settings, Today(at), by=BY)
        if is_due or sold:
            with reading(engine) as conn:
                new = invoices.listing(conn, after=seen)
            till.add(new, late=late, until=today - timedelta(LATE_DAYS))
            seen = max((one.id for one in new), default=seen)
        for number in till.due(at.date()):
            _pay(engine, settings, number, at)
    _rest(engine, settings, ids[TINA.address], now)
    _were_told(engine, settings, now)


def _were_told(engine: Engine, settings: Settings, now: datetime) -> None:
    """An older system has sent the mails of the past year: in some days the ladder goes on from where it would be."""
    rules, goes_on = settings.billing.ladder, now.date() + timedelta(REST_DAYS)
    with transaction(engine) as conn:
        issued = invoices.listing(conn)
        accounts.lock(conn, {one.customer_id for one in issued})
        done = []
        for one in issued:
            zone = ZoneInfo(one.zone)
            done.append(StepDone(one.id, CREATED.name, one.issued_on, one.issued_at + rules.hold, Outcome.SENT))
            done += [
                StepDone(one.id, step.name, one.due_on + timedelta(step.day), now, Outcome.SKIPPED)
                for step in ladder(rules)
                if step.kind in (Kind.REMINDER, Kind.SUSPEND_WARNING) and one.due_on + timedelta(step.day) <= now.date()
            ]
            dunning.look_at(conn, {one.id: rules.starts(goes_on, zone) if one.open_minor else None})
        dunning.add(conn, done)


_SOLD = {
    DAYS: ((ANN.address, Sold("web-m", 1, domain="miller.example", options={"mailboxes": 60})),),
    DAYS - 3: (
        (ANN.address, Sold("domain", 12, domain="miller.example")),
        (PAUL.address, Sold("web-s", 1, domain="stone.example")),
    ),
    DAYS - 40: ((TINA.address, Sold("web-s", 12, domain="busy.example")),),
    DAYS - 100: ((ANN.address, Sold("web-s", 1, name="The old shop", domain="shop.miller.example")),),
}
"""By days ago: who takes what."""


def _sell(engine: Engine, settings: Settings, customer_id: int, what: Sold, at: datetime) -> None:
    with transaction(engine) as conn:
        deal = deal_with(conn, settings, customer_id, Today(at), by=BY, is_quiet=True)
        assert deal is not None
        service, _ = adding.add(deal, what)
        if service.name == "miller.example" and not what.parent_id and what.sku == "web-m":
            again = _again(deal)
            adding.add(again, Sold("certificate", 12, parent_id=service.id))


def _again(deal: Deal) -> Deal:
    """The account with what was just sold to it."""
    found = deal_with(deal.conn, deal.books.settings, deal.payer.customer.id, deal.today, by=deal.by, is_quiet=True)
    assert found is not None
    return found


def _pay(engine: Engine, settings: Settings, invoice_id: int, at: datetime) -> None:
    with transaction(engine) as conn:
        one = invoices.get(conn, invoice_id)
        deal = deal_with(conn, settings, one.customer_id, Today(at), by=BY, is_quiet=True)
        assert deal is not None
        reference = f"transfer for {one.number}"
        paid = Payment(0, one.customer_id, "transfer", reference, one.currency, one.open_minor, deal.day, at, BY)
        settle.record_payment(deal, one, paid, as_credit=False)


def _rest(engine: Engine, settings: Settings, customer_id: int, now: datetime) -> None:
    with transaction(engine) as conn:
        deal = deal_with(conn, settings, customer_id, Today(now), by=BY, is_quiet=True)
        assert deal is not None
        for one in services.listing(conn, customer_id=customer_id):
            states.suspend(deal, one, reason="asked for a pause")
