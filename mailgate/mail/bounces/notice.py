"""The words of a mail system above the returned message: whom they name, what they say of each, is it only late?"""

import re
from collections.abc import Callable

from mailgate.mail.bounces.codes import is_taken, status_in
from mailgate.mail.bounces.finding import ADDRESS, Finding, addresses_in
from mailgate.mail.bounces.hard import gives_reason
from mailgate.mail.bounces.lexicon import WORDS, about, near
from mailgate.mail.bounces.lookup import Lookup
from mailgate.mail.bounces.normal_form import words_of

MAX_REPORT = 20_000  # characters
_MAX_LINE = 600
_MAX_SENTENCE = 4  # lines
_MAX_LINES_EACH = 40
_MAX_RECIPIENTS = 1000

_DELAY, _GIVEN_UP = about("delay"), about("given_up")
_EXPANDED = Lookup(rf"\((?:expanded|generated) (?:from|by):?\s{{1,20}}<?{ADDRESS}>?\)")
# Where a line begins, behind bullets, brackets and reply codes.
_BEGINS = Lookup(
    r"[\s>*#|•・→<\-(\[\"'=]{0,30}(?:[45]\d\d[\s-]{1,3}(?:[45]\.\d{1,3}\.\d{1,3}\s{1,3})?)?[<\"']{0,2}"
    rf"({ADDRESS})"
)
# `Recipient: <...>`, `Meant for: ...`, `RCPT TO:<...>`, 収信者: a label of few words, a colon, the address.
_LABELLED = Lookup(
    rf"[\s>*]{{0,20}}((?:[^\s:：=<>@]{{1,30}}+ ?){{1,4}}?)[:：=]\s{{0,20}}(?:rfc822\s?;\s?)?[<\"'(\[]{{0,2}}({ADDRESS})"
)
_NAMED_ADDRESS = Lookup(rf"[\s>*]{{0,20}}(?:[^\s<>@:]{{1,30}} ){{1,4}}<({ADDRESS})>\s{{0,5}}$")
_ADDRESS = Lookup(rf"(?<![\w.+-]){ADDRESS}")
_SENTENCES = re.compile(r"(?<=[.!?])\s{1,20}|[。！？]|(?<!:)\n[ \t]*\n")
_ADVISES, _MAYBE = Lookup(WORDS["advice"]), about("maybe")
_HELPERS = re.compile(r"(?<!\w)(?:contact|assistance|help|support|questions?|write to|forward)(?!\w)")
_BESIDE_OTHERS = re.compile(r"(?<!\w)(?:from|by|as in|like)[\s<\"'(:]{1,9}$")
_MOST_BESIDE = 30  # characters in which the words before an address stand
_BAD, _MAIL = f"{WORDS['failure']}|{WORDS['delay']}", f"{WORDS['delivery']}|{WORDS['mail']}"
_FAILED = Lookup(
    f"{WORDS['undelivered']}|{near(WORDS['not'], WORDS['delivery'], 4)}|{near(WORDS['delivery'], WORDS['not'], 3)}"
    f"|{near(_BAD, _MAIL, 4)}|{near(_MAIL, _BAD, 3)}"
)
_OF_OTHERS = Lookup(
    rf"{WORDS['sender']}|{WORDS['advice']}|(?<!\w)(?:from|by|reply|id|subject|references|help|support|postmaster|abuse|questions?)(?!\w)"
)
_CONTACT = re.compile(r"(?<!\w)(?:contact|write to|help|assistance|e-?mail to|forward)\b[^.]{0,60}:?$")


def is_late(report: str) -> bool:
    """The mail system is still trying."""
    words = words_of(report[:MAX_REPORT])
    return _DELAY.search(words) is not None and _GIVEN_UP.search(words) is None


def beginning_lines(report: str) -> list[Finding]:
    """The addresses that begin a line, follow a label, or stand beside a code, each with its lines; not who got it."""
    lines = _lines(report)
    found = _with_lines(lines, _found(lines, lambda at, line: [] if _in_advice(lines, at) else _beginning(line)))
    return [one for one in found if not is_taken(one.diagnostic)]


