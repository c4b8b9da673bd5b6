"""Money that staff move, and tomorrow's mail, while two gates work at once: once, whoever is quicker."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mailgate.letters.kind import Template
from store.billing import invoices, ledger, previews
from store.engine import reading
from tests.gate import Person, Received
from tests.scenarios.billed import Billed
from tests.two_gates.conftest import Two


@pytest.fixture
def notification(two: Two, anne: Person, bart: Person, dora: Person) -> Received:
    """What Bart got of Anne's ticket; there is something to sell."""
    billed = Billed(two.one).sells()
    billed.invoice()
    two.other.now = two.one.now
    billed.shop.pay("2026-0001", 1178, billed.today)
    two.one.deliver(anne.writes("My site was down."))
    return two.one.mailbox(bart)[-1]


def credit(two: Two) -> int:
    with reading(two.one.parts.engine) as conn:
        return ledger.credit(conn, 1, "EUR")


def test_of_two_colleagues_who_agree_at_once_one_gives_the_credit(
    two: Two, bart: Person, dora: Person, notification: Received
) -> None:
    fred = two.one.staff("Fred Frost", "fred@hosting.example")
    two.one.deliver(bart.replies(notification, "!credit 500.00 three days off"))
    asked = {person: two.one.mailbox(person)[-1] for person in (dora, fred)}

    two.at_once(
        lambda: two.one.deliver(dora.replies(asked[dora], "yes")),
        lambda: two.other.deliver(fred.replies(asked[fred], "yes")),
        after="INSERT INTO gifts",
    )

    assert credit(two) == 50000
    told = [one.text for one in two.mailbox(fred)]  # by whichever gate sent it
    assert len([text for text in told if "Your answer was not used" in text]) == 1


def test_one_yes_that_reaches_both_gates_gives_the_credit_once(two: Two, bart: Person, notification: Received) -> None:
    two.one.deliver(bart.replies(notification, "!credit 10.00 outage"))
    question = two.one.mailbox(bart)[-1]

    two.side_by_side(
        lambda: two.one.deliver(bart.replies(question, "yes", message_id="one")),
        lambda: two.other.deliver(bart.replies(question, "yes", message_id="other")),
    )

    assert credit(two) == 1000


def test_two_gates_write_one_list_of_the_evening(two: Two, notification: Received, bart: Person) -> None:
    now = datetime(2026, 3, 22, 16, 30, tzinfo=UTC)
    for gate in (two.one, two.other):
        settings = gate.parts.settings
        gate.parts = replace(gate.parts, settings=replace(settings, billing=replace(settings.billing, preview_hour=17)))
        gate.now = now

    two.side_by_side(lambda: two.one.parts.run_due(now), lambda: two.other.parts.run_due(now))

    with reading(two.one.parts.engine) as conn:
        newest = previews.newest(conn)
    assert newest is not None
    assert newest.items == 1
    assert len(two.one.outbox(Template.TOMORROW)) == 2  # Bart's and Dora's


def test_what_is_held_while_the_other_gate_begins_to_bill_is_not_billed(
    two: Two, notification: Received, bart: Person
) -> None:
    for gate in (two.one, two.other):
        settings = gate.parts.settings
        gate.parts = replace(gate.parts, settings=replace(settings, billing=replace(settings.billing, preview_hour=17)))
    two.one.now = datetime(2026, 3, 22, 16, 30, tzinfo=UTC)
    two.one.parts.run_due(two.one.now)
    two.one.work()
    [listed] = [mail for mail in two.one.mailbox(bart) if mail.subject.startswith("Billing through")]
    night = two.one.now = two.other.now = datetime(2026, 3, 23, 8, tzinfo=UTC)

    two.at_once(
        lambda: two.one.deliver(bart.replies(listed, "hold 1")),
        lambda: two.other.parts.run_due(night),
        after="SET hold_until",
    )

    with reading(two.one.parts.engine) as conn:
        assert [one.number for one in invoices.listing(conn)] == ["2026-0001"]
