"""What a message may do, by how far its author is believed: one table, action by evidence."""

from enum import StrEnum

from mailgate.mail.sender.evidence import Evidence, Level


class Action(StrEnum):
    """What somebody asks for by mail."""

    OPEN_AS_STRANGER = "open a ticket as a stranger"
    OPEN = "open a ticket"
    APPEND = "add words to a ticket of one's own"
    ACKNOWLEDGE = "get an acknowledgement"
    SIGN_IN = "get a sign-in link at the registered address"
    SEE_OWN = "see what one's pages show, at the registered address"
    CONFIRM = "answer yes or no to what we asked"
    CLOSE_OR_REOPEN = "close or reopen a ticket of one's own"
    LEAVE = "get no more mails of a ticket"
    SHARE = "have a contact of one's own account read a ticket"
    PROMISE = "say when money comes, or ask for time"
    ORDER_WITHIN_LIMIT = "order up to the limit"
    ORDER_BEYOND_LIMIT = "order beyond the limit, or cancel a service"
    CHANGE_IDENTITY = "change addresses or contacts"
    STAFF_REPLY = "have words sent to a customer"
    STAFF_OPEN = "open a ticket for a customer"
    STAFF_ABSENCE = "say when one is away"
    STAFF_LOOK = "get what staff see at the registered address"
    STAFF_COMMAND = "work a ticket as staff"
    STAFF_PEOPLE = "change who a customer is"
    STAFF_MONEY = "change what a customer owes or has"
    STAFF_ADMINISTRATION = "change staff, keys or settings"


class Verdict(StrEnum):
    """What follows."""

    DO = "do"
    CONFIRM = "confirm"  # ask the registered address, by a round trip
    TICKET_ONLY = "ticket only"  # keep the words, marked unverified; do nothing else
    HOLD = "hold"  # a person decides


_DO, _CONFIRM, _TICKET, _HOLD = Verdict.DO, Verdict.CONFIRM, Verdict.TICKET_ONLY, Verdict.HOLD
_LEVELS = tuple(Level)

# Adding words is low risk; whatever changes something waits for better evidence. Money and identity are always
# confirmed at the registered address, however good the evidence. A staff member's new mail cannot carry a token
# (nothing was sent that it could answer), so STAFF_OPEN, STAFF_ABSENCE and STAFF_LOOK do with alignment alone. What
# answers CONFIRM is proved by the single-use address that only the registered mailbox got; its author is whom we asked.
MATRIX: dict[Action, tuple[Verdict, ...]] = {
    #                              N      0         S         D         D+T       A         C
    Action.OPEN_AS_STRANGER:     (_HOLD, _TICKET,  _TICKET,  _TICKET,  _TICKET,  _TICKET,  _TICKET),
    Action.OPEN:                 (_HOLD, _TICKET,  _TICKET,  _DO,      _DO,      _DO,      _DO),
    Action.APPEND:               (_HOLD, _TICKET,  _TICKET,  _DO,      _DO,      _DO,      _DO),
    Action.ACKNOWLEDGE:          (_HOLD, _DO,      _DO,      _DO,      _DO,      _DO,      _DO),
    Action.SIGN_IN:              (_HOLD, _DO,      _DO,      _DO,      _DO,      _DO,      _DO),
    Action.SEE_OWN:              (_HOLD, _TICKET,  _DO,      _DO,      _DO,      _DO,      _DO),
    Action.CONFIRM:              (_HOLD, _DO,      _DO,      _DO,      _DO,      _DO,      _DO),
    Action.CLOSE_OR_REOPEN:      (_HOLD, _TICKET,  _CONFIRM, _DO,      _DO,      _DO,      _DO),
    Action.LEAVE:                (_HOLD, _TICKET,  _CONFIRM, _DO,      _DO,      _DO,      _DO),
    Action.SHARE:                (_HOLD, _TICKET,  _CONFIRM, _DO,      _DO,      _DO,      _DO),
    Action.PROMISE:              (_HOLD, _TICKET,  _DO,      _DO,      _DO,      _DO,      _DO),
    Action.ORDER_WITHIN_LIMIT:   (_HOLD, _TICKET,  _CONFIRM, _CONFIRM, _DO,      _DO,      _DO),
    Action.ORDER_BEYOND_LIMIT:   (_HOLD, _TICKET,  _CONFIRM, _CONFIRM, _CONFIRM, _CONFIRM, _DO),
    Action.CHANGE_IDENTITY:      (_HOLD, _TICKET,  _CONFIRM, _CONFIRM, _CONFIRM, _CONFIRM, _DO),
    Action.STAFF_REPLY:          (_HOLD, _HOLD,    _HOLD,    _HOLD,    _DO,      _DO,      _DO),
    Action.STAFF_OPEN:           (_HOLD, _HOLD,    _HOLD,    _DO,      _DO,      _DO,      _DO),
    Action.STAFF_ABSENCE:        (_HOLD, _HOLD,    _HOLD,    _DO,      _DO,      _DO,      _DO),
    Action.STAFF_LOOK:           (_HOLD, _HOLD,    _HOLD,    _DO,      _DO,      _DO,      _DO),
    Action.STAFF_COMMAND:        (_HOLD, _HOLD,    _HOLD,    _CONFIRM, _DO,      _DO,      _DO),
    Action.STAFF_PEOPLE:         (_HOLD, _HOLD,    _HOLD,    _CONFIRM, _CONFIRM, _CONFIRM, _DO),
    Action.STAFF_MONEY:          (_HOLD, _HOLD,    _HOLD,    _CONFIRM, _CONFIRM, _CONFIRM, _DO),
    Action.STAFF_ADMINISTRATION: (_HOLD, _HOLD,    _HOLD,    _HOLD,    _HOLD,    _HOLD,    _HOLD),
}  # fmt: skip

# What goes to the registered address alone changes nothing, CONFIRM has a token of its own, and PROMISE puts off
# no more than reminders, for days that are counted.
_WITHOUT_SPAM_CHECK = frozenset({
    Action.OPEN_AS_STRANGER, Action.OPEN, Action.APPEND, Action.ACKNOWLEDGE, Action.SIGN_IN, Action.SEE_OWN,
    Action.CONFIRM, Action.PROMISE,
})  # fmt: skip


def decide(action: Action, evidence: Evidence, *, unscored: bool = False, answers_own: bool = False) -> Verdict:
    """What the matrix says.

    `unscored`: a spam check was asked for and could not be had. Words are taken all the same; what would change
    something is confirmed instead, unless the message carries a token that only a reader of our mail can have.
    `answers_own`: it answers the mail that was made for its author. Where nothing is lacking but the proof of the
    domain, and a yes would do, the author is asked instead of a person.
    """
    verdict = MATRIX[action][_LEVELS.index(evidence.level)]
    if verdict is Verdict.HOLD and answers_own and evidence.at_least(Level.UNKNOWN) and _is_done_after_a_yes(action):
        return Verdict.CONFIRM
    if verdict is Verdict.DO and unscored and action not in _WITHOUT_SPAM_CHECK and not evidence.at_least(Level.TOKEN):
        return Verdict.CONFIRM
    return verdict


def _is_done_after_a_yes(action: Action) -> bool:
    return MATRIX[action][_LEVELS.index(Level.CONFIRMED)] is Verdict.DO
