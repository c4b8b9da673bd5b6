"""Made-up customers whose services are due on one day, inserted in bulk: for benchmarks and tests of runs.

The rows are those that a move from another system would have written: nothing was billed for them here yet.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, Table, func, insert, select

from mailgate.billing.offer.product import Catalogue, Kind, Price, Product, TaxRule
from mailgate.billing.period import anchor_of, local_start
from mailgate.billing.service import State
from store.billing import catalogue
from store.engine import transaction
from store.schema import billing_accounts, contacts, customers, products, service_terms, services

AT_ONCE = 5000
LEAD_DAYS = 10
"""As the settings are shipped: invoices go out so long before the services are due."""

ZONES = ("Europe/Berlin", "America/New_York", "Pacific/Auckland", "Asia/Kolkata")
_COUNTRIES = ("DE", "FR", "AT", "NL")
_PLANS = (("web-s", 990), ("web-m", 1990), ("web-l", 3990), ("mail", 450))
_RATES = {"DE": "19", "FR": "20", "AT": "20", "NL": "21"}


@dataclass(frozen=True, slots=True)
class Shop:
    """How many there are to be, and when all their services are due."""

    customers: int
    services: int
    due_on: date
    zones: Sequence[str] = ZONES[:1]  # in turns

    @property
    def bill_at(self) -> datetime:
        """An instant at which all of it is to be billed, wherever the customers are."""
        return datetime.combine(self.due_on - timedelta(days=LEAD_DAYS), datetime.min.time(), UTC).replace(hour=12)


def generate_billing(engine: Engine, shop: Shop) -> None:
    """Add customers with active services, and a catalogue of what they have. Raises ValueError for no customers."""
    if shop.customers < 1:
        raise ValueError("somebody must have the services")
    now = shop.bill_at - timedelta(days=400)
    with transaction(engine) as conn:
        catalogue.add(conn, _CATALOGUE, by="made up", now=now)
        ids = {row.sku: row.id for row in conn.execute(select(products.c.sku, products.c.id))}
        first_customer = _newest(conn, customers) + 1
        first_service = _newest(conn, services) + 1
    numbers = range(first_customer, first_customer + shop.customers)
    _insert_all(engine, customers, (_customer(number, shop, now) for number in numbers))
    _insert_all(engine, contacts, (_contact(number, now) for number in numbers))
    _insert_all(engine, billing_accounts, (_account(number, shop) for number in numbers))
    made = [
        _service(first_service + at, first_customer + at % shop.customers, at, shop, ids, now)
        for at in range(shop.services)
    ]
    _insert_all(engine, services, iter(made))
    _insert_all(engine, service_terms, map(_terms, made))


def _newest(conn: Connection, table: Table) -> int:
    return int(conn.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one())


def _insert_all(engine: Engine, table: Table, rows: Iterator[Mapping[str, Any]]) -> None:
    waiting = list(rows)
    for begin in range(0, len(waiting), AT_ONCE):
        with transaction(engine, durable=begin + AT_ONCE >= len(waiting)) as conn:
            conn.execute(insert(table), waiting[begin : begin + AT_ONCE])
    if engine.dialect.name == "postgresql" and "id" in table.c and waiting:
        with transaction(engine) as conn:  # its own counter has not heard of these
            highest = select(func.max(table.c.id)).scalar_subquery()
            conn.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), highest)))


def _customer(number: int, shop: Shop, now: datetime) -> dict[str, Any]:
    return {
        "id": number,
        "name": f"Customer {number}",
        "country": _COUNTRIES[number % len(_COUNTRIES)],
        "currency": "EUR",
        "timezone": shop.zones[number % len(shop.zones)],
        "language": "en",
        "created_at": now,
    }


def _contact(number: int, now: datetime) -> dict[str, Any]:
    address = f"owner{number}@customer{number}.example"
    return {
        "id": number,
        "customer_id": number,
        "name": f"Owner of {number}",
        "address": address,
        "address_key": address,
        "roles": ["owner"],
        "active_at": now,
    }


def _account(number: int, shop: Shop) -> dict[str, Any]:
    zone = ZoneInfo(shop.zones[number % len(shop.zones)])
    return {
        "customer_id": number,
        "organisation": f"Company {number} Ltd",
        "street": f"{number} High Street",
        "postcode": f"{number % 100_000:05}",
        "city": "Springfield",
        "bill_day": shop.due_on.day,
        "bill_at": local_start(shop.due_on - timedelta(days=LEAD_DAYS), zone),
    }


def _service(
    number: int, customer_id: int, at: int, shop: Shop, ids: Mapping[str, int], now: datetime
) -> dict[str, Any]:
    sku, price_minor = _PLANS[at % len(_PLANS)]
    return {
        "id": number,
        "customer_id": customer_id,
        "product_id": ids[sku],
        "parent_id": None,
        "name": f"site{number}.example",
        "domain": f"site{number}.example",
        "currency": "EUR",
        "months": 1,
        "price_minor": price_minor,
        "options": [],
        "state": State.ACTIVE.value,
        "started_on": shop.due_on,
        "anchor_on": anchor_of(shop.due_on, shop.due_on.day, 1),
        "billed_through": shop.due_on,
        "created_at": now,
    }


def _terms(service: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "service_id": service["id"],
        "from_on": service["started_on"],
        "product_id": service["product_id"],
        "months": service["months"],
        "price_minor": service["price_minor"],
        "options": service["options"],
        "agreed_at": service["created_at"],
        "agreed_by": "made up",
    }


_CLASS = "standard"
_CATALOGUE = Catalogue(
    tuple(Product(sku, Kind.HOSTING, sku, _CLASS, (Price("EUR", 1, price_minor),)) for sku, price_minor in _PLANS),
    tuple(TaxRule(country, "", _CLASS, rate, "S", "VAT", date(2000, 1, 1)) for country, rate in _RATES.items()),
    (),
)
