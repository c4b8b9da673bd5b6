"""What colleagues did since somebody read a mail."""

from datetime import UTC, datetime, timedelta

import pytest

from mailgate.tickets.acts import Deed, StaffAct, Standing, unseen
from mailgate.tickets.ticket import State

READ_AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
BART, FRED = 1, 2


def _act(staff_id: int, *done: Deed, minutes: int = 1) -> StaffAct:
    before = Standing(State.OPEN, READ_AT, None, None, None, None)
    return StaffAct(1, 7, staff_id, READ_AT + timedelta(minutes=minutes), done, None, 1, before, ())


@pytest.mark.parametrize("deed", [Deed.REPLIED, Deed.CLOSED, Deed.PUT_OFF, Deed.MERGED, Deed.SPAM])
def test_a_colleague_s_later_act_is_unseen(deed: Deed) -> None:
    act = _act(FRED, Deed.NOTED, deed)

    assert unseen([act], reader_id=BART, seen_at=READ_AT) == (act,)


@pytest.mark.parametrize(
    "act",
    [
        _act(BART, Deed.REPLIED),
        _act(FRED, Deed.REPLIED, minutes=0),
        _act(FRED, Deed.REPLIED, minutes=-1),
        _act(FRED, Deed.NOTED),
        _act(FRED, Deed.ASSIGNED),
        _act(FRED, Deed.NOTED, Deed.ASSIGNED),
    ],
)
def test_one_s_own_what_was_seen_and_what_changes_no_answer_count_not(act: StaffAct) -> None:
    assert unseen([act], reader_id=BART, seen_at=READ_AT) == ()
