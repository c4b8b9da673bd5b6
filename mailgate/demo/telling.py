"""A mail as the terminal tells it: who writes to whom, about what, and the text."""

from collections.abc import Iterator
from email.message import EmailMessage
from itertools import groupby
from textwrap import indent

MARGIN = "       "
"""As wide as the number of a step, so that its mails stand below each other."""


def told(mail: EmailMessage) -> str:
    """From, To, Subject and the text part; of quoted lines only how many there are."""
    head = [f"{name}: {mail[name]}" for name in ("From", "To", "Subject")]
    body = mail.get_body(("plain",))
    text = str(body.get_content()) if body else ""
    return "\n" + indent("\n".join([*head, "", *_without_quotes(text)]).rstrip(), MARGIN) + "\n"


def _without_quotes(text: str) -> Iterator[str]:
    for is_quoted, lines in groupby(text.splitlines(), key=lambda line: line.startswith(">")):
        together = list(lines)
        if is_quoted and len(together) > 1:
            yield f"> … ({len(together)} quoted lines)"
        else:
            yield from together
