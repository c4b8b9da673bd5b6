"""Whose gate it is."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from mailgate.config import kinds


@dataclass(frozen=True, slots=True)
class Gate:
    """Whose gate it is."""

    company: kinds.Name = "Example Hosting"
    domain: kinds.MailDomain = "support.example"
    timezone: kinds.TimeZone = "Europe/Berlin"
    language: kinds.Language = "en"
    currency: kinds.Currency = "EUR"

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which days begin and times are told."""
        return ZoneInfo(self.timezone)
