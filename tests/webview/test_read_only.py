"""The web view cannot write: not by its handle, and not by any request."""

import pytest
from sqlalchemy import Table
from sqlalchemy.exc import DBAPIError

from store.engine import connect_for_pages, reading
from store.schema import metadata
from tests.webview.company import ON_BOTH, Company
from tests.webview.crawler import crawl

pytestmark = ON_BOTH

WRITES = (
    "UPDATE tickets SET state = 'closed'",
    "DELETE FROM entries",
    "CREATE TABLE more (id INTEGER)",
    "DROP TABLE outbox",
    "VACUUM",
)
REFUSED = "readonly|read-only|permission denied|must be owner|a transaction|cannot be executed"
SWITCHED_OFF = ("PRAGMA query_only=OFF", "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE")


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=str)
def test_no_row_can_be_inserted_by_the_handle_of_the_web_view(company: Company, table: Table) -> None:
    with reading(company.web.engine) as conn, pytest.raises(DBAPIError, match=REFUSED):
        conn.exec_driver_sql(f"INSERT INTO {table.name} DEFAULT VALUES")


@pytest.mark.parametrize("statement", WRITES)
def test_no_statement_writes_by_the_handle_of_the_web_view(company: Company, statement: str) -> None:
    before = company.web.digest()

    with company.web.engine.connect() as conn, pytest.raises(DBAPIError, match=REFUSED):
        conn.exec_driver_sql(statement)

    assert company.web.digest() == before


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=str)
def test_the_handle_cannot_be_talked_into_writing(company: Company, table: Table) -> None:
    engine = connect_for_pages(company.gate.parts.settings.pages_url, at_once=1)
    is_file = engine.dialect.name == "sqlite"
    switch = SWITCHED_OFF[not is_file]
    autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")

    with (engine if is_file else autocommit).connect() as conn:
        conn.exec_driver_sql(switch)
        for statement in (f"DELETE FROM {table.name}", f"INSERT INTO {table.name} DEFAULT VALUES"):
            with pytest.raises(DBAPIError, match="readonly" if is_file else "permission denied for table"):
                conn.exec_driver_sql(statement)
    engine.dispose()


@pytest.mark.parametrize("who", ["anne", "dora", "bart"])
def test_reading_every_page_and_trying_every_method_leaves_the_store_as_it_was(company: Company, who: str) -> None:
    before = company.web.digest()
    browser = company.web.signed_in(getattr(company.story, who))
    submitted = len(company.web.submitted)

    paths = list(crawl(browser, "/staff/" if who == "bart" else "/"))
    answers = [
        browser.request(method, path, data={"_method": "delete", "state": "closed"}).status_code
        for path in paths
        for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    ]

    assert len(paths) > 10
    assert set(answers) <= {405, 422}  # 422: the sign-in form, with no address in it
    assert company.web.digest() == before
    assert len(company.web.submitted) == submitted
