"""Why a mail of staff goes back as a whole: values for its answer, and English for logs, lists and the command line."""

from collections.abc import Mapping
from enum import StrEnum

from mailgate.tickets.result import Item


class Refused(StrEnum):
    """Behind each what its words are given. They stand in `templates/mail/<locale>/parts/refused.md`."""

    TOO_MANY = "too-many"  # most
    ASTRAY = "astray"  # a command among the words
    MISREAD = "misread"
    IMPOSSIBLE = "impossible"
    NO_WORDS = "no-words"
    MERGING = "merging"
    NO_ADDRESS = "no-address"
    LEFT_IN = "left-in"  # line
    STRANGERS = "strangers"  # people, first
    NO_TICKET = "no-ticket"
    UNKNOWN = "unknown"  # address
    SEVERAL_ATTACHED = "several-attached"
    NO_AUTHOR = "no-author"  # why
    AUTHOR_UNKNOWN = "author-unknown"  # address
    TOO_MANY_QUESTIONS = "too-many-questions"  # per_day
    # an answer that says where lost words are to go
    NOT_THE_ADDRESS = "not-the-address"
    DEAD = "dead"  # address, why
    SENT_BEFORE = "sent-before"
    BECAUSE = "because"  # words: a sentence of its own


_ENGLISH: Mapping[str, str] = {
    Refused.TOO_MANY: "There are more than {most} commands in it.",
    Refused.ASTRAY: "A command stands among the words of it, or in its subject.",
    Refused.MISREAD: "A command in it was not understood.",
    Refused.IMPOSSIBLE: "A command in it cannot be carried out.",
    Refused.NO_WORDS: "There are no words of yours in it.",
    Refused.MERGING: "Words cannot be sent from a ticket that is being merged.",
    Refused.NO_ADDRESS: "The ticket has no address that it could be sent to.",
    Refused.LEFT_IN: 'It still contains a line that is for staff alone: "{line}".',
    Refused.STRANGERS: "It has {people} in copy, and nobody there gets the mails of this ticket.",
    Refused.NO_TICKET: "It answers no ticket.",
    Refused.UNKNOWN: "{address} is no registered customer's address.",
    Refused.SEVERAL_ATTACHED: "There is more than one mail attached.",
    Refused.NO_AUTHOR: "The attached mail has no usable author ({why}).",
    Refused.AUTHOR_UNKNOWN: "{address}, who wrote the attached mail, is not registered.",
    Refused.TOO_MANY_QUESTIONS: "Its writer was asked {per_day} questions about money within a day.",
    Refused.NOT_THE_ADDRESS: "Its first line is no address that stands alone.",
    Refused.DEAD: "{address} takes no mail either: {why}.",
    Refused.SENT_BEFORE: "That mail is on its way again, or a colleague has told us where to send it already.",
    Refused.BECAUSE: "{words}",
}


def english(why: Item) -> str:
    """In a sentence."""
    return _ENGLISH[why.says].format(**why.given)
