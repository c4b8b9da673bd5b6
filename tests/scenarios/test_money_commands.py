"""Commands about money that only show: invoices, services and balance, at the registered address alone."""

import pytest

from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from mailgate.people import Role
from store import people, people_edits
from store.engine import transaction
from tests.gate import BeginGate, Gate, Person, Received
from tests.scenarios.billed import Billed, plain
from tests.verifying import verifying
from tests.zone import Zone


@pytest.fixture
def billed(gate: Gate, anne: Person) -> Billed:
    """A gate that bills, and Anne, who has bought nothing yet."""
    return Billed(gate).sells()


def answer(gate: Gate, person: Person, text: str, **how: object) -> Received:
    """The one mail that somebody gets for a mail of commands."""
    before = len(gate.mailbox(person))
    mail = gate.deliver(person.writes(text, **how))  # type: ignore[arg-type]
    assert mail.outcome.disposition is Disposition.COMMAND
    [receipt] = gate.mailbox(person)[before:]
    return receipt


def lines(receipt: Received) -> list[str]:
    """Those of its list."""
    return [line.removeprefix("- ") for line in plain(receipt).split("\n") if line.startswith("- ")]


def test_invoices_are_listed_the_open_ones_first_with_amounts_and_days(
    billed: Billed, gate: Gate, anne: Person
) -> None:
    for sku in ("web", "big", "early", "web"):
        billed.invoice(sku=sku)
    billed.shop.pay("2026-0001", 1178, billed.today)
    billed.shop.pay("2026-0003", 95, billed.today)
    gate.later(days=2)

    receipt = answer(gate, anne, "!invoices")

    assert lines(receipt) == [
        "Invoice 2026-0002: EUR 29.63 to be paid, was due on 2 March 2026",
        "Invoice 2026-0003: EUR 5.00 of EUR 5.95 still to be paid, was due on 2 March 2026",
        "Invoice 2026-0004: EUR 11.78 to be paid, was due on 2 March 2026",
        "Invoice 2026-0001 of 2 March 2026: EUR 11.78, paid",
        "To be paid in all: EUR 46.41",
    ]


def test_currencies_are_never_added_up(billed: Billed, gate: Gate, anne: Person) -> None:
    billed.sells_in_two_currencies().invoice()
    with transaction(gate.parts.engine) as conn:
        people_edits.edit_customer(conn, 1, {"currency": "USD"})
    billed.invoice()

    receipt = answer(gate, anne, "!balance")

    assert lines(receipt)[:2] == ["To be paid in all: EUR 11.78", "To be paid in all: USD 13.09"]


def test_what_is_asked_for_is_told_in_the_language_of_the_customer(billed: Billed, gate: Gate, anne: Person) -> None:
    billed.invoice(sku="big")
    with transaction(gate.parts.engine) as conn:
        people_edits.edit_customer(conn, 1, {"language": "de"})

    receipt = answer(gate, anne, "!invoices\n!services\n!balance")

    assert lines(receipt) == [
        "Rechnung 2026-0001: 29,63 EUR, zu zahlen bis zum 2. März 2026",
        "Insgesamt zu zahlen: 29,63 EUR",
        "Big: läuft, 24,90 EUR im Monat zuzüglich Steuer, wieder fällig am 2. April 2026",
        "Insgesamt zu zahlen: 29,63 EUR",
        "Als Nächstes zu zahlen: Rechnung 2026-0001, 29,63 EUR bis zum 2. März 2026",
        "Nächste Verlängerung: Big, 24,90 EUR im Monat zuzüglich Steuer, am 2. April 2026",
    ]


def test_services_are_told_with_state_price_and_next_day(billed: Billed, gate: Gate, anne: Person) -> None:
    billed.invoice(sku="site", name="example.org", domain="example.org")
    billed.invoice(sku="brutto", name="Mail of Anne")
    billed.suspends(2)

    assert lines(answer(gate, anne, "!services")) == [
        "Gross, Mail of Anne: switched off for now, EUR 11.99 a month",
        "Domain, example.org: on, EUR 12.00 a year plus tax, next due on 2 March 2027",
    ]


