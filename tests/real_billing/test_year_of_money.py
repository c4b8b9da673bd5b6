"""A year in which money comes by itself and goes back right, told step by step; three books agree on it at the end.

`python -m pytest -s tests/real_billing/test_year_of_money.py` prints each step, and what each of the books says.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

from mailgate.billing.document.invoice import DocumentState
from mailgate.billing.document.reference import is_reference
from mailgate.billing.payment.camt import read_camt
from mailgate.billing.payment.keyed import keyed
from mailgate.billing.refund import RefundState, Way
from mailgate.config.settings import ProviderName
from mailgate.flows.billing import refund_by_hand, settle
from mailgate.flows.billing.bank.importing import import_lines
from mailgate.flows.billing.service import ending, terms
from mailgate.flows.due import DueKind, due
from store.billing import cards, charges, ledger, offers, payments, refunds, services
from store.billing.bank import FromFile
from store.billing.charges import State as ChargeState
from store.engine import reading
from store.schema import balances, invoices
from tests.billing.statements import Books, Pays, Says, camt
from tests.collecting import Collector
from tests.gate import BeginGate, Gate, Person
from tests.program import Program
from tests.real_billing.checks import other_programs
from tests.servers.provider import KEY, ProviderDouble, running_provider

pytestmark = pytest.mark.server

LOOKS = (DueKind.OFFER, DueKind.PROVIDER, DueKind.LEDGER)
BEGUN = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass
class Year:
    """The company, the provider's double, and what has been told so far."""

    gate: Gate
    money: Collector
    double: ProviderDouble
    told: int = 0

    def tell(self, step: str, holds: object = True) -> None:
        """A step that was seen."""
        assert holds, step
        self.told += 1
        print(f"{self.told:3}  {self.gate.now:%Y-%m-%d}  {step}", flush=True)

    def until(self, when: date) -> None:
        """Time goes on to the morning of a day; all that falls due on the way is done at its instant."""
        end = datetime.combine(when, time(9), UTC)
        while self.gate.now < end:
            self.gate.now = min(self._next(), end)
            self.money.look()

    def _next(self) -> datetime:
        """The next thing that is due but looks at the provider, for which the time of another will do; or tomorrow."""
        now, settings = self.gate.now, self.gate.parts.settings
        tomorrow = now + timedelta(days=1)
        with reading(self.gate.parts.engine) as conn:
            items = [one for one in due(conn, settings=settings, at=tomorrow) if one.kind not in LOOKS]
        return min((one.due_at for one in items if one.due_at > now), default=tomorrow)

    def mail(self, person: Person, words: str) -> str:
        """The text of the newest mail to somebody with this in its subject."""
        found = [one for one in self.gate.mailbox(person) if words in one.subject]
        assert found, (words, [one.subject for one in self.gate.mailbox(person)])
        return " ".join(found[-1].text.split())

    def documents(self, customer_id: int, kind: str = "invoice") -> list[str]:
        """The numbers of a customer's, the oldest first."""
        query = select(invoices.c.number).where(invoices.c.customer_id == customer_id, invoices.c.kind == kind)
        with reading(self.gate.parts.engine) as conn:
            return list(conn.execute(query.order_by(invoices.c.id)).scalars())

    def is_paid(self, number: str) -> bool:
        """Nothing of it is open."""
        return self.money.invoice(number).state is DocumentState.PAID

    def credit(self, customer_id: int) -> int:
        """What a customer has with the company."""
        with reading(self.gate.parts.engine) as conn:
            return ledger.credit(conn, customer_id, "EUR")

    def bank(self, *entries: Books) -> None:
        """A file of the bank comes."""
        raw, parts = camt(Says(entries)), self.gate.parts
        file = FromFile(sha256(raw).hexdigest(), f"{self.gate.now:%Y-%m-%d}.xml", 1)
        found = keyed(read_camt([raw]))
        import_lines(parts.engine, parts.settings, found, file, by="the command line", now=self.gate.now)
        self.money.look()


