"""What `mailgate init` asks for: the questions, what may be answered, and what can be guessed."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mailgate.config.sections import keys_of, sections
from mailgate.config.values import from_text, is_loopback
from mailgate.desks import SERVICE_MAILBOXES
from mailgate.errors import BadAddress, Permanent
from mailgate.mail.address import parse_mailbox
from mailgate.toml_text.problems import BadValue

UNKNOWN_ZONE, UNKNOWN = "UTC", "unknown"

_PLAIN = re.compile(r"[A-Za-z0-9._/-]+")


class BadAnswer(Permanent):
    """An answer that cannot be a value of its setting; says why."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question: the option that answers it, and the setting that it is for, if any."""

    option: str
    words: str
    setting: tuple[str, str] | None = None
    usual: str | None = None  # None: it must be answered
    may_stay_open: bool = False  # where nobody is asked, what is shipped stays as it is


QUESTIONS = (
    Question("company", "Name that customers know", ("gate", "company")),
    Question("domain", "Domain of the gate's own addresses, such as support.your.domain", ("gate", "domain")),
    Question("staff-name", "Name of the first person who answers"),
    Question("staff-email", "That person's own mail address"),
    Question("timezone", "Time zone", ("gate", "timezone"), UNKNOWN_ZONE),
    Question("currency", "Currency", ("gate", "currency"), "EUR"),
    Question("smarthost", "Mail server for outgoing mail, host:port; empty: later", ("smarthost", "address"), ""),
    Question(
        "pages",
        "Address of the pages, such as https://desk.your.domain; empty: no pages, and no links in mails",
        ("web", "public_url"),
        "",
        may_stay_open=True,
    ),
    Question(
        "staff-signs", "Does the mail server of your staff sign their mail (DKIM): yes, no or unknown", None, UNKNOWN
    ),
)

YES, NO = "yes", "no"


def check(question: Question, answer: str) -> None:
    """Raises BadAnswer, naming the option, the answer and what is wrong with it."""
    try:
        if question.option == "pages" and not answer:
            return
        if question.option == "staff-signs":
            if answer not in (YES, NO, UNKNOWN):
                raise BadValue(f"write {YES}, {NO} or {UNKNOWN}")
        elif question.setting is not None:
            section, key = question.setting
            kind = keys_of(sections()[section])[key].kind
            kind.check(from_text(kind.shape, answer))
        elif question.option == "staff-email":
            parse_mailbox(answer)
        elif not answer.strip() or not answer.isprintable():
            raise BadValue("must be one line of words")
    except BadValue as bad:
        raise BadAnswer(f"--{question.option}: {bad.reason}") from bad
    except BadAddress as bad:
        raise BadAnswer(f"--{question.option}: {bad}") from bad


def check_together(answers: Mapping[str, str]) -> None:
    """The staff member must not have an address of the gate, which would talk to itself. Raises BadAnswer."""
    staff, domain = parse_mailbox(answers["staff-email"]), answers["domain"]
    if staff.domain.lower() == domain.lower():
        names = ", ".join(sorted(SERVICE_MAILBOXES))
        raise BadAnswer(
            f"--staff-email: {staff.address} is in the gate's own domain, which is for the desks and {names}"
        )


def check_directory(path: Path) -> None:
    """Its name stands in files of systemd, Postfix, Exim and a shell, each with quotes of its own. Raises BadAnswer."""
    if not _PLAIN.fullmatch(str(path)):
        raise BadAnswer(f"DIR: {path} has other characters than letters, digits and ._/-")


def settings_of(answers: Mapping[str, str]) -> Mapping[tuple[str | int, ...], str]:
    """The settings that the answers make."""
    found: dict[tuple[str | int, ...], str] = {
        question.setting: answers[question.option]
        for question in QUESTIONS
        if question.setting is not None and question.option in answers
    }
    if "pages" in answers:
        found["web", "public_url"] = answers["pages"].rstrip("/")
    if answers.get("pages") == "":
        del found["web", "public_url"]
        found["web", "listen"] = ""
    found["seller", "name"] = answers["company"]
    if is_loopback(answers["smarthost"].rpartition(":")[0].strip("[]")):
        found["smarthost", "tls"] = "none"  # the certificate of a mail server seldom names localhost
    return found


def guessed_zone(environ: Mapping[str, str] = os.environ, localtime: Path = Path("/etc/localtime")) -> str:
    """The time zone of this machine, else UTC."""
    named = environ.get("TZ", "").lstrip(":") or str(localtime.resolve()).partition("/zoneinfo/")[2]
    try:
        check(next(question for question in QUESTIONS if question.option == "timezone"), named)
    except BadAnswer:
        return UNKNOWN_ZONE
    return named
