"""A bank's file has left lines to people: staff get them by mail, decide by an answer, and the ladder waits for it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from mailgate.billing.document.invoice import DocumentState
from mailgate.billing.payment.camt import read_camt
from mailgate.billing.payment.keyed import keyed
from mailgate.flows.billing.bank.importing import import_lines
from mailgate.mail.disposition import Disposition
from store.billing import bank
from store.billing.bank import FromFile
from store.engine import reading
from tests.billing.statements import Books, Pays, Says, camt
from tests.collecting import Collector
from tests.gate import BeginGate, Person


@pytest.fixture
def money(begin: BeginGate) -> Collector:
    """A gate that sells to Anne, who owes for a month."""
    money = Collector.begin(begin())
    money.customer("Anne Miller")
    money.sell(1)
    return money


@pytest.fixture
def bart(money: Collector) -> Person:
    """Who answers."""
    return money.gate.staff("Bart Jones", "bart@hosting.example")


def bring(money: Collector, entries: Sequence[Books], closing: str = "") -> None:
    raw = camt(Says(entries, closing=closing))
    file = FromFile(sha256(raw).hexdigest(), "march.xml", 1)
    parts = money.gate.parts
    import_lines(parts.engine, parts.settings, keyed(read_camt([raw])), file, by="the command line", now=money.gate.now)
    money.look()


def states(money: Collector) -> list[str]:
    with reading(money.gate.parts.engine) as conn:
        return [line.state.value for line in bank.listing(conn)]


def test_staff_get_the_lines_with_reasons_and_book_them_by_an_answer(money: Collector, bart: Person) -> None:
    invoice = money.invoice("2026-0001")
    amount = f"{invoice.open_minor // 100}.{invoice.open_minor % 100:02}"
    bring(money, [Books(amount, [Pays(name="Miller, Anne", text="Invoice 2026-0001")]), Books("3", [Pays(text="x")])])
    told = money.gate.mailbox(bart)[-1]
    words = " ".join(told.text.split())

    answered = money.gate.deliver(bart.replies(told, "match 1 2026-0001\nignore 2"))

    assert told.subject == "2 bank lines wait for your decision"
    assert (
        "2026-0001, Anne Miller: its number is in the text, the payer has this name, exactly this amount is open"
        in words
    )
    assert "No customer that we know fits it." in words
    assert answered.outcome.disposition is Disposition.COMMAND
    assert states(money) == ["booked", "ignored"]
    assert money.invoice("2026-0001").state is DocumentState.PAID
    receipt = " ".join(money.gate.mailbox(bart)[-1].text.split())
    assert "Line 1: booked for invoice 2026-0001" in receipt
    assert "Line 2: ignored" in receipt


def test_without_a_number_the_first_proposal_is_meant_and_what_cannot_be_is_said(
    money: Collector, bart: Person
) -> None:
    bring(money, [Books("1", [Pays(text="Invoice 2026-0001")]), Books("2", [Pays(text="x")])])
    told = money.gate.mailbox(bart)[-1]

    money.gate.deliver(bart.replies(told, "match 1\nmatch 2"))
    receipt = " ".join(money.gate.mailbox(bart)[-1].text.split())
    money.gate.deliver(bart.replies(told, "match 1 2026-0001\nmatch 2 2026-0009"))
    again = " ".join(money.gate.mailbox(bart)[-1].text.split())

    assert "Line 1: booked for invoice 2026-0001" in receipt
    assert "Line 2: nothing was done: nothing was proposed for it" in receipt
    assert "Line 1: nothing was done: line 1 is booked already" in again
    assert "Line 2: nothing was done: there is no invoice 2026-0009" in again
    assert states(money) == ["booked", "proposed"]


def test_a_list_names_what_is_new_and_comes_once_an_hour(money: Collector, bart: Person) -> None:
    bring(money, [Books("1", [Pays(text="x")])])
    bring(money, [Books("2", [Pays(text="y")])])
    first = [mail.subject for mail in money.gate.mailbox(bart)]
    money.gate.later(hours=1)

    assert first == ["1 bank line waits for your decision: EUR\u00a01.00, 2 Apr 2026"]
    assert [mail.subject for mail in money.gate.mailbox(bart)] == [*first, first[0].replace("1.00", "2.00")]


def test_a_file_that_does_not_add_up_is_told_once(money: Collector, bart: Person) -> None:
    bring(money, [Books("5", [Pays(reference=money.invoice("2026-0001").reference)])], closing="6")
    bring(money, [Books("5", [Pays(reference=money.invoice("2026-0001").reference)])], closing="6")
    money.gate.later(hours=2)

    assert [mail.subject for mail in money.gate.mailbox(bart)] == ["A bank file does not add up"]
    assert "march.xml, account DE02120300000000202051" in money.gate.mailbox(bart)[0].text


def test_whoever_may_have_paid_is_not_reminded_until_somebody_has_decided(money: Collector, bart: Person) -> None:
    bring(money, [Books("1", [Pays(text="Invoice 2026-0001")])])

    money.until(datetime(2026, 4, 20, 12, tzinfo=UTC))
    while_it_waits = money.done("2026-0001")
    told = next(mail for mail in money.gate.mailbox(bart) if "bank line" in mail.subject)
    money.gate.deliver(bart.replies(told, "ignore 1"))
    money.until(datetime(2026, 4, 23, 12, tzinfo=UTC))

    assert [step for step, outcome, _ in while_it_waits if outcome != "skipped"] == ["created"]
    assert [outcome for _, outcome, _ in money.done("2026-0001") if outcome not in {"skipped", "sent"}] == ["warned"]


def test_a_return_is_told_to_staff_and_the_payer(money: Collector, bart: Person) -> None:
    reference = money.invoice("2026-0001").reference
    bring(money, [Books("5", [Pays(reference=reference, end_to_end="E1")])])
    bring(money, [Books("5", [Pays(returned=True, end_to_end="E1")], "DBIT")])

    assert money.gate.mailbox(bart)[-1].subject == "1 payment was taken back by the bank: Anne Miller, 2 Apr 2026"
    told = money.gate.mailbox(Person("Anne Miller", "anne@customer.example"))[-1]
    assert told.subject == "Taken back by your bank: EUR\xa05.00 for invoice 2026-0001 – Example Hosting"
