"""Message-ID, In-Reply-To and References (RFC 5322 §3.6.4): read from broken fields, made for our own mail.

Ids are without angle brackets everywhere inside the program. An id of ours is a name and evidence of nothing.
"""

import re
import secrets

MAX_IDS = 1000
_MAX_ID = 998  # a line of RFC 5322 §2.1.1
_BRACKETED = re.compile(r"<([^<>]{1,2000})>")
_BLANK = re.compile(r"\s+")
_WORD = re.compile(r"[^\s<>,;\"()]++")  # with the `@` in the pattern, a long word without one would cost square time
_OURS = re.compile(r"o\.(?:[0-9a-f]{20}|[1-9][0-9]{0,18}\.[a-z0-9]{1,64})\Z")  # the second: of the first versions


def read_ids(text: str) -> tuple[str, ...]:
    """The ids of an unfolded field, in its order.

    Clients fold long References and cut ids in half: blanks inside brackets go. Where nothing stands in brackets,
    every word with an `@` in it is taken.
    """
    found = [_BLANK.sub("", inside) for inside in _BRACKETED.findall(text)]
    # `In-Reply-To: Your message of "Mon, 3 Feb" <id>` has one; `ann@example.org's mail <id>` shows why brackets win.
    ids = [one for one in found if one] or _bare(text)
    return tuple(one for one in ids[:MAX_IDS] if len(one) <= _MAX_ID)


def _bare(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if "@" in word[1:-1]]


def read_id(text: str) -> str | None:
    """The one id of a Message-ID field, also of a broken one; None when there is none to compare by."""
    ids = read_ids(text)
    if ids:
        return ids[0]
    word = text.strip().strip("<>[]").strip()
    return word if word and not _BLANK.search(word) and len(word) <= _MAX_ID else None


def make(domain: str) -> str:
    """A new Message-ID of ours, such as `o.4f1c09be7a5d33e60218@example.org`: nobody can guess it from outside."""
    return f"o.{secrets.token_hex(10)}@{domain}"


def root(ticket_id: int, domain: str) -> str:
    """The id that all mails to staff about a ticket refer to, and that no mail has."""
    return f"t.{ticket_id}.root@{domain}"


def is_ours(message_id: str, domain: str) -> bool:
    """It has the form of ours. Anybody can make one up: whoever uses it looks for the row that has it."""
    local, _, given = message_id.strip("<>").rpartition("@")
    return given.lower() == domain.lower() and _OURS.match(local.lower()) is not None
