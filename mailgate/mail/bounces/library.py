"""flufl.bounce, asked for the addresses in a report whose wording ours does not know."""

import re
from email.message import Message as LibraryMessage

from mailgate.mail.message import Message

_MAX_TEXT = 20_000
_MAX_LINES = 300
_MAX_LINE = 500
_MAX_FIELD = 500
_PLAIN = re.compile(r"[A-Za-z0-9._+=-]{1,64}@[A-Za-z0-9.-]{1,255}\Z")


def named_by_library(message: Message, report: str) -> list[str]:
    """The addresses that the library finds in the words of a report, sorted.

    It gets a small mail made of these words: what it reads is bounded, and none of its detectors meets a stranger's
    MIME tree or From field, at which it raises and logs.
    """
    from flufl.bounce import all_failures  # makes its many patterns then, which few mails need and no command waits for

    author = message.author.address if message.author else ""
    mail = LibraryMessage()
    mail["From"] = author if _PLAIN.match(author) else "unknown@invalid"
    mail["Subject"] = _ascii(message.subject[:_MAX_FIELD])
    mail["X-Mailer"] = _ascii((message.header("X-Mailer") or "")[:_MAX_FIELD])
    mail["Content-Type"] = "text/plain"
    mail.set_payload("\n".join(_ascii(line[:_MAX_LINE]) for line in report[:_MAX_TEXT].split("\n")[:_MAX_LINES]))
    try:
        temporary, permanent = all_failures(mail)
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        RuntimeError,
    ):  # its detectors were written for real reports
        return []
    return sorted(address.decode("ascii", "replace") for address in temporary | permanent if b"@" in address)


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode("ascii").replace("\n", " ").replace("\r", " ")
