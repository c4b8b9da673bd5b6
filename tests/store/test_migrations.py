"""The migrations make the schema that the code knows, once, whoever asks and how often."""

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, select, text

from mailgate.confirmation import Answer, Line, Needed, Says, Whom
from store import migrations
from store.billing import services
from store.engine import connect, reading, transaction
from store.migrations import StoreTooNew, current, is_current, upgrade
from store.post import confirmations
from store.schema import keys, metadata

UPGRADE = """
import sys
from store.engine import connect
from store.migrations import upgrade
engine = connect(sys.argv[1])
sys.stdin.readline()
print(upgrade(engine))
"""


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Engine]:
    """A store without a table."""
    engine = connect(f"sqlite:///{tmp_path / 'mailgate.db'}")
    yield engine
    engine.dispose()


def is_ours(table: str | None, *_: object) -> bool:
    """Not of the full-text index, which SQLite keeps in tables of its own."""
    return not (table or "").startswith("search_index")


def differences(conn: Connection) -> list[object]:
    """Where the store is not what the schema says."""
    context = MigrationContext.configure(conn, opts={"include_name": is_ours})
    return list(compare_metadata(context, metadata))


def test_an_empty_store_becomes_what_the_schema_says(empty: Engine) -> None:
    upgrade(empty)

    with reading(empty) as conn:
        assert differences(conn) == []
        assert set(filter(is_ours, inspect(conn).get_table_names())) - set(metadata.tables) == {"alembic_version"}


def test_a_store_of_the_first_version_keeps_its_tickets(empty: Engine) -> None:
    with transaction(empty) as conn:
        upgrade_to(conn, "0001")
        ticket = "'support', 'Quota', 'open', 1, '2026-03-02', '2026-03-02'"
        conn.execute(
            text(f"INSERT INTO tickets (desk, subject, state, messages, opened_at, updated_at) VALUES ({ticket})")
        )
        entry = "1, 'message', '2026-03-02', 'Anne', 'It is full.', 0"
        conn.execute(text(f"INSERT INTO entries (ticket_id, kind, at, author_name, text, automatic) VALUES ({entry})"))

    upgrade(empty)

    with reading(empty) as conn:
        assert differences(conn) == []
        assert conn.execute(text("SELECT text, cut_away FROM entries")).all() == [("It is full.", None)]


OLD_LINES = [
    ("closed", "closed by Bart Jones", True),
    ("reopened", "reopened by a reply of Anne Miller <Anne@Customer.example>", True),
    (None, "mail 3 to anne@customer.example was not delivered: 550 <anne@customer.example>: no such user.", True),
    (None, "dora@friend.example gets no more mails of this ticket", True),
    (None, "mail 5 of Anne: #1 is closed", True),
    (None, "mail 4 to bart@hosting.example was not delivered: 550 no", False),
    (None, "mail 4 to BART@HOSTING.EXAMPLE was not delivered: 550 no", False),
    (None, "#7 by Cris <cris@stranger.example> names this ticket", False),
    ("merged", "merged into #2 by Bart Jones", False),
    (None, "opened, linked to #99999999999999999999999999999999: its author takes no part", False),
    ("assigned", "assigned to Bart Jones by Bart Jones", False),
]


def test_lines_from_before_values_were_kept_are_shown_to_customers_as_until_now(empty: Engine) -> None:
    with transaction(empty) as conn:
        upgrade_to(conn, "0008")
        customer = "1, 'Anne', 'EUR', 'Europe/Berlin', 'en', 0, '2026-03-02'"
        fill(conn, "customers (id, name, currency, timezone, language, epoch, created_at)", customer)
        contact = "1, 1, 'Anne', 'anne@customer.example', 'anne@customer.example', '[]', '2026-03-02'"
        fill(conn, "contacts (id, customer_id, name, address, address_key, roles, active_at)", contact)
        ticket = "1, 1, 'support', 'Quota', 'open', 1, '2026-03-02', '2026-03-02'"
        fill(conn, "tickets (id, customer_id, desk, subject, state, messages, opened_at, updated_at)", ticket)
        reader = "1, 'dora@friend.example', 'Dora', 'Dora@friend.example'"
        fill(conn, "participants (ticket_id, address_key, name, address)", reader)
        line = text(
            "INSERT INTO entries (ticket_id, kind, at, author_name, text, automatic, event)"
            " VALUES (1, :kind, '2026-03-02', 'mailgate', :text, 0, :event)"
        )
        conn.execute(line, [{"kind": "event", "event": event, "text": words} for event, words, _ in OLD_LINES])
        conn.execute(line, {"kind": "note", "event": "staff noted", "text": "closed by Bart Jones"})

    upgrade(empty)

    with reading(empty) as conn:
        rows = conn.execute(text("SELECT event, text, for_customers, details FROM entries ORDER BY id")).all()
    assert [(row.event, row.text, row.for_customers == 1) for row in rows[:-1]] == OLD_LINES
    assert {row.details for row in rows} == {None}
    assert rows[-1].for_customers is None


