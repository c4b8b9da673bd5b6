"""The same search on SQLite and on PostgreSQL: what is found, in which order, and what the index keeps."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, func, insert, select

from mailgate.tickets.search_query import read_query
from mailgate.tickets.ticket import Direction, EntryKind, NewAttachment, NewEntry, State
from store import people
from store.desk import tickets
from store.engine import reading, transaction
from store.schema import blobs, search_documents, search_marks
from store.search import index as search
from store.search.index import Kind
from store.views import found
from store.views.paging import Turn

BEGIN = datetime(2026, 3, 2, 10, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
FILE = NewAttachment("a.txt", "text/plain", 3, "0" * 64, inline=False, content_id=None)

CUSTOMERS = ("Ann Müller", "Paul Stone")
TICKETS: Sequence[tuple[int, str, str, EntryKind, tuple[NewAttachment, ...]]] = (
    (1, "No mail since Monday", "Every mail to info@customer.example is refused: disk quota.", EntryKind.MESSAGE, ()),
    (1, "Größere Platte", "Die Festplatte ist voll, bitte 10 GB mehr.", EntryKind.MESSAGE, (FILE,)),
    (2, "Disk is full", "Nothing can be written: full disk.", EntryKind.MESSAGE, ()),
    (2, "Internal", "The disk of web3 is too small.", EntryKind.NOTE, ()),
    (2, "服务器", "磁盘已满，网站不能访问。", EntryKind.MESSAGE, ()),
)  # fmt: skip


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """A company of a test's own."""
    return fill(engine)


@pytest.fixture(scope="module")
def company(shared_engine: Engine) -> Engine:
    """A company that is only read."""
    return fill(shared_engine)


def fill(engine: Engine) -> Engine:
    """Two customers with five tickets, an hour apart, indexed."""
    with transaction(engine) as conn:
        conn.execute(insert(blobs).values(sha256="0" * 64, size=3, content=b"log"))
        for name in CUSTOMERS:
            address = f"{name.split()[0].lower()}@customer.example"
            people.add_customer(
                conn, name, address, country=None, currency="EUR", timezone="UTC", language="en", now=BEGIN
            )
        for number, (customer_id, subject, text, kind, files) in enumerate(TICKETS):
            at = BEGIN + timedelta(hours=number)
            entry = NewEntry(
                kind=kind, author_name=CUSTOMERS[customer_id - 1], author_address="x@customer.example", text=text,
                direction=Direction.IN if kind is EntryKind.MESSAGE else None, attachments=files,
            )  # fmt: skip
            tickets.open_ticket(
                conn, entry, event=None, desk="support" if number else "billing", customer_id=customer_id,
                subject=subject, participant=None, linked_to=None, now=at,
            )  # fmt: skip
    index(engine)
    return engine


def index(engine: Engine) -> None:
    with transaction(engine) as conn:
        while search.index_marked(conn, limit=3):
            pass


def hits(engine: Engine, typed: str, kind: Kind = Kind.TICKET, turn: Turn | None = None) -> list[int]:
    with reading(engine) as conn:
        page = found.find(conn, read_query(typed), kind, turn or Turn(), zone=BERLIN)
    return [hit.id for hit in page.rows]


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("disk", [4, 3, 1]),
        ("dis", [4, 3, 1]),
        ("disk full", [3]),
        ('"disk full"', []),
        ('"disk is full"', [3]),
        ("disk -quota", [4, 3]),
        ('disk -"full disk" -quota', [4]),
        ("-disk", [5, 2]),
        ("info@customer.example", [1]),
        ("info@cust", [1]),
        ("grosser", [2]),
        ("GRÖSS", [2]),
        ("磁盘", [5]),
        ("盘磁", []),
        ("from:muller", [2, 1]),
        ("from:mull disk", [1]),
        ("from:uller", []),
        ("has:file", [2]),
        ("desk:billing", [1]),
        ("desk:support disk", [4, 3]),
        ("customer:stone", [5, 4, 3]),
        ("customer:1", [2, 1]),
        ('customer:"ann muller" disk', [1]),
        ("customer:nobody", []),
        ("after:2026-03-03", []),
        ("before:2026-03-02", []),
        ("after:2026-03-02 before:2026-03-03 disk", [4, 3, 1]),
        ("status:open disk", [4, 3, 1]),
        ("status:closed", []),
        ("disk' OR 1=1 --", []),
        ("disk:* | !full & ()", [3]),
        ("NEAR(disk quota)", []),
        ("zzz", []),
    ],
)
def test_words_phrases_and_operators_find_the_same_on_both(company: Engine, typed: str, numbers: list[int]) -> None:
    assert hits(company, typed) == numbers


