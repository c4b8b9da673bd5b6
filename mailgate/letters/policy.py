"""The rules that each mail of ours must keep before it may leave: one line for each template."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from mailgate.letters.notice import Template
from mailgate.people import Role


class Audience(StrEnum):
    """Who may read it."""

    READERS = "readers"  # who takes part in the ticket; of the customer's others those with a role for tickets
    STAFF = "staff"
    ASKED = "asked"  # of these two, whom we put a question to
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


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of one template.

    `must_arrive`: when the reader cannot be reached it is kept as failed, and its ticket and the staff hear of it; any
    other is left out with a line in the log. `own_words`: a person of ours wrote them; otherwise a reader who is not
    registered gets no word of the mail's author back, since nobody knows whether that was him.
    """

    audience: Audience
    answers: Answers = Answers.NOTHING
    budget: Budget | None = None
    must_arrive: bool = False
    own_words: bool = False


TICKET_ROLES = frozenset({Role.OWNER, Role.GENERAL, Role.SUPPORT})
"""Contacts with one of these get mail about tickets that they take no part in."""

_ANSWER = Policy(Audience.READERS, Answers.WILLING, Budget.ANSWERS)
_STATE = Policy(Audience.READERS)
_TO_STAFF = Policy(Audience.STAFF)

POLICIES: Mapping[Template, Policy] = MappingProxyType(
    {
        Template.ACKNOWLEDGEMENT: _ANSWER,
        Template.LEFT_OUT: _ANSWER,
        Template.REPLY: Policy(Audience.READERS, must_arrive=True, own_words=True),
        Template.NOTIFICATION: _TO_STAFF,
        Template.CLOSED: _STATE,
        Template.AUTOCLOSE_WARNING: Policy(Audience.READERS, must_arrive=True),
        Template.AUTOCLOSED: _STATE,
        Template.WAIT_ENDED: _TO_STAFF,
        # Outlook asks for no automatic answer in every mail of its users: staff must hear all the same.
        Template.RETURNED: Policy(Audience.STAFF, Answers.PERSONS),
        Template.DONE: Policy(Audience.STAFF, Answers.PERSONS),
        Template.STAFF_HELP: Policy(Audience.STAFF, Answers.PERSONS),
        Template.COLLISION: Policy(Audience.STAFF, Answers.PERSONS),
        Template.STAFF_COPY: _TO_STAFF,
        Template.QUEUE: _TO_STAFF,
        Template.DECIDED: Policy(Audience.STAFF, Answers.PERSONS),
        Template.HELD: Policy(Audience.AUTHOR, Answers.WILLING, Budget.ANSWERS),
        Template.HELD_ALERT: _TO_STAFF,
        Template.UNDELIVERED: _TO_STAFF,
        Template.WELCOME: _STATE,
        Template.MIGRATED: _STATE,
        Template.SIGN_IN: Policy(Audience.AUTHOR, Answers.WILLING, Budget.LINKS),
        Template.RECEIPT: Policy(Audience.AUTHOR, Answers.WILLING, Budget.COMMANDS),
        Template.COPY: Policy(Audience.AUTHOR, Answers.WILLING, Budget.COMMANDS),
        Template.CONFIRM: Policy(Audience.AUTHOR, Answers.WILLING, Budget.QUESTIONS),
        Template.NOT_CONFIRMED: Policy(Audience.ASKED),
        Template.PROPOSAL: Policy(Audience.READERS, budget=Budget.COMMANDS),
    }
)


def sharing(budget: Budget) -> tuple[Template, ...]:
    """The templates that share a budget."""
    return tuple(template for template, policy in POLICIES.items() if policy.budget is budget)
