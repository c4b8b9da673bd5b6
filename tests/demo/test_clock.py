"""The clock of the demo: what falls due on the way is done then, by the code that does it in earnest."""

from datetime import timedelta
from pathlib import Path

from mailgate.demo.clock import DemoClock
from mailgate.tickets.ticket import State
from tests.demo.place import ANN, BOB, Place, running_place
from tests.servers.process import wait_until
from workers.actors import utc_now

QUESTION = "Since Monday every mail comes back."


def answered(place: Place) -> None:
    """Ann has asked, Bob has answered, and Ann has the answer."""
    place.write(ANN, QUESTION)
    place.reply(BOB, place.mail_with(BOB, QUESTION), "The disk was full.")
    place.mail_with(ANN, "The disk was full.")
    wait_until(lambda: place.ticket(1).silent_since is not None, what="the silence to begin")


def test_a_silent_ticket_is_closed_after_36_hours_and_its_customer_is_warned_first(place: Place) -> None:
    answered(place)

    place.step("36h")

    warning, closed = place.mail_with(ANN, "If we hear nothing from you"), place.mail_with(ANN, "We have closed")
    assert abs(closed.at - warning.at - timedelta(hours=12)) < timedelta(minutes=2)
    assert place.ticket(1).state is State.CLOSED


def test_an_hour_closes_nothing(place: Place) -> None:
    answered(place)

    page = place.step("hour")

    assert place.ticket(1).state is State.ANSWERED
    assert "Due next: to warn that it closes, ticket 1" in page


def test_the_next_thing_that_is_due_is_one_step_away(place: Place) -> None:
    answered(place)

    place.step("next")
    first = place.ticket(1)
    place.step("next")

    assert first.state is State.ANSWERED
    assert first.warned_at is not None
    assert place.ticket(1).state is State.CLOSED


def test_an_answer_that_waits_for_an_undo_leaves_with_the_next_step(tmp_path: Path) -> None:
    with running_place(tmp_path, undo_seconds=3600) as place:
        place.write(ANN, QUESTION)
        place.reply(BOB, place.mail_with(BOB, QUESTION), "The disk was full.")
        before = place.texts(ANN)

        place.step("next")

        assert not any("The disk was full." in text for text in before)
        assert place.mail_with(ANN, "The disk was full.")


def test_held_mail_is_listed_for_staff_each_morning(place: Place) -> None:
    place.write(ANN, QUESTION)
    stranger = b"From: cris@stranger.example\r\nTo: support@support.example\r\nSubject: Hello\r\n\r\nHello\r\n"
    place.send_by_hand(stranger, "cris@stranger.example")
    place.mail_with(BOB, "cris@stranger.example")

    place.step("day")

    def named() -> int:
        return sum("cris@stranger.example" in text for text in place.texts(BOB))

    wait_until(lambda: named() >= 2, what="the alert and the list of the day")
    assert named() == 2


def test_open_tickets_are_listed_for_staff_the_next_morning(place: Place) -> None:
    place.write(ANN, QUESTION)

    before = place.get()
    place.step("next")

    assert "Due next: the list of open tickets" in before
    listed = place.mail_with(BOB, "1 mine")
    zone = place.demo.running.parts.settings.gate.zone
    assert listed.at.astimezone(zone).hour == place.demo.running.parts.settings.desk_rules.digest_hour


def test_what_is_written_later_is_written_as_of_the_clock(place: Place) -> None:
    place.step("day")

    place.write(ANN, QUESTION)

    assert place.ticket(1).opened_at - utc_now() > timedelta(hours=23)
    assert place.mail_with(BOB, QUESTION).at - utc_now() > timedelta(hours=23)


def test_the_clock_never_goes_back() -> None:
    clock = DemoClock()
    clock.move_to(utc_now() + timedelta(days=2))

    clock.move_to(utc_now() + timedelta(days=1))

    assert clock() - utc_now() > timedelta(days=1, hours=23)
