"""What the people of the year can do: write and read mail, pay, and let time pass; and what can be seen of it."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection

from mailgate.billing.document.invoice import DocumentKind
from mailgate.billing.payment.camt import read_camt
from mailgate.billing.payment.keyed import keyed
from mailgate.demo import letter
from mailgate.demo.company import Person
from mailgate.demo.double import USUAL_CARD, knock, look_in
from mailgate.demo.mailboxes import Arrived
from mailgate.demo.playground import Playground
from mailgate.demo.steps import LOOK_SECONDS, STEP_SECONDS, Steps
from mailgate.demo.year.bank_file import Transfer, bank_file
from mailgate.flows.billing.bank.importing import Imported, import_lines
from mailgate.wiring import Parts
from store import people
from store.billing import cards, charges, invoices, ledger, refunds
from store.billing.bank import FromFile
from store.billing.cards import SavedCard
from store.billing.charges import Charge
from store.billing.invoices import Issued
from store.billing.refunds import Refund
from store.engine import reading

BY = "the command line"
PROVIDER = "stripe"
MORNING = 9

T = TypeVar("T")


@dataclass
class Scene:
    """A demo that runs. `tell` hears of each mail that somebody writes."""

    place: Playground
    steps: Steps
    tell: Callable[[EmailMessage], None]
    _read: set[Path] = field(default_factory=set)

    @property
    def parts(self) -> Parts:
        """Of the gate."""
        return self.place.running.parts

    def clock(self) -> datetime:
        """The instant, in UTC."""
        return self.place.clock()

    def until(self, day: date) -> None:
        """Time goes on to the morning of a day; what falls due on the way is done at its instant."""
        morning = datetime(day.year, day.month, day.day, MORNING, tzinfo=UTC)
        self.place.machine.forward(morning - self.clock())
        self.place.machine.rest()

    def write(self, writer: Person, to: str, subject: str, text: str) -> None:
        """Somebody writes a mail."""
        self._send(letter.new(writer, to, subject, text, at=self.clock()))

    def reply(self, writer: Person, parent: Arrived, text: str) -> None:
        """Somebody answers one."""
        self._send(letter.reply(writer, parent, text, at=self.clock()))

    def mail(self, reader: Person, step: str, *words: str) -> Arrived:
        """Wait for a mail with these words in subject or text that was not seen before, and tell the step."""

        def unread() -> Arrived | None:
            mails = self.place.mailboxes.of(reader.address)
            return next((one for one in mails if one.path not in self._read and _has(one, words)), None)

        found = self.seen(step, unread)
        self._read.add(found.path)
        return found

    def seen(self, step: str, look: Callable[[], T | None]) -> T:
        """Wait until something is there, and tell the step. Raises NotSeen."""
        deadline = time.monotonic() + STEP_SECONDS
        while not (found := look()):
            if time.monotonic() > deadline:
                raise self.steps.missing(step)
            time.sleep(LOOK_SECONDS)
        self.steps.tell(step)
        return found

    def pay(self, door: str, payer: Person) -> None:
        """Somebody pays at the provider's, by the usual card. Raises NotPaid."""
        self.knock(f"{door}/pay", card=USUAL_CARD, email=payer.address, name=payer.name)

    def knock(self, door: str, **fields: str) -> dict[str, Any]:
        """Go through a door of the double. Raises NotPaid."""
        return knock(self.place.provider.url, door, **fields)

    def look_in(self, door: str) -> dict[str, Any]:
        """What stands behind a door of the double."""
        return look_in(self.place.provider.url, door)

    def bank(self, transfer: Transfer) -> Imported:
        """A file of the company's bank comes, and is imported as `mailgate bank import` does."""
        account = self.parts.settings.seller.iban.replace(" ", "")
        path = self.place.directory.joinpath(f"{transfer.on}.xml")
        path.write_bytes(bank_file(transfer, account=account))
        raw = path.read_bytes()
        file = FromFile(sha256(raw).hexdigest(), path.name, 1)
        found = keyed(read_camt([raw]))
        return import_lines(self.parts.engine, self.parts.settings, found, file, by=BY, now=self.clock())

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The store, as it is now."""
        with reading(self.parts.engine) as conn:
            yield conn

    def number(self, customer: Person) -> int:
        """Under which a customer is known."""
        with self.reading() as conn:
            return next(one.id for one in people.list_customers(conn) if one.address == customer.address)

    def documents(self, customer: Person, kind: DocumentKind = DocumentKind.INVOICE) -> tuple[Issued, ...]:
        """A customer's, the oldest first."""
        with self.reading() as conn:
            return invoices.listing(conn, kind, customer_id=self.number(customer))

    def invoice(self, number: str) -> Issued:
        """As it is now."""
        with self.reading() as conn:
            found = invoices.find(conn, number)
        assert found is not None, number
        return found

    def is_paid(self, number: str) -> bool:
        """Nothing of it is open."""
        return not self.invoice(number).open_minor

    def owed(self, customer: Person) -> int:
        """What is open of all invoices of a customer."""
        return sum(one.open_minor for one in self.documents(customer))

    def credit(self, customer: Person) -> int:
        """What a customer has with the company."""
        with self.reading() as conn:
            return ledger.credit(conn, self.number(customer), "EUR")

    def card(self, customer: Person) -> SavedCard | None:
        """The one that is kept for a customer."""
        with self.reading() as conn:
            return cards.kept(conn, self.number(customer), PROVIDER)

    def charges(self, customer: Person) -> Sequence[Charge]:
        """Of a customer's card."""
        with self.reading() as conn:
            return charges.listing(conn, customer_id=self.number(customer))

    def refunds(self, customer: Person) -> Sequence[Refund]:
        """What went back to a customer, or is to."""
        with self.reading() as conn:
            return refunds.listing(conn, customer_id=self.number(customer))

    def _send(self, mail: EmailMessage) -> None:
        self.tell(mail)
        letter.send(mail.as_bytes(), port=self.place.ports.smtp)


def _has(mail: Arrived, words: Sequence[str]) -> bool:
    text = " ".join(f"{mail.message['Subject']} {mail.text}".split())
    return all(word in text for word in words)
