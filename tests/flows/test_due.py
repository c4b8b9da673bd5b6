"""What is due: looked at, swept into jobs, and done inline with all that follows."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from mailgate.config.settings import QueueList
from mailgate.flows.billing.service.add import Sold
from mailgate.flows.due import DueKind, due, sweep
from mailgate.jobs import Job
from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from store.billing import einvoice_gaps, invoices, runs
from store.engine import reading, transaction
from store.post import lists, outbox
from store.post.outbox import OutState
from tests.gate import BeginGate, Gate, Person
from tests.webview.trade import open_shop, sell


def swept(gate: Gate, *, seconds: float = 0, delivering: bool = True) -> list[tuple[Job, int]]:
    """Let time pass and sweep; the jobs that were sent."""
    jobs: list[tuple[Job, int]] = []
    gate.now += timedelta(seconds=seconds)
    sweep(
        gate.parts.engine,
        settings=gate.parts.settings,
        enqueue=lambda job, row_id: jobs.append((job, row_id)),
        now=gate.now,
        delivering=delivering,
    )
    return jobs


def swept_by_two(gate: Gate) -> None:
    """Sweep twice at one instant: the second looks and writes when the first has looked and not yet written.

    Between the two writes another mail is held.
    """
    stranger = Person("Fred", "fred@stranger.example")
    gate.accept(stranger.writes("Hello?"))  # its job is sent before anything is written, and starts the other
    gate.now += timedelta(minutes=1)

    def sweep_too(job: Job, row_id: int) -> None:
        if job is Job.RECEIVE:
            swept(gate)
            gate.parts.receive(gate.accept(stranger.writes("Anybody there?")), gate.now)

    sweep(gate.parts.engine, settings=gate.parts.settings, enqueue=sweep_too, now=gate.now, delivering=True)


def test_a_mail_whose_job_was_lost_is_found_after_a_minute_and_then_once_a_minute(gate: Gate, anne: Person) -> None:
    gate.accept(anne.writes("It is broken."))

    assert swept(gate, seconds=59) == []
    assert swept(gate, seconds=1) == [(Job.RECEIVE, 1)]
    assert swept(gate, seconds=59) == []
    assert swept(gate, seconds=1) == [(Job.RECEIVE, 1)]


def test_a_mail_that_a_worker_has_is_left_to_it_for_its_lease(gate: Gate, anne: Person) -> None:
    spool_id = gate.accept(anne.writes("It is broken."))
    assert gate.lend(spool_id)

    assert swept(gate, seconds=14 * 60) == []
    assert swept(gate, seconds=60) == [(Job.RECEIVE, spool_id)]


def test_what_is_settled_and_sent_is_never_due(gate: Gate, anne: Person) -> None:
    gate.deliver(anne.writes("It is broken."))

    assert swept(gate, seconds=10**7) == []


def test_a_reply_that_waited_for_an_undo_is_swept_and_then_goes_out(begin: BeginGate) -> None:
    gate = begin(desk_rules={"undo_seconds": 60})
    anne = gate.customer("Anne Miller", "anne@customer.example")
    bart = gate.staff("Bart Jones", "bart@hosting.example")
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Please try again."))
    reply = gate.outbox()[-1].id

    early = swept(gate, seconds=59)
    jobs = swept(gate, seconds=1)
    for _, row_id in jobs:
        gate.parts.deliver(row_id, gate.now)

    assert (early, jobs) == ([], [(Job.DELIVER, reply)])
    assert "Please try again." in gate.mailbox(anne)[-1].text


@pytest.mark.parametrize("decide", [outbox.cancel, outbox.hold])
def test_a_reply_that_somebody_stopped_is_not_swept(
    begin: BeginGate, decide: Callable[[Connection, int], bool]
) -> None:
    gate = begin(desk_rules={"undo_seconds": 60})
    anne = gate.customer("Anne Miller", "anne@customer.example")
    bart = gate.staff("Bart Jones", "bart@hosting.example")
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Please try again."))
    with transaction(gate.parts.engine) as conn:
        assert decide(conn, gate.outbox()[-1].id)

    assert swept(gate, seconds=10**6) == []


def test_a_mail_in_doubt_is_swept_when_its_time_has_come(gate: Gate, anne: Person) -> None:
    gate.sink.closes_after_dot = True
    gate.deliver(anne.writes("It is broken."))
    gate.sink.closes_after_dot = False
    assert gate.outbox()[0].state is OutState.IN_DOUBT

    jobs = swept(gate, seconds=60)
    gate.parts.deliver(jobs[0][1], gate.now)

    assert jobs == [(Job.DELIVER, 1)]
    assert gate.outbox()[0].state is OutState.SENT


def test_a_stray_job_does_not_send_what_still_waits(begin: BeginGate) -> None:
    gate = begin(desk_rules={"undo_seconds": 60})
    anne = gate.customer("Anne Miller", "anne@customer.example")
    bart = gate.staff("Bart Jones", "bart@hosting.example")
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Please try again."))

    gate.parts.deliver(gate.outbox()[-1].id, gate.now)

    assert gate.outbox()[-1].state is OutState.HELD
    assert len(gate.mailbox(anne)) == 1


def test_without_a_smarthost_no_mail_of_ours_is_due(gate: Gate, anne: Person) -> None:
    gate.parts.receive(gate.accept(anne.writes("It is broken.")), gate.now)

    assert swept(gate, seconds=3600, delivering=False) == []
    assert swept(gate, delivering=True) == [(Job.DELIVER, 1)]


def test_a_sweep_alerts_staff_and_sends_the_job_of_the_alert(gate: Gate, bart: Person, cris: Person) -> None:
    held = gate.deliver(cris.writes("Do you sell servers?"))
    assert held.outcome.disposition is Disposition.HELD

    jobs = swept(gate, seconds=1)

    alert = gate.outbox()[-1]
    assert (alert.notice.template, jobs) == ("held-alert", [(Job.DELIVER, alert.id)])
    assert swept(gate, seconds=1) == []


@pytest.mark.parametrize(
    ("template", "days"),
    [(Template.HELD_ALERT, 0), (Template.HELD_ALERT, 1), (Template.QUEUE, 1)],
    ids=["alert of held mail", "list of held mail", "queue"],
)
def test_what_two_find_due_at_the_same_time_is_sent_once(begin: BeginGate, template: Template, days: int) -> None:
    gate = begin(desk_rules={"queue_list": QueueList.DAILY})
    anne, cris = gate.customer("Anne", "anne@customer.example"), Person("Cris", "cris@stranger.example")
    staff = [gate.staff(name, f"{name}@hosting.example") for name in ("bart", "dora")]
    gate.deliver(anne.writes("It is broken."))
    gate.deliver(cris.writes("Do you sell servers?"))
    if days:
        gate.later(seconds=1)  # the alert
    before = len(gate.outbox(template))
    gate.now += timedelta(days=days)

    swept_by_two(gate)

    written = gate.outbox(template)[before:]
    assert [row.notice.to_address for row in written] == [one.address for one in staff]
    with reading(gate.parts.engine) as conn:
        of_mornings = {one.morning is not None for one in lists.since(conn, template, gate.now)}
    assert of_mornings == {bool(days)}


def test_what_is_due_is_told_with_its_time_and_without_doing_it(gate: Gate, bart: Person, cris: Person) -> None:
    accepted = gate.accept(cris.writes("Hello"))
    at = gate.now + timedelta(hours=1)

    with reading(gate.parts.engine) as conn:
        items = due(conn, settings=gate.parts.settings, at=at)

    assert [(item.kind, item.object, item.due_at) for item in items] == [
        (DueKind.RECEIVE, accepted, gate.now + timedelta(seconds=60))
    ]
    assert gate.inbox(accepted).outcome.disposition is Disposition.WAITING


def test_a_run_does_what_is_due_and_what_follows_from_it(gate: Gate, anne: Person, bart: Person, cris: Person) -> None:
    gate.accept(anne.writes("It is broken."))
    gate.accept(cris.writes("Do you sell servers?"))

    done = gate.parts.run_due(gate.now + timedelta(minutes=2))

    assert done == {"receive": 2, "deliver": 4, "held-alert": 1}
    assert (len(gate.mailbox(anne)), len(gate.mailbox(bart)), len(gate.mailbox(cris))) == (1, 2, 1)
    assert gate.parts.run_due(gate.now + timedelta(minutes=2)) == {}


def test_a_run_leaves_what_was_put_off_to_a_later_one(gate: Gate, anne: Person) -> None:
    gate.sink.replies["RCPT"] = ["451 4.7.1 Try again later"]
    gate.accept(anne.writes("It is broken."))

    first = gate.parts.run_due(gate.now + timedelta(minutes=2))
    second = gate.parts.run_due(gate.now + timedelta(minutes=3))

    assert (first, second) == ({"receive": 1, "deliver": 1}, {"deliver": 1})
    assert len(gate.mailbox(anne)) == 1


def test_a_run_is_not_stopped_by_a_mail_that_cannot_be_processed(gate: Gate, anne: Person) -> None:
    bad = gate.accept(anne.writes("One."))
    good = gate.accept(anne.writes("Two."))
    with transaction(gate.parts.engine) as conn:
        conn.exec_driver_sql("UPDATE spool SET forward_paths = '[\"no address@\"]' WHERE id = 1")

    gate.parts.run_due(gate.now + timedelta(minutes=2))

    assert gate.inbox(bad).outcome.disposition is Disposition.WAITING
    assert gate.inbox(bad).last_error
    assert gate.inbox(good).outcome.disposition is Disposition.OPENED


def test_staff_are_told_once_of_a_run_that_was_stopped(gate: Gate) -> None:
    bart = gate.staff("Bart Jones", "bart@hosting.example")
    gate.staff("Dora Smith", "dora@hosting.example")
    with transaction(gate.parts.engine) as conn:
        runs.stop(conn, why="140 invoices, where 90 were usual", at_on=None, by="the schedule", now=gate.now)

    gate.later(minutes=1)
    gate.later(days=2)

    (mail,) = gate.mailbox(bart)
    assert "Billing has stopped" in mail.subject
    assert "140 invoices, where 90 were usual" in mail.text
    assert "--expect N" in mail.text
    assert len(gate.outbox(Template.BILLING_STOPPED)) == 2


def test_staff_hear_once_a_day_why_documents_have_no_e_invoice(gate: Gate) -> None:
    bart = gate.staff("Bart Jones", "bart@hosting.example")
    gate.customer("Anne Miller", "anne@example.org")
    open_shop(gate)
    _, number = sell(gate, 1, gate.now.date(), Sold("web-s", 1))
    with reading(gate.parts.engine) as conn:
        found = invoices.find(conn, number)
    assert found is not None
    first = found.id

    def lack(reason: str, about: str) -> None:
        with transaction(gate.parts.engine) as conn:
            einvoice_gaps.note(conn, reason, about, first, now=gate.now)

    lack("seller-id", "")
    gate.later(minutes=1)
    lack("seller-id", "")
    lack("currency", "KWD")
    lack("buyer-country", "1")
    gate.later(hours=1)
    assert len(gate.mailbox(bart)) == 1
    gate.later(days=2)

    one, other = gate.mailbox(bart)
    assert one.subject == "No e-invoice for 2026-0001"
    assert "Set seller.register_id in config.toml" in " ".join(one.text.split())
    assert other.subject == "No e-invoice for 2026-0001 and others"
    assert "no place for amounts in KWD" in other.text
    assert "has no country" in other.text
