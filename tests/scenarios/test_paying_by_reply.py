"""A customer pays an invoice by reply, gives a card, pays in advance; what moves money is proved or confirmed first."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from mailgate.config.settings import ProviderName
from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from store.billing import cards, charges, ledger, offers
from store.billing.cards import SavedCard
from store.engine import reading
from tests.collecting import Collector
from tests.gate import BeginGate, Gate, Person, Received
from tests.scenarios.billed import plain
from tests.servers.provider import KEY, ProviderDouble

URL = re.compile(r"https?://\S+")


@pytest.fixture
def gate(begin: BeginGate, provider: ProviderDouble, tmp_path: Path) -> Gate:
    """A gate whose company takes cards."""
    key = tmp_path / "key"
    key.write_text(KEY)
    stripe = {"provider": ProviderName.STRIPE, "secret_key_file": key, "api_url": provider.url}
    gate = begin(payments=stripe)
    provider.set_clock(gate.now)
    return gate


@pytest.fixture
def money(gate: Gate) -> Collector:
    """It sells."""
    return Collector.begin(gate)


@pytest.fixture
def anne(money: Collector) -> Person:
    """Customer 1."""
    return money.customer("Anne Miller")


@pytest.fixture
def brought(money: Collector, anne: Person) -> Received:
    """The mail that brought Anne the invoice 2026-0001, which is due in some days."""
    money.sell(1, start_on=money.gate.now.date() + timedelta(days=6))
    money.gate.later(minutes=20)
    (mail,) = [one for one in money.gate.mailbox(anne) if one.subject.startswith("Invoice 2026-0001")]
    return mail


def credit(gate: Gate) -> int:
    with reading(gate.parts.engine) as conn:
        return ledger.credit(conn, 1, "EUR")


def kept(gate: Gate) -> SavedCard | None:
    with reading(gate.parts.engine) as conn:
        return cards.kept(conn, 1, "stripe")


def last(gate: Gate, person: Person) -> Received:
    return gate.mailbox(person)[-1]


def gives_a_card(gate: Gate, provider: ProviderDouble, person: Person, card: str = "pm_card_visa") -> None:
    gate.deliver(person.writes("!card", subject="My card"))
    gate.later(minutes=1)
    with reading(gate.parts.engine) as conn:
        session = offers.listing(conn, customer_id=1, kind="card")[-1].provider_id
    provider.pay_session(str(session), card)
    gate.later(minutes=10)


def test_the_mail_of_an_invoice_has_the_link_to_pay_it(gate: Gate, brought: Received) -> None:
    with reading(gate.parts.engine) as conn:
        (offer,) = offers.listing(conn, customer_id=1)

    assert offer.url in plain(brought)
    assert "Pay EUR 11.78" in plain(brought)


def test_a_card_is_given_by_a_link_that_answers_the_mail_that_asked_for_it(
    gate: Gate, money: Collector, anne: Person, provider: ProviderDouble
) -> None:
    asked = anne.writes("!card", subject="My card")
    settled = gate.deliver(asked)
    assert settled.outcome.disposition is Disposition.COMMAND
    gate.later(minutes=1)

    (answer,) = gate.mailbox(anne)
    assert answer.subject == "Your link to save a card – Example Hosting"
    assert str(answer.message["In-Reply-To"]) in asked.decode()
    with reading(gate.parts.engine) as conn:
        (offer,) = offers.listing(conn, customer_id=1)
    provider.pay_session(str(offer.provider_id))
    gate.later(minutes=10)
    assert last(gate, anne).subject == "Card Visa 4242 is saved – Example Hosting"
    found = kept(gate)
    assert found is not None
    assert (found.brand.lower(), found.last4) == ("visa", "4242")


def test_pay_charges_the_card_at_once_and_the_receipt_comes(
    gate: Gate, money: Collector, anne: Person, provider: ProviderDouble, brought: Received
) -> None:
    gives_a_card(gate, provider, anne)
    assert money.invoice("2026-0001").open_minor == 1178

    gate.deliver(anne.replies(brought, "!pay"))
    assert "charged to your card Visa 4242" in " ".join(plain(last(gate, anne)).split())
    gate.later(minutes=1)
    gate.later(minutes=5)

    assert money.invoice("2026-0001").state == "paid"
    subjects = [one.subject for one in gate.mailbox(anne)]
    assert any(one.startswith("Receipt: EUR\u00a011.78") for one in subjects)
    with reading(gate.parts.engine) as conn:
        assert [one.state.value for one in charges.listing(conn)] == ["succeeded"]


def test_without_a_card_the_answer_is_the_link(gate: Gate, money: Collector, anne: Person, brought: Received) -> None:
    gate.deliver(anne.replies(brought, "!pay 2026-0001"))

    with reading(gate.parts.engine) as conn:
        (offer,) = offers.listing(conn, customer_id=1)
    assert offer.url in plain(last(gate, anne))
    assert money.invoice("2026-0001").open_minor == 1178


def test_a_mail_that_answers_nothing_of_ours_is_asked_first_and_pays_after_the_yes(
    gate: Gate, money: Collector, anne: Person, provider: ProviderDouble, brought: Received
) -> None:
    gives_a_card(gate, provider, anne)

    gate.deliver(anne.writes("!pay 2026-0001", subject="Pay"))
    question = last(gate, anne)
    assert "Invoice 2026-0001 is paid now, EUR 11.78" in plain(question)
    with reading(gate.parts.engine) as conn:
        assert charges.listing(conn) == ()
    gate.deliver(anne.replies(question, "yes"))
    gate.later(minutes=5)

    assert money.invoice("2026-0001").state == "paid"


def test_a_deposit_is_credit_when_the_money_is_there(
    gate: Gate, money: Collector, anne: Person, provider: ProviderDouble
) -> None:
    gate.deliver(anne.writes("!funds 50", subject="Money"))
    gate.later(minutes=1)
    assert credit(gate) == 0
    with reading(gate.parts.engine) as conn:
        (offer,) = offers.listing(conn, customer_id=1)
    assert offer.url in plain(last(gate, anne))

    provider.pay_session(str(offer.provider_id))
    gate.later(minutes=10)
    gate.later(hours=3)

    assert credit(gate) == 5000
    assert [one.notice.template for one in gate.outbox(Template.CREDIT_ADDED)] == [Template.CREDIT_ADDED]
    assert last(gate, anne).subject.startswith("Credit of EUR\u00a050.00 added")


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("!funds 5", "The minimum is EUR 10.00"),
        ("!funds 5000", "The maximum is EUR 1,000.00"),
        ("!funds USD 50", "We could not read “USD 50” as an amount"),
        ("!funds", "There is no amount behind the command"),
        ("!funds 1.000", "We could not read “1.000” as an amount"),
    ],
)
def test_a_wrong_amount_is_answered_with_the_right_one(
    gate: Gate, money: Collector, anne: Person, typed: str, answer: str
) -> None:
    gate.deliver(anne.writes(typed, subject="Money"))

    assert answer in " ".join(plain(last(gate, anne)).split())
    with reading(gate.parts.engine) as conn:
        assert offers.listing(conn, customer_id=1) == ()


def test_a_card_is_removed_after_a_yes_and_the_provider_forgets_it(
    gate: Gate, money: Collector, anne: Person, provider: ProviderDouble
) -> None:
    gives_a_card(gate, provider, anne)

    gate.deliver(anne.writes("!remove card", subject="No card"))
    assert kept(gate) is not None
    gate.deliver(anne.replies(last(gate, anne), "yes"))
    gate.later(minutes=2)

    assert kept(gate) is None
    assert [one["path"] for one in provider.calls("detach")]


def test_whoever_the_invoice_was_sent_on_to_gets_the_link_and_hears_nothing_of_the_account(
    gate: Gate, money: Collector, anne: Person, provider: ProviderDouble, brought: Received
) -> None:
    gives_a_card(gate, provider, anne)
    accountant = Person("Eve Adding", "eve@accountant.example")

    settled = gate.deliver(accountant.replies(brought, "!pay"))

    assert settled.outcome.disposition is Disposition.COMMAND
    (answer,) = gate.mailbox(accountant)
    with reading(gate.parts.engine) as conn:
        (offer,) = offers.listing(conn, customer_id=1, kind="invoice")
        assert charges.listing(conn) == ()
    assert offer.url in plain(answer)
    assert "Anne" not in answer.text
    assert "4242" not in answer.text
    assert answer.message["Reply-To"] is None


@pytest.mark.parametrize(
    "text", ["!remove card", "!funds 50", "!card", "!invoices", "!pay\n!balance", "!pay\n\nHello!"]
)
def test_whoever_it_was_sent_on_to_commands_nothing_else(
    gate: Gate, money: Collector, anne: Person, brought: Received, text: str
) -> None:
    accountant = Person("Eve Adding", "eve@accountant.example")

    settled = gate.deliver(accountant.replies(brought, text))

    assert settled.outcome.disposition is Disposition.HELD
    assert not [one for one in gate.mailbox(accountant) if "http" in one.text]
    assert gate.tickets() == ()


def test_of_a_paid_invoice_nobody_gets_a_link(gate: Gate, money: Collector, anne: Person, brought: Received) -> None:
    money.pay("2026-0001")
    gate.later(minutes=1)

    gate.deliver(anne.replies(brought, "!pay 2026-0001"))
    gate.deliver(Person("Eve Adding", "eve@accountant.example").replies(brought, "!pay"))

    with reading(gate.parts.engine) as conn:
        (offer,) = offers.listing(conn, customer_id=1)
    assert offer.state == "closed"
    assert "There is nothing to be paid of invoice 2026-0001" in plain(last(gate, anne))
    assert not [one for one in gate.mailbox(Person("Eve", "eve@accountant.example")) if offer.url in one.text]
