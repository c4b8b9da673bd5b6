"""Mails in threads as a mail client shows them: by References, never by subject."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailgate.demo.item import Item


@dataclass(frozen=True, slots=True)
class Branch:
    """A mail, and how many answers deep it stands."""

    item: Item
    depth: int


def threads(items: Sequence[Item]) -> tuple[tuple[Branch, ...], ...]:
    """The threads of a mailbox, the one that changed last first, each from its beginning.

    Which mail is answered is said by the last known one of In-Reply-To and References; a mail that names only unknown
    ones stands beside others that name the same.
    """
    in_order = sorted(items, key=lambda item: item.at)
    seen: dict[str, Branch] = {}  # by message id
    roots: dict[str, str] = {}  # by message id, also of mails that are only referred to
    found: dict[str, list[Branch]] = {}
    for item in in_order:
        named = (*item.message.references, *item.message.in_reply_to)
        parent = next((seen[one] for one in reversed(named) if one in seen), None)
        own = item.message.message_id or item.key
        root = next((roots[one] for one in reversed(named) if one in roots), named[0] if named else own)
        branch = Branch(item, parent.depth + 1 if parent else 0)
        seen[own] = branch
        roots.update(dict.fromkeys((*named, own), root))
        found.setdefault(root, []).append(branch)
    latest_first = sorted(found.values(), key=lambda thread: thread[-1].item.at, reverse=True)
    return tuple(tuple(thread) for thread in latest_first)
