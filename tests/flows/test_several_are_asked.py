"""A question to several: done after the last yes that it needs, ended by one no, and each nonce is its reader's own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailgate.confirmation import Became, ConfirmKind, ConfirmState, Line, Needed, Says, Whom
from mailgate.flows.confirm.ask import Request, ask
from mailgate.flows.story.act import Act
from mailgate.flows.story.identify import Identity
from mailgate.flows.story.incoming import Incoming, read
from mailgate.inbound.spamd import OFF
from mailgate.letters.kind import Template
from mailgate.mail.address import parse_mailbox
from mailgate.mail.disposition import Disposition
from mailgate.mail.parse import parse
from mailgate.mail.sender.evidence import Evidence, Level
from mailgate.tickets.ticket import Event, State
from store import people, people_edits
from store.desk import tickets
from store.engine import reading, transaction
from store.post import confirmations
from tests.gate import Gate, Person, Received, begin_gate

IVO = Person("", "ivo@elsewhere.example")  # nobody that the gate knows


@dataclass
class Owners:
    """A gate with Anne's ticket, her colleague Dora, Bart of the staff, and the question whether to close it."""

    gate: Gate
    people: tuple[Person, ...]

    def asks(self, needed: Needed = Needed.ALL, *, level: Level = Level.DKIM, **more: object) -> Became | None:
        """Anne asks that it be closed, and these people must confirm it."""
        gate, mail = self.gate, self._mail(level)
        with transaction(gate.parts.engine) as conn:
            tickets.lock(conn, (1,))
            act = Act.begin(conn, gate.parts.settings, gate.now)
            told = ask(act, mail, self._request(act, needed, more))
        gate.work()
        return told

    def says(self, who: Person, words: str, *, to: Person | None = None) -> Disposition | None:
        """Somebody answers his question, or the one of somebody else."""
        question = self.question(to or who)
        return self.gate.deliver(who.replies(question, words)).outcome.disposition

    def question(self, who: Person) -> Received:
        """The last that he was asked."""
        return [mail for mail in self.gate.mailbox(who) if "Shall we do this?" in mail.text][-1]

    def state(self, number: int = 1) -> ConfirmState:
        """Of the question."""
        with reading(self.gate.parts.engine) as conn:
            asked = confirmations.show(conn, number)
        assert asked is not None
        return asked.state

    @property
    def is_done(self) -> bool:
        """The ticket was closed."""
        return self.gate.ticket(1).state is State.CLOSED

    def _request(self, act: Act, needed: Needed, more: dict[str, object]) -> Request:
        [anne], bart = people.contacts_with(act.conn, "anne@customer.example"), people.list_staff(act.conn)[0]
        whom = {
            "anne@customer.example": Whom(contact_id=anne.id),
            "bart@hosting.example": Whom(staff_id=bart.id),
            IVO.address: Whom(address=IVO.address, statement=(Line(Says.SAID, {"words": "You are a contact"}),)),
        }
        for contact in people.contacts_with(act.conn, "dora@customer.example"):
            whom[contact.address] = Whom(contact_id=contact.id)
        ticket = self.gate.ticket(1)
        request = Request(
            ConfirmKind.CLOSE,
            (Line(Says.CLOSE, {"ticket": "1"}), Line(Says.SAID, {"words": "and stays so"})),
            {"n": str(self.gate.now)},
            ticket=ticket,
            customer_id=anne.customer_id,
            contact_id=anne.id,
            whom=tuple(whom[one.address] for one in self.people),
            needed=needed,
        )
        return replace(request, **more)  # type: ignore[arg-type]

    def _mail(self, level: Level) -> Incoming:
        gate = self.gate
        raw = Person("Anne Miller", "anne@customer.example").writes("Close it, please.")
        [lent] = gate.lend(gate.accept(raw))
        proved = Identity(parse_mailbox("anne@customer.example"), Evidence(level, ()))
        parts, today = gate.parts, gate.now.date()
        return read(
            lent, raw, parse(raw), proved, OFF, settings=parts.settings, archive=parts.archive, keys={}, today=today
        )


Among = Callable[..., Owners]


@pytest.fixture
def among(gate: Gate, anne: Person, bart: Person) -> Among:
    """Makes the story, for those who are to be asked."""

    def begin_among(*who: Person) -> Owners:
        gate.contact(1, "Dora Miller", "dora@customer.example")
        gate.deliver(anne.writes("It is broken."))
        return Owners(gate, who)

    return begin_among


DORA = Person("Dora Miller", "dora@customer.example")


def test_it_is_done_after_the_last_yes_and_everybody_is_told(among: Among, anne: Person, bart: Person) -> None:
    owners = among(anne, DORA, bart)
    owners.asks()

    owners.says(DORA, "yes")
    owners.says(bart, "Yes, thanks")
    before = owners.is_done
    owners.says(anne, "yes")

    assert not before
    assert owners.is_done
    assert "as soon as everybody else whom we ask has said yes" in " ".join(owners.gate.mailbox(DORA)[-2].text.split())
    assert "Everybody whom we asked has said yes" in owners.gate.mailbox(DORA)[-1].text
    assert any("Everybody whom we asked has said yes" in mail.text for mail in owners.gate.mailbox(bart))
    assert "is closed now" in owners.gate.mailbox(anne)[-1].text