def test_balance_tells_credit_and_what_comes_next(billed: Billed, gate: Gate, anne: Person) -> None:
    billed.invoice()
    billed.shop.pay("2026-0001", 1178, billed.today)
    billed.shop.give(1, 500, billed.today)

    assert lines(answer(gate, anne, "!balance")) == [
        "Nothing is to be paid",
        "Credit with us: EUR 5.00; it pays what falls due next",
        "Next renewal: Web, EUR 9.90 a month plus tax, on 2 April 2026",
    ]


def test_an_account_with_nothing_is_told_so(billed: Billed, gate: Gate, anne: Person) -> None:
    told = plain(answer(gate, anne, "!invoices\n!services\n!balance"))

    assert "There are no invoices for you yet." in told
    assert "You have no services at the moment." in told
    assert lines(answer(gate, anne, "!balance")) == ["Nothing is to be paid"]


def test_an_invoice_comes_again_with_its_document(billed: Billed, gate: Gate, anne: Person) -> None:
    number = billed.invoice()

    receipt = answer(gate, anne, f"!invoice {number}")

    [file] = receipt.message.iter_attachments()
    assert (file.get_content_type(), file.get_filename()) == (
        "application/pdf",
        "Example-Hosting_invoice_2026-0001.pdf",
    )
    assert file.get_content().startswith(b"%PDF-")
    assert "Invoice 2026-0001 is attached to this mail." in plain(receipt)
    assert lines(receipt) == ["Invoice 2026-0001: EUR 11.78 to be paid by 2 March 2026"]


@pytest.mark.parametrize("typed", ["2026-0001", "#2026-0001", "invoice 2026-0001", "Rechnung 2026-0001."])
def test_a_number_is_read_as_people_type_it(billed: Billed, gate: Gate, anne: Person, typed: str) -> None:
    billed.invoice()

    assert "is attached" in plain(answer(gate, anne, f"!invoice {typed}"))


def test_an_invoice_of_somebody_else_is_answered_like_one_that_there_is_not(
    billed: Billed, gate: Gate, anne: Person
) -> None:
    paul = gate.customer("Paul Stone", "paul@other.example")
    billed.invoice(2)
    gate.later(hours=2)

    told = [
        plain(answer(gate, anne, f"{verb} {number}"))
        for verb in ("!invoice", "!paid", "!defer")
        for number in ("2026-0001", "2026-0009")
    ]

    assert told[0::2] == [one.replace("2026-0009", "2026-0001") for one in told[1::2]]
    assert "There is no invoice “2026-0001” among yours" in told[0]
    assert billed.promises(2) == ()
    assert "is attached" in plain(answer(gate, paul, "!invoice 2026-0001"))


@pytest.mark.parametrize("verb", ["!invoices", "!invoice 2026-0001", "!services", "!balance", "!paid", "!defer"])
def test_who_sees_no_money_is_told_whom_to_ask(billed: Billed, gate: Gate, anne: Person, verb: str) -> None:
    billed.invoice()
    cara = gate.contact(1, "Cara Bloom", "cara@customer.example")

    told = plain(answer(gate, cara, verb))

    assert "Nothing was done, because not everybody of your account may do this:" in told
    assert "You can ask Anne Miller <anne@customer.example>" in told
    assert not any(word in told for word in ("11.78", "!defer 14", "Web"))
    assert billed.promises() == ()


def test_who_keeps_the_books_sees_money_and_no_tickets_of_others(billed: Billed, gate: Gate, anne: Person) -> None:
    billed.invoice()
    cara = Person("Cara Bloom", "cara@customer.example")
    with transaction(gate.parts.engine) as conn:
        people.add_contact(conn, 1, cara.name, cara.address, (Role.INVOICE,), now=gate.now)

    assert "Invoice 2026-0001" in plain(answer(gate, cara, "!invoices"))