@pytest.fixture
def year(begin: BeginGate, tmp_path: Path) -> Iterator[Year]:
    """It begins; gate and double have one clock."""
    at: list[Gate] = []

    def clock() -> float:
        return (at[0].now if at else BEGUN).timestamp()

    with running_provider(clock=clock) as double:
        key = tmp_path / "key"
        key.write_text(KEY)
        stripe = {"provider": ProviderName.STRIPE, "secret_key_file": key, "api_url": double.url}
        gate = begin(payments=stripe)
        at.append(gate)
        yield Year(gate, Collector.begin(gate), double)


def test_a_year_of_money_is_told_and_three_books_agree_on_it(year: Year, tmp_path: Path) -> None:
    money, gate = year.money, year.gate
    anne, paul = money.customer("Anne Miller", zone="UTC"), money.customer("Paul Stone", zone="UTC")
    gate.staff("Bart Jones", "bart@hosting.example")

    web, first = money.sell(1)
    year.until(date(2026, 3, 3))
    with reading(gate.parts.engine) as conn:
        link = offers.open_of(conn, [money.invoice(first.number).id])[money.invoice(first.number).id]
    year.tell("Bart orders for Anne; the invoice comes with a link", link.url in year.mail(anne, first.number))
    year.double.pay_link(link.url)
    year.until(date(2026, 3, 4))
    year.tell("she pays by it and has her receipt", year.is_paid(first.number) and year.mail(anne, "Receipt"))

    gate.deliver(anne.writes("!card", subject="My card"))
    year.until(date(2026, 3, 5))
    with reading(gate.parts.engine) as conn:
        session = offers.listing(conn, customer_id=1, kind="card")[-1].provider_id
    year.double.pay_session(str(session))
    year.until(date(2026, 3, 6))
    year.tell("she gives a card by mail and link", year.mail(anne, "Card Visa 4242 is saved"))

    with money.deal(1) as deal:
        settle.give(deal, "EUR", 500, reason="the outage of March")
    year.until(date(2026, 3, 24))
    renewal = year.documents(1)[-1]
    one = money.invoice(renewal)
    year.tell("the next invoice is written ten days before it is due", (one.due_on - one.issued_on).days == 10)

    with reading(gate.parts.engine) as conn:
        card = cards.kept(conn, 1, "stripe")
    assert card is not None
    year.double.card_does(card.token, "insufficient_funds")
    year.until(one.due_on + timedelta(days=1))
    year.tell(
        "her credit pays first", year.credit(1) == 0 and money.invoice(renewal).open_minor == one.total_minor - 500
    )
    year.tell("the card is declined for the rest, and she hears of it", "declined" in year.mail(anne, renewal))
    year.double.card_does(card.token, "pays")
    year.until(one.due_on + timedelta(days=4))
    with reading(gate.parts.engine) as conn:
        states = [each.state for each in charges.listing(conn, customer_id=1)]
    year.tell("three days later it is tried again, and pays", states == [ChargeState.FAILED, ChargeState.SUCCEEDED])
    year.tell("the invoice is paid", year.is_paid(renewal))

    year.until(date(2026, 4, 25))
    before = year.documents(1)
    with money.deal(1) as deal:
        now = services.get(deal.conn, web.id)
        new = terms.quote_new_terms(deal, now, sku="big")
        terms.change(deal, now, *new)
    year.until(date(2026, 4, 26))
    year.tell("after the renewal's invoice she takes the bigger plan", money.service(web).product_id != web.product_id)
    year.until(date(2026, 5, 10))
    added = [number for number in year.documents(1) if number not in before]
    year.tell("what that costs is billed and paid by card", added and all(map(year.is_paid, year.documents(1))))

    _, owed = money.sell(2)
    bill = money.invoice(owed.number)
    assert is_reference(bill.reference)
    year.until(date(2026, 5, 12))
    pays = Pays(name="Stone, Paul", iban="DE89370400440532013000", reference=bill.reference)
    year.bank(Books(f"{Decimal(bill.total_minor).scaleb(-2)}", [pays], on="2026-05-12", bank_reference="B1"))
    year.tell("Paul pays by transfer; its reference is found in the bank's file", year.is_paid(owed.number))
    year.until(date(2026, 5, 14))
    year.bank(Books(f"{Decimal(bill.total_minor).scaleb(-2)}", [pays], on="2026-05-14", bank_reference="B2"))
    year.tell("he pays it twice: the second is his credit", year.credit(2) == bill.total_minor)
    year.tell("and he is told so", str(bill.number) in year.mail(paul, "Credit of"))

    year.until(date(2026, 6, 15))
    paid_by_credit = year.documents(2)[-1]
    year.tell("from which his next invoice is paid", year.is_paid(paid_by_credit) and year.credit(2) == 0)

    year.until(date(2026, 7, 3))
    third = money.invoice(year.documents(2)[-1])
    pays = replace(pays, reference=third.reference)
    year.bank(Books(f"{Decimal(third.open_minor).scaleb(-2)}", [pays], on="2026-07-03", bank_reference="B3"))
    year.tell("the one after that he pays by transfer, before it is due", year.is_paid(third.number))
    year.until(date(2026, 7, 10))
    with money.deal(1) as deal:
        end = ending.end_of(deal, services.get(deal.conn, web.id), at_end=False, reason="moved away")
        ending.carry_out(deal, end)
    year.until(date(2026, 7, 12))
    with reading(gate.parts.engine) as conn:
        back = refunds.listing(conn, customer_id=1)
    year.tell("Anne cancels at once; the rest goes back", back and year.documents(1, "credit-note"))
    year.tell(
        "to her card, by the provider", {(b.way, b.state) for b in back} == {(Way.PROVIDER, RefundState.SUCCEEDED)}
    )

    with money.deal(2) as deal:
        (his,) = services.listing(deal.conn, customer_id=2)
        ending.carry_out(deal, ending.end_of(deal, his, at_end=False, reason="closed"))
    with reading(gate.parts.engine) as conn:
        tasks = refunds.listing(conn, customer_id=2)
    year.tell(
        "Paul cancels; a transfer has no way back, so it is a task", {t.state for t in tasks} == {RefundState.TASK}
    )
    year.tell("with a deadline of ten days", {(t.deadline_on - gate.now.date()).days for t in tasks} == {10})
    year.until(date(2026, 7, 15))
    with money.deal(2) as deal:
        for number, task in enumerate(tasks, 1):
            refund_by_hand.record(deal, task, method="check", reference=f"check {number}")
    year.tell("Bart sends a check and records it")

    gate.deliver(anne.writes("!statement 2026-04", subject="My statement"))
    told = year.mail(anne, "My statement")
    year.tell("Anne asks for her statement of April", "from 1 April 2026 to 30 April 2026" in told)

    year.until(date(2026, 7, 25))
    year.double.pay_out()
    gate.now = datetime(2027, 3, 2, 9, tzinfo=UTC)  # nothing is sold any more: the rest of the year in one go
    year.until(date(2027, 3, 4))
    agree(year, tmp_path)


