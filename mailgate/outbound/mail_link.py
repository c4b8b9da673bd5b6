"""What HTML shows in its own way: above all what can be followed or pressed, pages, addresses, and ready mails.

`{{ action | mail_link }}` is a link in HTML, and in the text part the words that say as much. Both parts have the same
words in the same order, so that either is known again when it comes back as a quotation.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from jinja2 import pass_context
from jinja2.runtime import Context

from mailgate.mail.mailto import MailAction
from mailgate.outbound.markup import BUTTON, COMMAND, Markdown, worded
from mailgate.outbound.plain_text import one_line

_WIDTH = 72  # characters of a line of text


def _mail_in_text(action: object, subject: str = "", label: str = "") -> str:
    """Its label, or the address alone: what to write there is said beside it."""
    mail = _action(action, subject)
    return label or mail.name or mail.to


def _page_in_text(url: object, label: str = "") -> str:
    """The address of a page, behind what it shows; alone in its line where it would not fit."""
    if isinstance(url, Mapping):
        return _mail_in_text(url, label=label)
    words = one_line(str(url))
    if not label:
        return words
    return f"{label}: {words}" if len(label) + 2 + len(words) <= _WIDTH else f"{label}:\n{words}"


def _as_it_is(words: object) -> str:
    return str(words)


def _mail_as(look: str) -> Callable[..., str]:
    @pass_context  # not a constant, even where all that it is given is one
    def link(_: Context, action: object, subject: str = "", label: str = "") -> str:
        """Leads to a mail with subject and body filled in; where no address is left of it, as in a mail of the archive
        that has lost what opened something, only the words that stand there instead."""
        mail = _action(action, subject)
        return _link(label or mail.name or mail.to, mail.href if "@" in mail.to else "", look)

    return link


def _page_as(look: str) -> Callable[..., str]:
    @pass_context
    def link(_: Context, url: object, label: str = "") -> str:
        """Leads to a page, or to a mail; what opened something and is gone shows the words that stand there instead."""
        if isinstance(url, Mapping):
            mail = _action(url, "")
            return _link(label or mail.name or mail.to, mail.href if "@" in mail.to else "", look)
        words = one_line(str(url))
        is_page = words.startswith(("https://", "http://"))
        return (
            _link(label or words, words, look) if is_page else _link(f"{label}: {words}" if label else words, "", look)
        )

    return link


@pass_context
def _address_link(_: Context, address: object) -> str:
    words = one_line(str(address))
    return _link(words, MailAction("", words).href if "@" in words else "", "")


@pass_context
def _linked(_: Context, words: object) -> str:
    return Markdown(worded.get().mark(str(words).strip("\n"), linked=True))


@pass_context
def _strong(_: Context, words: object) -> str:
    return Markdown(f"**{worded.get().mark(one_line(str(words)))}**")


def _link(shown: str, href: str, look: str) -> Markdown:
    data = worded.get()
    label = data.mark(shown)
    if not href:
        return Markdown(label)
    title = f' "{look}"' if look else ""
    return Markdown(f"[{label}]({data.mark_piece(href)}{title})")


IN_TEXT: Mapping[str, Callable[..., str]] = MappingProxyType(
    {
        "mail_link": _mail_in_text,
        "command_link": _mail_in_text,
        "button": _page_in_text,
        "page_link": _page_in_text,
        "address_link": _as_it_is,
        "linked": _as_it_is,
        "strong": _as_it_is,
    }
)
IN_MARKDOWN: Mapping[str, Callable[..., str]] = MappingProxyType(
    {
        "mail_link": _mail_as(""),
        "command_link": _mail_as(COMMAND),
        "button": _page_as(BUTTON),
        "page_link": _page_as(""),
        "address_link": _address_link,
        "linked": _linked,
        "strong": _strong,
    }
)
"""The filters of either part, by their names in templates."""


def _action(action: object, subject: str) -> MailAction:
    fields = action if isinstance(action, Mapping) else {}
    label, to, own, body = (str(fields.get(name) or "") for name in ("label", "to", "subject", "body"))
    return MailAction(label, to, subject or own, f"{body}\n")