def test_whoever_belongs_to_two_accounts_is_told_of_both_and_says_which_is_paid(
    billed: Billed, gate: Gate, anne: Person
) -> None:
    with transaction(gate.parts.engine) as conn:
        made = people.add_customer(
            conn, "Miller & Sons", "office@sons.example", country="DE", currency="EUR", timezone="UTC", language="en",
            now=gate.now,
        )  # fmt: skip
        people.add_contact(conn, made.id, anne.name, anne.address, (Role.INVOICE,), now=gate.now)
    billed.invoice()
    alone = plain(answer(gate, anne, "!paid"))
    billed.invoice(made.id)

    told = plain(answer(gate, anne, "!invoices"))
    refused = plain(answer(gate, anne, "!defer"))
    answer(gate, anne, "!paid 2026-0002")

    assert "Invoices of Anne Miller" in told
    assert "Invoices of Miller & Sons" in told
    assert "Your address belongs to several accounts, so nothing was done." in refused
    assert "Invoice 2026-0001" in alone
    assert [len(billed.promises(number)) for number in (1, made.id)] == [1, 1]


def test_help_names_what_there_is_something_to_say_about(billed: Billed, gate: Gate, anne: Person) -> None:
    before = plain(answer(gate, anne, "!help"))
    billed.invoice()
    open_now = plain(answer(gate, anne, "!help"))
    billed.shop.pay("2026-0001", 1178, billed.today)
    paid = plain(answer(gate, anne, "!help", message_id="once-more"))

    assert not any(verb in before for verb in ("!invoices", "!paid", "!defer", "!balance"))
    assert all(verb in open_now for verb in ("!invoices", "!invoice 20", "!services", "!balance", "!paid", "!defer"))
    assert "!invoices" in paid
    assert not any(verb in paid for verb in ("!paid", "!defer"))


def test_money_is_told_from_spf_up_and_never_for_a_forged_mail(begin: BeginGate) -> None:
    gate = verifying(begin, Zone({"customer.example": "v=spf1 ip4:192.0.2.7 -all"}))
    anne = gate.customer("Anne Miller", "anne@customer.example")
    billed = Billed(gate).sells()
    billed.invoice()

    forged = gate.deliver(anne.writes("!invoices\n!paid"), sender="x@evil.example", peer="198.51.100.9")
    nothing = len(billed.promises())
    gate.deliver(anne.writes("!invoices\n!paid"), sender=anne.address)

    assert forged.outcome.disposition is Disposition.OPENED
    assert nothing == 0
    assert gate.mailbox(anne)[0].subject == "We have received your mail [#1]"
    assert "2026-0001" not in gate.mailbox(anne)[0].text
    assert "Invoice 2026-0001" in plain(gate.mailbox(anne)[1])
    assert len(billed.promises()) == 1
    assert gate.outbox(Template.CONFIRM) == ()


def test_a_statement_tells_what_was_before_what_came_and_what_is_after(
    billed: Billed, gate: Gate, anne: Person
) -> None:
    billed.invoice()
    gate.now = gate.now.replace(month=4, day=3)
    billed.shop.pay("2026-0001", 1500, billed.today)
    billed.invoice(sku="big")
    gate.now = gate.now.replace(month=5, day=2)

    last, march = answer(gate, anne, "!statement"), answer(gate, anne, "!statement March")

    assert "This is your statement from 1 April 2026 to 30 April 2026:" in plain(last)
    assert lines(last) == [
        "Before 1 April 2026: EUR 11.78 to be paid",
        "3 April 2026, payment: -EUR 15.00",
        "3 April 2026, invoice 2026-0002: EUR 28.64",
        "After 30 April 2026: EUR 25.42 to be paid",
    ]
    assert lines(march) == [
        "Before 1 March 2026: nothing to be paid",
        "2 March 2026, invoice 2026-0001: EUR 11.78",
        "After 31 March 2026: EUR 11.78 to be paid",
    ]
    [file] = march.message.iter_attachments()
    assert (file.get_content_type(), file.get_filename()) == ("application/pdf", "Example-Hosting_2026-03_EUR.pdf")
    assert file.get_content().startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2027-01", "The month that begins on 1 January 2027 is still to come"),
        ("2024-01", "There is nothing to tell of the month that begins on 1 January 2024"),
        ("9999-12", "There is nothing to tell of the month that begins on 1 December 9999"),
        ("0000-01", "a month must follow, such as 2027-03 or March"),
        ("last", "a month must follow, such as 2027-03 or March"),
    ],
)
def test_a_month_without_a_statement_says_so(billed: Billed, gate: Gate, anne: Person, typed: str, said: str) -> None:
    billed.invoice()

    assert said in " ".join(plain(answer(gate, anne, f"!statement {typed}")).split())
