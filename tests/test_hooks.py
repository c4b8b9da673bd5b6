"""Which events a hook hears of, how long it waits for the next attempt, and what a receiver may trust in."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from mailgate.hooks import GROUPS, MOST_ATTEMPTS, HookEvent, again_after, body_of, is_meant, signature

AT = datetime(2026, 3, 2, 9, 0, 1, 500, tzinfo=UTC)


@pytest.mark.parametrize("event", [one for one in HookEvent if one is not HookEvent.PING])
def test_each_event_is_heard_by_its_name_and_by_its_group(event: HookEvent) -> None:
    group = f"{event.partition('.')[0]}.*"

    assert group in GROUPS
    assert is_meant(event, event)
    assert is_meant(group, event)
    assert not is_meant("other.*", event)
    assert not any(is_meant(other, event) for other in HookEvent if other is not event)


def test_everyone_hears_when_somebody_tries() -> None:
    assert all(is_meant(wanted, HookEvent.PING) for wanted in (*HookEvent, *GROUPS))


def test_waits_grow_to_hours_and_end_after_three_days() -> None:
    waits = [again_after(attempts) for attempts in range(1, MOST_ATTEMPTS)]

    assert waits[:6] == [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360)]
    assert waits == sorted(waits)
    assert timedelta(days=2, hours=12) < sum(waits, timedelta()) < timedelta(days=3, hours=12)


def test_a_call_says_what_when_and_which_in_one_line() -> None:
    body = body_of("f00d", HookEvent.TICKET_OPENED, AT, {"ticket": {"subject": "Grüße\n日本"}})

    assert "\n" not in body
    assert json.loads(body) == {
        "id": "f00d",
        "event": "ticket.opened",
        "at": "2026-03-02T09:00:01.000500Z",
        "ticket": {"subject": "Grüße\n日本"},
    }


def test_the_signature_is_over_the_second_and_the_body() -> None:
    body = "{ü}".encode()

    second, _, proof = signature(b"secret", AT, body).partition(",")

    assert second == "t=1772442001"
    assert proof == "v1=" + hmac.new(b"secret", b"1772442001." + body, hashlib.sha256).hexdigest()
    assert signature(b"other", AT, body) != signature(b"secret", AT, body)
    assert signature(b"secret", AT + timedelta(seconds=1), body) != signature(b"secret", AT, body)
