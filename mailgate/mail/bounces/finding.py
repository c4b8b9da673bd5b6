"""What a report says about one recipient, before it is judged."""

from dataclasses import dataclass
from enum import StrEnum

from mailgate.mail.bounces.lookup import Lookup

# Chinese, Japanese and Korean words stand beside an address without a blank, and in brackets of their own.
_ASIAN = r"\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef"
_LOCAL = (
    rf"(?:\"[^\"\s]{{1,64}}\"|=\?[^\s<>@]{{1,64}}\?="
    rf"|[^\s<>()\[\]{{}}:;,\"'@*“”‘’„«»…{_ASIAN}]{{1,64}}|[{_ASIAN}]{{1,64}})"
)
_DOMAIN = (
    rf"(?:[^\W_{_ASIAN}](?:[^\W{_ASIAN}]|-){{0,62}}(?:\.(?:[^\W{_ASIAN}]|-){{1,63}}){{0,10}}"
    r"|[^\W_][\w-]{0,62}(?:\.[\w-]{1,63}){1,10}|\[[0-9a-fA-F.:]{3,45}\])"
)
ADDRESS = rf"{_LOCAL}@{_DOMAIN}"
"""The text of a pattern: an address as reports write it, with bounds on every part so that search time is linear."""

_FIND = Lookup(rf"(?<![\w.+-]){ADDRESS}")


class BounceAction(StrEnum):
    """What became of the delivery (RFC 3464 §2.3.3); the other actions are no bounces."""

    FAILED = "failed"
    DELAYED = "delayed"


@dataclass(frozen=True, slots=True)
class Finding:
    """One address with all that a report says about it."""

    address: str
    action: BounceAction | None = None  # None when only the wording of the whole report can tell
    status: str | None = None  # of a Status field
    diagnostic: str = ""  # the words of the mail system that refused it


def addresses_in(text: str) -> list[str]:
    """The addresses that are written in a text, in order, each once."""
    found: dict[str, str] = {}
    for match in _FIND.finditer(text):
        found.setdefault(match[0].lower(), match[0])
    return list(found.values())
