"""States of a service, and the days that are believed."""

from datetime import date

import pytest

from mailgate.billing.service import ENDED, Action, NotPossible, State, after, allowed, checked_day

LEADS_TO = {
    (State.PENDING, Action.ACTIVATE): State.ACTIVE,
    (State.PENDING, Action.CANCEL_NOW): State.CANCELLED,
    (State.ACTIVE, Action.SUSPEND): State.SUSPENDED,
    (State.ACTIVE, Action.CHANGE): State.ACTIVE,
    (State.ACTIVE, Action.CANCEL_NOW): State.CANCELLED,
    (State.ACTIVE, Action.CANCEL_AT_END): State.ACTIVE,
    (State.ACTIVE, Action.TERMINATE): State.TERMINATED,
    (State.SUSPENDED, Action.RESTORE): State.ACTIVE,
    (State.SUSPENDED, Action.CANCEL_NOW): State.CANCELLED,
    (State.SUSPENDED, Action.TERMINATE): State.TERMINATED,
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_an_act_leads_from_state_to_state_or_is_refused(state: State, action: Action) -> None:
    if (state, action) in LEADS_TO:
        assert after(state, action) is LEADS_TO[state, action]
        assert action in allowed(state)
    else:
        with pytest.raises(NotPossible, match=state.value):
            after(state, action)
        assert action not in allowed(state)


@pytest.mark.parametrize("state", sorted(ENDED))
def test_nothing_is_done_to_what_has_ended(state: State) -> None:
    assert allowed(state) == ()


@pytest.mark.parametrize("day", [date(2000, 1, 1), date(2026, 2, 28), date(2199, 12, 31)])
def test_days_of_this_time_are_believed(day: date) -> None:
    assert checked_day(day) == day


@pytest.mark.parametrize("day", [date.min, date(1999, 12, 31), date(2200, 1, 1), date.max])
def test_other_days_are_slips_of_the_finger(day: date) -> None:
    with pytest.raises(NotPossible, match=str(day)):
        checked_day(day)
