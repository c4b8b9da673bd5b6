"""Addresses whose mail does not arrive, and what the staff see of it."""

import pytest

from mailgate.demo.magic import Fate, fate_of
from store.post.outbox import OutState
from tests.demo.place import BOB, BRUNO, LENA, TINA, Place
from tests.servers.process import wait_until

QUESTION = "Is anybody there?"


@pytest.mark.parametrize(
    ("address", "fate"),
    [
        (TINA, Fate.TEMPFAIL),
        (BRUNO, Fate.BOUNCE),
        (LENA, Fate.LATE_BOUNCE),
        ("TEMPFAIL@mailboxes.example", Fate.TEMPFAIL),
        ("ann@bounce.example", Fate.ARRIVES),
        ("bounce-ann@mailboxes.example", Fate.ARRIVES),
    ],
)
def test_the_local_part_says_what_becomes_of_a_mail(address: str, fate: Fate) -> None:
    assert fate_of(address) is fate


def test_mail_to_a_busy_mailbox_is_tried_again_later(place: Place) -> None:
    place.write(TINA, QUESTION)

    def put_off() -> bool:
        return any(row.attempts == 1 and row.state is OutState.QUEUED for row in place.outbox_to(TINA))

    wait_until(put_off, what="a first attempt that is put off")
    place.step("hour")

    [row] = place.outbox_to(TINA)
    assert row.attempts > 1
    assert row.last_reply == "451 4.2.1 Mailbox busy, as its name says"


def test_staff_are_told_of_mail_that_is_refused(place: Place) -> None:
    place.write(BRUNO, QUESTION)
    place.reply(BOB, place.mail_with(BOB, QUESTION), "Here I am.")

    told = place.mail_with(BOB, "No such mailbox")

    assert BRUNO in told.text
    assert "Here I am." in told.text
    acknowledged, answered = place.outbox_to(BRUNO)
    assert (acknowledged.state, answered.state) == (OutState.FAILED, OutState.FAILED)
    assert {entry.details["to"] for entry in place.history(1) if entry.details} == {BRUNO}


def test_staff_are_told_of_mail_that_was_taken_and_came_back(place: Place) -> None:
    place.write(LENA, QUESTION)
    place.reply(BOB, place.mail_with(BOB, QUESTION), "Here I am.")

    told = place.mail_with(BOB, "5.1.1")

    assert LENA in told.text
    assert OutState.FAILED in {row.state for row in place.outbox_to(LENA)}
    assert place.texts(LENA) == []