def test_customers_are_found_by_name_and_address(company: Engine) -> None:
    assert hits(company, "muller", Kind.CUSTOMER) == [1]
    assert hits(company, "paul@customer", Kind.CUSTOMER) == [2]
    assert hits(company, "muller status:open", Kind.CUSTOMER) == []


def test_a_day_begins_in_the_zone_of_the_gate(filled: Engine) -> None:
    late = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)  # the 5th in Berlin
    with transaction(filled) as conn:
        tickets.lock(conn, (1,))
        ticket = tickets.find(conn, 1)
        assert ticket
        entry = NewEntry(kind=EntryKind.MESSAGE, author_name="Ann", author_address=None, text="late words")
        tickets.append(conn, ticket, entry, event=None, now=late)
    index(filled)

    assert hits(filled, "late after:2026-03-05") == [1]
    assert hits(filled, "late before:2026-03-05") == []


def test_messages_of_one_ticket_are_one_hit_and_pages_follow_each_other(engine: Engine) -> None:
    with transaction(engine) as conn:
        for number in range(120):
            at = BEGIN + timedelta(minutes=number)
            one, two = (
                NewEntry(kind=EntryKind.MESSAGE, author_name="Ann", author_address=None, text=text)
                for text in ("one", "two")
            )
            _, ticket = tickets.open_ticket(
                conn, one, event=None, desk="support", customer_id=None, subject="Disk", participant=None,
                linked_to=None, now=at,
            )  # fmt: skip
            tickets.append(conn, ticket, two, event=None, now=at)
    index(engine)

    seen: list[int] = []
    turn = Turn()
    with reading(engine) as conn:
        while True:
            page = found.find(conn, read_query("disk"), Kind.TICKET, turn, zone=BERLIN)
            seen += [hit.id for hit in page.rows]
            if not page.onward:
                break
            turn = Turn(after=page.onward)

    assert seen == list(range(120, 0, -1))


def test_what_is_removed_is_found_no_more(filled: Engine) -> None:
    with transaction(filled) as conn:
        search.remove(conn, Kind.TICKET, (3,))

    assert hits(filled, "disk") == [4, 1]


def test_a_row_that_changes_is_found_by_what_it_is_now(filled: Engine) -> None:
    with transaction(filled) as conn:
        people.add_contact(conn, 2, "Eric Zander", "eric@stone.example", (), now=BEGIN)
    index(filled)

    assert hits(filled, "zander", Kind.CUSTOMER) == [2]
    with reading(filled) as conn:
        kinds = conn.execute(select(search_documents.c.kind, func.count()).group_by("kind")).all()
    assert {row[0]: row[1] for row in kinds} == {"ticket": 5, "customer": 2}


def test_the_index_made_anew_is_the_same(filled: Engine) -> None:
    before = [hits(filled, typed) for typed in ("disk", "-disk", "customer:stone")]

    with transaction(filled) as conn:
        search.remove(conn, Kind.TICKET, (1,))
        search.mark_all(conn)
    index(filled)

    assert [hits(filled, typed) for typed in ("disk", "-disk", "customer:stone")] == before


def test_events_are_not_searched(filled: Engine) -> None:
    with transaction(filled) as conn:
        tickets.lock(conn, (1,))
        ticket = tickets.find(conn, 1)
        assert ticket
        assert ticket.state is State.OPEN
        entry = NewEntry(kind=EntryKind.EVENT, author_name="mailgate", author_address=None, text="xylophone")
        tickets.append(conn, ticket, entry, event=None, now=BEGIN)
        marked = conn.execute(select(search_marks)).all()

    assert marked == []
