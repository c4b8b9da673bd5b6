"""More mail than a person writes: nothing is lost, staff are told once, and nobody else hears of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from mailgate.config.settings import UnknownSender
from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from tests.gate import BeginGate, Gate, Person, Received
from workers.status import as_json, look


def _flood(gate: Gate, writer: Person, number: int) -> list[Disposition]:
    return [gate.deliver(writer.writes(f"{n} at {gate.now}")).outcome.disposition for n in range(number)]


def _status(gate: Gate, at: datetime) -> Mapping[str, object]:
    return as_json(look(gate.parts.settings, gate.parts.engine, at, listeners=False))


def _attention(gate: Gate, at: datetime) -> list[str]:
    return [one.code for one in look(gate.parts.settings, gate.parts.engine, at, listeners=False).attention]


def test_tickets_of_one_sender_beyond_the_hour_s_budget_are_held_with_one_alert(begin: BeginGate) -> None:
    gate = begin(budgets={"tickets_per_sender_hour": 3})
    anne, bart = gate.customer("Anne", "anne@customer.example"), gate.staff("Bart", "bart@hosting.example")

    settled = _flood(gate, anne, 8)

    assert settled == [Disposition.OPENED] * 3 + [Disposition.HELD] * 5
    assert gate.inbox(4).outcome.reason == "flood: 3 tickets of this sender within an hour"
    gate.later(seconds=1)
    assert (len(gate.mailbox(anne)), len(gate.outbox(Template.HELD_ALERT))) == (3, 1)
    assert gate.mailbox(bart)[-1].subject == "5 held mails wait for your decision"


def test_a_held_mail_of_a_flood_can_be_released_at_once(begin: BeginGate) -> None:
    gate = begin(budgets={"tickets_per_sender_hour": 1})
    anne = gate.customer("Anne", "anne@customer.example")
    _flood(gate, anne, 2)

    assert gate.release(2).outcome.disposition is Disposition.OPENED


def test_after_an_hour_the_sender_may_write_again_within_the_day_s_budget(begin: BeginGate) -> None:
    gate = begin(budgets={"tickets_per_sender_hour": 2, "tickets_per_sender_day": 3})
    anne = gate.customer("Anne", "anne@customer.example")

    settled = _flood(gate, anne, 3)
    gate.later(hours=2)
    settled += _flood(gate, anne, 2)
    gate.later(hours=24)
    settled += _flood(gate, anne, 1)

    opened, held = Disposition.OPENED, Disposition.HELD
    assert settled == [opened, opened, held, opened, held, opened]
    assert gate.inbox(5).outcome.reason == "flood: 3 tickets of this sender within a day"


def test_a_flood_of_one_sender_is_not_another_s(begin: BeginGate) -> None:
    gate = begin(budgets={"tickets_per_sender_hour": 1})
    anne, dora = gate.customer("Anne", "anne@customer.example"), gate.customer("Dora", "dora@customer.example")
    colleague = gate.contact(1, "Emil", "emil@customer.example")
    _flood(gate, anne, 2)

    assert _flood(gate, dora, 1) + _flood(gate, colleague, 1) == [Disposition.OPENED] * 2


def test_forged_mail_has_a_smaller_budget_than_its_sender(begin: BeginGate) -> None:
    gate = begin(budgets={"tickets_per_unverified_sender_hour": 1})
    anne = gate.customer("Anne", "anne@customer.example")

    def blemished() -> bytes:
        return anne.writes(f"Pills {gate.now}").replace(b"Subject:", b"X-Odd: a\rb\r\nSubject:")

    forged = [gate.deliver(blemished()).outcome for _ in range(3)]

    assert [mail.disposition for mail in forged] == [Disposition.OPENED, Disposition.HELD, Disposition.HELD]
    assert forged[-1].reason == "flood: 1 unverified tickets of this sender within an hour"
    assert _flood(gate, anne, 1) == [Disposition.OPENED]


def test_strangers_together_have_one_budget_where_they_may_open_tickets(begin: BeginGate) -> None:
    gate = begin(desk_rules={"unknown_sender": UnknownSender.OPEN}, budgets={"tickets_of_strangers_per_hour": 2})

    settled = [gate.deliver(Person("X", f"x{n}@forged{n}.example").writes("Hi")).outcome for n in range(4)]

    assert [mail.disposition for mail in settled] == [Disposition.OPENED] * 2 + [Disposition.HELD] * 2
    assert settled[-1].reason == "flood: 2 tickets of strangers within an hour"


@pytest.fixture
def small(begin: BeginGate) -> tuple[Gate, Person, Person, Received]:
    """A gate with small budgets a ticket, Anne, Bart, and the acknowledgement of Anne's ticket."""
    gate = begin(budgets={"mails_per_ticket_hour": 3, "machine_mails_per_ticket_hour": 3})
    anne, bart = gate.customer("Anne", "anne@customer.example"), gate.staff("Bart", "bart@hosting.example")
    gate.deliver(anne.writes("It is broken."))
    return gate, anne, bart, gate.mailbox(anne)[0]


