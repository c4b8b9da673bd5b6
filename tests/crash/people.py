"""Who writes to the gates that die, and who answers."""

from datetime import UTC, datetime

from sqlalchemy import Engine

from store import people
from store.engine import transaction
from tests.gate import Person

CUSTOMERS = tuple(
    Person(name, f"{name.lower()}@customer.example") for name in ("Anne", "Dora", "Emil", "Fritz", "Gina")
)
ANNE = CUSTOMERS[0]
BART = Person("Bart Jones", "bart@hosting.example")


def register_all(engine: Engine) -> None:
    """Write them into a store."""
    now = datetime.now(UTC)
    with transaction(engine) as conn:
        for person in CUSTOMERS:
            people.add_customer(
                conn, person.name, person.address, country=None, currency="EUR", timezone="UTC", language="en", now=now
            )
        people.add_staff(conn, BART.name, BART.address, now=now)
