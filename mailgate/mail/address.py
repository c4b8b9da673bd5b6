"""Mailbox: local-part, detail and domain of one address; strict to parse, ASCII case-folded to compare."""

import re
from dataclasses import dataclass

from mailgate.errors import BadAddress

MAX_LOCAL_PART = 64  # octets, RFC 5321 §4.5.3.1.1
MAX_ADDRESS = 254  # octets: a path is 256 with its brackets, RFC 5321 §4.5.3.1.3
DETAIL_MARK = "+"  # RFC 5233 leaves the separator to the site; this is the common one

_DOT_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})+\Z")


_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One address, as written; `key` is what addresses are compared by.

    `detail` is the part of the local-part behind the first `+` (RFC 5233), "" when there is none.
    """

    local_part: str  # without the detail
    detail: str
    domain: str

    @property
    def address(self) -> str:
        """The whole address, detail included, in the case that it was written in."""
        mark = DETAIL_MARK if self.detail else ""
        return f"{self.local_part}{mark}{self.detail}@{self.domain}"

    @property
    def key(self) -> str:
        """The address without detail and in lower case: which of our own mailboxes is meant."""
        return f"{self.local_part}@{self.domain}".lower()


def parse_mailbox(text: str) -> Mailbox:
    """Read one bare address (no display name, no angle brackets).

    Dot-atom local-part of at most 64 octets, LDH domain of at least two labels, 254 octets in all: what every
    mail system reads alike. Quoted local-parts, address literals and non-ASCII are refused (RFC 5321 §4.1.2 allows
    more; two parsers that read them differently are how identities get forged).

    Raises BadAddress, naming the text.
    """
    if _CONTROL.search(text):
        raise BadAddress(f"address contains a line break or control character: {text!r}")
    local_part, at, domain = text.rpartition("@")
    if not at or not _DOT_ATOM.match(local_part) or not _DOMAIN.match(domain):
        raise BadAddress(f"not a mail address: {text!r}")
    if len(local_part) > MAX_LOCAL_PART or len(text) > MAX_ADDRESS:
        raise BadAddress(f"mail address is too long: {text[:80]!r}")
    name, mark, detail = local_part.partition(DETAIL_MARK)
    if not name or (mark and not detail):  # "+x@", "x+@": somebody's whole name, not name and detail
        return Mailbox(local_part, "", domain)
    return Mailbox(name, detail, domain)


def address_key(address: str) -> str:
    """What two addresses are compared by: ASCII lower case, detail kept (a person's detail is part of the identity).

    Only ASCII letters fold: U+212A KELVIN SIGN and its like must not become somebody else's `k`.
    """
    return address.translate(_LOWER)
