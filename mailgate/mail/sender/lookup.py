"""Lookup: what the rules of sender evidence ask of the DNS, as functions that somebody else provides."""

from typing import Protocol


class Lookup(Protocol):
    """Both raise LookupFailed when the answer cannot be had just now."""

    def txt(self, name: str) -> tuple[bytes, ...]:
        """The TXT records of a name, the strings of each joined; none when there is no such name or record."""
        ...

    def exists(self, domain: str) -> bool:
        """The domain has an address or takes mail (A, AAAA or MX): what RFC 9989 means by a domain that exists."""
        ...
