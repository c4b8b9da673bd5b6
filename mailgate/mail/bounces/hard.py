"""Whether an address is dead: nobody can ever be reached there. Words decide, and codes where words say nothing."""

import re

from mailgate.mail.bounces.codes import MAX_DIAGNOSTIC, Prior, codes_in, prior, status_in
from mailgate.mail.bounces.normal_form import Parties, answers
from mailgate.mail.bounces.reasons import Reason, reasons_in

_AT_MAIL = re.compile(r"(?i)in reply to mail from|after mail from|but (?:my name|sender) was rejected")
_AFTER_DATA = re.compile(
    r"(?i)in reply to (?:end of )?data|end of data|after (?:the )?data|final data|smtp command\s{1,4}data"
)
_LAST_WAS_DATA = re.compile(r"(?i)>>> data")
_NONE_ACCEPTED = re.compile(r"(?i)need rcpt|no valid rec|valid rcpt")
_NOT_IN_DIRECTORY = re.compile(r"(?i)recipient\s+address\s+rejected:\s+access\s+denied")
_LATER = re.compile(
    r"(?i)\blater\b|\bcome back\b|[,;:]\s*(?:please )?try\b"
)  # of a server, not "check it and try again"


def is_dead(
    status: str | None, *said: str, recipient: str = "", ours: frozenset[str] = frozenset(), around: str = ""
) -> bool:
    """No such user or host, moved, or a host that takes no mail; not where it is in doubt.

    `said` is what is said of `recipient` by mail systems that have given up, the surest first: the first that gives a
    reason counts. `around` may tell at which command the refusal came. `ours` (lower case) are addresses of the sender.
    """
    parties = Parties(recipient.lower(), ours)
    reason, words = _first_reason(said, parties)
    inner = status_in(words)
    code = inner if inner and (status is None or status.endswith(".0.0")) else status
    if prior(code) is Prior.SENDER or _AT_MAIL.search(words):
        return False
    if code == "5.4.1" and _NOT_IN_DIRECTORY.search(words):  # so Exchange Online says that nobody has the address
        return True
    if reason is Reason.NO_USER and _seen_by_filter(code, f"{words[:MAX_DIAGNOSTIC]}\n{around[:MAX_DIAGNOSTIC]}"):
        reason = None
    if (code or "5").startswith("4"):
        return _is_final(reason, code or "", words)
    if reason is Reason.UNAVAILABLE:
        return prior(code) is not Prior.ALIVE and not (code or "").startswith("5.2.")
    if reason is None:
        return prior(code) is Prior.DEAD or (prior(code) is Prior.WEAK and _only_dead("\n".join(said)))
    return reason is not Reason.OTHER


def gives_reason(said: str) -> bool:
    """The words say why a mail was not delivered."""
    return _first_reason((said,), Parties())[0] is not None


def says_dead(said: str) -> bool:
    """The words say that there is no such user or host."""
    return any(reason in (Reason.NO_USER, Reason.NO_HOST) for reason in reasons_in(answers(said, Parties())))


def _only_dead(words: str) -> bool:
    """Of the codes that tell anything, all say so: a gateway has its own weak one before that of the mailbox."""
    told = {prior(code) for code in codes_in(words)} - {Prior.WEAK}
    return told == {Prior.DEAD}


def _first_reason(said: tuple[str, ...], parties: Parties) -> tuple[Reason | None, str]:
    """The first reason, and the words that give it: the first of all where none does."""
    for words in said:
        reason = next(reasons_in(answers(words, parties)), None)
        if reason is not None:
            return reason, words
    return None, said[0] if said else ""


def _is_final(reason: Reason | None, code: str, said: str) -> bool:
    """What no waiting cures, though the class of the code is 4."""
    if _LATER.search(said):
        return False
    return reason is Reason.NO_HOST or (reason is Reason.NO_USER and code.startswith("4.1."))


def _seen_by_filter(code: str | None, said: str) -> bool:
    """Who took the recipient and says "unknown user" after the text has seen a filter, not a missing mailbox."""
    if (code or "").startswith("5.1."):
        return False
    if _NONE_ACCEPTED.search(said) is not None:
        return False
    # DATA is named last of all that were sent at once: it tells something only where the code, too, knows the mailbox.
    at_data = _LAST_WAS_DATA.search(said) is not None and (code or "").startswith("5.2.")
    return at_data or _AFTER_DATA.search(said) is not None
