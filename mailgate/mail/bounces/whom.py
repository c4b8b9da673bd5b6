"""Whom the words of a report name: candidates in the order of how surely each kind names who failed."""

from collections.abc import Callable

from mailgate.mail.bounces.codes import status_in
from mailgate.mail.bounces.evidence import is_mail_system
from mailgate.mail.bounces.finding import Finding, addresses_in
from mailgate.mail.bounces.hard import gives_reason
from mailgate.mail.bounces.library import named_by_library
from mailgate.mail.bounces.notice import MAX_REPORT, beginning_lines, in_sentences, lines_about
from mailgate.mail.bounces.returned import Returned
from mailgate.mail.message import Message


def named_in(message: Message, report: str, back: Returned) -> list[Finding]:
    """Who did not get the mail, by the best kind of naming that there is.

    Our own address stands in most reports: it is left out where anybody else is named, and counts where the returned
    message was written to it.
    """
    author = message.author.address.lower() if message.author else ""
    ours = frozenset((*(one.address.lower() for one in (*message.to, *message.cc)), *back.authors, author))
    for reader in _READERS:
        found = [one for one in reader(message, report, back) if one.address.lower() not in ours]
        if found:
            return _without_sender(found, frozenset(one.rpartition("@")[2] for one in ours - {author}))
    own = [address for address in back.recipients if address in ours - {author}]
    if len(own) == 1 == len(back.recipients):
        return _explained(own, report)
    # To ourselves, and nothing came back: one line begins with our address and says why.
    return [one for one in beginning_lines(report) if one.address.lower() != author and gives_reason(one.diagnostic)]


def _without_sender(found: list[Finding], our_hosts: frozenset[str]) -> list[Finding]:
    """`Von: help@…` above `An: …`: who is of our house, and nothing is said of him, wrote the mail."""
    told = [one for one in found if one.address.lower().rpartition("@")[2] not in our_hosts or _says(one)]
    return told if any(map(_says, told)) else found


def _says(one: Finding) -> bool:
    return status_in(one.diagnostic) is not None or gives_reason(one.diagnostic)


def _in_header(message: Message, report: str, _: Returned) -> list[Finding]:
    values = ", ".join(value for name, value in message.headers if name.lower() == "x-failed-recipients")
    return _explained(addresses_in(values[:MAX_REPORT]), report)


def _in_lines(_: Message, report: str, __: Returned) -> list[Finding]:
    return beginning_lines(report)


def _written_to(_: Message, report: str, back: Returned) -> list[Finding]:
    if len(back.recipients) != 1 or any(map(is_mail_system, back.authors)):
        return []
    return _explained(list(back.recipients), report)


def _by_library(message: Message, report: str, _: Returned) -> list[Finding]:
    return _explained(named_by_library(message, report), report)


def _told(_: Message, report: str, __: Returned) -> list[Finding]:
    return in_sentences(report, failing=True)


def _mentioned(_: Message, report: str, __: Returned) -> list[Finding]:
    return in_sentences(report, failing=False)


def _explained(addresses: list[str], report: str) -> list[Finding]:
    words = lines_about(report, [address.lower() for address in addresses]) if addresses else {}
    return [Finding(address, diagnostic=words.get(address.lower(), "")) for address in addresses]


_READERS: tuple[Callable[[Message, str, Returned], list[Finding]], ...] = (
    _in_header,
    _in_lines,
    _told,
    _by_library,
    _written_to,
    _mentioned,
)