def agree(year: Year, directory: Path) -> None:
    """Our ledger, hledger, beancount and the provider's books say the same."""
    program = exporting(year.gate, directory / "books")
    with reading(year.gate.parts.engine) as conn:
        rows = conn.execute(select(balances)).all()
    wrong = list(other_programs(program, year.gate.parts.engine))
    year.tell("hledger and beancount add the ledger up to the same balances", not wrong)
    theirs = year.double.books()["accounts"]["eur"]
    ours = {row.account: row.amount_minor for row in rows if row.customer_id == 0 and row.currency == "EUR"}
    with reading(year.gate.parts.engine) as conn:
        came = sum(each.amount_minor for each in payments.listing(conn) if each.provider)
        went = sum(each.amount_minor for each in refunds.listing(conn, states=[RefundState.SUCCEEDED]))
    print(json.dumps({"provider": theirs, "ledger": ours}, indent=2))
    year.tell("what came by the provider is what it has charged", came == theirs["charged"] > 0)
    year.tell("what went back is what it has refunded", went == theirs["refunded"] > 0)
    year.tell("what it still has is what the ledger says", ours.get("assets:stripe", 0) == theirs["balance"])
    year.tell("and so are its fees", ours["expenses:fees"] == theirs["fees"])


def exporting(gate: Gate, directory: Path) -> Program:
    """The command line, for the same store."""
    directory.mkdir()
    program = Program(directory, 0, 0)
    store = gate.parts.settings.store
    program.config.write_text(f'[store]\nurl = "{store.url}"\narchive = "{store.archive}"\n')
    return program
