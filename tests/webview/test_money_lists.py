"""Lists of services and invoices of any length, and what their pages ask of the store."""

import gzip
import random
import re
from datetime import date

import pytest
from sqlalchemy import event, insert, select

from mailgate.flows.billing.service.add import Sold
from store.engine import reading, transaction
from store.schema import invoices as invoice_rows
from store.schema import services
from store.views.documents import Standing
from tests.gate import Gate, Person
from tests.webview.company import ON_BOTH, Company
from tests.webview.reading import numbers_of
from tests.webview.test_crawl import MAX_GZIP
from tests.webview.test_long_lists import turn_all
from tests.webview.trade import open_shop, sell
from tests.webview.web import Web

pytestmark = ON_BOTH

JANUARY = date(2026, 1, 10)


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


def test_no_page_of_a_customer_looks_through_the_invoices_of_others(web: Web, gate: Gate, anne: Person) -> None:
    if web.engine.dialect.name != "sqlite":
        pytest.skip("a server goes by its statistics, which a store of two invoices does not have")
    open_shop(gate)
    service, number = sell(gate, 1, JANUARY, Sold("web-s", 1))
    asked: list[tuple[str, tuple[object, ...]]] = []
    browser = web.signed_in(anne)
    paths = ["/", "/invoices", "/credit-notes", f"/invoices/{number}", f"/services/{service}", "/domains"]
    paths += [f"/invoices?status={one.value}" for one in Standing]

    def note(_conn: object, _cursor: object, statement: str, values: tuple[object, ...], *_: object) -> None:
        asked.append((statement, values))

    event.listen(web.engine, "before_cursor_execute", note)
    answers = [browser.get(path).status_code for path in paths]
    event.remove(web.engine, "before_cursor_execute", note)
    with reading(web.engine) as conn:
        plans = {
            f"{row[3]}: {statement}"
            for statement, values in asked
            if "FROM invoices" in statement
            for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        }

    assert set(answers) == {200}
    assert len(plans) > 8
    assert [plan for plan in plans if re.match(r"SCAN invoices|.*uq_invoices_kind|.*ix_invoices_state", plan)] == []
