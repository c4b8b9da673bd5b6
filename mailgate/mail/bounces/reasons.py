"""Why a mail was refused, as an answer of a mail system gives it in words: clauses with a subject and a predicate.

Advice to the reader gives no reason, nor does what is only possible. What is said of the sender, his host or his
address says nothing of the recipient. "X rejected: REST" names the subject X, and REST is the reason.
"""

import re
from collections.abc import Iterator
from enum import Enum

from mailgate.mail.bounces.lexicon import WORDS, about, near
from mailgate.mail.bounces.lookup import Lookup
from mailgate.mail.bounces.normal_form import BLOCK_LIST, OURS, OWN_HOST, RECIPIENT, THEIR_HOST


class Reason(Enum):
    """What an answer says of the address."""

    NO_USER = "no user"
    NO_HOST = "no host"
    UNAVAILABLE = "unavailable"  # not there, or busy: the code tells
    OTHER = "other"  # something else than that there is nobody


_NO, _SUCH = WORDS["not"], rf"\W{{1,3}}(?:(?:{WORDS['such']}|{THEIR_HOST})\W{{1,3}}){{0,3}}"  # "no" … "such a"
_MAIL = rf"(?:{WORDS['mail']})(?! (?:from|for|because|until)\b)"  # any mail, not that of somebody

_USER = Lookup(f"{WORDS['user']}|{RECIPIENT}")
_HOST = Lookup(f"{WORDS['host']}|{THEIR_HOST}|nxdomain|null ?mx")
_GONE = Lookup(
    f"{WORDS['missing']}|{near(_NO, WORDS['exists'], 4)}|{near(_NO, WORDS['ours'], 4)}|{near(WORDS['exists'], _NO, 2)}"
)
_NO_USER = Lookup(f"{_NO}{_SUCH}(?:{WORDS['user']}|{RECIPIENT})|{WORDS['moved']}")
_NO_HOST = Lookup(
    rf"nxdomain|null ?mx|no smtp service|{_NO}{_SUCH}{WORDS['host']}|{WORDS['takes']} no (?:smtp )?{_MAIL}"
    rf"|{near(_NO, WORDS['takes'], 1)}\W{{1,3}}(?:\w{{1,20}} ){{0,2}}?{_MAIL}"
)
_UNAVAILABLE = Lookup(
    rf"{WORDS['unavailable']}|^\W*{WORDS['user']}(?: \w+)? (?:rejected|refused)\W*(?:{RECIPIENT})?\W*$"
)
_ALIVE = about("alive")
_OF_SENDER = f"{WORDS['sender']}|{near(WORDS['your'], WORDS['host'] + '|' + WORDS['theirs'], 1)}"
_SENDER = Lookup(f"{_OF_SENDER}|{OURS}|{OWN_HOST}")
_IS_SENDER = Lookup(rf"\W*(?:the |invalid )?(?:{_OF_SENDER})")
_THING = Lookup(
    f"{near(WORDS['missing'], WORDS['thing'], 1)}|{WORDS['thing']} (?:is |are |was |were )?{WORDS['missing']}"
)
_ADVICE = Lookup(rf"(?:[-*•] )?(?:and |but |so )?{WORDS['advice']}")
_MAYBE = about("maybe")
_ALTERNATIVE = re.compile(r"(?:or|oder|ou|of|o|lub|или|eller|tai|vagy) ")
_REFUSED = re.compile(r"\b(?:reject|refus|denied|verif|fail|abgelehnt)\w{0,20}$")
_MAX_CLAUSE = 500  # characters


def reasons_in(answers: list[list[str]]) -> Iterator[Reason]:
    """The one reason of each answer that gives any; OTHER for several that contradict."""
    listed_as_possible = False  # the items of a list are no surer than the sentence that leads it in
    for sentences in answers:
        found: set[Reason] = set()
        for sentence in sentences:
            is_item = sentence[:2] in ("* ", "- ", "• ")
            if is_item and listed_as_possible:
                continue
            sure = _sure(sentence[:_MAX_CLAUSE])
            if not is_item:
                listed_as_possible = sure is None
            found |= _reasons(sure) if sure else set()
            if not found and BLOCK_LIST in sentence:
                found.add(Reason.OTHER)
        if len(found) > 1:
            found.discard(Reason.UNAVAILABLE)  # the general is nothing beside the special
        if Reason.NO_HOST in found:  # nobody is where no host is
            found.discard(Reason.NO_USER)
        if found:
            yield found.pop() if len(found) == 1 else Reason.OTHER


def _sure(sentence: str) -> str | None:
    """The sentence less what advises and what is only possible; None when all of it is only possible."""
    if _ADVICE.match(sentence):
        return ""
    kept: list[str] = []
    for clause in sentence.split(", "):
        if _ADVICE.match(clause):
            break
        if _MAYBE.search(clause):
            if _ALTERNATIVE.match(clause) or " " not in clause.strip():
                return None
        else:
            kept.append(clause)
    return ", ".join(kept) or None


def _reasons(sentence: str) -> set[Reason]:
    """What the clauses of a sentence say, the subject of each one going on to the next: `X rejected: REST`."""
    found: set[Reason] = set()
    of_user = of_sender = False
    clauses = _THING.sub(" ", sentence).split(": ")
    for at, clause in enumerate(clauses, start=1):
        of_sender = of_sender or (RECIPIENT not in clause and _SENDER.search(clause) is not None)
        if of_sender and (_GONE.search(clause) or _IS_SENDER.match(clause)):
            return {Reason.OTHER}
        if at < len(clauses) and _REFUSED.search(clause):
            of_user = of_user or _USER.search(clause) is not None
        elif (one := _reason(clause, of_user=of_user)) is not None:
            found.add(one)
        of_user = of_user or clause.strip("<> ") == RECIPIENT
        of_sender = of_sender or clause.strip("<> ") in ("from", "mail from")
    return {Reason.OTHER} if found and of_sender else found


def _reason(clause: str, *, of_user: bool) -> Reason | None:
    if _ALIVE.search(clause):
        return Reason.OTHER
    user, host = _USER.search(clause), _HOST.search(clause)
    gone = _GONE.search(clause) is not None
    if _NO_USER.search(clause):
        return Reason.NO_USER
    if gone and (of_user or user is not None) and (host is None or (user is not None and user.start() < host.start())):
        return Reason.NO_USER
    if host is not None and (gone or _NO_HOST.search(clause)):
        return Reason.NO_HOST
    return Reason.UNAVAILABLE if user is not None and _UNAVAILABLE.search(clause) else None
