"""Invoices and credit notes on pages: what was frozen, how they stand, what settled them; nothing is reckoned there."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from mailgate.billing.document.invoice import DocumentState
from mailgate.flows.billing.back import take_back
from mailgate.flows.billing.money import settle
from mailgate.flows.billing.service.add import Sold
from store.billing import invoices
from store.engine import reading, transaction
from store.schema import contacts, customers
from tests.gate import BeginGate, Gate, Person
from tests.webview.company import ON_BOTH, Company
from tests.webview.reading import numbers_of, words_of
from tests.webview.trade import dealing, find, issued_as, open_shop, pay, sell
from tests.webview.web import Web, links_of, running_web

pytestmark = ON_BOTH

JANUARY = date(2026, 1, 10)


def test_invoices_are_listed_by_how_they_stand(company: Company) -> None:
    trade = company.story.trade
    browser = company.web.signed_in(company.story.anne)

    listed = {
        status: numbers_of(browser.get("/invoices", params={"status": status}))
        for status in ("issued", "late", "paid", "void", "written-off")
    }
    everything = numbers_of(browser.get("/invoices"))

    assert listed["late"] == [trade.issued, trade.part_paid]
    assert {trade.issued, trade.part_paid} < set(listed["issued"])
    assert trade.paid in listed["paid"]
    assert listed["void"] == [trade.void]
    assert listed["written-off"] == [trade.written_off]
    assert everything == sorted(everything, reverse=True)
    assert set(everything) == {number for numbers in listed.values() for number in numbers}


def test_a_paid_invoice_shows_its_transaction_and_no_way_to_pay(company: Company) -> None:
    page = company.web.signed_in(company.story.anne).get(f"/invoices/{company.story.trade.paid}")

    words = words_of(page)

    assert words.startswith("Invoice 2026-0001 Paid Invoice date 10 Jan 2026 Due date 10 Jan 2026")
    assert "Pay to Example Hosting GmbH Example Street 1 10115 Berlin DE VAT id DE123456788" in words
    assert "Bill to Miller & Daughters GmbH Anne Miller Lange Straße 7 20095 Hamburg DE" in words
    assert "Web M, customer.example (10 Jan 2026 – 9 Feb 2026) 19% EUR 11.90" in words
    assert "Without tax EUR 16.90 VAT of 19% on EUR 16.90 EUR 3.21 Total EUR 20.11" in words
    assert "Transfer Statement of 2026-01-14, 2026-0001 14 Jan 2026 EUR 20.11" in words
    assert "How to pay" not in words
    assert "IBAN" not in words
    assert "To be paid" not in words


def test_an_open_invoice_says_what_is_left_and_how_to_transfer_it(company: Company) -> None:
    trade = company.story.trade
    page = company.web.signed_in(company.story.anne).get(f"/invoices/{trade.part_paid}")

    words = words_of(page)

    reference = find(company.gate, trade.part_paid).reference
    assert words.startswith(f"Invoice {trade.part_paid} Late")
    assert "To be paid EUR 41.94" in words
    assert "(20 Jan 2026 – 19 Jan 2027)" in words
    assert f"Amount EUR 41.94 Reference {' '.join(re.findall('.{1,4}', reference))}" in words
    assert "IBAN DE77 1000 0000 0000 0000 00" in words
    assert "Transfer Statement of 2026-01-22, 2026-0003 22 Jan 2026 EUR 50.00" in words


def test_a_credit_note_names_its_invoice_and_what_became_of_it(company: Company) -> None:
    browser, trade = company.web.signed_in(company.story.anne), company.story.trade

    listed = browser.get("/credit-notes").text
    note = browser.get(f"/credit-notes/{trade.note}")
    lowered = browser.get(f"/invoices/{trade.part_paid}")

    assert f'href="/credit-notes/{trade.note}"' in listed
    assert f"Credit note {trade.note}" in words_of(note)
    assert f"Invoice {trade.part_paid}" in words_of(note)
    assert f'href="/credit-notes/{trade.note}"' in lowered.text


def test_a_void_invoice_and_its_credit_note_lead_to_each_other(company: Company) -> None:
    browser, trade = company.web.signed_in(company.story.anne), company.story.trade

    void = browser.get(f"/invoices/{trade.void}")
    [note] = [link for link in links_of(void.text) if link.startswith("/credit-notes/")]
    words = words_of(browser.get(note))

    assert words_of(void).startswith(f"Invoice {trade.void} Void")
    assert "How to pay" not in words_of(void)
    assert f"For invoice {trade.void}" in words
    assert "It takes the whole invoice back" in words


def test_an_invoice_shows_what_was_frozen_whatever_has_changed_since(web: Web, gate: Gate, anne: Person) -> None:
    open_shop(gate)
    _, number = sell(gate, 1, JANUARY, Sold("web-m", 1, domain="customer.example"))
    with transaction(gate.parts.engine) as conn:
        conn.execute(update(customers).values(name="Somebody Else", currency="USD", country="US"))
        conn.execute(update(contacts).values(name="Somebody Else"))
        model = json.loads(find(gate, number).model)

    words = words_of(web.signed_in(anne).get(f"/invoices/{number}"))

    assert "Anne Miller" in words
    assert "Somebody" not in words
    for line in model["lines"]:
        assert line["text"] in words
    assert f"Total EUR {model['total_minor'] // 100}.{model['total_minor'] % 100:02}" in words


@pytest.mark.parametrize(
    ("zone", "late_at"),
    [
        ("Pacific/Auckland", datetime(2026, 1, 10, 11, tzinfo=UTC)),
        ("UTC", datetime(2026, 1, 11, tzinfo=UTC)),
        ("America/Los_Angeles", datetime(2026, 1, 11, 8, tzinfo=UTC)),
        ("Pacific/Kiritimati", datetime(2026, 1, 10, 10, tzinfo=UTC)),
        ("Pacific/Pago_Pago", datetime(2026, 1, 11, 11, tzinfo=UTC)),
    ],
)
def test_an_invoice_is_late_when_its_due_date_is_over_where_the_account_is(
    begin: BeginGate, zone: str, late_at: datetime
) -> None:
    gate = begin()
    anne, bart = (
        gate.customer("Anne", "anne@customer.example", timezone=zone),
        gate.staff("Bart", "bart@hosting.example"),
    )
    open_shop(gate)
    _, number = sell(gate, 1, JANUARY, Sold("web-s", 1))

    seen = []
    with running_web(gate) as web:
        for now in (late_at - timedelta(seconds=1), late_at):
            gate.now = now
            customer, staff = web.signed_in(anne), web.signed_in(bart)
            web._sessions.clear()
            seen.append(
                (
                    numbers_of(customer.get("/invoices?status=late")),
                    numbers_of(staff.get("/staff/invoices?status=late")),
                    words_of(customer.get(f"/invoices/{number}")).split()[2],
                )
            )

    assert seen == [([], [], "Unpaid"), ([number], [number], "Late")]


def test_credit_is_shown_and_a_payment_from_it_is_named(web: Web, gate: Gate, anne: Person, bart: Person) -> None:
    open_shop(gate)
    due_on = JANUARY + timedelta(days=5)
    _, number = sell(gate, 1, JANUARY, Sold("web-s", 1, start_on=due_on))
    with dealing(gate, 1, JANUARY) as deal:
        settle.give(deal, "EUR", 1000, reason="sorry")
    browser, staff = web.signed_in(anne), web.signed_in(bart)
    before = words_of(browser.get("/invoices"))
    with dealing(gate, 1, due_on) as deal:
        settle.use_credit(deal)

    after, whole = words_of(browser.get("/invoices")), words_of(browser.get(f"/invoices/{number}"))
    for_staff = words_of(staff.get("/staff/customers/1"))

    assert "To be paid: EUR 5.83. Your credit: EUR 10.00; it pays what falls due." in before
    assert "Your credit: EUR 4.17" in after
    assert "From your credit" in whole
    assert "To be paid nothing Credit EUR 4.17" in for_staff


def test_a_part_that_was_given_back_of_a_paid_invoice_is_kept_as_credit(web: Web, gate: Gate, anne: Person) -> None:
    open_shop(gate)
    _, number = sell(gate, 1, JANUARY, Sold("web-s", 1))
    pay(gate, number, JANUARY)
    with dealing(gate, 1, JANUARY) as deal:
        note = take_back.credit(deal, issued_as(deal, number), 200, reason="An outage")

    words = words_of(web.signed_in(anne).get(f"/credit-notes/{note.number}"))

    assert "An outage" in words
    assert "Total EUR 2.00" in words
    assert "Kept as credit 10 Jan 2026 EUR 2.00" in words


def test_money_pages_are_german_for_who_reads_german(web: Web, gate: Gate) -> None:
    anna = gate.customer("Anna", "anna@customer.example", language="de")
    open_shop(gate)
    service, number = sell(gate, 1, JANUARY, Sold("web-s", 1, domain="anna.example"))
    browser = web.signed_in(anna)

    document, one = words_of(browser.get(f"/invoices/{number}")), words_of(browser.get(f"/services/{service}"))

    assert f"Rechnung {number} Überfällig" in document
    assert "VAT 19 % auf 4,90 EUR" in document
    assert "Zu zahlen 5,83 EUR" in document
    assert "10.01.2026 – 09.02.2026" in document
    assert "4,90 EUR monatlich (ohne Steuer)" in one


def test_a_number_with_a_slash_in_it_has_a_page(begin: BeginGate) -> None:
    gate = begin(billing={"invoice_number": "R/{year}/{n}"})
    anne = gate.customer("Anne", "anne@customer.example")
    open_shop(gate)
    _, number = sell(gate, 1, JANUARY, Sold("web-s", 1))

    with running_web(gate) as web:
        page = web.signed_in(anne).get(f"/invoices/{number}")

    assert number == "R/2026/1"
    assert words_of(page).startswith("Invoice R/2026/1 ")


def test_a_seller_who_takes_checks_alone_says_so(begin: BeginGate) -> None:
    begun = begin()
    seller = replace(
        begun.parts.settings.seller,
        iban="",
        check_payable_to="Example Hosting",
        check_address="1 Main Street, Springfield",
    )
    begun.parts = replace(begun.parts, settings=replace(begun.parts.settings, seller=seller))
    anne = begun.customer("Anne", "anne@customer.example")
    open_shop(begun)
    _, number = sell(begun, 1, JANUARY, Sold("web-s", 1))

    with running_web(begun) as web:
        words = words_of(web.signed_in(anne).get(f"/invoices/{number}"))

    assert "Payable to Example Hosting Send it to 1 Main Street, Springfield" in words
    assert "IBAN" not in words


def test_what_a_page_shows_as_open_is_what_the_store_has(company: Company) -> None:
    browser = company.web.signed_in(company.story.anne)
    with reading(company.gate.parts.engine) as conn:
        found = invoices.listing(conn, customer_id=1)

    for one in found:
        words = words_of(browser.get(f"/invoices/{one.number}"))
        is_open = one.state is DocumentState.ISSUED
        assert ("How to pay" in words) == is_open
        assert (f"To be paid EUR {one.open_minor // 100}.{one.open_minor % 100:02}" in words) == is_open
