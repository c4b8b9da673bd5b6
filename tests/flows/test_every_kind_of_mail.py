"""Each kind of mail is really sent to readers of every sort: only its audience gets it, as often as its budget allows.

The tables below say it a second time, by hand: whoever changes a row of `mailgate.letters.kind` changes them too.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, update

from mailgate.config.settings import UnknownSender
from mailgate.confirmation import ConfirmKind, Line, Needed, Says, Whom
from mailgate.flows.post.notify import notify
from mailgate.flows.story.act import Act
from mailgate.flows.story.identify import Identity
from mailgate.flows.story.incoming import Incoming, read
from mailgate.inbound.spamd import OFF
from mailgate.letters.kind import Answers, Audience, Template, Wanted
from mailgate.letters.notice import Notice
from mailgate.mail.address import parse_mailbox
from mailgate.mail.parse import parse
from mailgate.mail.sender.evidence import Evidence, Level
from mailgate.outbound.samples import SAMPLES
from mailgate.people import Role
from mailgate.tickets.ticket import Participant, State
from store import people
from store.desk import tickets
from store.engine import transaction
from store.post import confirmations, suppressions
from store.post.outbox import OutState
from store.schema import tickets as ticket_rows
from tests.gate import SUPPORT, BeginGate, Gate, Person

ANNE = Person("Anne Miller", "anne@customer.example")  # the owner, whose ticket it is
TAKING_PART = Person("Ina Miller", "ina@customer.example")  # has a role for invoices alone, and takes part
BY_ROLE = {role: Person(f"{role.value} Miller", f"{role.value}@customer.example") for role in Role}
DORA = Person("Dora Dean", "dora@other.example")  # another customer's owner
EVE = Person("Eve", "eve@stranger.example")  # nobody that the gate knows
BART = Person("Bart Jones", "bart@hosting.example")  # on the staff
OURS = Person("Support", SUPPORT)

EVERYBODY = (ANNE, TAKING_PART, *BY_ROLE.values(), DORA, EVE, BART, OURS)
OWNERS = {ANNE, BY_ROLE[Role.OWNER]}
FOR_TICKETS = {ANNE, TAKING_PART, *(BY_ROLE[role] for role in (Role.OWNER, Role.GENERAL, Role.SUPPORT))}
ASKED = {ANNE, EVE, BART}  # whom the question was put to
OF_THE_CUSTOMER = {ANNE, TAKING_PART, *BY_ROLE.values()}
TO_ITS_AUTHOR = set(EVERYBODY) - {OURS}

READERS = {
    Template.ACKNOWLEDGEMENT: FOR_TICKETS,
    Template.LEFT_OUT: FOR_TICKETS,
    Template.REPLY: FOR_TICKETS,
    Template.NOTIFICATION: {BART},
    Template.CLOSED: FOR_TICKETS,
    Template.AUTOCLOSE_WARNING: FOR_TICKETS,
    Template.AUTOCLOSED: FOR_TICKETS,
    Template.WAIT_ENDED: {BART},
    Template.RETURNED: {BART},
    Template.SHORTENED: {BART},
    Template.DONE: {BART},
    Template.STAFF_HELP: {BART},
    Template.COLLISION: {BART},
    Template.STAFF_COPY: {BART},
    Template.STAFF_NEWS: {BART},
    Template.HELD: TO_ITS_AUTHOR,
    Template.HELD_ALERT: {BART},
    Template.QUEUE: {BART},
    Template.BANK_LINES: {BART},
    Template.TOMORROW: {BART},
    Template.DECIDED: {BART},
    Template.UNDELIVERED: {BART},
    Template.DELAYED: {BART},
    Template.BILLING_STOPPED: {BART},
    Template.EINVOICE_MISSING: {BART},
    Template.REFUND_FAILED: {BART},
    Template.REFUNDS_DUE: {BART},
    Template.DISPUTE: {BART},
    Template.HOOK_FAILED: {BART},
    Template.SIGN_IN: TO_ITS_AUTHOR,
    Template.ANNOUNCEMENT: {*OWNERS, BY_ROLE[Role.GENERAL]},
    Template.WELCOME: OF_THE_CUSTOMER,
    Template.STAFF_WELCOME: {BART},
    Template.ADDRESS_CHANGED: OF_THE_CUSTOMER,
    Template.MIGRATED: OWNERS,
    Template.RECEIPT: TO_ITS_AUTHOR,
    Template.COPY: TO_ITS_AUTHOR,
    Template.CONFIRM: ASKED,
    Template.STAFF_CONFIRM: {BART},
    Template.STAFF_ANSWERED: {BART},
    Template.SECONDED: {BART},
    Template.CONFIRMED: ASKED,
    Template.NOT_CONFIRMED: ASKED,
    Template.PROPOSAL: OWNERS,
    Template.INVOICE_CREATED: OF_THE_CUSTOMER,
    Template.INVOICE_REMINDER_BEFORE: OF_THE_CUSTOMER,
    Template.INVOICE_REMINDER_DUE: OF_THE_CUSTOMER,
    Template.INVOICE_REMINDER_AFTER: OF_THE_CUSTOMER,
    Template.INVOICE_CREDITED: OF_THE_CUSTOMER,
    Template.PAYMENT_RECEIPT: OF_THE_CUSTOMER,
    Template.REFUND_SENT: OF_THE_CUSTOMER,
    Template.PAYMENT_PARTIAL: OF_THE_CUSTOMER,
    Template.PAYMENT_RETURNED: OF_THE_CUSTOMER,
    Template.CREDIT_ADDED: OF_THE_CUSTOMER,
    Template.STATEMENT: OF_THE_CUSTOMER,
    Template.PAYMENT_LINK: OF_THE_CUSTOMER,
    Template.PAY_HERE: TO_ITS_AUTHOR,
    Template.CARD_LINK: OF_THE_CUSTOMER,
    Template.CARD_SAVED: OF_THE_CUSTOMER,
    Template.CARD_REMOVED: OF_THE_CUSTOMER,
    Template.CHARGE_NOTICE: OF_THE_CUSTOMER,
    Template.PAYMENT_FAILED: OF_THE_CUSTOMER,
    Template.CARD_EXPIRING: OF_THE_CUSTOMER,
    Template.SERVICE_WELCOME: OF_THE_CUSTOMER,
    Template.SERVICE_CHANGED: OF_THE_CUSTOMER,
    Template.SERVICE_SUSPEND_WARNING: OF_THE_CUSTOMER,
    Template.SERVICE_END_WARNING: OF_THE_CUSTOMER,
    Template.SERVICE_SUSPENDED: OF_THE_CUSTOMER,
    Template.SERVICE_RESTORED: OF_THE_CUSTOMER,
    Template.SERVICE_CANCELLED: OF_THE_CUSTOMER,
    Template.UNREACHABLE_CUSTOMER: {BART},
}
AN_HOUR = {
    Template.ACKNOWLEDGEMENT: 5,
    Template.LEFT_OUT: 5,
    Template.HELD: 5,
    Template.SIGN_IN: 5,
    Template.PAY_HERE: 5,
    Template.RECEIPT: 20,
    Template.COPY: 20,
    Template.CONFIRM: 5,
    Template.PROPOSAL: 20,
}
"""How many of a kind one address gets; the others come from events that are counted elsewhere."""

KEPT_FOR_A_DEAD_ADDRESS = {Template.REPLY, Template.AUTOCLOSE_WARNING}

_STATES = {
    None: State.OPEN,
    Wanted.OPEN: State.OPEN,
    Wanted.UNPAID: State.OPEN,
    Wanted.VALID: State.OPEN,
    Wanted.CLOSED: State.CLOSED,
    Wanted.WARNED: State.ANSWERED,
}


@dataclass
class Walk:
    """A gate with one person of every sort, and Anne's ticket, in the state in which the kind of mail is wanted."""

    gate: Gate
    template: Template

    def sends(self, to: Person, *, author: Person | None, headers: dict[str, str] | None = None) -> int:
        """How many mails arrive when this kind is sent to somebody; `author`: of the mail that it answers."""
        return self.sends_this(self.notice(to), author=author, headers=headers)

    def sends_this(self, notice: Notice, *, author: Person | None, headers: dict[str, str] | None = None) -> int:
        """The same of this very mail."""
        gate, to = self.gate, Person(notice.to_name, notice.to_address)
        before = len(gate.mailbox(to))
        cause = self._mail(author.writes("Hello?", headers=headers)) if author else None
        with transaction(gate.parts.engine) as conn:
            if notice.ticket_id is not None:
                tickets.lock(conn, (notice.ticket_id,))
            notify(Act.begin(conn, gate.parts.settings, gate.now), [notice], cause=cause)
        gate.work()
        return len(gate.mailbox(to)) - before

    def notice(self, to: Person) -> Notice:
        """A mail of this kind about Anne's ticket, whoever it goes to."""
        return Notice(
            template=self.template,
            to_address=to.address,
            to_name=to.name,
            from_name="Example Hosting",
            from_address=SUPPORT,
            values=SAMPLES[self.template][0],
            ticket_id=1,
            customer_id=1,
            about_id=1,
        )

    def _mail(self, raw: bytes) -> Incoming:
        """An accepted mail whose author is proved, as stories have it; it is not settled."""
        gate = self.gate
        [lent] = gate.lend(gate.accept(raw))
        message = parse(raw)
        assert message.author is not None
        proved = Identity(parse_mailbox(message.author.address), Evidence(Level.SUBMITTED, ()))
        parts = gate.parts
        return read(
            lent,
            raw,
            message,
            proved,
            OFF,
            settings=parts.settings,
            archive=parts.archive,
            keys={},
            today=gate.now.date(),
        )


