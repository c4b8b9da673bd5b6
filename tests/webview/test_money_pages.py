"""Services, domains, invoices and credit notes on pages: what they say, and that nothing of it is reckoned there."""

import gzip
import html
import json
import random
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from sqlalchemy import insert, select, update

from mailgate.billing.invoice import DocumentState
from mailgate.flows.billing import settle, take_back
from mailgate.flows.billing.service.add import Sold
from mailgate.people import Role
from store import people
from store.billing import invoices
from store.engine import reading, transaction
from store.schema import contacts, customers, services
from store.schema import invoices as invoice_rows
from tests.gate import BeginGate, Gate, Person
from tests.webview.company import ON_BOTH, Company
from tests.webview.test_crawl import MAX_GZIP
from tests.webview.test_long_lists import turn_all
from tests.webview.trade import dealing, find, issued_as, open_shop, pay, sell
from tests.webview.web import Web, links_of, running_web

pytestmark = ON_BOTH

JANUARY = date(2026, 1, 10)


def words_of(page: httpx.Response) -> str:
    """What a reader reads, on one line."""
    return _plain(page.text.partition("<main")[2].partition("</main>")[0].partition(">")[2])


def row_of(page: httpx.Response, name: str) -> str:
    """The words of the row of a table that names something."""
    rows = re.findall(r'<tr role="row">.*?</tr>', page.text, re.DOTALL)
    return next(row for row in map(_plain, rows) if row.startswith(name))


def _plain(page: str) -> str:
    text = re.sub(r"<[^>]+>", " ", re.sub(r"</?(?:bdi|time)\b[^>]*>", "", page))
    return " ".join(html.unescape(text).replace("\u00a0", " ").split())


def numbers_of(page: httpx.Response) -> list[str]:
    """The invoices of a list."""
    return re.findall(r'href="/(?:staff/)?invoices/([^"?]+)"><bdi', page.text)


def test_services_are_listed_with_state_price_and_next_due_date_and_past_ones_last(company: Company) -> None:
    page = company.web.signed_in(company.story.anne).get("/services")

    assert (
        row_of(page, "customer.example")
        == "customer.example Web M · customer.example ↗ Active 10 Apr 2026 EUR 11.90 monthly"
    )
    assert row_of(page, "old.example").endswith("Cancelled ended 30 Jan 2026 EUR 4.90 monthly")
    assert row_of(page, "build machine") == "build machine VPS 2 Suspended EUR 12.50 monthly"
    assert row_of(page, "Care") == "Care Pending EUR 490.00 yearly"
    assert page.text.index("old.example") > page.text.index("build machine")
    assert "miller-daughters.com" not in page.text


def test_the_legend_has_a_word_and_a_class_for_each_state(company: Company) -> None:
    page = company.web.signed_in(company.story.anne).get("/services").text

    legend = page.partition('<p class="legend">')[2].partition("</p>")[0]

    assert re.findall(r'<span class="chip service (\w+)">(\w+)</span>', legend) == [
        ("active", "Active"),
        ("pending", "Pending"),
        ("suspended", "Suspended"),
        ("cancelled", "Cancelled"),
        ("terminated", "Terminated"),
    ]


@pytest.mark.parametrize(("state", "names"), [("suspended", ["build machine"]), ("terminated", []), ("strange", None)])
def test_services_of_one_state_are_listed_alone(company: Company, state: str, names: list[str] | None) -> None:
    page = company.web.signed_in(company.story.anne).get("/services", params={"status": state})

    listed = re.findall(r'<a href="/services/\d+" dir="auto">([^<]+)</a>', page.text)

    assert page.status_code == 200
    assert listed == names if names is not None else len(listed) == 6


def test_a_domain_opens_its_site_in_a_new_window_that_learns_nothing_of_this_one(company: Company) -> None:
    page = company.web.signed_in(company.story.anne).get("/services").text

    assert '<a href="http://customer.example/" target="_blank" rel="noopener" ' in page


@pytest.mark.parametrize(
    "domain",
    ["javascript:alert(1)", "a b.example", '"><script>', "evil.example/path", "10.0.0.1", "localhost", "x" * 300],
)
def test_what_is_no_domain_stays_text(web: Web, gate: Gate, anne: Person, domain: str) -> None:
    open_shop(gate)
    sell(gate, 1, JANUARY, Sold("web-s", 1, name="Site", domain=domain))

    page = web.signed_in(anne).get("/services").text

    assert "_blank" not in page
    assert "<script" not in page


def test_a_service_shows_limits_options_add_ons_price_and_its_documents(company: Company) -> None:
    trade = company.story.trade
    page = company.web.signed_in(company.story.anne).get(f"/services/{trade.site}")

    words = words_of(page)

    assert words.startswith(
        "customer.example Active Product Web M Site customer.example ↗ Price EUR 11.90 monthly (without tax)"
    )
    assert "Since 10 Jan 2026 Next due 10 Apr 2026" in words
    assert "Disk 50 GB Databases 10" in words
    assert "Mailboxes 60 (50 come with the product)" in words
    assert "Add-ons They end with it" in words
    assert f'href="/services/{trade.certificate}"' in page.text
    assert trade.paid in numbers_of(page)


