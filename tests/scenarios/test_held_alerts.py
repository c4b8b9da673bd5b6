"""Staff are told of held mail: at once, then at most once an hour, of all that came since."""

from datetime import datetime, timedelta

from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from store.engine import reading
from store.post import lists
from tests.gate import BEGIN, Gate, Person


def test_staff_are_told_of_a_held_mail_at_once(gate: Gate, bart: Person, cris: Person) -> None:
    gate.deliver(cris.writes("Do you sell servers?", subject="Servers"))

    gate.later(seconds=1)

    [alert] = gate.mailbox(bart)
    assert alert.subject == "1 held mail waits for your decision"
    words = " ".join(alert.text.split())
    assert "1 Cris <cris@stranger.example>, Mon 2 Mar, 10:00 Servers > Do you sell servers?" in words
    assert "Why: its author is neither a customer's contact nor staff" in words
    assert "just reply to this mail, with one line for each decision" in words
    assert "release 1 refuse 1 spam 1" in words
    assert "release 1: let it in" in words
    assert f"All of it: {gate.parts.settings.web.public_url}/staff/inbox/1" in words
    html = alert.message.get_body(("html",))
    assert html is not None
    assert "&amp;body=release%201%0D%0A" in str(html.get_content())
    assert alert.message["Auto-Submitted"] == "auto-generated"


def test_the_list_shows_five_lines_at_most_of_what_somebody_wrote(gate: Gate, bart: Person, cris: Person) -> None:
    gate.deliver(cris.writes("\n\n".join(f"Line {number} of a long mail." for number in range(1, 9))))
    gate.deliver(cris.writes("word " * 400))

    gate.later(seconds=1)

    quoted = [line[2:] for line in gate.mailbox(bart)[0].text.splitlines() if line.startswith("> ")]
    assert quoted[:5] == [*(f"Line {number} of a long mail." for number in range(1, 5)), "Line 5 of a long mail. …"]
    assert len(quoted) <= 10
    assert max(map(len, quoted)) <= 80


def test_of_a_mail_without_words_there_is_nothing_to_show(gate: Gate, bart: Person, cris: Person) -> None:
    gate.deliver(cris.writes("", subject="Servers"))

    gate.later(seconds=1)

    assert "> " not in gate.mailbox(bart)[0].text


def test_each_staff_member_is_told(gate: Gate, bart: Person, cris: Person) -> None:
    fred = gate.staff("Fred Frost", "fred@hosting.example")
    gate.deliver(cris.writes("Do you sell servers?"))

    gate.later(seconds=1)

    assert (len(gate.mailbox(bart)), len(gate.mailbox(fred))) == (1, 1)


def test_after_that_staff_are_told_once_an_hour_of_what_came_since(gate: Gate, bart: Person, cris: Person) -> None:
    gate.deliver(cris.writes("Number 1."))
    gate.later(seconds=1)
    for number in range(2, 12):
        gate.deliver(cris.writes(f"Number {number}."))
        gate.later(minutes=5)
    within_the_hour = len(gate.mailbox(bart))

    gate.later(minutes=10)

    assert within_the_hour == 1
    assert _named(gate) == [[1], list(range(2, 12))]
    assert gate.mailbox(bart)[-1].subject == "10 held mails wait for your decision"


def test_a_quiet_hour_has_no_alert(gate: Gate, bart: Person, cris: Person) -> None:
    gate.deliver(cris.writes("Number 1."))

    for _ in range(5):
        gate.later(hours=1)

    assert len(gate.mailbox(bart)) == 1


def test_a_mail_that_is_held_at_the_very_instant_of_an_alert_is_told_in_the_next(
    gate: Gate, bart: Person, cris: Person
) -> None:
    gate.deliver(cris.writes("Number 1."))
    gate.later(seconds=0)
    gate.deliver(cris.writes("Number 2."))

    gate.later(hours=1)

    assert _named(gate) == [[1], [2]]


def test_a_mail_whose_processing_began_before_an_alert_is_told_in_the_next(
    gate: Gate, bart: Person, cris: Person
) -> None:
    began = gate.now
    slow = gate.accept(cris.writes("Slow."))
    gate.now += timedelta(seconds=5)
    gate.parts.receive(gate.accept(cris.writes("Quick.")), gate.now)
    gate.parts.run_due(gate.now)
    gate.parts.receive(slow, began)

    gate.later(hours=1)

    assert gate.inbox(slow).finished_at == began == BEGIN
    assert _named(gate) == [[2], [1]]


def test_what_was_decided_on_meanwhile_is_not_told(gate: Gate, bart: Person, cris: Person) -> None:
    held = gate.deliver(cris.writes("Number 1."))
    gate.refuse(held.id)

    gate.later(hours=1)

    assert gate.outbox(Template.HELD_ALERT) == ()


def test_a_long_alert_lists_twenty_and_counts_the_rest_so_that_no_client_clips_it(gate: Gate, bart: Person) -> None:
    words = "\n".join(["What is the price of a managed server?"] * 5)
    given = [gate.accept(Person("Cris", f"cris{number}@s.example").writes(words)) for number in range(23)]
    gate.work()
    gate.later(seconds=1)

    gate.later(hours=2)

    assert {gate.inbox(spool_id).outcome.disposition for spool_id in given} == {Disposition.HELD}
    [alert] = [mail for mail in gate.mailbox(bart) if "wait" in mail.subject]
    assert alert.subject == "23 held mails wait for your decision"
    assert "3 more are not listed here." in alert.text
    assert "/staff/inbox/20\n" in alert.text.replace("\r", "")
    assert "/staff/inbox/21" not in alert.text
    html = alert.message.get_body(("html",))
    assert html is not None
    assert len(str(html.get_content()).encode()) <= 30_000


def test_without_staff_nothing_is_due(gate: Gate, cris: Person) -> None:
    gate.deliver(cris.writes("Number 1."))

    assert "held-alert" not in gate.parts.run_due(datetime(2026, 4, 1, tzinfo=gate.now.tzinfo))


def _named(gate: Gate) -> list[list[int]]:
    """The mails that each list names, oldest list first."""
    with reading(gate.parts.engine) as conn:
        return [list(one.ids) for one in lists.since(conn, Template.HELD_ALERT, BEGIN)]
