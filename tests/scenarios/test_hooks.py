"""Programs of the operator's hear what happens: at least once, in order, and no mail waits for them."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from mailgate import hooks
from mailgate.config import Hook
from mailgate.letters.kind import Template
from store.engine import reading, transaction
from store.keeping import erasure
from store.post import hook_calls
from store.post.hook_calls import Call, CallState
from tests.gate import BeginGate, Gate, Person
from tests.servers.hook_receiver import Receiver, hook_receiver
from workers.status import look


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Takes everything, until told otherwise."""
    with hook_receiver() as running:
        yield running


def hooked(begin: BeginGate, *entries: Hook, **more: object) -> Gate:
    """A gate with these hooks."""
    return begin(hook={str(number): entry for number, entry in enumerate(entries)}, **more)  # type: ignore[arg-type]


def calls(gate: Gate) -> tuple[Call, ...]:
    with reading(gate.parts.engine) as conn:
        return hook_calls.listing(conn)


def said(receiver: Receiver) -> list[dict[str, object]]:
    return [json.loads(heard.body) for heard in receiver.heard]


def anne_of(gate: Gate) -> Person:
    return gate.customer("Anne Miller", "anne@customer.example")


def test_a_ticket_that_opens_closes_and_opens_again_is_told(begin: BeginGate, receiver: Receiver) -> None:
    gate = hooked(begin, Hook("ticket.*", url=receiver.url))
    anne, bart = anne_of(gate), gate.staff("Bart Jones", "bart@hosting.example")

    gate.deliver(anne.writes("It is down.", subject="Web site down"))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "!close\n\nMended."))
    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "It is down again."))

    told = said(receiver)
    assert [one["event"] for one in told] == ["ticket.opened", "ticket.closed", "ticket.reopened"]
    assert told[0]["ticket"] == {
        "number": 1,
        "subject": "Web site down",
        "desk": "support",
        "state": "open",
        "priority": "normal",
        "tags": [],
        "customer": {"id": 1, "name": "Anne Miller"},
        "url": "http://127.0.0.1:8025/staff/tickets/1",
    }
    assert [one.state for one in calls(gate)] == [CallState.DONE] * 3
    assert len({one["id"] for one in told}) == 3


def test_a_ticket_that_staff_open_is_told_as_well(begin: BeginGate, receiver: Receiver) -> None:
    gate = hooked(begin, Hook("ticket.opened", url=receiver.url))
    anne_of(gate)
    bart = gate.staff("Bart Jones", "bart@hosting.example")

    gate.deliver(bart.writes("!customer anne@customer.example\n\nWe move your site on Sunday.", subject="Moving"))

    assert [one["event"] for one in said(receiver)] == ["ticket.opened"]


def test_what_somebody_says_to_be_urgent_is_told_once(begin: BeginGate, receiver: Receiver) -> None:
    gate = hooked(begin, Hook("ticket.urgent", url=receiver.url))
    anne, bart = anne_of(gate), gate.staff("Bart Jones", "bart@hosting.example")
    gate.deliver(anne.writes("It is down."))

    for word in ("high", "urgent", "urgent", "normal"):
        gate.deliver(bart.replies(gate.mailbox(bart)[0], f"!priority {word}"))

    (told,) = said(receiver)
    assert told["event"] == "ticket.urgent"
    assert told["ticket"]["priority"] == "urgent"  # type: ignore[index]


def test_only_what_it_hears_of_is_told_and_once_though_two_entries_mean_it(
    begin: BeginGate, receiver: Receiver
) -> None:
    both = (Hook("ticket.*", url=receiver.url), Hook("ticket.opened", url=receiver.url))
    gate = hooked(begin, *both, Hook("ticket.closed", command="/bin/false"))

    gate.deliver(anne_of(gate).writes("Help."))

    assert len(calls(gate)) == 1
    assert len(receiver.heard) == 1


def test_without_hooks_nothing_is_kept(gate: Gate, anne: Person) -> None:
    gate.deliver(anne.writes("Help."))

    assert calls(gate) == ()