def test_of_several_colleagues_the_first_yes_is_enough(among: Among, anne: Person) -> None:
    owners = among(anne, DORA)
    owners.asks(Needed.FIRST)

    owners.says(DORA, "yes")
    owners.says(anne, "no")

    assert owners.is_done
    assert "Dora Miller said yes, so this is done" in owners.gate.mailbox(anne)[-2].text
    assert "Your answer was not used" in owners.gate.mailbox(anne)[-1].text


@pytest.mark.parametrize("needed", Needed)
def test_one_no_ends_it_and_everybody_who_was_asked_is_told(
    among: Among, anne: Person, bart: Person, needed: Needed
) -> None:
    owners = among(anne, DORA, bart)
    owners.asks(needed)

    owners.says(DORA, "No, never")
    owners.says(anne, "yes")
    owners.says(bart, "yes")

    assert not owners.is_done
    assert owners.state() is ConfirmState.REFUSED
    for one in (anne, bart):
        assert "Dora Miller said no, so nothing was done" in owners.gate.mailbox(one)[-2].text
        assert "Your answer was not used" in owners.gate.mailbox(one)[-1].text


def test_a_yes_can_be_taken_back_while_others_are_waited_for(among: Among, anne: Person) -> None:
    owners = among(anne, DORA)
    owners.asks()

    owners.says(anne, "yes")
    owners.says(anne, "no")
    owners.says(DORA, "yes")

    assert (owners.is_done, owners.state()) == (False, ConfirmState.REFUSED)


def test_the_yes_of_one_said_twice_is_not_the_yes_of_two(among: Among, anne: Person) -> None:
    owners = among(anne, DORA)
    owners.asks()

    owners.says(anne, "yes")
    owners.says(anne, "yes, yes")
    owners.says(anne, "Yes!", to=DORA)

    assert not owners.is_done
    assert "Your answer was not used" in owners.gate.mailbox(anne)[-1].text


def test_nobody_is_done_for_when_the_time_is_over_and_all_are_told(among: Among, anne: Person) -> None:
    owners = among(anne, DORA)
    owners.asks()
    owners.says(anne, "yes")

    owners.gate.later(hours=73)
    owners.says(DORA, "yes")

    assert (owners.is_done, owners.state()) == (False, ConfirmState.EXPIRED)
    for one in (anne, DORA):
        told = [mail.text for mail in owners.gate.mailbox(one) if "Not everybody whom we asked" in mail.text]
        assert len(told) == 1


def test_somebody_who_was_removed_meanwhile_keeps_no_question_from_ending(among: Among, anne: Person) -> None:
    owners = among(anne, DORA)
    owners.asks()
    with transaction(owners.gate.parts.engine) as conn:
        [dora] = people.contacts_with(conn, DORA.address)
        people_edits.remove_contact(conn, dora.id, now=owners.gate.now)

    owners.gate.later(hours=73)

    assert owners.state() is ConfirmState.EXPIRED


def test_what_somebody_asked_for_who_was_removed_meanwhile_is_not_done_for_a_colleague_s_yes(
    among: Among, anne: Person
) -> None:
    owners = among(DORA)
    owners.asks(Needed.FIRST)
    with transaction(owners.gate.parts.engine) as conn:
        [contact] = people.contacts_with(conn, anne.address)
        people_edits.remove_contact(conn, contact.id, now=owners.gate.now)

    became = owners.says(DORA, "yes")

    assert became is Disposition.COMMAND
    assert not owners.is_done
    assert "Your answer was not used" in owners.gate.mailbox(DORA)[-1].text


def test_whoever_has_an_address_alone_reads_his_own_words_and_says_yes(among: Among, anne: Person) -> None:
    owners = among(anne, IVO)
    owners.asks()
    asked = owners.question(IVO)

    owners.says(anne, "yes")
    owners.says(IVO, "yes")

    assert owners.is_done
    assert "You are a contact." in asked.text
    said = f"{asked.message}\n{asked.text}".partition("Content-Type: text/html")[0]
    assert not any(word in said for word in ("#1", "Anne", "stays so", "No mail since"))
    assert not any("Anne" in mail.text or "#1" in mail.subject for mail in owners.gate.mailbox(IVO))


def test_the_statement_has_its_lines_and_the_question_says_who_asks_and_how_many_decide(
    among: Among, anne: Person
) -> None:
    owners = among(anne, DORA)
    owners.asks()
    words = " ".join(owners.question(DORA).text.split())

    assert "Anne Miller asked for it on" in words
    assert "Ticket #1 is closed: - and stays so" in words
    assert "We do it once all of you have said yes" in words
    assert "A mail from your address asked for it" in owners.question(anne).text
    assert owners.question(anne).message["Reply-To"] != owners.question(DORA).message["Reply-To"]


