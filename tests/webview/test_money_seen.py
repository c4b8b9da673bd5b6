"""Who sees what of services and money: owners all, contacts by their roles, nobody what is another customer's."""

from datetime import date

from mailgate.flows.billing.service.add import Sold
from mailgate.people import Role
from store import people
from store.engine import transaction
from tests.gate import Gate, Person
from tests.webview.company import ON_BOTH, Company
from tests.webview.reading import numbers_of, words_of
from tests.webview.trade import open_shop, sell
from tests.webview.web import Web

pytestmark = ON_BOTH

JANUARY = date(2026, 1, 10)


def test_whoever_is_neither_owner_nor_for_invoices_sees_services_and_no_money(company: Company) -> None:
    owner, support = company.web.signed_in(company.story.anne), company.web.signed_in(company.story.dora)
    trade = company.story.trade

    pages = {path: support.get(path) for path in ("/", "/services", f"/services/{trade.site}", "/domains")}
    hidden = [
        support.get(path)
        for path in (
            "/invoices",
            "/invoices?status=late",
            "/credit-notes",
            f"/invoices/{trade.paid}",
            f"/credit-notes/{trade.note}",
            "/nothing",
        )
    ]

    assert {page.status_code for page in pages.values()} == {200}
    for path, page in pages.items():
        assert "EUR" not in page.text, path
        assert "nvoice" not in page.text.partition("<main")[2], path
        assert 'href="/invoices' not in page.text, path
    assert "customer.example" in pages["/services"].text
    assert {(page.status_code, page.content) for page in hidden} == {(404, hidden[-1].content)}
    assert "EUR" in owner.get("/services").text


def test_a_contact_for_invoices_sees_them(web: Web, gate: Gate, anne: Person) -> None:
    open_shop(gate)
    _, number = sell(gate, 1, JANUARY, Sold("web-s", 1))
    with transaction(gate.parts.engine) as conn:
        people.add_contact(conn, 1, "Cris Cole", "cris@customer.example", (Role.INVOICE,), now=gate.now)

    browser = web.signed_in(Person("Cris Cole", "cris@customer.example"))

    assert numbers_of(browser.get("/invoices")) == [number]
    assert browser.get(f"/invoices/{number}").status_code == 200


def test_what_is_another_customers_looks_like_what_is_not_there(company: Company) -> None:
    anne, paul = company.web.signed_in(company.story.anne), company.web.signed_in(company.story.paul)
    trade = company.story.trade
    foreign = [f"/services/{trade.foreign}", f"/invoices/{trade.foreign_invoice}"]
    missing = [
        "/services/9999",
        "/services/999999999999999999",
        "/invoices/2026-9999",
        "/invoices/..%2f..%2fconfig.toml",
        "/invoices/1%00",
        "/invoices/",
        f"/credit-notes/{trade.paid}",
        f"/invoices/{trade.note}",
    ]

    shown = [anne.get(path) for path in (*foreign, *missing)]
    own = [paul.get(path).status_code for path in foreign]

    assert own == [200, 200]
    assert {answer.status_code for answer in shown} == {404}
    assert len({answer.content for answer in shown}) == 1


def test_counting_through_all_numbers_finds_nothing_of_others(company: Company) -> None:
    browser, trade = company.web.signed_in(company.story.paul), company.story.trade

    seen = [number for number in range(1, 12) if browser.get(f"/services/{number}").status_code == 200]
    documents = [number for number in range(1, 12) if browser.get(f"/invoices/2026-{number:04}").status_code == 200]
    notes = [number for number in range(1, 5) if browser.get(f"/credit-notes/CN-2026-{number:04}").status_code == 200]

    assert seen == [trade.foreign]
    assert documents == [int(trade.foreign_invoice[-4:])]
    assert notes == []


def test_the_first_page_counts_services_and_names_what_is_to_be_paid(company: Company) -> None:
    page = company.web.signed_in(company.story.anne).get("/")

    words = words_of(page)

    assert "6 services 3 unpaid invoices" in words
    assert "Unpaid invoices Earliest due date first" in words
    assert page.text.index(company.story.trade.part_paid) < page.text.index(company.story.trade.issued)


def test_the_staff_see_a_customer_with_balance_services_invoices_people_and_tickets(company: Company) -> None:
    browser, trade = company.web.signed_in(company.story.bart), company.story.trade
    page = browser.get("/staff/customers/1")

    words = words_of(page)

    assert words.startswith("Anne Miller Customer 1 since Mon 2 Mar, 10:00 To be paid EUR 666.14 Credit none")
    assert "Company Miller & Daughters GmbH" in words
    assert "Dora Klein <dora@customer.example> (support)" in words
    assert f'href="/staff/services/{trade.site}"' in page.text
    assert trade.issued in numbers_of(page)
    assert f'href="/staff/tickets/{company.story.mail_ticket}"' in page.text
    assert browser.get(f"/staff/invoices/{trade.foreign_invoice}").status_code == 200
    assert browser.get(f"/staff/credit-notes/{trade.note}").status_code == 200
    assert browser.get("/staff/customers/9999").status_code == 404
    assert browser.get(f"/staff/credit-notes/{trade.paid}").status_code == 404


def test_customers_and_staff_have_no_money_pages_of_each_other(company: Company) -> None:
    customer, staff = company.web.signed_in(company.story.anne), company.web.signed_in(company.story.bart)
    trade = company.story.trade

    for_customer = [
        customer.get(path).status_code
        for path in ("/staff/customers/1", "/staff/invoices", f"/staff/invoices/{trade.paid}", "/staff/services/1")
    ]
    for_staff = [staff.get(path).status_code for path in ("/services", "/invoices", f"/invoices/{trade.paid}")]

    assert for_customer == [404] * 4
    assert for_staff == [404] * 3