def test_a_domain_shows_when_it_was_registered_when_it_expires_and_what_was_paid(company: Company) -> None:
    page = company.web.signed_in(company.story.anne).get("/domains")

    row = row_of(page, "miller-daughters.com")

    assert "registered 12 Jan 2026" in row
    assert "Active 12 Jan 2027 EUR 14.90 paid 2026-0002" in row
    assert "customer.example" not in page.text.partition("<main")[2].partition("</main>")[0]


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
    assert "Unpaid invoices What is due first comes first" in words
    assert page.text.index(company.story.trade.part_paid) < page.text.index(company.story.trade.issued)


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
    _, number = sell(gate, 1, JANUARY, Sold("web-s", 1))
    with dealing(gate, 1, JANUARY) as deal:
        settle.give(deal.conn, 1, "EUR", 1000, reason="sorry", by="tests", on=deal.day, now=deal.now)
    browser, staff = web.signed_in(anne), web.signed_in(bart)
    before = words_of(browser.get("/invoices"))
    with dealing(gate, 1, JANUARY) as deal:
        settle.use_credit(deal.conn, 1, today=deal.day, now=deal.now)

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


def test_amounts_of_a_currency_without_and_with_three_digits_are_whole(web: Web, gate: Gate) -> None:
    people_of = {}
    for number, (name, currency) in enumerate((("Aiko", "JPY"), ("Badr", "KWD")), 1):
        people_of[currency] = gate.customer(name, f"{name.lower()}@customer.example")
        open_shop(gate)
        with transaction(gate.parts.engine) as conn:
            where = customers.c.id == number
            conn.execute(update(customers).where(where).values(currency=currency))
        sell(gate, number, JANUARY, Sold("web-s", 1))

    yen, dinars = (words_of(web.signed_in(people_of[one]).get("/services")) for one in ("JPY", "KWD"))

    assert "JPY 800 monthly" in yen
    assert "KWD 1.650 monthly" in dinars


def many(gate: Gate, count: int, name: str) -> None:
    """Copies of the only service and invoice that there are, under other numbers."""
    with transaction(gate.parts.engine) as conn:
        service = dict(conn.execute(select(services)).mappings().one())
        document = dict(conn.execute(select(invoice_rows)).mappings().one())
        del service["id"], document["id"]
        conn.execute(
            insert(services),
            [{**service, "name": name[n:], "domain": f"{n}.example", "external_id": str(n)} for n in range(count)],
        )
        conn.execute(
            insert(invoice_rows),
            [{**document, "serial": 1000 + n, "number": f"2026-{1000 + n}"} for n in range(count)],
        )


def test_long_lists_are_turned_page_by_page_and_no_page_is_too_heavy(
    web: Web, gate: Gate, anne: Person, bart: Person
) -> None:
    open_shop(gate)
    sell(gate, 1, JANUARY, Sold("web-s", 1))
    ideographs = "".join(random.Random(3).choices([chr(code) for code in range(0x4E00, 0x9000)], k=5_000))
    many(gate, 120, ideographs)
    customer, staff = web.signed_in(anne), web.signed_in(bart)

    of_services = turn_all(customer, "/services")
    of_invoices = turn_all(customer, "/invoices?status=late")
    for_staff = [*turn_all(staff, "/staff/customers/1/services"), *turn_all(staff, "/staff/invoices")]
    others = [customer.get("/"), staff.get("/staff/customers/1")]

    listed = [int(one) for page in of_services for one in re.findall(r'<a href="/services/(\d+)" dir', page.text)]
    numbers = [number for page in of_invoices for number in numbers_of(page)]
    assert sorted(listed) == list(range(1, 122))
    assert listed == sorted(listed, reverse=True)
    assert len(numbers) == len(set(numbers)) == 121
    assert (
        max(len(gzip.compress(page.content)) for page in (*of_services, *of_invoices, *for_staff, *others)) <= MAX_GZIP
    )


@pytest.mark.parametrize("place", ["x", "9" * 19, "99999999999999999999", "-1", "newest", "1.2"])
def test_a_place_that_is_nonsense_means_some_page_and_no_failure(company: Company, place: str) -> None:
    customer, staff = company.web.signed_in(company.story.anne), company.web.signed_in(company.story.bart)

    answers = [
        browser.get(path, params={way: place})
        for browser, paths in (
            (customer, ("/services", "/domains", "/invoices", "/credit-notes")),
            (staff, ("/staff/invoices", "/staff/customers/1/services", "/staff/customers/1/invoices")),
        )
        for path in paths
        for way in ("after", "before")
    ]

    assert {answer.status_code for answer in answers} == {200}


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
