"""History of an older system: one ticket for each thread, whatever the order, and nothing leaves the house."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.flows.moving import history
from mailgate.flows.moving.old_thread import Strangers
from mailgate.inbound.mailbox_files import Kind
from mailgate.mail.disposition import Disposition
from mailgate.tickets.history import threads
from mailgate.tickets.ticket import Direction, EntryKind, State
from store.engine import reading
from store.views import customer_tickets, visitors
from store.views.paging import Turn
from tests.gate import IN_ENGLISH, SUPPORT, Gate, Person
from tests.moving.mailbox import ANNE, BART, letter, look, mbox, move_in, wish

CHAIN = (
    letter(1),
    letter(2, author=BART, to=ANNE, answers=(1,)),
    letter(3, answers=(2,)),
    letter(4, author=BART, to=ANNE, answers=(3,)),
)
"""Each names only the one before: the last and the first have nothing in common."""


def texts(gate: Gate, number: int) -> list[str]:
    return [entry.text for entry in gate.history(number) if entry.kind is EntryKind.MESSAGE]


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 0, 2, 1), (1, 3, 0, 2), (3, 2, 1, 0)])
def test_a_thread_is_one_ticket_in_the_order_of_its_dates(
    tmp_path: Path, gate: Gate, anne: Person, bart: Person, order: tuple[int, ...]
) -> None:
    moved = move_in(gate, mbox(tmp_path / "old", *(CHAIN[place] for place in order)))

    assert (moved.opened, moved.mails) == (1, 4)
    assert texts(gate, 1) == [f"This is mail {number}." for number in (1, 2, 3, 4)]


def test_dates_people_and_directions_are_those_of_then(tmp_path: Path, gate: Gate, anne: Person, bart: Person) -> None:
    move_in(gate, mbox(tmp_path / "old", *CHAIN))

    ticket = gate.ticket(1)
    messages = [entry for entry in gate.history(1) if entry.kind is EntryKind.MESSAGE]
    assert (ticket.customer_id, ticket.state, ticket.messages) == (1, State.CLOSED, 4)
    assert ticket.opened_at == datetime(2020, 1, 6, 1, tzinfo=UTC)
    assert ticket.updated_at == datetime(2020, 1, 6, 4, tzinfo=UTC)
    assert [entry.direction for entry in messages] == [Direction.IN, Direction.OUT, Direction.IN, Direction.OUT]
    assert [entry.at.hour for entry in messages] == [1, 2, 3, 4]
    assert [person.address for person in ticket.participants] == [anne.address]


def test_nothing_is_sent_and_nobody_is_told(tmp_path: Path, gate: Gate, anne: Person, bart: Person) -> None:
    move_in(gate, mbox(tmp_path / "old", *CHAIN), state=State.OPEN)
    gate.later(days=2)

    assert gate.outbox() == ()
    assert gate.sink.messages == []


def test_a_second_run_changes_nothing(tmp_path: Path, gate: Gate, anne: Person) -> None:
    path = mbox(tmp_path / "old", *CHAIN)
    move_in(gate, path)

    again = move_in(gate, path)

    assert (again.opened, again.joined, again.mails, again.already) == (0, 0, 0, 4)
    assert len(texts(gate, 1)) == 4


@pytest.mark.parametrize("at_once", [1, 3])
def test_an_interrupted_run_is_finished_by_the_next(tmp_path: Path, gate: Gate, anne: Person, at_once: int) -> None:
    path = mbox(tmp_path / "old", *CHAIN, letter(7), letter(8, answers=(7,)))
    with pytest.raises(KeyboardInterrupt):
        move_in(gate, path, stop_at=1, at_once=at_once)

    rest = move_in(gate, path)

    assert (rest.already, rest.mails) == (at_once, 6 - at_once)
    assert [len(texts(gate, ticket.id)) for ticket in gate.tickets()] == [4, 2]


def test_a_later_file_with_the_first_mail_of_a_thread_joins_it(tmp_path: Path, gate: Gate, anne: Person) -> None:
    move_in(gate, mbox(tmp_path / "new", *CHAIN[2:]))

    later = move_in(gate, mbox(tmp_path / "old", *CHAIN[:2]))

    assert (later.opened, later.joined, later.mails) == (0, 1, 2)
    assert len(texts(gate, 1)) == 4


def test_a_mail_in_two_mailboxes_comes_in_once(tmp_path: Path, gate: Gate, anne: Person) -> None:
    sent = tmp_path / "sent.eml"
    sent.write_bytes(b"Received: from here by there\n" + letter(1))

    moved = move_in(gate, mbox(tmp_path / "old", letter(1)))
    copy = move_in(gate, sent, kind=Kind.EML)

    assert (moved.mails, copy.mails, copy.already) == (1, 0, 1)


def test_history_that_came_in_is_not_taken_again_when_it_is_mailed(tmp_path: Path, gate: Gate, anne: Person) -> None:
    move_in(gate, mbox(tmp_path / "old", letter(1)))

    again = gate.deliver(letter(1))

    assert again.outcome.disposition is Disposition.DUPLICATE


def test_threads_of_strangers_are_left_out_and_named(tmp_path: Path, gate: Gate, anne: Person) -> None:
    cris = letter(5, author="Cris <cris@elsewhere.example>")

    moved = move_in(gate, mbox(tmp_path / "old", letter(1), cris))

    assert moved.opened == 1
    assert [str(thread.stranger) for thread in moved.strangers] == ["Cris <cris@elsewhere.example>"]


def test_threads_of_strangers_come_in_where_that_is_wanted(tmp_path: Path, gate: Gate, anne: Person) -> None:
    cris = letter(5, author="Cris <cris@elsewhere.example>")
    answer = letter(6, author=SUPPORT, to="cris@elsewhere.example", answers=(5,))

    move_in(gate, mbox(tmp_path / "old", answer, cris), strangers=Strangers.OPEN)

    ticket = gate.ticket(1)
    assert (ticket.customer_id, len(texts(gate, 1))) == (None, 2)
    assert [person.address for person in ticket.participants] == ["cris@elsewhere.example"]


def test_what_staff_wrote_to_each_other_is_no_customers_to_see(
    tmp_path: Path, gate: Gate, anne: Person, bart: Person
) -> None:
    aside = letter(2, author=BART, to="Dora <dora@old.example>", answers=(1,), text="What a fool.")
    reply = letter(3, author="Dora <dora@old.example>", to=ANNE, answers=(1, 2), text="We are on it.")

    move_in(gate, mbox(tmp_path / "old", letter(1), aside, reply), ours=["@old.example"])

    kinds = {entry.text: entry.kind for entry in gate.history(1)}
    assert (kinds["What a fool."], kinds["We are on it."]) == (EntryKind.NOTE, EntryKind.MESSAGE)
    with reading(gate.parts.engine) as conn:
        visitor = visitors.contact(conn, 1)
        assert visitor is not None
        head = customer_tickets.find(conn, visitor, 1)
        assert head is not None
        seen = customer_tickets.thread(conn, head, Turn(), IN_ENGLISH).rows
    assert [entry.text for entry in seen if not entry.is_event] == ["This is mail 1.", "We are on it."]


def test_open_tickets_wait_for_whoever_has_not_written_last(tmp_path: Path, gate: Gate, anne: Person) -> None:
    answered = (letter(7), letter(8, author=SUPPORT, to=ANNE, answers=(7,)))

    move_in(gate, mbox(tmp_path / "old", letter(1), *answered), state=State.OPEN)

    assert [ticket.state for ticket in gate.tickets()] == [State.OPEN, State.ANSWERED]


def test_a_programs_mail_comes_in_as_such(tmp_path: Path, gate: Gate, anne: Person, bart: Person) -> None:
    absent = letter(3, answers=(1,), more="Auto-Submitted: auto-replied\n")

    move_in(gate, mbox(tmp_path / "old", *CHAIN[:2], absent), state=State.OPEN)

    assert gate.history(1)[-1].automatic
    assert gate.ticket(1).state is State.ANSWERED


def test_old_mail_does_not_reopen_a_ticket_of_today(tmp_path: Path, gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken.", headers={"References": "<old-1@client.example>"}))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Repaired."))

    moved = move_in(gate, mbox(tmp_path / "old", letter(1)), state=State.OPEN)

    assert moved.joined == 1
    assert gate.ticket(1).state is State.ANSWERED


def test_no_mail_joins_the_ticket_of_another_customer(tmp_path: Path, gate: Gate, anne: Person) -> None:
    move_in(gate, mbox(tmp_path / "old", letter(1)))
    gate.customer("Dora", "dora@other.example")

    move_in(gate, mbox(tmp_path / "more", letter(2, author="Dora <dora@other.example>", answers=(1,))))

    assert [ticket.customer_id for ticket in gate.tickets()] == [1, 2]


def test_broken_mails_are_named_and_stop_nothing(tmp_path: Path, gate: Gate, anne: Person) -> None:
    found, _ = look(
        gate, mbox(tmp_path / "old", b"", b"no header at all\n", letter(1), b"\xff" * 300 + b"\n", letter(3))
    )

    assert (found.mails, len(found.broken), len(found.threads)) == (5, 3, 2)
    assert all(str(tmp_path / "old") in one.place for one in found.broken)


def test_a_mail_beyond_the_limit_is_left_out(tmp_path: Path, gate: Gate, anne: Person) -> None:
    found, _ = look(gate, mbox(tmp_path / "old", letter(1, text="x" * 3000), letter(2)), max_bytes=2000)

    assert [one.reason for one in found.broken] == ["larger than 2000 bytes"]


def test_a_mail_without_a_usable_date_has_that_of_its_postmark(tmp_path: Path, gate: Gate, anne: Person) -> None:
    undated = letter(1).replace(b"Mon, 6 Jan 2020", b"Mon, 6 Jan 1920")

    move_in(gate, mbox(tmp_path / "old", undated))

    assert gate.ticket(1).opened_at == datetime(2020, 1, 6, 10, tzinfo=UTC)


def test_a_preview_says_what_would_happen_and_writes_nothing(tmp_path: Path, gate: Gate, anne: Person) -> None:
    path = mbox(tmp_path / "old", *CHAIN, letter(7, author="cris@elsewhere.example"))
    found, _ = look(gate, path)

    preview = history.preview(gate.parts.engine, found, wish(gate))

    assert gate.tickets() == ()
    assert preview == move_in(gate, path)


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=3), max_size=12), st.randoms())
def test_the_order_of_mails_does_not_change_who_belongs_together(mails: list[list[str]], chance: object) -> None:
    order = list(range(len(mails)))
    chance.shuffle(order)  # type: ignore[attr-defined]

    straight = threads(mails)
    mixed = threads([mails[place] for place in order])

    pairs = {(order[one], order[two]) for one, a in enumerate(mixed) for two, b in enumerate(mixed) if a == b}
    assert pairs == {(one, two) for one, a in enumerate(straight) for two, b in enumerate(straight) if a == b}
    assert all(
        a == b for one, a in enumerate(straight) for two, b in enumerate(straight) if set(mails[one]) & set(mails[two])
    )
