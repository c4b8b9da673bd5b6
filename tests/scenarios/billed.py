"""A gate with something to bill: what is sold, what a customer has of it, and the invoices for that."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from mailgate.flows.billing.service.states import suspend
from store import people_edits
from store.billing import promises
from store.billing.promises import Promise
from store.engine import reading, transaction
from tests.billing.shop import product, tax
from tests.flows.billing_run.shop import Shop
from tests.gate import Gate, Received


@dataclass(frozen=True)
class Billed:
    """The gate, and the company that bills behind it."""

    gate: Gate

    @property
    def shop(self) -> Shop:
        """The company, with the settings of the gate."""
        return Shop(self.gate.parts.engine, self.gate.parts.settings)

    @property
    def today(self) -> date:
        """By UTC."""
        return self.gate.now.date()

    def sells(self) -> "Billed":
        """There is a catalogue. It is afternoon: the company does what it does at noon."""
        self.gate.now = self.gate.now.replace(hour=15)
        self.shop.import_catalogue(on=self.today)
        return self

    def invoice(self, customer_id: int = 1, sku: str = "web", *, cycle: str = "", **sold: Any) -> str:
        """Sell something, and be told the number of its invoice, which is due on the day of its start."""
        with transaction(self.gate.parts.engine) as conn:
            people_edits.edit_customer(conn, customer_id, {"country": "DE"})
        cycle = cycle or ("yearly" if sku == "site" else "monthly")
        _, (made,) = self.shop.add(customer_id, sku, cycle=cycle, on=self.today, **sold)
        return made.number

    def suspends(self, service_id: int) -> None:
        """It rests."""
        self.shop.act(service_id, self.today, lambda deal, service: suspend(deal, service, reason="unpaid"))

    def sells_in_two_currencies(self) -> "Billed":
        """The same product for euros and for dollars."""
        prices = 'prices = { EUR = { monthly = "9.90" }, USD = { monthly = "11.00" } }'
        self.shop.import_catalogue("\n".join((product("web", prices=prices), tax("DE", "19"))), on=self.today)
        return self

    def promises(self, customer_id: int = 1) -> tuple[Promise, ...]:
        """All that was said about when a customer pays."""
        with reading(self.gate.parts.engine) as conn:
            return promises.listing(conn, customer_id)


def plain(mail: Received) -> str:
    """Its text, with blanks and ends of lines as they are typed."""
    return mail.text.replace("\u00a0", " ").replace("\r\n", "\n")