def test_what_fails_is_tried_with_growing_waits_and_is_the_same_call(begin: BeginGate, receiver: Receiver) -> None:
    receiver.answers = [500, 503, 204]
    gate = hooked(begin, Hook("ticket.*", url=receiver.url))

    gate.deliver(anne_of(gate).writes("Help."))
    gate.later(seconds=30)
    assert len(receiver.heard) == 1
    gate.later(seconds=31)
    gate.later(minutes=4)
    assert len(receiver.heard) == 2
    gate.later(minutes=2)

    assert len({heard.body for heard in receiver.heard}) == 1
    assert len({heard.headers["Mailgate-Event-Id"] for heard in receiver.heard}) == 1
    (call,) = calls(gate)
    assert (call.state, call.attempts, call.last_reply) == (CallState.DONE, 3, "204 No Content")


def test_a_call_is_signed_with_the_time_of_its_attempt(begin: BeginGate, receiver: Receiver, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret\n")
    receiver.answers = [500, 204]
    gate = hooked(begin, Hook("ticket.*", url=receiver.url, secret_file=tmp_path / "secret"))

    gate.deliver(anne_of(gate).writes("Help."))
    first = gate.now
    gate.later(minutes=2)

    signed = [heard.headers["Mailgate-Signature"] for heard in receiver.heard]
    assert signed == [hooks.signature(b"s3cret", at, receiver.heard[0].body) for at in (first, gate.now)]


def test_without_its_secret_nothing_is_called(begin: BeginGate, receiver: Receiver, tmp_path: Path) -> None:
    gate = hooked(begin, Hook("ticket.*", url=receiver.url, secret_file=tmp_path / "nowhere"))

    gate.deliver(anne_of(gate).writes("Help."))

    (call,) = calls(gate)
    assert (call.state, receiver.heard) == (CallState.WAITING, [])
    assert "secret file" in call.last_reply


def test_what_happens_to_one_ticket_is_told_in_its_order_and_others_do_not_wait(
    begin: BeginGate, receiver: Receiver
) -> None:
    receiver.answers = [503, 204]
    gate = hooked(begin, Hook("ticket.*", url=receiver.url))
    anne, bart = anne_of(gate), gate.staff("Bart Jones", "bart@hosting.example")

    gate.deliver(anne.writes("First."))  # its call fails
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "!close\n\nDone."))  # waits behind it
    gate.deliver(anne.writes("Second.", subject="Another"))
    assert [one["event"] for one in said(receiver)] == ["ticket.opened", "ticket.opened"]
    gate.later(minutes=2)
    gate.later(minutes=2)

    told = [(one["event"], one["ticket"]["number"]) for one in said(receiver)]  # type: ignore[index]
    assert told == [("ticket.opened", 1), ("ticket.opened", 2), ("ticket.opened", 1), ("ticket.closed", 1)]


def test_staff_hear_once_of_a_hook_that_fails_and_the_mails_go_on(begin: BeginGate) -> None:
    gate = hooked(begin, Hook("ticket.*", command="/bin/false"))
    anne, bart = anne_of(gate), gate.staff("Bart Jones", "bart@hosting.example")

    gate.deliver(anne.writes("Help."))
    assert any("Help." in mail.text for mail in gate.mailbox(bart))
    assert gate.mailbox(anne)
    for minutes in (2, 6, 16, 61, 181):
        gate.later(minutes=minutes)

    (told,) = [mail for mail in gate.mailbox(bart) if "hook" in mail.subject.lower()]
    assert told.subject == "A hook does not answer: false"
    assert "ticket.opened" in told.text
    assert "ended with 1" in told.text
    assert "mailgate hook retry --all" in told.text
    assert len(gate.outbox(Template.HOOK_FAILED)) == 1


def test_after_three_days_a_call_is_given_up_and_the_next_has_its_turn(begin: BeginGate) -> None:
    gate = hooked(begin, Hook("ticket.*", command="/bin/false"))
    anne, bart = anne_of(gate), gate.staff("Bart Jones", "bart@hosting.example")
    gate.deliver(anne.writes("Help."))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "!close\n\nDone."))

    for _ in range(hooks.MOST_ATTEMPTS):
        gate.later(hours=6, minutes=1)
    gate.later(minutes=1)

    first, second = calls(gate)
    assert (first.state, first.attempts, first.due_at) == (CallState.FAILED, hooks.MOST_ATTEMPTS, None)
    assert second.attempts > 0
    assert [mail.subject for mail in gate.mailbox(bart) if "hook" in mail.subject] == [
        "A hook does not answer: false",
        "A hook was given up: false",
    ]