@pytest.fixture
def walk(begin: BeginGate, template: Template) -> Walk:
    """Everybody, two days after Anne wrote: her acknowledgement is in nobody's budget any more."""
    gate = begin(desk_rules={"unknown_sender": UnknownSender.HOLD})
    gate.customer(ANNE.name, ANNE.address)
    gate.customer(DORA.name, DORA.address)
    gate.deliver(ANNE.writes("It is broken."))
    gate.staff(BART.name, BART.address)
    with transaction(gate.parts.engine) as conn:
        for role, person in BY_ROLE.items():
            people.add_contact(conn, 1, person.name, person.address, (role,), now=gate.now)
        ina = people.add_contact(conn, 1, TAKING_PART.name, TAKING_PART.address, (Role.INVOICE,), now=gate.now)
        tickets.add_participant(conn, 1, Participant(TAKING_PART.name, TAKING_PART.address, ina.id))
        _put_question(conn, gate)
        conn.execute(update(ticket_rows).values(state=_STATES[template.kind.wanted], warned_at=gate.now))
    gate.now += timedelta(days=2)
    return Walk(gate, template)


def _put_question(conn: Connection, gate: Gate) -> None:
    [anne], bart = people.contacts_with(conn, ANNE.address), people.staff_with(conn, BART.address)
    assert bart is not None
    whom = (Whom(contact_id=anne.id), Whom(staff_id=bart.id), Whom(address=EVE.address))
    confirmations.add(
        conn,
        {
            "kind": ConfirmKind.CLOSE,
            "details": {},
            "cost": "",
            "customer_id": 1,
            "contact_id": anne.id,
            "ticket_id": 1,
            "spool_id": 1,
            "evidence": "D",
            "asked_at": gate.now,
            "expires_at": gate.now + timedelta(days=3),
        },
        [(one, number) for number, one in enumerate(whom)],
        statement=(Line(Says.CLOSE, {"ticket": "1"}),),
        needed=Needed.ALL,
    )


