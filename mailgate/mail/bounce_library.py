"""flufl.bounce, asked for the addresses in a report whose wording ours does not know."""

from email.message import Message as LibraryMessage

from flufl.bounce import all_failures

from mailgate.mail.message import Message

_MAX_TEXT = 20_000
_MAX_LINE = 500
_FIELDS = ("From", "To", "Subject", "X-Mailer")


def named_by_library(message: Message, report: str) -> list[str]:
    """The addresses that the library finds in the words of a report, sorted.

    It gets a small mail made of these words: what it reads is bounded, and none of its detectors walks a stranger's
    MIME tree.
    """
    mail = LibraryMessage()
    for name in _FIELDS:
        mail[name] = _ascii(message.header(name) or "unknown")
    mail["Content-Type"] = "text/plain"
    mail.set_payload("\n".join(_ascii(line[:_MAX_LINE]) for line in report[:_MAX_TEXT].split("\n")))
    try:
        temporary, permanent = all_failures(mail)
    except (ValueError, LookupError, TypeError, AttributeError):  # its detectors were written for real reports
        return []
    return sorted(address.decode("ascii", "replace") for address in temporary | permanent if b"@" in address)


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode("ascii").replace("\n", " ").replace("\r", " ")
