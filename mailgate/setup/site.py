"""Site: the gate that is looked at, and the ways to look at it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from mailgate.config import Settings
from mailgate.inbound.dns import DnsResolver, Lookups
from store.engine import connect, read_url, reading

DNS_SECONDS = 4.0
"""For one check, below its own time limit, so that a silent name server is told of as such."""


@dataclass(frozen=True, slots=True)
class Site:
    """What every check is given. The settings have been read without a mistake."""

    config_path: Path
    settings: Settings
    mounts: Path = Path("/proc/self/mounts")

    @property
    def database(self) -> Path | None:
        """The file of an embedded store; None for a database server."""
        url = read_url(self.settings.store.url)
        return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None

    @property
    def directories(self) -> tuple[Path, ...]:
        """Where the store and the archive live."""
        database = self.database
        both = (*((database.parent,) if database else ()), self.settings.store.archive)
        return tuple(dict.fromkeys(both))

    @property
    def command(self) -> str:
        """How to call the program for this gate."""
        return f"mailgate --config {self.config_path}"

    def lookups(self) -> Lookups:
        """The DNS, for one check."""
        return Lookups(self._resolver(), seconds=DNS_SECONDS)

    def is_in_dns(self, name: str) -> bool:
        """This name, or one below it, is there. Raises LookupFailed."""
        return self._resolver().is_there(name, within_seconds=DNS_SECONDS)

    def _resolver(self) -> DnsResolver:
        authentication = self.settings.authentication
        seconds = min(DNS_SECONDS, authentication.dns_timeout_seconds)
        return DnsResolver(authentication.nameservers, timeout_seconds=seconds)

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """The store, which is not changed and not made. Raises NoStore."""
        engine = connect(self.settings.store.url, read_only=True)
        try:
            yield engine
        finally:
            engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One look into it."""
        with self.engine() as engine, reading(engine) as conn:
            yield conn

    def now(self) -> datetime:
        """The instant, by this machine's clock."""
        return datetime.now(UTC)
