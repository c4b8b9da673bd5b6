"""Why a mail was refused, as an answer of a mail system gives it in words: clauses with a subject and a predicate.

Advice to the reader gives no reason, nor does what is only possible. What is said of the sender, his host or his
address says nothing of the recipient. "X rejected: REST" names the subject X, and REST is the reason.
"""

import re
from collections.abc import Iterator
from enum import Enum

from mailgate.mail.bounces.lexicon import WORDS, about, near
from mailgate.mail.bounces.normal_form import BLOCK_LIST, OURS, RECIPIENT


class Reason(Enum):
    """What an answer says of the address."""

    NO_USER = "no user"
    NO_HOST = "no host"
    UNAVAILABLE = "unavailable"  # not there, or busy: the code tells
    OTHER = "other"  # something else than that there is nobody


_USER = re.compile(f"{WORDS['user']}|{RECIPIENT}")
_HOST = re.compile(f"{WORDS['host']}|xdomainx|nxdomain|null ?mx")
_GONE = re.compile(
    f"{WORDS['missing']}|{near(WORDS['not'], WORDS['exists'], 4)}|{near(WORDS['exists'], WORDS['not'], 2)}"
)
_NOBODY = re.compile(rf"{WORDS['not']}\W{{1,3}}(?:(?:{WORDS['such']}|xdomainx)\W{{1,3}}){{0,3}}(?:{WORDS['user']})")
_NO_HOST = re.compile(rf"nxdomain|{WORDS['not']}\W{{1,3}}(?:{WORDS['such']}\W{{1,3}}){{0,3}}(?:{WORDS['host']})")
_ANY_MAIL = rf"(?:{WORDS['mail']})(?! (?:from|for|because|until)\b)"
_NO_MAIL = re.compile(
    rf"null ?mx|no smtp service|{near(WORDS['not'], WORDS['takes'], 1)}\W{{1,3}}(?:\w{{1,20}} ){{0,2}}?{_ANY_MAIL}"
    rf"|{WORDS['takes']} no (?:smtp )?{_ANY_MAIL}"
)
_MOVED, _UNAVAILABLE, _ALIVE = about("moved"), about("unavailable"), about("alive")
_SENDER = re.compile(f"{WORDS['sender']}|{OURS}|xourhostx")
_THING = re.compile(
    f"{near(WORDS['missing'], WORDS['thing'], 1)}|(?:{WORDS['thing']}) (?:is |are |was |were )?(?:{WORDS['missing']})"
)
_ADVICE = re.compile(rf"(?:[-*•] )?(?:and |but |so )?(?:{WORDS['advice']})")
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
            if sure:
                found |= _reasons(sure)
        if len(found) > 1:
            found.discard(Reason.UNAVAILABLE)
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
            if _ALTERNATIVE.match(clause):
                return None
        else:
            kept.append(clause)
    return ", ".join(kept) or None


def _reasons(sentence: str) -> set[Reason]:
    found: set[Reason] = set()
    of_user = of_sender = False
    clauses = _THING.sub(" ", sentence).split(": ")
    for at, clause in enumerate(clauses, start=1):
        of_sender = of_sender or (RECIPIENT not in clause and _SENDER.search(clause) is not None)
        if of_sender and _GONE.search(clause):
            return {Reason.OTHER}
        if at < len(clauses) and _REFUSED.search(clause):
            of_user = of_user or _USER.search(clause) is not None
        elif (one := _reason(clause, of_user=of_user)) is not None:
            found.add(one)
        of_user = of_user or clause.strip() in (RECIPIENT, f"<{RECIPIENT}>")
    return {Reason.OTHER} if found and of_sender else found


def _reason(clause: str, *, of_user: bool) -> Reason | None:
    user, host = _USER.search(clause), _HOST.search(clause)
    gone = _GONE.search(clause) is not None
    dead: Reason | None = None
    if host is not None and (gone or _NO_HOST.search(clause) or _NO_MAIL.search(clause)):
        dead = Reason.NO_HOST
    if (
        _NOBODY.search(clause)
        or _MOVED.search(clause)
        or (
            gone
            and (of_user or user is not None)
            and (host is None or (user is not None and user.start() < host.start()))
        )
    ):
        dead = Reason.NO_USER
    if _ALIVE.search(clause):
        return Reason.OTHER
    if dead is None and user is not None and _UNAVAILABLE.search(clause):
        return Reason.UNAVAILABLE
    return dead or (Reason.OTHER if BLOCK_LIST in clause else None)
