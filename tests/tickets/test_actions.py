"""Mails of staff that a ticket's page has ready."""

import pytest

from mailgate.commands.directives import read_directives
from mailgate.commands.grammar import read
from mailgate.mail.mailto import MAX_LENGTH
from mailgate.mail.parse import parse
from mailgate.people import Staff
from mailgate.tickets.actions import hand_overs, staff_actions
from mailgate.tickets.ticket import Priority, State
from mailgate.tickets.verbs.staff import PREFILLED, STAFF, Standing
from tests.mail.mails import written
from tests.tickets.test_staff_verbs import ANNA, BART, place

TO = "support+aeaqscibaewbnwl23fwl4rplem@support.example"
OTHER_ANNA = Staff(3, "Anna Stone", "stone@hosting.example")


def offered(standing: Standing, priority: Priority | None = None) -> dict[str, str]:
    actions = staff_actions(standing, priority, to=TO, subject="Re: No mail [#7]")
    assert {action.to for action in actions} == {TO}
    assert all(len(action.href) <= MAX_LENGTH for action in actions)
    return {action.name: action.body for action in actions}


@pytest.mark.parametrize("state", State)
def test_a_closed_ticket_can_be_opened_and_no_other_closed_one_closed(state: State) -> None:
    said = offered(Standing(state))

    assert ("close" in said) is (state is not State.CLOSED)
    assert ("reopen" in said) is (state is not State.OPEN)


def test_what_is_ready_is_understood_once_its_writer_has_said_the_rest() -> None:
    missing = {"add": "carl@example.org", "tag": "dns", "merge": "812"}

    for name, body in offered(Standing(State.OPEN)).items():
        found = read(read_directives(parse(written("Subject: x", body=body + missing.get(name, "")))), STAFF, place())

        assert found.misread == (), name
        assert len(found.commands) == 1, name
    assert {verb.name for verb in PREFILLED} >= set(missing)


def test_an_urgent_ticket_can_be_made_a_normal_one_and_no_other() -> None:
    assert offered(Standing(State.OPEN), Priority.URGENT)["normal"] == "!priority normal\n"
    for priority in (None, Priority.HIGH, Priority.LOW, Priority.NORMAL):
        assert offered(Standing(State.OPEN), priority)["urgent"] == "!priority urgent\n"


def test_colleagues_are_named_as_they_are_understood() -> None:
    among = (ANNA, BART, OTHER_ANNA)

    given = hand_overs(among, among, to=TO, subject="x")

    assert [(name, action.body) for name, action in given] == [
        ("Anna Frost", "!assign anna@hosting.example\n"),
        ("Bart Jones", "!assign bart\n"),
        ("Anna Stone", "!assign stone@hosting.example\n"),
    ]
