"""An answer waits a minute, and until then its writer may take it back, with all that came with it."""

import pytest
from sqlalchemy import Connection, event

from mailgate.flows.post.notify import notify
from mailgate.flows.story.act import Act
from mailgate.letters.kind import Template
from mailgate.letters.notice import Notice
from mailgate.outbound.samples import SAMPLES
from mailgate.tickets.ticket import EntryKind, Event, State
from store.post.outbox import OutState
from tests.gate import SUPPORT, BeginGate, Gate, Person, Received


@pytest.fixture
def gate(begin: BeginGate) -> Gate:
    """A gate whose answers wait a minute."""
    return begin(desk_rules={"undo_seconds": 60})


@pytest.fixture
def notification(gate: Gate, anne: Person, bart: Person) -> Received:
    """What Bart got for Anne's first mail."""
    gate.deliver(anne.writes("It is broken."))
    return gate.mailbox(bart)[0]


def test_an_answer_that_is_undone_never_leaves_and_the_ticket_is_as_before(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    before = gate.ticket(1)
    gate.deliver(bart.replies(notification, "!close\nTry the wrong thing."))

    gate.now = gate.now.replace(second=59)
    gate.deliver(bart.replies(notification, "!undo"))
    gate.later(hours=1)

    assert {row.state for row in gate.outbox() if row.notice.template in (Template.REPLY, Template.CLOSED)} == {
        OutState.CANCELLED
    }
    after = gate.ticket(1)
    assert (after.state, after.waiting_since, after.silent_since) == (State.OPEN, before.waiting_since, None)
    assert len(gate.mailbox(anne)) == 1
    receipt = " ".join(gate.mailbox(bart)[-1].text.split())
    assert "Your last answer was taken back: the customer does not get it. The ticket is open, as before." in receipt


def test_undo_is_in_the_history_for_staff_alone(gate: Gate, anne: Person, bart: Person, notification: Received) -> None:
    gate.deliver(bart.replies(notification, "Try the wrong thing."))
    gate.deliver(bart.replies(notification, "!undo"))

    last = gate.history(1)[-1]

    assert (last.kind, last.event, last.author_name) == (EntryKind.EVENT, Event.ANSWER_TAKEN_BACK, "Bart Jones")
    assert (last.evidence, last.for_customers) == ("D+T", False)


def test_a_mail_that_somebody_else_called_for_meanwhile_is_not_taken_back(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    by_fred = [
        Notice(
            template=Template.REPLY,
            to_address=anne.address,
            to_name="Anne Miller",
            from_name="Example Hosting",
            from_address=SUPPORT,
            values={**SAMPLES[Template.REPLY][0], "text": "By Fred."},
            ticket_id=1,
            customer_id=1,
        )
    ]

    @event.listens_for(gate.parts.engine, "before_cursor_execute")
    def beside(conn: Connection, _cursor: object, statement: str, *_: object) -> None:
        """Another transaction is as quick: its mail has a higher id than all before, and a lower one than Bart's."""
        if statement.startswith("INSERT INTO entries") and by_fred:
            notify(Act.begin(conn, gate.parts.settings, gate.now), [by_fred.pop()], cause=None)

    gate.deliver(bart.replies(notification, "!close\nBy Bart."))
    gate.deliver(bart.replies(notification, "!undo"))
    gate.later(minutes=2)

    mails = [row for row in gate.outbox() if row.notice.template in (Template.REPLY, Template.CLOSED)]
    assert [row.state for row in mails] == [OutState.SENT, OutState.CANCELLED]
    assert "By Fred." in gate.mailbox(anne)[-1].text
    assert "Your last answer was taken back" in gate.mailbox(bart)[-1].text


def test_undo_after_the_hold_says_that_it_is_too_late(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "Try the wrong thing."))
    gate.later(seconds=60)

    gate.deliver(bart.replies(notification, "!undo"))

    assert "It is too late" in gate.mailbox(bart)[-1].text
    assert gate.ticket(1).state is State.ANSWERED
    assert "Try the wrong thing." in gate.mailbox(anne)[-1].text


def test_each_undo_takes_back_one_answer_and_only_the_writer_s_own(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "First."))
    gate.deliver(bart.replies(notification, "Second."))
    fred = gate.staff("Fred Frost", "fred@hosting.example")
    gate.deliver(anne.replies(gate.mailbox(anne)[0], "Hello?"))

    gate.deliver(fred.replies(gate.mailbox(fred)[0], "!undo"))
    gate.deliver(bart.replies(notification, "!undo"))
    gate.later(minutes=2)

    assert "no answer of yours" in gate.mailbox(fred)[1].text
    assert ["First." in mail.text for mail in gate.mailbox(anne)[1:]] == [True]


def test_what_the_customer_wrote_meanwhile_stays(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "!close\nDone."))
    gate.deliver(anne.replies(gate.mailbox(anne)[0], "One more thing."))

    gate.deliver(bart.replies(notification, "!undo"))

    assert gate.ticket(1).state is State.OPEN
    assert "somebody changed it since" in " ".join(gate.mailbox(bart)[-1].text.split())


def test_the_words_below_undo_go_nowhere_and_the_writer_is_told(
    gate: Gate, anne: Person, bart: Person, notification: Received
) -> None:
    gate.deliver(bart.replies(notification, "Try the wrong thing."))

    gate.deliver(bart.replies(notification, "!undo\n\nTry the right thing."))
    gate.later(minutes=2)

    assert "Nobody has been sent the words below your command" in gate.mailbox(bart)[-1].text
    assert len(gate.mailbox(anne)) == 1
