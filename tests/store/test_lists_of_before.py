"""What a store of the ninth version had in the values of its mails stands in rows after the upgrade."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

from mailgate.letters.kind import Template
from mailgate.letters.notice import gist_of
from store import migrations
from store.desk import proposals, staff_acts
from store.engine import connect, reading, transaction
from store.migrations import upgrade
from store.post import lists, outbox

AT = datetime(2026, 3, 2, 8, 0, 7, tzinfo=UTC)
SECONDS = int((AT - datetime(2020, 1, 1, tzinfo=UTC)).total_seconds())
"""By what lists were numbered: doubled, and one more for the queue."""


@pytest.fixture
def before(tmp_path: Path) -> Iterator[Engine]:
    """A store of the ninth version with Bart, a ticket, and what he and its owner got."""
    engine = connect(f"sqlite:///{tmp_path / 'mailgate.db'}")
    with transaction(engine) as conn:
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        config.attributes["connection"] = conn
        command.upgrade(config, "0009")
        member = "'Bart', 'Bart@hosting.example', 'bart@hosting.example', '2026-01-01'"
        conn.execute(text(f"INSERT INTO staff (name, address, address_key, created_at) VALUES ({member})"))
        ticket = "'support', 'Quota', 'open', 1, '2026-03-02', '2026-03-02'"
        conn.execute(
            text(f"INSERT INTO tickets (desk, subject, state, messages, opened_at, updated_at) VALUES ({ticket})")
        )
        mail(conn, "held-alert", {"ids": [9, 4], "daily": True})
        mail(conn, "held-alert", {"ids": [9, 4], "daily": True})  # two looked at once
        mail(conn, "queue", {"numbers": [1], "daily": False})
        mail(conn, "collision", {"mail_id": 12, "text": "Try again."}, ticket_id=1)
        mail(conn, "returned", {"text": "!frobnicate", "lines": []}, ticket_id=1)
        mail(conn, "decided", {"obstacle": "There is no decision in it.", "lines": [{"line": "hm"}]})
        mail(conn, "acknowledgement", {"proposed": [{"words": "Dora@customer.example"}]}, "anne@c.example", 1)
        mail(conn, "acknowledgement", {"proposed": []}, "anne@c.example", 1)
        mail(conn, "held-alert", {}, "gone@erased.invalid")
    yield engine
    engine.dispose()


def mail(
    conn: Connection,
    template: str,
    values: dict[str, object],
    to: str = "bart@hosting.example",
    ticket_id: int | None = None,
) -> None:
    """A row of the outbox as it was."""
    notice = {"template": template, "to_address": to, "values": values, "attachments": [], "references": []}
    names = "created_at, template, notice, to_address, to_key, reverse_path, message_id, ticket_id, state, attempts"
    statement = f"INSERT INTO outbox ({names}) VALUES (:at, :template, :notice, :to, :to, '', :id, :ticket, 'sent', 1)"
    number = conn.execute(text("SELECT count(*) FROM outbox")).scalar_one()
    conn.execute(
        text(statement),
        {
            "at": AT.replace(tzinfo=None).isoformat(" ", "microseconds"),
            "template": template,
            "notice": json.dumps(notice),
            "to": to,
            "id": f"o.{number}@support.example",
            "ticket": ticket_id,
        },
    )


def test_a_list_is_answered_by_the_number_that_its_address_has(before: Engine) -> None:
    upgrade(before)

    with reading(before) as conn:
        held, queue = lists.find(conn, SECONDS * 2, 1), lists.find(conn, SECONDS * 2 + 1, 1)
        nothing = lists.find(conn, SECONDS * 2 + 2, 1)
    assert held is not None
    assert queue is not None
    assert (held.kind, held.ids, held.created_at) == (Template.HELD_ALERT, (9, 4), AT)
    assert (queue.kind, queue.ids, queue.morning, nothing) == (Template.QUEUE, (1,), None, None)


def test_the_list_of_this_morning_is_not_sent_again(before: Engine) -> None:
    upgrade(before)

    with reading(before) as conn:
        assert lists.was_written(conn, Template.HELD_ALERT, AT.replace(second=0))
        assert not lists.was_written(conn, Template.HELD_ALERT, AT + timedelta(days=1))
        assert not lists.was_written(conn, Template.QUEUE, AT.replace(second=0))
        assert lists.last(conn, Template.HELD_ALERT) == AT


def test_mails_say_what_they_are_about(before: Engine) -> None:
    upgrade(before)

    with reading(before) as conn:
        about = conn.execute(text("SELECT template, about_kind, about_id FROM outbox ORDER BY id")).all()
        shown = staff_acts.shown(conn, 1, "bart@hosting.example")
    assert about == [
        ("held-alert", "list", 1),
        ("held-alert", "list", 2),
        ("queue", "list", 3),
        ("collision", "mail", 12),
        ("returned", "ticket", 1),
        ("decided", None, None),
        ("acknowledgement", "ticket", 1),
        ("acknowledgement", "ticket", 1),
        ("held-alert", None, None),
    ]
    assert [(one.template, one.mail_id) for one in shown] == [(Template.COLLISION, 12), (Template.RETURNED, None)]


def test_what_was_said_before_the_upgrade_is_not_said_again(before: Engine) -> None:
    upgrade(before)

    def was_said(template: Template, gist: str, ticket_id: int | None) -> bool:
        with reading(before) as conn:
            return outbox.was_said(conn, template, "Bart@hosting.example", gist, ticket_id=ticket_id, since=AT)

    assert was_said(Template.RETURNED, gist_of("!frobnicate"), 1)
    assert not was_said(Template.RETURNED, gist_of("!frobnicate"), None)
    assert was_said(Template.DECIDED, gist_of("There is no decision in it.", "hm"), None)
    assert not was_said(Template.DECIDED, gist_of("There is no decision in it."), None)


def test_who_was_proposed_is_not_proposed_again(before: Engine) -> None:
    upgrade(before)

    with reading(before) as conn:
        assert proposals.of_ticket(conn, 1) == {"dora@customer.example"}
