"""Each list has a number of its own, and a morning's is written once for each of the staff."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from mailgate.letters.kind import Template
from store import people
from store.engine import reading, transaction
from store.post import lists

EIGHT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.fixture
def bart(engine: Engine) -> int:
    with transaction(engine) as conn:
        return people.add_staff(conn, "Bart Jones", "bart@hosting.example", now=EIGHT).id


def write(engine: Engine, staff_id: int, ids: list[int], morning: datetime | None, at: datetime = EIGHT) -> int | None:
    with transaction(engine) as conn:
        return lists.add(conn, Template.QUEUE, staff_id, ids, morning=morning, now=at)


def test_whoever_comes_second_writes_no_list_of_the_morning(engine: Engine, bart: int) -> None:
    first = write(engine, bart, [3, 1], EIGHT)

    second = write(engine, bart, [3, 1, 2], EIGHT, EIGHT + timedelta(seconds=1))

    with reading(engine) as conn:
        kept = lists.since(conn, Template.QUEUE, EIGHT)
    assert (first, second) == (1, None)
    assert [(one.id, one.ids, one.morning) for one in kept] == [(1, (3, 1), EIGHT)]


def test_the_next_morning_and_what_is_asked_for_are_lists_of_their_own(engine: Engine, bart: int) -> None:
    numbers = [write(engine, bart, [1], morning) for morning in (EIGHT, EIGHT + timedelta(days=1), None, None)]

    with reading(engine) as conn:
        written = [lists.was_written(conn, Template.QUEUE, EIGHT + timedelta(days=day)) for day in (0, 1, 2)]
        other = lists.was_written(conn, Template.HELD_ALERT, EIGHT)
    assert numbers == [1, 2, 3, 4]
    assert (written, other) == ([True, True, False], False)


def test_a_list_is_found_by_whom_it_was_sent_to_alone(engine: Engine, bart: int) -> None:
    write(engine, bart, [7], None)

    with reading(engine) as conn:
        assert [lists.find(conn, number, reader) is not None for number, reader in ((1, bart), (1, 2), (2, bart))] == [
            True,
            False,
            False,
        ]