def test_nobody_is_asked_when_one_whose_yes_is_needed_cannot_be_reached(among: Among, anne: Person) -> None:
    ours = Person("", "support@support.example")
    owners = among(anne)

    told = owners.asks(whom=(Whom(contact_id=1), Whom(address=ours.address)))

    assert told is Became.NO_MAIL
    assert owners.gate.outbox(Template.CONFIRM)[0].state == "cancelled"
    assert not [mail for mail in owners.gate.mailbox(anne) if "Shall we do this?" in mail.text]


def test_nobody_is_asked_for_a_mail_that_nothing_speaks_for(among: Among, anne: Person) -> None:
    owners = among(anne)

    assert owners.asks(level=Level.UNKNOWN) is Became.UNVERIFIED
    assert owners.gate.outbox(Template.CONFIRM) == ()


def test_the_classes_and_the_staff_have_budgets_of_their_own(among: Among, anne: Person) -> None:
    owners = among(anne)

    desk = [owners.asks(values={"n": str(number)}) for number in range(4)]
    identity = owners.asks(kind=ConfirmKind.ADD_CONTACT)
    owners.gate.now += timedelta(hours=2)
    staff = [
        owners.asks(contact_id=None, staff_id=1, whom=(Whom(staff_id=1),), values={"n": str(number)})
        for number in range(4)
    ]

    assert desk == [None, None, None, Became.TOO_MANY]
    assert identity is None
    assert staff == [None, None, None, Became.TOO_MANY]


def test_a_budget_is_free_again_after_a_day_when_the_questions_are_answered(among: Among, anne: Person) -> None:
    owners = among(anne)
    for number in range(3):
        owners.asks(values={"n": str(number)})
        owners.says(anne, "no")
    same_day = owners.asks(values={"n": "same day"})
    owners.gate.now += timedelta(days=1, minutes=1)

    assert same_day is Became.TOO_MANY
    assert owners.asks(values={"n": "next day"}) is None


def test_two_yeses_that_are_settled_at_once_are_one_deed(among: Among, anne: Person) -> None:
    owners = among(anne, DORA)
    gate = owners.gate
    owners.asks(Needed.FIRST)
    mails = [
        gate.accept(who.replies(owners.question(who), words))
        for who, words in ((anne, "yes"), (DORA, "yes"), (anne, "Yes please"), (DORA, "ok, yes"))
    ]

    with ThreadPoolExecutor(len(mails)) as workers:
        list(workers.map(lambda number: gate.parts.receive(number, gate.now), mails))
    gate.work()

    assert [event for event, _, _ in gate.events(1)].count(Event.CONFIRMED) == 1
    assert owners.is_done


def test_a_question_ends_once(among: Among, anne: Person) -> None:
    owners = among(anne)
    owners.asks()

    with transaction(owners.gate.parts.engine) as conn:
        ended = [confirmations.end(conn, 1, state) for state in (ConfirmState.DONE, ConfirmState.DONE)]
        late = confirmations.end(conn, 1, ConfirmState.EXPIRED)

    assert (ended, late) == ([True, False], False)
    assert owners.state() is ConfirmState.DONE


WORDS = {"yes": "yes", "no": "no", "else": "When would that be?"}
STEPS = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 2), st.sampled_from(sorted(WORDS)), st.sampled_from((0, 0, 0, 30))),
    min_size=1,
    max_size=6,
)


@settings(max_examples=12)
@given(needed=st.sampled_from(Needed), steps=STEPS)
def test_whoever_answers_what_and_when_it_is_done_only_with_each_yes_that_it_needs(
    tmp_path_factory: pytest.TempPathFactory, needed: Needed, steps: list[tuple[int, int, str, int]]
) -> None:
    """The law again, with mails: each step is who answers, whose question, in which words, hours later."""
    with begin_gate(tmp_path_factory.mktemp("gate")) as gate:
        anne = gate.customer("Anne Miller", "anne@customer.example")
        gate.staff("Bart Jones", "bart@hosting.example")
        gate.contact(1, DORA.name, DORA.address)
        gate.deliver(anne.writes("It is broken."))
        owners = Owners(gate, (anne, DORA, IVO))
        owners.asks(needed)
        questions = {one.address: owners.question(one) for one in owners.people}
        yes: set[str] = set()
        is_refused, end = False, gate.now + timedelta(hours=72)

        for author, whose, words, hours in steps:
            gate.now += timedelta(hours=hours)
            who, other, was_done = owners.people[author], owners.people[whose], owners.is_done
            gate.parts.receive(gate.accept(who.replies(questions[other.address], WORDS[words])), gate.now)
            if who is other and gate.now < end and not was_done:
                is_refused |= words == "no"
                yes |= {who.address} if words == "yes" and not is_refused else set()

        enough = len(yes) == len(owners.people) if needed is Needed.ALL else bool(yes)
        assert owners.is_done == (enough and not (is_refused and needed is Needed.ALL))
        assert [event for event, _, _ in gate.events(1)].count(Event.CLOSED) == int(owners.is_done)
