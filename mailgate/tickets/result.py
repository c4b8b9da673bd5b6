"""What became of a command, or of an answer to a question: values alone, the words stand in the templates."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from mailgate.confirmation import Became, Statement
from mailgate.letters.notice import MadeFile, NoticeAttachment
from mailgate.tickets.ticket import State


class Outcome(StrEnum):
    """What a line of a receipt says; behind each what its words are given.

    They stand in `templates/mail/<locale>/parts/outcome.md`.
    """

    NOT_VERIFIED = "not-verified"  # so no command of the mail was carried out
    # of a ticket
    CLOSED = "closed"  # ticket
    CLOSED_BEFORE = "closed-before"  # ticket
    REOPENED = "reopened"  # ticket
    NOT_CLOSED = "not-closed"  # ticket
    LEFT = "left"  # ticket
    NO_READER = "no-reader"  # ticket
    ONLY_READER = "only-reader"  # ticket
    SHARED = "shared"  # address, ticket
    SHARED_BEFORE = "shared-before"  # address, ticket
    NO_CONTACT = "no-contact"  # address
    OUR_ADDRESS = "our-address"  # address
    # where a ticket stands
    IS_OPEN = "is-open"  # ticket
    IS_ANSWERED = "is-answered"  # ticket
    IS_WAITING = "is-waiting"  # ticket
    IS_CLOSED = "is-closed"  # ticket
    OPENED_AT = "opened-at"  # at
    CHANGED_AT = "changed-at"  # at
    READERS = "readers"  # readers
    # lists
    NO_TICKETS = "no-tickets"
    TICKETS = "tickets"
    TICKET = "ticket"  # ticket, state, subject
    OLDER_TICKETS = "older-tickets"  # url
    FOUND = "found"  # words
    FOUND_NOTHING = "found-nothing"  # words
    FOUND_TICKET = "found-ticket"  # ticket, state, subject
    FOUND_MAIL = "found-mail"  # mail, subject
    FOUND_ARTICLE = "found-article"  # title, url
    MORE_FOUND = "more-found"  # url
    COMMANDS = "commands"
    COMMAND = "command"  # name, example
    # of a mail
    COPIED = "copied"  # mail
    NO_SUCH_MAIL = "no-such-mail"  # mail, address


class Done(StrEnum):
    """What is said to staff of a command that stands alone; behind each what its words are given.

    They stand in `templates/mail/<locale>/parts/done.md`.
    """

    BACK = "back"
    AWAY = "away"  # until
    HANDED = "handed"  # to, tickets
    HANDED_TO_ALL = "handed-to-all"  # tickets
    NOTHING_HANDED = "nothing-handed"
    EARLIER = "earlier"
    SPAM = "spam"  # mails
    SPAM_BEFORE = "spam-before"
    IF_NOT_SPAM = "if-not-spam"  # mails
    FOLLOWED = "followed"
    MUTED = "muted"
    SPLIT = "split"  # ticket
    NO_MESSAGE = "no-message"
    ANNOUNCED = "announced"  # people, minutes
    HOW_TO_STOP = "how-to-stop"
    STOPPED = "stopped"  # sent, of
    NONE_ON_ITS_WAY = "none-on-its-way"
    EXTENDED = "extended"  # number, day, name, open_minor, currency
    NOT_EXTENDED = "not-extended"  # number
    SECOND_ASKED = "second-asked"  # people, limit_minor, currency
    NOTED_ON = "noted-on"  # customer, name
    MENDED = "mended"  # to, lost
    SENT_ONCE_MORE = "sent-once-more"  # to
    NOTHING_TO_UNDO = "nothing-to-undo"
    TOO_LATE = "too-late"
    TAKEN_BACK = "taken-back"
    AS_BEFORE = "as-before"  # state
    CHANGED_SINCE = "changed-since"  # state
    NONE_HELD = "none-held"
    HELD_NO_MORE = "held-no-more"


class Decided(StrEnum):
    """What an answer to a list came to, or why nothing of it; behind each what its words are given.

    They stand in `templates/mail/<locale>/parts/decided.md`.
    """

    # of a held mail
    LET_IN = "let-in"  # mail
    IS_SPAM = "is-spam"  # mail
    REFUSED = "refused"  # mail
    ALLOWED = "allowed"  # mail, address
    REGISTERED = "registered"  # mail, name, address, customer
    WELCOMED = "welcomed"  # the same, and told where their pages are
    NOT_DECIDED = "not-decided"  # mail, why
    # of an open ticket
    YOURS = "yours"  # ticket, subject
    GIVEN = "given"  # ticket, to, subject
    CLOSED = "closed"  # ticket, subject
    WAITS = "waits"  # ticket, until, subject
    CLOSED_BEFORE = "closed-before"  # ticket
    # of a bank line
    PAYS = "pays"  # line, invoice
    IS_CREDIT = "is-credit"  # line, customer
    IGNORED = "ignored"  # line
    BANK_UNDECIDED = "bank-undecided"  # line, why
    # of what is billed tomorrow
    RESTS = "rests"  # what, name
    RESTS_UNTIL = "rests-until"  # what, name, day
    LEFT_OUT = "left-out"  # what, name
    RESUMED = "resumed"  # what, name
    NOT_HELD = "not-held"  # name, why
    GOES_ON = "goes-on"  # day
    GOES_ANYHOW = "goes-anyhow"
    GOES_ALREADY = "goes-already"  # by
    LATER_LIST = "later-list"
    # of the whole answer
    MISREAD = "misread"  # count
    NO_DECISION = "no-decision"


class Held(StrEnum):
    """Why a mail of staff waits for a person, and what its writer can do; the words stand in `parts/held-for.md`."""

    UNPROVED = "unproved"  # neither its domain nor the address that it went to proves anything
    FORGED = "forged"  # its domain asks to refuse what it does not prove
    ELSEWHERE = "elsewhere"  # it answers no mail that was made for its writer
    CONTRADICTS = "contradicts"  # its address and its references name different tickets
    SPAM = "spam"
    NO_LIST = "no-list"  # any more, that it would answer
    ASKED_ALREADY = "asked-already"
    TOO_MANY = "too-many"
    NOT_ASKED = "not-asked"
    OTHER = "other"


STANDS: Mapping[State, Outcome] = {
    State.OPEN: Outcome.IS_OPEN,
    State.ANSWERED: Outcome.IS_ANSWERED,
    State.WAITING: Outcome.IS_WAITING,
    State.CLOSED: Outcome.IS_CLOSED,
}
"""Where a ticket stands, and whose turn it is."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line."""

    says: StrEnum
    given: Mapping[str, object] = field(default_factory=dict)

    def as_values(self) -> Mapping[str, object]:
        """The line as templates name it."""
        return {"says": self.says.value, "given": dict(self.given)}


def item(says: StrEnum, **given: object) -> Item:
    """A line, and what its words are given."""
    return Item(says, given)


@dataclass(frozen=True, slots=True)
class Result:
    """A sentence, and further lines such as those of a list; or what became of a question.

    `question`: what `parts/question.md` has the words for.
    """

    sentence: Item | None = None
    lines: tuple[Item, ...] = ()
    question: Mapping[str, object] | None = None
    files: tuple[NoticeAttachment | MadeFile, ...] = ()  # that the answer brings

    def as_values(self) -> Mapping[str, object]:
        """The result as templates name it."""
        said = self.sentence.as_values() if self.sentence else {"says": "", "given": {}}
        return {**said, "lines": [line.as_values() for line in self.lines], "question": self.question}


def result(says: StrEnum, *lines: Item, **given: object) -> Result:
    """What became of a command."""
    return Result(Item(says, given), lines)


def about_question(became: Became, statement: Statement = (), **given: str | int) -> Result:
    """What came of an answer, or why no question was put."""
    return Result(question={"became": became.value, "statement": lines_of(statement), **given})


def lines_of(statement: Statement) -> list[Mapping[str, object]]:
    """A statement as templates name it."""
    return [{"says": line.says.value, "given": dict(line.given)} for line in statement]
