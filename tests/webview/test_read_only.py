"""The web view cannot write: not by its handle, and not by any request."""

import pytest
from sqlalchemy import Table
from sqlalchemy.exc import OperationalError

from store.engine import connect, reading
from store.schema import metadata
from tests.webview.company import Company
from tests.webview.crawler import crawl

WRITES = (
    "UPDATE tickets SET state = 'closed'",
    "DELETE FROM entries",
    "CREATE TABLE more (id INTEGER)",
    "DROP TABLE outbox",
    "PRAGMA user_version = 7",
    "VACUUM",
)


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=str)
def test_no_row_can_be_inserted_by_the_handle_of_the_web_view(company: Company, table: Table) -> None:
    with reading(company.web.engine) as conn, pytest.raises(OperationalError, match="readonly"):
        conn.exec_driver_sql(f"INSERT INTO {table.name} DEFAULT VALUES")


@pytest.mark.parametrize("statement", WRITES)
def test_no_statement_writes_by_the_handle_of_the_web_view(company: Company, statement: str) -> None:
    before = company.web.digest()

    with company.web.engine.connect() as conn, pytest.raises(OperationalError):
        conn.exec_driver_sql(statement)

    assert company.web.digest() == before


def test_the_handle_cannot_be_talked_into_writing(company: Company) -> None:
    engine = connect(company.gate.parts.settings.store.url, read_only=True)

    with engine.connect() as conn:
        conn.exec_driver_sql("PRAGMA query_only=OFF")
        with pytest.raises(OperationalError, match="readonly"):
            conn.exec_driver_sql("UPDATE tickets SET state = 'closed'")
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
