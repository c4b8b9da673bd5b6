"""A DNS for tests: what stands in a dictionary, counted, and names that give no answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mailgate.errors import LookupFailed
from mailgate.inbound.dns import Kind, Record


@dataclass
class Zone:
    """A resolver. Text in `txt` is one record a name; `others` are (name, kind) with their records."""

    txt_records: Mapping[str, str | bytes | Sequence[str | bytes]] = field(default_factory=dict)
    others: Mapping[tuple[str, Kind], Sequence[Record]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def __call__(self, name: str, kind: Kind, *, within_seconds: float) -> tuple[Record, ...]:
        """As `mailgate.inbound.dns.Resolver`."""
        self.asked.append(name)
        if name in self.broken:
            raise LookupFailed(f"{kind} of {name}: no answer")
        if kind != "TXT":
            return tuple(self.others.get((name, kind), ()))
        found = self.txt_records.get(name, ())
        texts = (found,) if isinstance(found, str | bytes) else found
        return tuple(text.encode() if isinstance(text, str) else text for text in texts)

    def txt(self, name: str) -> tuple[bytes, ...]:
        """As `mailgate.mail.sender.lookup.Lookup`."""
        return tuple(one for one in self(name, "TXT", within_seconds=1.0) if isinstance(one, bytes))

    def exists(self, domain: str) -> bool:
        """As `mailgate.mail.sender.lookup.Lookup`."""
        kinds: tuple[Kind, ...] = ("A", "AAAA", "MX")
        return any(self(domain, kind, within_seconds=1.0) for kind in kinds)
