"""Message-ID, In-Reply-To and References (RFC 5322 §3.6.4): read from broken fields, made for our own mail.

Ids are without angle brackets everywhere inside the program. An id of ours is a name and evidence of nothing.
"""

import re

MAX_IDS = 1000
_MAX_ID = 998  # a line of RFC 5322 §2.1.1
_BRACKETED = re.compile(r"<([^<>]{1,2000})>")
_BLANK = re.compile(r"\s+")
_WORD = re.compile(r"[^\s<>,;\"()]++")  # with the `@` in the pattern, a long word without one would cost square time
_OURS = re.compile(r"o\.([1-9][0-9]{0,18})\.([a-z0-9]{1,64})\Z")


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


def make(kind: str, row_id: int, nonce: str, domain: str) -> str:
    """A Message-ID of ours, such as `o.77.k3v9@example.org`; `nonce` makes it unguessable, from outside."""
    return f"{kind}.{row_id}.{nonce}@{domain}"


def outbox_id(message_id: str, domain: str) -> tuple[int, str] | None:
    """The outbox row and the nonce that an id of ours names; None for anybody else's.

    Whoever uses it compares the whole id with the row's: a number alone can be made up.
    """
    local, _, given = message_id.strip("<>").rpartition("@")
    found = _OURS.match(local.lower())
    if not found or given.lower() != domain.lower():
        return None
    return int(found[1]), found[2]