def test_the_tables_name_every_kind() -> None:
    assert set(READERS) == set(Template)
    assert set(AN_HOUR) == {one for one in Template if one.kind.budget}


@pytest.mark.parametrize("template", Template)
def test_only_its_audience_gets_a_mail(walk: Walk, template: Template) -> None:
    answers = template.kind.answers is not Answers.NOTHING

    reached = {person for person in EVERYBODY if walk.sends(person, author=person if answers else None)}

    assert reached == READERS[template]


@pytest.mark.parametrize("template", [one for one in Template if one.kind.answers is not Answers.NOTHING])
def test_an_answer_goes_out_for_a_person_s_mail_alone(walk: Walk, template: Template) -> None:
    for reader in (ANNE, BART):
        assert not walk.sends(reader, author=None)
        assert not walk.sends(reader, author=reader, headers={"Auto-Submitted": "auto-replied"})


@pytest.mark.parametrize("template", [one for one in Template if one.kind.answers is Answers.WILLING])
def test_whoever_wants_no_automatic_answer_gets_none(walk: Walk, template: Template) -> None:
    assert not walk.sends(ANNE, author=ANNE, headers={"X-Auto-Response-Suppress": "All"})
    assert walk.sends(ANNE, author=ANNE)


@pytest.mark.parametrize("template", [one for one in Template if one.kind.audience is Audience.AUTHOR])
def test_what_is_for_an_author_goes_to_nobody_else(walk: Walk, template: Template) -> None:
    assert not walk.sends(ANNE, author=DORA)
    assert not walk.sends(ANNE, author=BART)


