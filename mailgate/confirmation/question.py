"""A question as it was put: to whom, with which words, what it takes, and what an answer does to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from mailgate.authority import Action
from mailgate.confirmation.answer import Answer


class QuestionClass(StrEnum):
    """Questions that share a budget and a lifetime."""

    DESK = "desk"  # about tickets
    IDENTITY = "identity"  # who somebody is and who speaks for an account
    QUOTE = "quote"  # what something costs
    ACCOUNT = "account"  # what staff change of customers
    MONEY = "money"  # what staff give, give up, pay back or take
    DOMAIN = "domain"  # what many would notice at once
    STAFF = "staff"  # whether a mail of theirs is theirs


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one class. Whoever can forge the mail of an account must not be able to flood it with questions."""

    open: int  # at a time, of one account or one staff member
    per_day: int
    lifetime: timedelta  # how long answers are waited for


LIMITS: Mapping[QuestionClass, Limits] = {
    QuestionClass.DESK: Limits(3, 3, timedelta(hours=72)),
    QuestionClass.IDENTITY: Limits(3, 3, timedelta(hours=24)),
    QuestionClass.QUOTE: Limits(10, 20, timedelta(days=7)),
    QuestionClass.ACCOUNT: Limits(10, 50, timedelta(hours=24)),
    # `budgets.staff_money_questions_per_day` takes the place of both numbers.
    QuestionClass.MONEY: Limits(50, 50, timedelta(hours=24)),
    QuestionClass.DOMAIN: Limits(10, 20, timedelta(hours=24)),
    # Each answer of a day's work, where their domain signs no mail. Nobody else can call for one: it takes a mail with
    # the proof of the domain, or to an address that stands in their mailbox alone.
    QuestionClass.STAFF: Limits(50, 200, timedelta(hours=72)),
}


class ConfirmKind(StrEnum):
    """What is to be done; each has its deed in `flows.client.confirmed`."""

    CLOSE = "close"
    REOPEN = "reopen"
    STOP = "stop"
    SHARE = "share"
    ADD_CONTACT = "add-contact"
    STAFF_MAIL = "staff-mail"
    EDIT_CUSTOMER = "edit-customer"  # by staff
    PAY = "pay"
    REMOVE_CARD = "remove-card"
    GIVE_CREDIT = "give-credit"  # by staff, and so what follows
    WAIVE = "waive"
    REFUND = "refund"
    CHARGE = "charge"


@dataclass(frozen=True, slots=True)
class Kind:
    """The rules of one kind."""

    action: Action  # the row of the matrix that it is judged by
    of: QuestionClass


KINDS: Mapping[ConfirmKind, Kind] = {
    ConfirmKind.CLOSE: Kind(Action.CLOSE_OR_REOPEN, QuestionClass.DESK),
    ConfirmKind.REOPEN: Kind(Action.CLOSE_OR_REOPEN, QuestionClass.DESK),
    ConfirmKind.STOP: Kind(Action.LEAVE, QuestionClass.DESK),
    ConfirmKind.SHARE: Kind(Action.SHARE, QuestionClass.DESK),
    ConfirmKind.ADD_CONTACT: Kind(Action.CHANGE_IDENTITY, QuestionClass.IDENTITY),
    ConfirmKind.STAFF_MAIL: Kind(Action.STAFF_COMMAND, QuestionClass.STAFF),
    ConfirmKind.EDIT_CUSTOMER: Kind(Action.STAFF_PEOPLE, QuestionClass.ACCOUNT),
    ConfirmKind.PAY: Kind(Action.ORDER_BEYOND_LIMIT, QuestionClass.QUOTE),
    ConfirmKind.REMOVE_CARD: Kind(Action.ORDER_WITHIN_LIMIT, QuestionClass.QUOTE),
    ConfirmKind.GIVE_CREDIT: Kind(Action.STAFF_MONEY, QuestionClass.MONEY),
    ConfirmKind.WAIVE: Kind(Action.STAFF_MONEY, QuestionClass.MONEY),
    ConfirmKind.REFUND: Kind(Action.STAFF_MONEY, QuestionClass.MONEY),
    ConfirmKind.CHARGE: Kind(Action.STAFF_MONEY, QuestionClass.MONEY),
}


