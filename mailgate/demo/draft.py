"""A mail that is being written in the viewer, and the links of a mail that begin one."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from urllib.parse import parse_qsl, unquote, urlsplit

from markupsafe import Markup, escape

from mailgate.demo import letter
from mailgate.demo.company import Person
from mailgate.demo.mailboxes import Arrived

_END = r"[^\s<>\"']*[^\s<>\"'.,;:!?)\]]"
_LINKS = re.compile(rf"mailto:{_END}|https?://{_END}", re.IGNORECASE)
_KEPT = re.compile(r"<m-a((?:\s[^\s=>]+=\"[^\"]*\")*)>")
_HREF = re.compile(r"\shref=(\"[^\"]*\")")

LeadsTo = Callable[[str], str | None]
"""Where the viewer lets a link of a mail lead; None: nowhere."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the form; `answers` is the key of the mail that is answered."""

    to: str = ""
    subject: str = ""
    text: str = ""
    answers: str = ""


def reply_to(parent: Arrived, key: str) -> Draft:
    """An answer as a mail client begins it, the original quoted below."""
    text = f"\n\n{letter.quotation(parent)}"
    return Draft(letter.reply_address(parent), letter.reply_subject(parent), text, key)


def from_link(link: str) -> Draft:
    """The mail that a `mailto:` link asks for (RFC 6068); a field that is no part of a mail is left out."""
    parts = urlsplit(link)
    fields: Mapping[str, str] = dict(parse_qsl(parts.query.replace("+", "%2B"), keep_blank_values=True))
    return Draft(unquote(parts.path), fields.get("subject", ""), fields.get("body", "").replace("\r\n", "\n"))


def written(draft: Draft, writer: Person, parent: Arrived | None, *, at: datetime) -> EmailMessage:
    """The draft as a mail. Raises ValueError for a field that no mail can have."""
    text = draft.text.replace("\r\n", "\n")
    mail = letter.new(writer, draft.to, draft.subject, text, at=at)
    if parent is not None:
        letter.refer(mail, parent)
    return mail


def with_links(text: str, leads_to: LeadsTo) -> Markup:
    """The text of a mail for a page, with those links that lead anywhere."""
    pieces: list[str] = []
    at = 0
    for found in _LINKS.finditer(text):
        target = leads_to(found[0])
        if target is not None:
            pieces += [escape(text[at : found.start()]), Markup('<a href="{}">{}</a>').format(target, found[0])]
            at = found.end()
    return Markup("").join([*pieces, escape(text[at:])])


def revived(inert: str) -> str:
    """Inert HTML in which the links that were kept lead somewhere again, out of the frame.

    No link stands in another: each ends with its element or where the next begins, as browsers read them.
    """

    def open_link(found: re.Match[str]) -> str:
        href = _HREF.search(found[1])
        return f'{found[0]}<a target="_top" href={href[1]}>' if href else found[0]

    return _KEPT.sub(open_link, inert).replace("</m-a>", "</a></m-a>")