@pytest.mark.parametrize("template", AN_HOUR)
def test_one_address_gets_as_many_as_the_budget_has(walk: Walk, template: Template) -> None:
    author = ANNE if template.kind.answers is not Answers.NOTHING else None

    within_the_hour = sum(walk.sends(ANNE, author=author) for _ in range(AN_HOUR[template] + 2))
    walk.gate.now += timedelta(hours=1, seconds=1)

    assert within_the_hour == AN_HOUR[template]
    assert walk.sends(ANNE, author=author) == 1


@pytest.mark.parametrize("template", AN_HOUR)
def test_all_addresses_together_get_as_many_as_the_budget_of_all_has(walk: Walk, template: Template) -> None:
    parts = walk.gate.parts
    budgets = replace(parts.settings.budgets, automatic_answers_per_hour=1)
    walk.gate.parts = replace(parts, settings=replace(parts.settings, budgets=budgets))
    another = EVE if template.kind.audience is Audience.ASKED else BY_ROLE[Role.OWNER]
    answers = template.kind.answers is not Answers.NOTHING

    sent = [walk.sends(person, author=person if answers else None) for person in (ANNE, another)]
    walk.gate.now += timedelta(hours=1, seconds=1)

    assert sent == [1, 0]
    assert walk.sends(another, author=another if answers else None) == 1


@pytest.mark.parametrize(
    "template", [one for one in Template if one.kind.audience is Audience.READERS and not one.kind.own_words]
)
def test_a_reader_who_is_not_registered_gets_no_word_of_the_mail_that_opened_the_ticket(
    walk: Walk, template: Template
) -> None:
    gate = walk.gate
    with transaction(gate.parts.engine) as conn:
        tickets.add_participant(conn, 1, Participant(EVE.name, EVE.address, None))
    file = {"name": "pills.exe", "size": 7, "reason": "ending", "value": ".exe"}
    words = {"subject": "Cheap pills", "left_out": [file], "left_out_count": 1}
    notice = replace(walk.notice(EVE), values={**SAMPLES[template][0], **words}, topic="Cheap pills")

    sent = walk.sends_this(notice, author=EVE if template.kind.answers is not Answers.NOTHING else None)

    assert sent == 1
    assert "pills" not in gate.mailbox(EVE)[-1].raw.decode().lower()


@pytest.mark.parametrize(
    "template", [one for one in Template if not one.kind.is_for_staff and one.kind.audience is not Audience.AUTHOR]
)
def test_nothing_goes_to_an_address_that_takes_no_mail(walk: Walk, template: Template) -> None:
    gate = walk.gate
    with transaction(gate.parts.engine) as conn:
        suppressions.add(conn, ANNE.address, "no such user", since=gate.now, until=gate.now + timedelta(days=30))

    sent = walk.sends(ANNE, author=ANNE if template.kind.answers is not Answers.NOTHING else None)

    to_anne = [row.state for row in gate.outbox(template) if row.notice.to_address == ANNE.address]
    earlier = 1 if template is Template.ACKNOWLEDGEMENT else 0
    assert sent == 0
    assert to_anne[earlier:] == ([OutState.FAILED] if template in KEPT_FOR_A_DEAD_ADDRESS else [])


@pytest.mark.parametrize("template", [Template.NOTIFICATION, Template.HELD])
def test_staff_and_authors_are_written_to_all_the_same(walk: Walk, template: Template) -> None:
    gate, reader = walk.gate, BART if template.kind.is_for_staff else ANNE
    with transaction(gate.parts.engine) as conn:
        suppressions.add(conn, reader.address, "no such user", since=gate.now, until=gate.now + timedelta(days=30))

    assert walk.sends(reader, author=None if template.kind.is_for_staff else reader) == 1