class Says(StrEnum):
    """What a line of a statement says; behind each what its words are given. They stand in `parts/statement.md`."""

    SAID = "said"  # words: as somebody wrote them
    CLOSE = "close"  # ticket
    REOPEN = "reopen"  # ticket
    STOP = "stop"  # ticket
    SHARE = "share"  # address, ticket
    ADD_CONTACT = "add-contact"  # address, ticket
    COMMANDS = "commands"  # of a staff mail, which follow
    COMMANDS_ON = "commands-on"  # the same about a ticket: ticket
    WORDS = "words"  # a staff mail: subject
    WORDS_ON = "words-on"  # subject, ticket
    ANSWER_ON = "answer-on"  # words for customers, which follow: people, ticket
    DECISIONS = "decisions"  # of an answer to a list, which follow
    MEND = "mend"  # words that did not arrive: address, ticket
    ANNOUNCE = "announce"  # subject, people, customers, minutes
    EDIT_CUSTOMER = "edit-customer"  # customer, name; the changes follow:
    FIELD_CHANGES = "field-changes"  # field, now, before
    ADDRESS_MOVES = "address-moves"  # name, address, before
    ADDRESS_HERE = "address-here"  # address: the same for whoever reads there
    CONTACT_COMES = "contact-comes"  # name, address, roles
    CONTACT_CHANGES = "contact-changes"  # name, address, roles, before
    CONTACT_LEAVES = "contact-leaves"  # name, address
    PAY = "pay"  # number, amount_minor, currency
    REMOVE_CARD = "remove-card"  # card_words
    GIVE_CREDIT = "give-credit"  # customer, name, amount_minor, currency, reason
    WAIVE = "waive"  # number, customer, name, amount_minor, currency
    REFUND = "refund"  # the same
    CHARGE = "charge"  # the same, card_words


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a statement, as values: its words are those of its reader's language."""

    says: Says
    given: Mapping[str, str] = field(default_factory=dict)


Statement = tuple[Line, ...]
"""What will happen, exactly, frozen when it is asked: the first line says it, the others give particulars."""


class Needed(StrEnum):
    """Whose yes it takes."""

    ALL = "all"  # of everybody who is asked
    FIRST = "first"  # of the first of several colleagues who answers


class ConfirmState(StrEnum):
    """What became of the question."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"
    EXPIRED = "expired"
    REPLACED = "replaced"  # by the question that an edit made of it


class Effect(StrEnum):
    """What an answer does to its question."""

    NOTHING = "nothing"  # it came too late, or its writer has said yes already
    DO = "do"  # it was the last yes that was needed
    WAIT = "wait"  # others must say yes as well
    END = "end"  # nothing will be done
    ASK_AGAIN = "ask again"
    REPLACE = "replace"  # the question, by one that asks for what the answer says


class Became(StrEnum):
    """What somebody is told of a question; the words stand in `parts/question.md`."""

    DONE = "done"
    REFUSED = "refused"
    WAITS = "waits"
    NOT_USED = "not-used"
    NOT_OWNER = "not-owner"
    DECIDED = "decided"  # on a held mail, before the yes of its writer
    # none was put:
    ASKED_ALREADY = "asked-already"
    TOO_MANY = "too-many"
    UNVERIFIED = "unverified"
    NO_MAIL = "no-mail"


@dataclass(frozen=True, slots=True)
class Whom:
    """Somebody to be asked: a contact, a staff member, or whoever reads an address that is neither's.

    `statement`: what he is told instead of what the question says, where that is not for him.
    """

    contact_id: int | None = None
    staff_id: int | None = None
    address: str | None = None
    statement: Statement | None = None

    @property
    def person(self) -> tuple[int | None, int | None]:
        """By the ids of a contact and of a staff member, one of which is None."""
        return self.contact_id, self.staff_id


@dataclass(frozen=True, slots=True)
class Askee:
    """Somebody who was asked, with a mail and a nonce of his own, and what he has answered."""

    id: int
    whom: Whom
    answer: Answer | None  # yes or no
    returned: bool  # an unclear answer has gone back once


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A question that was asked. `values` are frozen with it; `statement` and `cost` are what was read."""

    id: int
    kind: ConfirmKind
    values: Mapping[str, str]
    statement: Statement
    cost: str  # "": nothing
    needed: Needed
    customer_id: int | None  # whose account it is about
    contact_id: int | None  # who asks for it: a contact or a staff member
    staff_id: int | None
    ticket_id: int | None
    spool_id: int  # the mail that asked for it
    evidence: str  # of that mail
    state: ConfirmState
    replaced_by: int | None
    asked_at: datetime
    expires_at: datetime
    askees: tuple[Askee, ...]

    def is_open(self, now: datetime) -> bool:
        """It may still be answered."""
        return self.state is ConfirmState.OPEN and now < self.expires_at

    def askee_like(self, whom: Whom) -> Askee | None:
        """The same person among those who were asked this."""
        same = (*whom.person, whom.address)
        return next((one for one in self.askees if (*one.whom.person, one.whom.address) == same), None)

    @property
    def in_short(self) -> str:
        """For logs and the lists of staff: its kind and what it names."""
        named = (value for name, value in self.values.items() if name != "gist")
        return " ".join(filter(None, (self.kind.value, ", ".join(filter(None, named)))))


def effect(asked: Confirmation, askee: Askee, answer: Answer, now: datetime) -> Effect:
    """What the answer of one of those who were asked does. A no or an edit counts after one's own yes, too."""
    if not asked.is_open(now) or (askee.answer is not None and answer not in (Answer.NO, Answer.EDIT)):
        return Effect.NOTHING
    match answer:
        case Answer.NO:
            return Effect.END
        case Answer.EDIT:
            return Effect.REPLACE
        case Answer.UNCLEAR:
            return Effect.ASK_AGAIN
        case Answer.YES:
            others = (one for one in asked.askees if one.id != askee.id)
            is_last = asked.needed is Needed.FIRST or all(one.answer is Answer.YES for one in others)
            return Effect.DO if is_last else Effect.WAIT