def test_a_hook_that_left_the_settings_is_called_no_more(begin: BeginGate, receiver: Receiver) -> None:
    receiver.answers = [500]
    gate = hooked(begin, Hook("ticket.*", url=receiver.url))
    gate.deliver(anne_of(gate).writes("Help."))

    gate.parts = replace(gate.parts, settings=replace(gate.parts.settings, hook=()))
    gate.later(minutes=2)

    (call,) = calls(gate)
    assert (call.state, len(receiver.heard)) == (CallState.DROPPED, 1)


def test_who_dies_between_the_answer_and_its_row_calls_once_more_with_the_same_id(
    begin: BeginGate, receiver: Receiver
) -> None:
    deaths = iter([True])

    def fail_point(name: str) -> None:
        if name == "hook.after-reply" and next(deaths, False):
            raise SystemExit

    gate = hooked(begin, Hook("ticket.*", url=receiver.url), fail_point=fail_point)
    anne = anne_of(gate)

    with pytest.raises(SystemExit):
        gate.deliver(anne.writes("Help."))
    gate.later(minutes=16)  # the lease has run out

    ids = [heard.headers["Mailgate-Event-Id"] for heard in receiver.heard]
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert [one.state for one in calls(gate)] == [CallState.DONE]


def test_a_mail_that_is_not_settled_tells_nothing(begin: BeginGate, receiver: Receiver, cris: Person) -> None:
    gate = hooked(begin, Hook("ticket.*", url=receiver.url))

    gate.deliver(cris.writes("Hello, do you sell hosting?"))

    assert (gate.tickets(), calls(gate)) == ((), ())


def test_what_is_over_is_forgotten_after_ninety_days(begin: BeginGate, receiver: Receiver) -> None:
    gate = hooked(begin, Hook("ticket.opened", url=receiver.url))
    anne = anne_of(gate)
    gate.deliver(anne.writes("Help."))

    gate.now += timedelta(days=91)
    gate.deliver(anne.writes("Help again.", subject="Another"))

    assert [call.subject for call in calls(gate)] == ["ticket:2"]


def test_a_call_that_was_given_up_can_be_sent_again_by_hand(begin: BeginGate, receiver: Receiver) -> None:
    receiver.answers = [500]
    gate = hooked(begin, Hook("ticket.*", url=receiver.url))
    gate.deliver(anne_of(gate).writes("Help."))
    for _ in range(hooks.MOST_ATTEMPTS):
        gate.later(hours=6, minutes=1)

    receiver.answers = [204]
    with transaction(gate.parts.engine) as conn:
        assert hook_calls.retry(conn, 1, now=gate.now)
    gate.work()
    with transaction(gate.parts.engine) as conn:
        assert not hook_calls.retry(conn, 1, now=gate.now)

    assert [one.state for one in calls(gate)] == [CallState.DONE]


def test_what_fails_is_seen_in_the_status(begin: BeginGate) -> None:
    gate = hooked(begin, Hook("ticket.*", command="/bin/false"))
    gate.deliver(anne_of(gate).writes("Help."))

    status = look(gate.parts.settings, gate.parts.engine, gate.now, listeners=False, servers=False)

    assert [(one.code, one.fault) for one in status.attention if one.code == "hooks"] == [("hooks", False)]
    assert status.is_healthy


def test_calls_that_tell_of_an_erased_customer_are_erased(begin: BeginGate, receiver: Receiver) -> None:
    gate = hooked(begin, Hook("ticket.*", url=receiver.url))
    gate.deliver(anne_of(gate).writes("Help."))

    with transaction(gate.parts.engine) as conn:
        attached: dict[str, dict[str, int]] = {digest: {} for digest in erasure.mails_of(conn, 1)}
        erasure.erase(conn, attached, 1, by="Bart", now=gate.now)

    assert calls(gate) == ()
