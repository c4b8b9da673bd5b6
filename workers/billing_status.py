"""What of billing needs a person: accounts kept out of runs or left out, a stopped run, a clock, lines of a bank."""

from collections.abc import Iterator, Mapping
from datetime import date

from store.billing.standing import Standing
from workers.attention import Attention

SHOWN = 3
"""Accounts that a message names; `--json` has them all."""


def of_billing(found: Standing, today: date) -> Iterator[Attention]:
    """What it calls for; `today` is the day where the gate is."""
    if found.stopped:
        hint = "mailgate bill plan, then mailgate bill run --expect N; the schedule bills nothing until then"
        yield Attention("billing_stopped", f"the last run was stopped: {found.stopped}", hint, fault=False)
    for kind, last_on in found.last_on.items():
        if last_on > today:
            message = f"the last {kind} is dated {last_on}, which is still to come: a clock is wrong, or was"
            hint = "set the clock right; if it was ahead, no document is issued before that day"
            yield Attention("billing_clock", message, hint, fault=True)
    if found.parked:
        message = f"{_accounts(found.parked)} kept out of runs: {_some(found.parked)}"
        yield Attention("billing_parked", message, "mend it, then mailgate bill unpark CUSTOMER", fault=False)
    if found.left_out:
        message = f"{_accounts(found.left_out)} left out of the last run: {_some(found.left_out)}"
        yield Attention("billing_left_out", message, "mend it: each day's run tries again", fault=False)
    if found.bank_lines:
        waits = "1 line of the bank waits" if found.bank_lines == 1 else f"{found.bank_lines} lines of the bank wait"
        hint = "mailgate bank list --state proposed, then bank match or bank ignore"
        yield Attention("bank_lines", f"{waits} for a decision", hint, fault=False)


def as_json(found: Standing) -> Mapping[str, object]:
    """The same for programs."""
    return {
        "parked": [{"customer": number, "why": why} for number, why in found.parked.items()],
        "left_out": [{"customer": number, "why": why} for number, why in found.left_out.items()],
        "stopped": found.stopped or None,
        "last_on": {kind: day.isoformat() for kind, day in found.last_on.items()},
        "bank_lines": {
            "proposed": found.bank_lines,
            "oldest_at": found.bank_since.isoformat() if found.bank_since else None,
        },
    }


def _accounts(found: Mapping[int, str]) -> str:
    return "1 account is" if len(found) == 1 else f"{len(found)} accounts are"


def _some(found: Mapping[int, str]) -> str:
    shown = "; ".join(f"customer {number}: {why}" for number, why in list(found.items())[:SHOWN])
    return shown if len(found) <= SHOWN else f"{shown}; and others"
