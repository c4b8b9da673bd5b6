"""The DNS: a resolver with time limits and a cache, and a purse of lookups for each mail.

Every failure that may pass is LookupFailed; a name that does not exist, or has no such record, is no failure.
"""

import time
from collections.abc import Callable, Sequence
from typing import Literal, Protocol

import dns.exception
import dns.name
import dns.nameserver
import dns.rdata
import dns.rdatatype
import dns.resolver

from mailgate.config import HostPort
from mailgate.errors import LookupFailed, Permanent

Kind = Literal["TXT", "A", "AAAA", "MX", "PTR"]
Record = bytes | str | tuple[int, str]
"""TXT: its strings joined; A, AAAA, PTR: text; MX: preference and host. Names have no dot at their end."""

MAX_LOOKUPS = 64  # of one mail: five signatures of its author's domain, each walking up its tree, need 53
MAX_SECONDS = 20.0  # of one mail; what RFC 7208 §4.6.4 grants SPF alone
MAX_RECORDS = 50  # of one answer
CACHED_ANSWERS = 10_000


class Resolver(Protocol):
    """Answers one question; raises LookupFailed."""

    def __call__(self, name: str, kind: Kind, *, within_seconds: float) -> tuple[Record, ...]: ...


class TooManyLookups(Permanent):
    """A mail asks for more of the DNS than any honest one needs."""


class DnsResolver:
    """Asks name servers by dnspython and remembers their answers as long as they allow. Threads may share it."""

    def __init__(self, nameservers: Sequence[HostPort] = (), *, timeout_seconds: float = 5.0) -> None:
        """Without `nameservers` it takes those of the machine, and its own address where none are named."""
        self._resolver = _system() if not nameservers else dns.resolver.Resolver(configure=False)
        if nameservers:
            self._resolver.nameservers = [dns.nameserver.Do53Nameserver(at.host, at.port) for at in nameservers]
        self._resolver.cache = dns.resolver.LRUCache(CACHED_ANSWERS)
        self._timeout_seconds = timeout_seconds

    def __call__(self, name: str, kind: Kind, *, within_seconds: float) -> tuple[Record, ...]:
        """The records of this kind; none when there are none. CNAMEs are followed."""
        lifetime = min(self._timeout_seconds, within_seconds)
        try:
            answer = self._resolver.resolve(
                dns.name.from_text(name), kind, lifetime=lifetime, raise_on_no_answer=False, search=False
            )
        except (dns.resolver.NXDOMAIN, dns.resolver.YXDOMAIN, dns.name.LabelTooLong, dns.name.NameTooLong):
            return ()
        except (dns.name.EmptyLabel, dns.name.BadEscape, UnicodeError):
            return ()  # no name at all
        except (dns.exception.DNSException, OSError) as error:
            raise LookupFailed(f"{kind} of {name}: {error}") from error
        found = answer.rrset if answer.rrset is not None else ()
        return tuple(_record(one) for one in list(found)[:MAX_RECORDS])

    def is_there(self, name: str, *, within_seconds: float) -> bool:
        """The name or one below it has a record of whatever kind (RFC 8020). Raises LookupFailed."""
        lifetime = min(self._timeout_seconds, within_seconds)
        try:
            self._resolver.resolve(
                dns.name.from_text(name), "TXT", lifetime=lifetime, raise_on_no_answer=False, search=False
            )
        except dns.resolver.NXDOMAIN:
            return False
        except (dns.exception.DNSException, OSError) as error:
            raise LookupFailed(f"{name}: {error}") from error
        return True


class Lookups:
    """What one mail may ask: at most `limit` questions and `seconds` of time; no question is asked twice."""

    def __init__(
        self,
        resolver: Resolver,
        *,
        limit: int = MAX_LOOKUPS,
        seconds: float = MAX_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._resolver = resolver
        self._left = limit
        self._clock = clock
        self._deadline = clock() + seconds
        self._known: dict[tuple[str, Kind], tuple[Record, ...]] = {}

    def records(self, name: str, kind: Kind) -> tuple[Record, ...]:
        """The records of a name; raises LookupFailed, also when the time is up, and TooManyLookups."""
        asked = (name.lower().rstrip("."), kind)
        if asked not in self._known:
            if self._left <= 0:
                raise TooManyLookups(f"{kind} of {name} is one lookup too many")
            self._left -= 1
            remaining = self._deadline - self._clock()
            if remaining <= 0:
                raise LookupFailed(f"{kind} of {name}: the time for this mail's lookups is up")
            self._known[asked] = self._resolver(asked[0], kind, within_seconds=remaining)
        return self._known[asked]

    def txt(self, name: str) -> tuple[bytes, ...]:
        """The TXT records, as `Lookup` of the rules has it."""
        return tuple(one for one in self.records(name, "TXT") if isinstance(one, bytes))

    def exists(self, domain: str) -> bool:
        """The domain has an address or takes mail."""
        kinds: tuple[Kind, ...] = ("A", "AAAA", "MX")
        return any(self.records(domain, kind) for kind in kinds)

    def another(self, limit: int = MAX_LOOKUPS) -> "Lookups":
        """A purse of its own within the same time, for what a stranger can make expensive."""
        return Lookups(self._resolver, limit=limit, seconds=self._deadline - self._clock(), clock=self._clock)


def _system() -> dns.resolver.Resolver:
    try:
        return dns.resolver.Resolver()
    except dns.resolver.NoResolverConfiguration:
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = ["127.0.0.1"]  # resolv.conf(5): without one, the name server on this machine
        return resolver


def _record(rdata: dns.rdata.Rdata) -> Record:
    if rdata.rdtype == dns.rdatatype.TXT:
        return b"".join(rdata.strings)  # type: ignore[attr-defined]
    if rdata.rdtype == dns.rdatatype.MX:
        return (rdata.preference, rdata.exchange.to_text(omit_final_dot=True))  # type: ignore[attr-defined]
    if rdata.rdtype == dns.rdatatype.PTR:
        return str(rdata.target.to_text(omit_final_dot=True))  # type: ignore[attr-defined]
    return str(rdata.address)  # type: ignore[attr-defined]