def test_mails_of_people_to_one_ticket_beyond_its_budget_are_held(small: tuple[Gate, Person, Person, Received]) -> None:
    gate, anne, bart, acknowledgement = small

    settled = [gate.deliver(anne.replies(acknowledgement, f"{n}?")).outcome for n in range(5)]

    assert [mail.disposition for mail in settled] == [Disposition.JOINED] * 2 + [Disposition.HELD] * 3
    assert (settled[-1].reason, settled[-1].ticket_id) == ("flood: 3 mails to this ticket within an hour", 1)
    assert (len(gate.mailbox(bart)), len(gate.mailbox(anne))) == (3, 1)
    assert gate.release(6).outcome.disposition is Disposition.JOINED
    gate.later(hours=2)
    assert gate.deliver(anne.replies(acknowledgement, "Later.")).outcome.disposition is Disposition.JOINED


def test_mails_of_programs_to_one_ticket_beyond_its_budget_join_it_in_silence(
    small: tuple[Gate, Person, Person, Received],
) -> None:
    gate, anne, bart, acknowledgement = small
    to = str(acknowledgement.message["Reply-To"])

    settled = [
        gate.deliver(anne.writes(f"Away {n}.", to=to, headers={"Auto-Submitted": "auto-replied"})).outcome
        for n in range(6)
    ]

    assert {(mail.disposition, mail.ticket_id) for mail in settled} == {(Disposition.AUTOMATIC, 1)}
    assert gate.ticket(1).messages == 7
    assert len(gate.mailbox(bart)) == 4  # Anne's words and three of the program
    assert "beyond 3 of their mails an hour joins the ticket without a mail to you" in " ".join(
        gate.mailbox(bart)[-1].text.split()
    )
    assert settled[2].reason == "auto-replied"
    assert settled[3].reason == (
        "auto-replied; staff are not told: flood, 3 mails of programs to this ticket within an hour"
    )


def test_forged_strangers_get_no_more_notices_an_hour_than_the_budget_of_all(begin: BeginGate) -> None:
    gate = begin(budgets={"held_notices_per_hour": 4})
    forged = [Person("X", f"x@forged{n}.example") for n in range(10)]

    settled = {gate.deliver(one.writes("Pills")).outcome.disposition for one in forged}
    within_the_hour = len(gate.outbox(Template.HELD))
    gate.later(hours=2)
    gate.deliver(Person("Y", "y@later.example").writes("Hello"))

    assert settled == {Disposition.HELD}
    assert (within_the_hour, len(gate.outbox(Template.HELD))) == (4, 5)


@pytest.mark.parametrize(
    ("budget", "sent"), [("automatic_answers_per_domain_hour", [2, 2]), ("automatic_answers_per_hour", [2, 0])]
)
def test_acknowledgements_have_a_budget_for_each_domain_and_one_in_all(
    begin: BeginGate, budget: str, sent: list[int]
) -> None:
    gate = begin(budgets={budget: 2})
    for domain in ("ash.example", "oak.example"):
        for name in ("a", "b", "c"):
            gate.deliver(gate.customer(name, f"{name}@{domain}").writes("It is broken."))

    acknowledged = [row.notice.to_address for row in gate.outbox(Template.ACKNOWLEDGEMENT)]

    assert [sum(address.endswith(domain) for address in acknowledged) for domain in ("ash.example", "oak.example")] == (
        sent
    )
    assert len(gate.tickets()) == 6
    assert _status(gate, gate.now)["unsent"] == 6 - sum(sent)
    assert _attention(gate, gate.now) == ["unsent"]
    assert _attention(gate, gate.now + timedelta(days=1)) == []


def test_answers_beyond_the_budget_of_their_own_address_are_nobody_s_alarm(gate: Gate, anne: Person) -> None:
    _flood(gate, anne, 8)

    assert len(gate.mailbox(anne)) == 5
    assert _attention(gate, gate.now) == []
