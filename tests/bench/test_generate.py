"""The generator of large stores: what it writes is what the flows would have written."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, Engine, func, select

from bench.generate import Home, Size, generate, has_customers
from bench.generate.__main__ import fill
from bench.generate.making import make, make_aside
from bench.generate.rows import Beginning, newest_ids
from mailgate.config import Settings
from mailgate.flows.billing.books import Today
from mailgate.flows.billing.invoicing.plan import plan
from mailgate.mail.address import parse_mailbox
from mailgate.mail.address_token import AddressToken, Key, Purpose, unseal
from mailgate.mail.digest import content_digest
from mailgate.mail.parse import parse
from mailgate.tickets.ticket import Direction, EntryKind, State
from store import keys, people
from store.archive import Archive, Directory
from store.desk import message_ids, tickets
from store.engine import connect, reading
from store.migrations import upgrade
from store.post import outbox, spool
from store.schema import attachments, contacts, metadata
from store.schema import entries as entry_rows
from store.schema import message_ids as id_rows

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
GATE = Settings().gate
HOME = Home(GATE.company, GATE.domain, Settings().desks)


def _fill(directory: Path, size: Size) -> Engine:
    engine = connect(f"sqlite:///{directory / 'mailgate.db'}")
    upgrade(engine)
    generate(engine, size, HOME, now=NOW)
    return engine


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = _fill(tmp_path_factory.mktemp("store"), Size(tickets=120, messages=600))
    yield engine
    engine.dispose()


@pytest.fixture
def conn(store: Engine) -> Iterator[Connection]:
    with reading(store) as conn:
        yield conn


def test_there_are_as_many_tickets_and_messages_as_were_asked_for(conn: Connection) -> None:
    found = tickets.listing(conn)

    messages = conn.execute(
        select(func.count()).select_from(entry_rows).where(entry_rows.c.kind == EntryKind.MESSAGE)
    ).scalar_one()
    assert (len(found), messages, sum(ticket.messages for ticket in found)) == (120, 600, 600)


def test_no_row_names_one_that_is_not_there(conn: Connection) -> None:
    assert conn.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def test_accepted_mails_have_the_digest_and_the_headers_of_their_bytes(conn: Connection, tmp_path: Path) -> None:
    archive = Archive(Directory(tmp_path))

    for mail in spool.listing(conn, limit=50):
        raw = archive.load(conn, mail.sha256)
        message = parse(raw)

        assert not message.defects
        assert mail.size == len(raw)
        assert mail.outcome.digest == content_digest(raw)
        assert (mail.outcome.message_id, mail.outcome.subject) == (message.message_id, message.subject)
        assert mail.outcome.author == str(message.author)


def test_a_ticket_knows_every_mail_of_its_thread(conn: Connection) -> None:
    for ticket in tickets.listing(conn, limit=20):
        own = {entry.message_id for entry in tickets.history(conn, ticket.id) if entry.message_id}
        known = conn.execute(select(id_rows.c.message_id).where(id_rows.c.ticket_id == ticket.id)).scalars()

        assert own <= set(known)
        assert message_ids.referenced_by(conn, tuple(own)) == (ticket.id,)


def test_histories_begin_with_the_customer_and_run_forward(conn: Connection) -> None:
    for ticket in tickets.listing(conn):
        history = tickets.history(conn, ticket.id)

        assert history[0].direction is Direction.IN
        assert [entry.at for entry in history] == sorted(entry.at for entry in history)
        assert (ticket.opened_at, ticket.updated_at) == (history[0].at, history[-1].at)
        assert (ticket.state is State.CLOSED) == (history[-1].kind is EntryKind.EVENT)


def test_sent_mails_can_be_answered(conn: Connection) -> None:
    verifying = keys.verifying(conn)

    for row in outbox.listing(conn, limit=50):
        reply_to = row.notice.reply_to
        assert reply_to is not None
        purpose = Purpose.STAFF if row.notice.template == "notification" else Purpose.REPLY
        token = unseal(parse_mailbox(reply_to).detail, verifying, today=row.created_at.date())

        assert isinstance(token, AddressToken)
        assert token.purpose is purpose
        assert token.object_id == row.notice.ticket_id


def test_contacts_were_active_when_they_wrote_last(conn: Connection) -> None:
    wrote = select(entry_rows.c.contact_id, func.max(entry_rows.c.at)).where(entry_rows.c.contact_id.is_not(None))

    for contact_id, at in conn.execute(wrote.group_by(entry_rows.c.contact_id)):
        contact = people.find_contact(conn, contact_id)
        assert contact is not None
        assert contact.active_at == at


def test_some_mails_carry_files(conn: Connection) -> None:
    assert conn.execute(select(func.count()).select_from(attachments)).scalar_one() > 10


def test_the_same_seed_makes_the_same_store(tmp_path: Path) -> None:
    def subjects(name: str, seed: int) -> list[tuple[str, datetime]]:
        directory = tmp_path / name
        engine = _fill(directory, Size(tickets=10, messages=40, seed=seed))
        with reading(engine) as conn:
            found = [(ticket.subject, ticket.updated_at) for ticket in tickets.listing(conn)]
        engine.dispose()
        return found

    assert subjects("one", 1) == subjects("two", 1) != subjects("three", 2)


def test_a_process_aside_makes_the_same(conn: Connection) -> None:
    beginning = Beginning(newest_ids(conn), people.list_staff(conn), Key(*keys.signing(conn)))
    size = Size(tickets=5, messages=20)

    assert list(make_aside(size, HOME, beginning, NOW)) == list(make(size, HOME, beginning, NOW))


def test_a_filled_store_is_numbered_on(tmp_path: Path) -> None:
    engine = _fill(tmp_path, Size(tickets=10, messages=40))
    generate(engine, Size(tickets=5, messages=20, seed=2), HOME, now=NOW)

    with reading(engine) as conn:
        numbers = [ticket.id for ticket in tickets.listing(conn)]
        addresses = conn.execute(select(contacts.c.address)).scalars().all()
        assert has_customers(conn)
    assert numbers == list(range(1, 16))
    assert len(addresses) == len(set(addresses))
    engine.dispose()


def test_an_impossible_size_is_refused(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'mailgate.db'}")
    upgrade(engine)

    with pytest.raises(ValueError, match="at least one message"):
        generate(engine, Size(tickets=10, messages=9), HOME, now=NOW)

    with reading(engine) as conn:
        assert not any(
            conn.execute(select(func.count()).select_from(metadata.tables[name])).scalar_one()
            for name in ("customers", "tickets")
        )
    engine.dispose()


def _command(directory: Path, *options: str, of: str = "tickets") -> Result:
    config = directory / "config.toml"
    config.write_text("")
    return CliRunner().invoke(fill, ["--config", str(config), of, *options])


def test_the_command_fills_an_empty_store(tmp_path: Path) -> None:
    done = _command(tmp_path, "--tickets", "5", "--messages", "12", "--json")

    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"tickets": 5, "messages": 12, "seed": 1}


def test_the_command_adds_to_a_store_with_customers_only_when_told_so(tmp_path: Path) -> None:
    _command(tmp_path, "--tickets", "5")

    refused = _command(tmp_path, "--tickets", "5")
    added = _command(tmp_path, "--tickets", "5", "--seed", "2", "--yes")

    assert (refused.exit_code, added.exit_code) == (64, 0)
    assert "--yes" in refused.stderr
    engine = connect(f"sqlite:///{tmp_path / 'var' / 'mailgate.db'}", read_only=True)
    with reading(engine) as conn:
        assert len(tickets.listing(conn)) == 10
    engine.dispose()


def test_the_command_refuses_fewer_messages_than_tickets(tmp_path: Path) -> None:
    refused = _command(tmp_path, "--tickets", "5", "--messages", "4")

    assert refused.exit_code == 64


def test_the_command_makes_a_shop_up_that_a_run_can_bill(tmp_path: Path) -> None:
    done = _command(tmp_path, "--customers", "3", "--services", "7", "--due", "2026-03-15", "--json", of="billing")
    refused = _command(tmp_path, "--customers", "3", of="billing")

    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"customers": 3, "services": 7, "due_on": "2026-03-15"}
    assert (refused.exit_code, "--yes" in refused.stderr) == (64, True)
    engine = connect(f"sqlite:///{tmp_path / 'var' / 'mailgate.db'}")
    planned = plan(engine, Settings(), Today(datetime(2026, 3, 5, 12, tzinfo=UTC)))
    assert (planned.tally.invoices, planned.left_out) == (3, {})
    engine.dispose()


def test_the_command_refuses_fewer_services_than_customers(tmp_path: Path) -> None:
    assert _command(tmp_path, "--customers", "5", "--services", "4", of="billing").exit_code == 64
