"""The three weeks before the demo begins: lived by mail, so that there is something of everything to look at."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailgate.demo.history import CONVERSATIONS
from mailgate.demo.history.conversation import instant
from mailgate.mail.disposition import Disposition
from mailgate.tickets.ticket import EntryKind, State
from store import people
from store.desk import tickets
from store.engine import reading
from store.post import outbox, spool
from store.post.outbox import OutState
from tests.demo.place import ANN, BOB, Place, running_place
from workers.actors import utc_now

JANE, NOOR, FELIX = "jane@hosting.example", "noor@haddad.example", "felix@sommer.example"
MOMENT = timedelta(milliseconds=1)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """For tests that look, and change nothing but what is read."""
    with running_place(tmp_path_factory.mktemp("demo"), with_past=True) as running:
        yield running


def test_tickets_are_in_every_state_and_every_mail_of_the_past_came_to_something(past: Place) -> None:
    with reading(past.demo.running.parts.engine) as conn:
        found = tickets.listing(conn)
        mails = spool.listing(conn)
        written = outbox.listing(conn)
        staff = {one.id: one.name for one in people.list_staff(conn)}

    assert {one.state for one in found} == set(State)
    assert {staff[one.assignee_id] for one in found if one.assignee_id} == {"Bob Jones", "Jane Poole"}
    assert len(mails) == sum(len(one.said) for one in CONVERSATIONS)
    assert Disposition.WAITING not in {mail.outcome.disposition for mail in mails}
    assert {row.state for row in written} == {OutState.SENT, OutState.FAILED}


def test_it_began_three_weeks_ago_and_the_clock_is_right_now(past: Place) -> None:
    opened = [past.ticket(number).opened_at for number in range(1, 21)]

    assert opened == sorted(opened)
    assert timedelta(19) < utc_now() - opened[0] < timedelta(22)  # on a morning
    before, now, after = utc_now(), past.demo.clock(), utc_now()
    assert before - MOMENT < now < after + MOMENT


def test_nothing_that_was_meant_as_a_command_came_back(past: Place) -> None:
    texts = [text for who in (BOB, JANE) for text in past.texts(who)]

    assert [text for text in texts if "has come back" in text] == []


def test_there_are_notes_a_mail_that_did_not_arrive_and_a_ticket_that_closed_by_itself(past: Place) -> None:
    entries = [entry for number in range(1, 21) for entry in past.history(number)]

    assert sum(entry.kind is EntryKind.NOTE for entry in entries) >= 5
    assert any("did not arrive" in text for text in past.texts(BOB))
    assert any("closed by itself" in text for text in past.texts(BOB))
    assert any("Vielen Dank" in text for text in past.texts(FELIX))


def test_of_two_answers_to_one_question_the_second_is_held_and_one_line_sends_it(past: Place) -> None:
    own = "which day's version do you need?"
    with reading(past.demo.running.parts.engine) as conn:
        held = [mail for mail in spool.listing(conn) if mail.outcome.disposition is Disposition.HELD]

    [collision] = [mail for mail in past.demo.mailboxes.of(BOB) if "a colleague was quicker" in mail.text]
    before = past.texts(NOOR)
    past.reply(BOB, collision, "!send")

    assert sorted(str(mail.outcome.author) for mail in held) == [
        "Bob Jones <bob@hosting.example>",
        "Karl Neumann <karl@neumann.example>",
    ]
    assert "it is back, as it was last night" in collision.text
    assert not any(own in text for text in before)
    assert past.mail_with(NOOR, own)


def test_what_came_since_a_person_last_wrote_is_new_and_what_is_old_is_not(past: Place) -> None:
    new = {who: [m for m in past.demo.mailboxes.of(who) if past.demo.unread.is_unread(m)] for who in (BOB, JANE, ANN)}

    assert any("Two old Androids" in mail.text for mail in new[BOB])
    assert any("Four. And can my tax adviser" in mail.text for mail in new[JANE])
    assert all(mail.at > utc_now() - timedelta(days=1) for mails in new.values() for mail in mails)
    assert new[ANN] == []


def test_the_figures_of_the_staff_pages_have_something_to_show(past: Place) -> None:
    link = past.browser.get(f"{past.viewer.url}{BOB}/pages").url
    past.browser.get(f"{link}/go")

    web = past.demo.running.parts.settings.web.public_url
    queue, found, reports = (
        past.browser.get(f"{web}/staff/{path}").text for path in ("", "search?q=certificate", "reports")
    )

    assert "Kein Zugriff auf mein Postfach" in queue
    assert "Certificate of miller.example" in found
    assert "<svg" in reports


@pytest.mark.parametrize(
    ("ago", "expected"),
    [
        ("40m", datetime(2026, 3, 2, 8, 20, tzinfo=UTC)),
        ("0d 09:15", datetime(2026, 3, 2, 8, 15, tzinfo=UTC)),
        ("3d 09:15", datetime(2026, 2, 27, 8, 15, tzinfo=UTC)),
    ],
)
def test_an_instant_of_the_past_is_told_by_day_and_clock_or_by_minutes(ago: str, expected: datetime) -> None:
    assert instant(ago, now=NOW, zone=ZoneInfo("Europe/Berlin")) == expected


@pytest.mark.parametrize("ago", ["", "3d", "9:15", "3h", "3d 9:15", "-4m"])
def test_another_way_to_tell_an_instant_is_a_mistake(ago: str) -> None:
    with pytest.raises(ValueError, match="neither"):
        instant(ago, now=NOW, zone=ZoneInfo("Europe/Berlin"))


def test_each_conversation_goes_on_in_the_order_of_time_at_whatever_hour_the_demo_begins() -> None:
    for hour in range(24):
        now = NOW.replace(hour=hour)
        for one in CONVERSATIONS:
            at = [instant(said.ago, now=now, zone=ZoneInfo("Europe/Berlin")) for said in one.said]
            assert at == sorted(at)
            assert at[-1] < now
