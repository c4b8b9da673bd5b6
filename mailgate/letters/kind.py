"""Each kind of mail that mailgate writes, in one row: whom it is for, what it may answer, and what else it is.

What other rooms ask of a kind they ask of its row, so that a new kind is known everywhere by its row here, the words in
`templates/mail/<locale>/<name>.md`, and the test of its text.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mailgate.people import Role


class Audience(StrEnum):
    """Who may read it."""

    READERS = "readers"  # who takes part in the ticket; of the customer's others those with one of the kind's roles
    CONTACTS = "contacts"  # the customer's contacts with one of these roles
    STAFF = "staff"
    ASKED = "asked"  # whom the question was put to, and nobody else
    AUTHOR = "author"  # whoever wrote the mail that it answers, and nobody else


class Answers(StrEnum):
    """What it may answer."""

    NOTHING = "nothing"  # an event or a deadline calls for it, whoever wrote
    PERSONS = "persons"  # no program's mail
    WILLING = "willing"  # nor the mail of a person that asks for no automatic answer


class Budget(StrEnum):
    """What a stranger's program could make us send without end; each has the settings' numbers for itself."""

    ANSWERS = "answers"
    LINKS = "links"
    COMMANDS = "commands"
    QUESTIONS = "questions"


class Matter(StrEnum):
    """What a mail may be about, that has a number."""

    TICKET = "ticket"
    LIST = "list"  # of held mail or of open tickets, that one of the staff got
    MAIL = "mail"  # that came in
    QUESTION = "question"  # that was put, to be answered yes or no
    INVOICE = "invoice"  # or credit note
    SERVICE = "service"  # of a customer


class Wanted(StrEnum):
    """What is looked at again just before a mail leaves, which may be days after it was called for."""

    WARNED = "warned"  # the ticket is still to be closed for its customer's silence
    CLOSED = "closed"  # the ticket is closed
    OPEN = "open"  # it is staff's turn
    UNPAID = "unpaid"  # so much of the invoice is open as the mail says, and nothing keeps it from being asked for
    VALID = "valid"  # the invoice was not taken back


TICKET_ROLES = frozenset({Role.OWNER, Role.GENERAL, Role.SUPPORT})
"""Contacts with one of these get mail about tickets that they take no part in."""


@dataclass(frozen=True, slots=True)
class Kind:
    """The rules of one kind of mail.

    `must_arrive`: when the reader cannot be reached it is kept as failed, and its ticket and the staff hear of it; any
    other is left out with a line in the log. `own_words`: a person of ours wrote them for the customer, whose silence
    begins when they have left; every other kind gives a reader who is not registered no word of the mail's author,
    since nobody knows whether that was him.
    """

    name: str  # of its template; it stands in rows, and operators see it
    audience: Audience
    answers: Answers = Answers.NOTHING
    budget: Budget | None = None
    roles: frozenset[Role] = TICKET_ROLES
    about: Matter | None = Matter.TICKET  # if about anything that has a number
    must_arrive: bool = False
    own_words: bool = False
    carries_words: bool = False  # of a person, to staff, with lines below that are for them alone
    carries_entry: bool = False  # of the ticket: its customer's pages show the entry when this has left
    gives_back: bool = False  # its reader's own words, which he may send once more: they are no history then
    names_others: bool = False  # whose ticket it is not about: who wrote or was written to
    is_reported: bool = False  # when it does not arrive we hear of it: its reverse-path is our bounce address, not null
    is_searched: bool = True
    wanted: Wanted | None = None  # None: whenever it may leave

    @property
    def is_for_staff(self) -> bool:
        """Customers never see it. One that fails is told in lists and the log alone."""
        return self.audience is Audience.STAFF

    @property
    def auto_submitted(self) -> str | None:
        """What tells other programs that a program sent this (RFC 3834 §5); None when a person did.

        `auto-replied` answers one mail; what an event or a deadline calls for is `auto-generated`. What carries a
        person's words to staff has it too: a rule sent it, and a vacation responder at the desk must not answer it.
        """
        if self.own_words:
            return None
        return "auto-generated" if self.answers is Answers.NOTHING else "auto-replied"


def _to_staff(name: str, answers: Answers = Answers.NOTHING, **more: Any) -> Kind:
    """What mails to staff say, the ticket or a page says as well."""
    return Kind(name, Audience.STAFF, answers, is_searched=False, **more)


def _to_asked(name: str, answers: Answers = Answers.NOTHING, **more: Any) -> Kind:
    """About a question, to those whom it is put to."""
    return Kind(name, Audience.ASKED, answers, about=Matter.QUESTION, **more)


def _of_money(name: str, **more: Any) -> Kind:
    """About an invoice or what paid it, to whom `mailgate.flows.billing.told.letters` finds for it."""
    return Kind(name, Audience.CONTACTS, roles=frozenset(Role), is_reported=True, **{"about": Matter.INVOICE, **more})


def _of_service(name: str) -> Kind:
    """About a service; to whom, as above."""
    return _of_money(name, about=Matter.SERVICE)


class Template(StrEnum):
    """The kinds of mail, by the names of their templates."""

    kind: Kind

    def __new__(cls, kind: Kind | str) -> "Template":
        """The value of a member is its name: what rows hold, and `Template("reply")` reads back."""
        assert isinstance(kind, Kind)
        member = str.__new__(cls, kind.name)
        member._value_ = kind.name
        member.kind = kind
        return member

    ACKNOWLEDGEMENT = Kind("acknowledgement", Audience.READERS, Answers.WILLING, Budget.ANSWERS)
    # to the sender of a further mail: files of it are not in the ticket
    LEFT_OUT = Kind("left-out", Audience.READERS, Answers.WILLING, Budget.ANSWERS)
    REPLY = Kind("reply", Audience.READERS, must_arrive=True, own_words=True, carries_entry=True, is_reported=True)
    NOTIFICATION = _to_staff("notification", carries_words=True, is_reported=True)
    CLOSED = Kind("closed", Audience.READERS, wanted=Wanted.CLOSED)
    # to a customer who says nothing: the ticket will be closed
    AUTOCLOSE_WARNING = Kind(
        "autoclose-warning", Audience.READERS, must_arrive=True, wanted=Wanted.WARNED, is_reported=True
    )
    AUTOCLOSED = Kind("autoclosed", Audience.READERS, wanted=Wanted.CLOSED, is_reported=True)
    # the day has come until which a ticket was put off
    WAIT_ENDED = _to_staff("wait-ended", wanted=Wanted.OPEN, carries_words=True, is_reported=True)
    # Outlook asks for no automatic answer in every mail of its users: staff must hear all the same.
    # not understood or not sent on
    RETURNED = _to_staff("returned", Answers.PERSONS, gives_back=True, names_others=True)
    # lines of an answer or note were left out, and not because our own mail has them
    SHORTENED = _to_staff("shortened", Answers.PERSONS, gives_back=True)
    DONE = _to_staff("done", Answers.PERSONS, names_others=True)  # what came of a command that answers
    STAFF_HELP = _to_staff("staff-help", Answers.PERSONS)  # the commands that work here
    COLLISION = _to_staff(
        "collision", Answers.PERSONS, about=Matter.MAIL, carries_words=True
    )  # a colleague was quicker
    STAFF_COPY = _to_staff("staff-copy", carries_words=True, is_reported=True)  # what a colleague wrote to the customer
    # what a colleague noted, or did to a ticket that its reader hears of
    STAFF_NEWS = _to_staff("staff-news", carries_words=True, is_reported=True)
    # to a sender: a person will look at your mail
    HELD = Kind("held", Audience.AUTHOR, Answers.WILLING, Budget.ANSWERS, about=None)
    HELD_ALERT = _to_staff("held-alert", about=Matter.LIST, names_others=True)  # mail waits for your decision
    QUEUE = _to_staff("queue", about=Matter.LIST, names_others=True)  # the open tickets, to be worked by an answer
    # money came, and it is not plain for what
    BANK_LINES = _to_staff("bank-lines", about=Matter.LIST, names_others=True)
    # what billing does tomorrow, to be held back by an answer
    TOMORROW = _to_staff("tomorrow", about=Matter.LIST, names_others=True)
    # what your answer to such a list did
    DECIDED = _to_staff("decided", Answers.PERSONS, about=Matter.LIST, names_others=True)
    UNDELIVERED = _to_staff("undelivered", names_others=True)  # a mail of ours did not reach its reader
    DELAYED = _to_staff("delayed", about=None, names_others=True)  # mails of ours are long on their way
    BILLING_STOPPED = _to_staff("billing-stopped", about=None)  # nothing is billed until somebody has looked
    # of documents there can be no e-invoice: each reason once
    EINVOICE_MISSING = _to_staff("einvoice-missing", about=None, names_others=True)
    REFUND_FAILED = _to_staff("refund-failed", about=None, names_others=True)  # the provider has not sent it
    REFUNDS_DUE = _to_staff("refunds-due", about=None, names_others=True)  # to be sent by a person, soon
    # a payer's bank has taken money back; and how that ended
    DISPUTE = _to_staff("dispute", about=None, names_others=True)
    HOOK_FAILED = _to_staff("hook-failed", about=None, names_others=True)  # a program of yours does not take our calls
    # to whoever asked: a link that opens the web view, which nobody looks for later
    SIGN_IN = Kind("sign-in", Audience.AUTHOR, Answers.WILLING, Budget.LINKS, about=None, is_searched=False)
    # what staff write to many customers at once, about no ticket; its readers' answers begin one
    ANNOUNCEMENT = Kind(
        "announcement", Audience.CONTACTS, roles=frozenset({Role.OWNER, Role.GENERAL}), about=None, is_reported=True
    )
    # to whom we know from now on: where to write, how to sign in; who gets the second was a customer before
    WELCOME = Kind("welcome", Audience.CONTACTS, roles=frozenset(Role), about=None, is_reported=True)
    MIGRATED = Kind("account-migrated", Audience.CONTACTS, roles=frozenset({Role.OWNER}), about=None, is_reported=True)
    # to both addresses of a contact, of which staff have put the one in the place of the other
    ADDRESS_CHANGED = Kind("address-changed", Audience.CONTACTS, roles=frozenset(Role), about=None)
    STAFF_WELCOME = _to_staff("staff-welcome", about=None)  # how the desk is worked, with something to try
    RECEIPT = Kind("receipt", Audience.AUTHOR, Answers.WILLING, Budget.COMMANDS)  # what became of a mail's commands
    COPY = Kind("copy", Audience.AUTHOR, Answers.WILLING, Budget.COMMANDS)  # a mail that was sent before
    CONFIRM = _to_asked("confirm", Answers.WILLING, budget=Budget.QUESTIONS)  # shall this be done?
    # did you write this, and shall it be done?
    STAFF_CONFIRM = _to_staff("staff-confirm", Answers.PERSONS, about=Matter.QUESTION, names_others=True)
    # what came of a yes or a no
    STAFF_ANSWERED = _to_staff("staff-answered", Answers.PERSONS, about=Matter.QUESTION, names_others=True)
    # what a colleague said to what its reader asked for
    SECONDED = _to_staff("seconded", about=Matter.QUESTION, names_others=True)
    CONFIRMED = _to_asked("confirmed")  # to the others who were asked: it was done
    NOT_CONFIRMED = _to_asked("not-confirmed")  # no answer came in time, or a no
    # to an owner: who was in copy and could be added
    PROPOSAL = Kind("proposal", Audience.CONTACTS, budget=Budget.COMMANDS, roles=frozenset({Role.OWNER}))
    INVOICE_CREATED = _of_money("invoice-created", wanted=Wanted.VALID)
    # what is open, before it is due, on that day, and after it; one mail an account and day
    INVOICE_REMINDER_BEFORE = _of_money("invoice-reminder-before", wanted=Wanted.UNPAID)
    INVOICE_REMINDER_DUE = _of_money("invoice-reminder-due", wanted=Wanted.UNPAID)
    INVOICE_REMINDER_AFTER = _of_money("invoice-reminder-after", wanted=Wanted.UNPAID)
    INVOICE_CREDITED = _of_money("invoice-credited")  # something is given back
    PAYMENT_RECEIPT = _of_money("payment-receipt")
    PAYMENT_PARTIAL = _of_money("payment-partial")  # and a rest of the invoice stays open
    PAYMENT_RETURNED = _of_money("payment-returned")  # the bank has taken it back
    CREDIT_ADDED = _of_money("credit-added", about=None)
    # a card is charged when an invoice is due: in the place of its reminders before that day, and of that day
    CHARGE_NOTICE = _of_money("charge-notice", wanted=Wanted.UNPAID)
    PAYMENT_FAILED = _of_money("payment-failed", wanted=Wanted.UNPAID)
    CARD_EXPIRING = _of_money("card-expiring", about=None)
    REFUND_SENT = _of_money("refund-sent", about=None)  # money is on its way back
    STATEMENT = _of_money("statement", about=None)
    # to whoever asked for it: a page of the provider's to pay on, or to give a card
    PAYMENT_LINK = _of_money("payment-link", about=None, is_searched=False)
    CARD_LINK = _of_money("card-link", about=None, is_searched=False)
    # to somebody whom an invoice was sent on to, and who wants to pay it
    PAY_HERE = Kind("pay-here", Audience.AUTHOR, Answers.WILLING, Budget.ANSWERS, about=None, is_searched=False)
    # what is charged from now on when an invoice is due
    CARD_SAVED = _of_money("card-saved", about=None)
    CARD_REMOVED = _of_money("card-removed", about=None)
    SERVICE_WELCOME = _of_service("service-welcome")
    SERVICE_CHANGED = _of_service("service-changed")
    # what follows from an invoice that nobody pays, with its day: a reminder that says more
    SERVICE_SUSPEND_WARNING = _of_money("service-suspend-warning", wanted=Wanted.UNPAID)
    SERVICE_END_WARNING = _of_money("service-end-warning", wanted=Wanted.UNPAID)
    SERVICE_SUSPENDED = _of_service("service-suspended")
    SERVICE_RESTORED = _of_service("service-restored")
    SERVICE_CANCELLED = _of_service("service-cancelled")
    # nobody of this customer can be written to about money: reach them otherwise
    UNREACHABLE_CUSTOMER = _to_staff("unreachable-customer", about=Matter.INVOICE, names_others=True)


FOR_STAFF = frozenset(one for one in Template if one.kind.is_for_staff)
OF_PERSONS = frozenset(one for one in Template if one.kind.carries_words)
OWN_WORDS = frozenset(one for one in Template if one.kind.own_words)
CARRYING_ENTRIES = frozenset(one for one in Template if one.kind.carries_entry)
GIVING_BACK = frozenset(one for one in Template if one.kind.gives_back)
NAMING_OTHERS = frozenset(one for one in Template if one.kind.names_others)
LATE_IS_TOLD = frozenset(one for one in Template if one.kind.is_reported and not one.kind.is_for_staff)
SEARCHED = frozenset(one for one in Template if one.kind.is_searched)


def sharing(budget: Budget) -> tuple[Template, ...]:
    """The kinds that share a budget."""
    return tuple(one for one in Template if one.kind.budget is budget)
