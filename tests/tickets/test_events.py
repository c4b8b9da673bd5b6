"""The audit trail keeps values: each event has its row, which says who may read it, and nothing else decides that."""

from typing import Any

import pytest
from hypothesis import given

from mailgate.tickets.events import EVENTS, BadDetails, details_of, line_of
from mailgate.tickets.ticket import Doer, EntryKind, Event
from tests.tickets.values import HOSTILE, NOON, a_value

SAID = {Event.CUSTOMER_WROTE, Event.MACHINE_WROTE, Event.STAFF_REPLIED, Event.STAFF_NOTED}
"""Events that a message or a note is, so that they need no line of their own."""

FOR_STAFF = {
    Event.LINKED,
    Event.NAMED,
    Event.FOLLOWED,
    Event.MUTED,
    Event.RANKED,
    Event.TAGGED,
    Event.SPLIT,
    Event.CREDITED,
    Event.WAIVED,
    Event.REFUNDED,
    Event.CHARGED,
    Event.SPLIT_OFF,
    Event.ASSIGNED,
    Event.MERGED,
    Event.TOOK_OVER,
    Event.STAFF_MAIL_LOST,
    Event.DELAYED,
    Event.REPORTED_AGAIN,
    Event.STAFF_ASKED,
    Event.STAFF_CONFIRMED,
    Event.STAFF_DECLINED,
    Event.STAFF_LAPSED,
    Event.ANSWER_TAKEN_BACK,
}


def test_every_event_is_said_or_has_a_row() -> None:
    assert set(EVENTS) == set(Event) - SAID


def test_the_table_tells_who_may_read_each_line() -> None:
    assert {event for event, line in EVENTS.items() if not line.for_customers} == FOR_STAFF


def test_a_line_keeps_values_as_json_has_them_and_no_words() -> None:
    doer = Doer("Bart", "bart@hosting.example", staff_id=1, spool_id=5, evidence="D+T")

    put_off = line_of(Event.PUT_OFF, doer, until=NOON)
    commanded = line_of(Event.COMMANDED, doer, mail=5, commands=("!close", "!status"))

    assert put_off.details == {"until": "2026-03-02T11:00:00Z"}
    assert commanded.details == {"mail": 5, "commands": ["!close", "!status"]}
    assert (put_off.kind, put_off.text, put_off.for_customers) == (EntryKind.EVENT, "", True)
    assert (put_off.author_name, put_off.staff_id, put_off.spool_id) == ("Bart", 1, 5)


@pytest.mark.parametrize(
    ("event", "details"),
    [
        (Event.PUT_OFF, {}),
        (Event.PUT_OFF, {"until": "tomorrow"}),
        (Event.CLOSED, {"cause": "closed by Bart Jones"}),
        (Event.CLOSED, {"words": "closed by Bart Jones"}),
        (Event.MERGED, {"other": "2"}),
        (Event.UNDELIVERED, {"mail": 3, "to": "anne@customer.example"}),
        (Event.COMMANDED, {"mail": 3, "commands": "!close"}),
    ],
)
def test_other_values_than_the_table_asks_for_are_refused(event: Event, details: dict[str, Any]) -> None:
    with pytest.raises(BadDetails, match=event.value):
        line_of(event, **details)


@pytest.mark.parametrize("event", EVENTS)
@given(word=HOSTILE, name=HOSTILE)
def test_who_may_read_a_line_depends_on_its_event_alone(event: Event, word: str, name: str) -> None:
    row = EVENTS[event]
    values = {key: a_value(detail, word) for key, detail in row.details.items()}

    line = line_of(event, Doer(name), **values)

    assert line.for_customers is row.for_customers
    assert line.details is not None
    shown = details_of(event, line.details, for_customers=True)
    assert set(shown) == {key for key, detail in row.details.items() if detail.for_customers}
    assert details_of(event, line.details, for_customers=False) == line.details


@pytest.mark.parametrize("event", [Event.UNDELIVERED, Event.NOTICE_LOST, Event.REOPENED, Event.ASKED])
def test_what_may_name_others_is_left_out_for_customers(event: Event) -> None:
    hidden = {key for key, detail in EVENTS[event].details.items() if not detail.for_customers}

    assert hidden in ({"reply"}, {"other"}, {"address"})
