"""Whose gate it is, and when it invoices."""

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


@dataclass(frozen=True, slots=True)
class Billing:
    """When invoices are written."""

    invoice_days_before_due: kinds.Days = 10
