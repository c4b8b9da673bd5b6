"""Reader: whom a page is for."""

from dataclasses import dataclass
from datetime import UTC, datetime

from mailgate.language.tags import FALLBACK


@dataclass(frozen=True, slots=True)
class Reader:
    """A person with a language (BCP 47) and a zone (IANA). A page is in the nearest language that there is."""

    language: str = FALLBACK
    timezone: str = "UTC"
    at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    """When it is read: days of another year are told with theirs."""


SOMEBODY = Reader()