def test_a_question_that_was_asked_before_keeps_its_nonce_and_its_words(empty: Engine) -> None:
    nonce = 7
    old: dict[str, object] = {
        "kind": "close",
        "details": "{}",
        "statement": "ticket #1 is closed",
        "cost": "nothing",
        "evidence": "D",
    }
    old |= {"staff_id": 1, "spool_id": 1, "returned": True}
    with transaction(empty) as conn:
        upgrade_to(conn, "0008")
        add(conn, "blobs", sha256="1")
        add(conn, "spool", id=1, sha256="1")
        add(conn, "staff", id=1)
        for number, state in enumerate(("open", "done", "refused"), 1):
            digest = hashlib.sha256((nonce * number).to_bytes(8, "big")).hexdigest()
            answered = None if state == "open" else "2026-03-02 10:00:00"
            add(conn, "confirmations", id=number, **old, nonce_sha256=digest, state=state, answered_at=answered)

    upgrade(empty)

    with reading(empty) as conn:
        found = [confirmations.with_nonce(conn, nonce * number) for number in (1, 2, 3)]
        assert differences(conn) == []
    [(asked, askee), (_, said_yes), (_, said_no)] = [one for one in found if one]
    assert (asked.statement, asked.cost) == ((Line(Says.SAID, {"words": "ticket #1 is closed"}),), "")
    assert (asked.needed, asked.state, askee.whom, askee.returned) == (Needed.ALL, "open", Whom(staff_id=1), True)
    assert (askee.answer, said_yes.answer, said_no.answer) == (None, Answer.YES, Answer.NO)


def test_a_service_that_was_sold_before_there_were_promotions_costs_what_it_did(empty: Engine) -> None:
    with transaction(empty) as conn:
        upgrade_to(conn, "0024")
        customer = "1, 'Anne', 'EUR', 'Europe/Berlin', 'en', 0, '2026-03-02'"
        fill(conn, "customers (id, name, currency, timezone, language, epoch, created_at)", customer)
        add(conn, "products", id=1, sku="web", digest="d", kind="hosting", name="Web", tax_included=0, align=1)
        add(
            conn, "services", id=1, customer_id=1, product_id=1, name="Web", currency="EUR", months=1,
            price_minor=1000, state="active", started_on="2026-03-02", anchor_on="2026-03-02",
            billed_through="2026-04-02",
        )  # fmt: skip

    upgrade(empty)

    with reading(empty) as conn:
        assert differences(conn) == []
        kept = services.get(conn, 1)
        assert (kept.price_on(date(2026, 4, 2)), kept.discount) == (1000, None)


def upgrade_to(conn: Connection, revision: str) -> None:
    """Bring a store to an older schema."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.attributes["connection"] = conn
    command.upgrade(config, revision)


def fill(conn: Connection, table: str, values: str) -> None:
    """Insert a row."""
    conn.execute(text(f"INSERT INTO {table} VALUES ({values})"))


def add(conn: Connection, table: str, **values: object) -> None:
    """A row of which the other columns do not matter."""
    for column in inspect(conn).get_columns(table):
        if not column["nullable"] and column["default"] is None:
            values.setdefault(column["name"], "2026-03-02 09:00:00" if "AT" in str(column["type"]) else "[]")
    names = ", ".join(values)
    conn.execute(text(f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{name}' for name in values)})"), values)


def test_whoever_was_told_of_the_move_before_is_not_told_again(empty: Engine) -> None:
    with transaction(empty) as conn:
        upgrade_to(conn, "0029")
        for number in (1, 2):
            add(conn, "customers", id=number, name="Anne", currency="EUR", timezone="UTC", language="en")
        for day, template, number in (("02", "migrated", 1), ("03", "migrated", 1), ("04", "welcome", 2)):
            written = {"created_at": f"2026-03-{day} 09:00:00", "message_id": f"{day}@x.example", "attempts": 1}
            add(conn, "outbox", id=int(day), template=template, customer_id=number, **written)

    upgrade(empty)

    with reading(empty) as conn:
        told = conn.execute(text("SELECT customer_id, wave, told_at FROM move_notices")).all()
        names = conn.execute(text("SELECT template FROM outbox ORDER BY id")).scalars().all()
    assert [tuple(row) for row in told] == [(1, 0, "2026-03-02 09:00:00")]
    assert names == ["account-migrated", "account-migrated", "welcome"]


def test_a_second_upgrade_does_nothing(empty: Engine) -> None:
    first = upgrade(empty)
    with reading(empty) as conn:
        made = conn.execute(select(keys)).all()

    second = upgrade(empty)

    with reading(empty) as conn:
        assert (first, second) == (True, False)
        assert conn.execute(select(keys)).all() == made
        assert is_current(conn)


def test_the_newest_revision_is_the_one_that_the_code_names() -> None:
    assert ScriptDirectory(str(Path(migrations.__file__).parent)).get_current_head() == migrations.HEAD


def test_a_store_of_a_later_version_is_left_alone(engine: Engine) -> None:
    with transaction(engine) as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StoreTooNew, match="9999"):
        upgrade(engine)


def test_an_empty_store_has_no_revision(empty: Engine) -> None:
    with reading(empty) as conn:
        assert current(conn) is None
        assert not is_current(conn)


def test_of_two_processes_that_upgrade_at_once_one_does(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'mailgate.db'}"
    command = [sys.executable, "-c", UPGRADE, url]
    both = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]

    for process in both:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=30)[0].strip() for process in both]

    engine = connect(url, must_exist=True)
    with reading(engine) as conn:
        assert differences(conn) == []
        assert len(conn.execute(select(keys)).all()) == 1
    engine.dispose()
    assert sorted(said) == ["False", "True"]
