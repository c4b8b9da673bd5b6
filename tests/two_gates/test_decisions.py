"""Two gates hear of one decision, or find the same thing to be done, at the same time."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from mailgate.flows.moving.forget import documents_to_keep, forget
from mailgate.flows.post.standing import remember
from mailgate.flows.story import review
from mailgate.flows.story.act import Act
from mailgate.flows.ticket import leave
from mailgate.letters.kind import Template
from mailgate.mail.address_failure import AddressFailure
from mailgate.mail.disposition import Disposition
from mailgate.people import Role
from mailgate.tickets.ticket import Event, State
from store import keys, people
from store.engine import reading, transact, transaction
from store.post import suppressions
from store.schema import confirmations, entries, lessons, spool
from tests.gate import Gate, Person, Received
from tests.two_gates.conftest import Two
from tests.two_gates.test_tickets import JOINS, messages, receive
from workers.presence import Presence


def question_to(two: Two, person: Person) -> Received:
    """The last mail that asks somebody for a yes."""
    return [mail for mail in two.mailbox(person) if "Shall we do this?" in mail.text][-1]


def test_two_yeses_to_one_question_are_one_deed(two: Two, anne: Person, bart: Person) -> None:
    two.one.deliver(anne.writes("It is broken."))
    two.one.deliver(anne.replies(two.mailbox(anne)[0], "!add bob@partner.example"))
    question = question_to(two, anne)
    first = two.one.accept(anne.replies(question, "yes"))
    second = two.other.accept(anne.replies(question, "Yes, please."))

    two.at_once(lambda: receive(two.one, first), lambda: receive(two.other, second), after="UPDATE confirmations")

    added = [event for event, _, _ in two.one.events(1) if event is Event.CONTACT_ADDED]
    assert len(added) == 1
    assert [one.address for one in two.one.ticket(1).participants] == [anne.address, "bob@partner.example"]


def test_a_yes_beside_a_no_ends_as_whoever_came_first_said(two: Two, anne: Person, bart: Person) -> None:
    two.one.deliver(anne.writes("It is broken."))
    two.one.deliver(anne.replies(two.mailbox(anne)[0], "!add bob@partner.example"))
    question = question_to(two, anne)
    first, second = (two.one.accept(anne.replies(question, words)) for words in ("no", "yes"))

    two.at_once(lambda: receive(two.one, first), lambda: receive(two.other, second), after="UPDATE confirmations")

    assert [one.address for one in two.one.ticket(1).participants] == [anne.address]
    with reading(two.one.parts.engine) as conn:
        assert conn.execute(select(confirmations.c.state)).scalars().all() == ["refused"]


def test_a_held_mail_that_two_decide_on_is_decided_once(two: Two, bart: Person) -> None:
    held = two.one.deliver(Person("Cris", "cris@stranger.example").writes("Do you sell servers?"))
    assert held.outcome.disposition is Disposition.HELD

    def let_in() -> None:
        with transaction(two.one.parts.engine) as conn:
            review.release(conn, held.id, by="Bart", now=two.one.now)

    def refuse() -> str:
        try:
            with transaction(two.other.parts.engine) as conn:
                review.refuse(conn, held.id, by="Dora", is_spam=True, now=two.other.now)
        except review.NotHeld as error:
            return str(error)
        return "refused"

    _, said = two.at_once(let_in, refuse, after="UPDATE spool")

    assert said == f"mail {held.id} is not held: it is waiting, by Bart"
    with reading(two.one.parts.engine) as conn:
        assert conn.execute(select(lessons)).all() == []
    two.work()
    assert two.one.inbox(held.id).outcome.disposition is Disposition.OPENED


def held_and_open(two: Two, anne: Person) -> None:
    """Something for each list."""
    two.one.deliver(anne.writes("It is broken."))
    two.one.deliver(Person("Cris", "cris@stranger.example").writes("Do you sell servers?"))
    two.later(minutes=1)


def test_the_list_of_held_mail_at_eight_sharp_goes_out_once(two: Two, anne: Person, bart: Person, dora: Person) -> None:
    held_and_open(two, anne)
    before = len(two.one.outbox(Template.HELD_ALERT))
    two.one.now = two.other.now = two.one.now.replace(hour=7, minute=0) + timedelta(days=1)

    two.at_once(
        lambda: two.one.parts.sweep(two.one.now), lambda: two.other.parts.sweep(two.other.now), after="INTO lists"
    )

    told = [row.notice.to_address for row in two.one.outbox(Template.HELD_ALERT)[before:]]
    assert sorted(told) == [bart.address, dora.address]


def test_the_list_of_open_tickets_at_eight_sharp_goes_out_once(
    two_with_lists: Two,
) -> None:
    two = two_with_lists
    anne = two.one.customer("Anne Miller", "anne@customer.example")
    bart, dora = (two.one.staff(name, f"{name}@hosting.example") for name in ("bart", "dora"))
    two.one.deliver(anne.writes("It is broken."))
    two.one.now = two.other.now = two.one.now.replace(hour=7, minute=0) + timedelta(days=1)

    two.at_once(
        lambda: two.one.parts.sweep(two.one.now), lambda: two.other.parts.sweep(two.other.now), after="INTO lists"
    )

    assert sorted(row.notice.to_address for row in two.one.outbox(Template.QUEUE)) == [bart.address, dora.address]


def test_a_sweep_beside_a_sweep_does_each_thing_once(two: Two, anne: Person, bart: Person) -> None:
    accepted = two.one.accept(anne.writes("It is broken."))
    two.one.now = two.other.now = two.one.now + timedelta(minutes=2)

    two.at_once(
        lambda: two.one.parts.sweep(two.one.now), lambda: two.other.parts.sweep(two.other.now), after="UPDATE spool"
    )
    two.at_once(lambda: receive(two.one, accepted), lambda: receive(two.other, accepted), after="UPDATE spool SET")

    assert two.one.inbox(accepted).attempts == 1
    assert [ticket.messages for ticket in two.one.tickets()] == [1]


def test_a_restart_beside_a_peer_s_work_leaves_that_alone(two: Two, anne: Person) -> None:
    accepted = two.one.accept(anne.writes("It is broken."))
    in_hand: list[str | None] = []

    def start_another(name: str) -> None:
        """Whoever starts looks for what dead processes had in hand, and then for what waits."""
        if name != "receive.checked":
            return
        presence = Presence(two.other.parts.engine, does="serve", sweeps=True)
        presence.start()
        two.other.parts.sweep(two.other.now)
        two.other.parts.receive(accepted, two.other.now)
        with reading(two.other.parts.engine) as conn:
            in_hand.append(conn.execute(select(spool.c.lease)).scalar())
        presence.stop()

    slow = replace(two.one, parts=replace(two.one.parts, fail_point=start_another))

    assert receive(slow, accepted) is Disposition.OPENED
    assert [lease is not None for lease in in_hand] == [True]
    assert two.one.inbox(accepted).attempts == 1


def test_keys_that_are_rotated_beside_a_reply_leave_its_address_good(two: Two, anne: Person, bart: Person) -> None:
    two.one.deliver(anne.writes("It is broken."))
    reply = two.other.accept(anne.replies(two.mailbox(anne)[0], "It is worse."))

    def rotate() -> int:
        with transaction(two.one.parts.engine) as conn:
            return keys.rotate(conn, now=two.one.now)

    _, end = two.at_once(rotate, lambda: receive(two.other, reply), after="keys")

    assert end is Disposition.JOINED
    assert two.one.ticket(1).messages == 2


def test_a_mail_beside_an_erasure_leaves_no_word_of_the_customer(two: Two, anne: Person, bart: Person) -> None:
    two.one.deliver(anne.writes("It is broken."))
    reply = two.other.accept(anne.replies(two.mailbox(anne)[0], "GROMMETS are broken, too."))

    two.at_once(lambda: erase(two.one, 1), lambda: receive(two.other, reply), after="INTO erasures")

    came = two.one.inbox(reply).outcome
    assert came.disposition in (Disposition.HELD, Disposition.OPENED)
    assert messages(two.one, 1) == 1
    with reading(two.one.parts.engine) as conn:
        of_the_erased = select(entries.c.text).where(entries.c.ticket_id == 1)
        assert not [text for text in conn.execute(of_the_erased).scalars() if "GROMMETS" in text]
        assert people.contacts_with(conn, anne.address) == ()


def test_an_erasure_beside_a_mail_waits_for_it_and_takes_it_along_or_says_so(
    two: Two, anne: Person, bart: Person
) -> None:
    two.one.deliver(anne.writes("It is broken."))
    reply = two.one.accept(anne.replies(two.mailbox(anne)[0], "GROMMETS are broken, too."))

    def erase_too() -> str:
        try:
            erase(two.other, 1)
        except Exception as error:  # noqa: BLE001 - its name is looked at
            return type(error).__name__
        return "erased"

    _, said = two.at_once(lambda: receive(two.one, reply), erase_too, after=JOINS)

    assert said == "MailsCame"
    assert messages(two.one, 1) == 2
    erase(two.other, 1)
    with reading(two.one.parts.engine) as conn:
        texts = conn.execute(select(entries.c.text)).scalars().all()
    assert not [text for text in texts if "GROMMETS" in text or "broken" in text]


def test_two_failures_of_an_address_are_both_counted(two: Two, anne: Person) -> None:
    def fail(gate: Gate) -> None:
        with transaction(gate.parts.engine) as conn:
            act = Act.begin(conn, gate.parts.settings, gate.now)
            remember(act, anne.address, "450 4.2.2 full", AddressFailure.COUNTS)

    two.at_once(lambda: fail(two.one), lambda: fail(two.other), after="suppressions")

    with reading(two.one.parts.engine) as conn:
        score = suppressions.score(conn, anne.address)
    assert score is not None
    assert score.points == 2


def test_an_address_that_dies_beside_a_mail_to_it_is_written_to_no_more(two: Two, anne: Person, bart: Person) -> None:
    two.one.deliver(anne.writes("It is broken."))
    answer = two.other.accept(bart.replies(two.mailbox(bart)[0], "Please try again."))

    def die() -> None:
        with transaction(two.one.parts.engine) as conn:
            act = Act.begin(conn, two.one.parts.settings, two.one.now)
            remember(act, anne.address, "550 5.1.1 no such user", AddressFailure.DEAD)

    two.at_once(die, lambda: receive(two.other, answer), after="suppressions")
    two.later(minutes=1)
    two.one.deliver(bart.replies(two.mailbox(bart)[0], "Did that help?"))
    two.later(minutes=1)

    assert len([mail for mail in two.mailbox(anne) if "Please try again" in mail.text]) == 1
    assert not [mail for mail in two.mailbox(anne) if "Did that help" in mail.text]
    assert two.one.ticket(1).state is State.OPEN


def test_two_owners_who_are_removed_are_not_both_gone(two: Two, anne: Person) -> None:
    with transaction(two.one.parts.engine) as conn:
        people.add_contact(conn, 1, "Eric", "eric@customer.example", (Role.OWNER,), now=two.one.now)

    def remove(gate: Gate, contact_id: int) -> str:
        with reading(gate.parts.engine) as conn:
            contact = people.find_contact(conn, contact_id)
        assert contact is not None
        try:
            transact(
                gate.parts.engine,
                lambda conn: leave.remove_contact(Act.begin(conn, gate.parts.settings, gate.now), contact, force=True),
            )
        except leave.StillNeeded:
            return "only owner"
        return "removed"

    ends = two.at_once(lambda: remove(two.one, 1), lambda: remove(two.other, 2), after="UPDATE contacts")

    assert ends == ("removed", "only owner")


def erase(gate: Gate, customer_id: int) -> None:
    """As `mailgate customer forget` does."""
    parts = gate.parts
    with reading(parts.engine) as conn:
        customer = people.find_customer(conn, customer_id)
    assert customer is not None
    forget(
        parts.engine,
        parts.archive,
        customer,
        log_beside=parts.settings.store.archive,
        by="root",
        now=gate.now,
        obstacles=documents_to_keep(10, gate.now.date()),
    )