def in_sentences(report: str, *, failing: bool) -> list[Finding]:
    """The addresses in sentences that are no advice, each with its sentence; with `failing` in those that say why."""
    found: dict[str, Finding] = {}
    for sentence in _SENTENCES.split(_EXPANDED.sub("", report[:MAX_REPORT])):
        if "@" not in sentence or (failing and not tells_of_failure(sentence)) or _is_advice(sentence):
            continue
        for match in _ADDRESS.finditer(sentence):
            beside = sentence[max(match.start() - _MOST_BESIDE, 0) : match.start()]  # not all of it for each address
            if not _BESIDE_OTHERS.search(beside.lower()):
                found.setdefault(match[0].lower(), Finding(match[0], diagnostic=sentence))
    return list(found.values())[:_MAX_RECIPIENTS]


def speaks_of_failure(text: str) -> bool:
    """It says that a mail did not arrive, or not yet."""
    return _FAILED.search(words_of(text[:MAX_REPORT])) is not None


def tells_of_failure(sentence: str) -> bool:
    """It says so, or why."""
    return speaks_of_failure(sentence) or gives_reason(sentence)


def lines_about(report: str, addresses: list[str]) -> dict[str, str]:
    """The lines of a report about each of these addresses (lower case): from the one that begins with it, or has it."""
    lines = _lines(report)
    known = frozenset(addresses)
    found = _found(lines, lambda _, line: [one for one in _beginning(line) if one.lower() in known])
    begun = {one.lower() for _, one in found}
    found += _found(lines, lambda _, line: [one for one in addresses_in(line) if one.lower() in known - begun])
    return {one.address.lower(): one.diagnostic for one in _with_lines(lines, sorted(found))}


def _lines(report: str) -> list[str]:
    return [line[:_MAX_LINE] for line in _EXPANDED.sub("", report[:MAX_REPORT]).split("\n")]


def _found(lines: list[str], reader: Callable[[int, str], list[str]]) -> list[tuple[int, str]]:
    return [(at, address) for at, line in enumerate(lines) if "@" in line for address in reader(at, line)]


def _beginning(line: str) -> list[str]:
    labelled = _LABELLED.match(line)
    if labelled:
        return [] if _OF_OTHERS.search(words_of(labelled[1])) else [labelled[2]]
    begun = _BEGINS.match(line) or _NAMED_ADDRESS.match(line)
    if begun:
        return [] if _CONTACT.search(line[: begun.start(1)].lower()) else [begun[1]]
    return addresses_in(line) if status_in(line) is not None and not _OF_OTHERS.search(words_of(line)) else []


def _is_advice(sentence: str) -> bool:
    words = words_of(_ADDRESS.sub("", sentence))  # `support@` is an address, no advice
    return _ADVISES.match(words) is not None or _MAYBE.search(words) is not None or _HELPERS.search(words) is not None


def _in_advice(lines: list[str], at: int) -> bool:
    """The line goes on a sentence that advises, or stands below one that says whom to write to."""
    above: list[str] = []
    while len(above) < _MAX_SENTENCE and at > len(above) and lines[at - len(above) - 1].strip():
        above.insert(0, lines[at - len(above) - 1])
    if above:
        sentence = _SENTENCES.split("\n".join((*above, "")))[-1]
        return bool(sentence.strip()) and _is_advice(sentence)
    lead_in = lines[at - 2].strip() if at > 1 else ""
    is_open = lead_in[:1].islower() and lead_in[-1:].isalnum() and not speaks_of_failure(lead_in)
    return is_open or _CONTACT.search(lead_in.lower()) is not None


def _with_lines(lines: list[str], found: list[tuple[int, str]]) -> list[Finding]:
    """Each address once; its lines go from its own to that of the next address."""
    words: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for place, (at, address) in enumerate(found[:_MAX_RECIPIENTS]):
        later = next((line for line, other in found[place + 1 : place + 50] if other.lower() != address.lower()), None)
        names.setdefault(address.lower(), address)
        end = max(later, at + 1) if later is not None else at + _MAX_LINES_EACH
        words.setdefault(address.lower(), []).extend(lines[at:end])
    return [Finding(names[key], diagnostic="\n".join(said)) for key, said in words.items()]
