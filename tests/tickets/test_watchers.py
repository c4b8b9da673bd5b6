"""Who of the staff gets a copy of an answer."""

import pytest

from mailgate.people import Staff
from mailgate.tickets.watchers import watchers

STAFF = tuple(Staff(number, f"S{number}", f"s{number}@hosting.example") for number in (1, 2, 3, 4))


@pytest.mark.parametrize(
    ("assignee_id", "wrote", "copied"),
    [
        (None, (), (2, 3, 4)),
        (2, (), (2,)),
        (1, (), ()),
        (None, (3, 4), (3, 4)),
        (2, (3,), (2, 3)),
        (None, (1,), ()),
        (1, (1, 3), (3,)),
        (None, (9,), ()),
    ],
)
def test_the_writer_never_gets_a_copy_and_others_when_it_is_theirs(
    assignee_id: int | None, wrote: tuple[int, ...], copied: tuple[int, ...]
) -> None:
    found = watchers(STAFF, writer_id=1, assignee_id=assignee_id, wrote=wrote)

    assert tuple(one.id for one in found) == copied
