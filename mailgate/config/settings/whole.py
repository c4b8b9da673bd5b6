"""All sections together, and what of them has no effect yet."""

from dataclasses import dataclass, field
from pathlib import Path

from mailgate.config import kinds
from mailgate.config.settings.billing import Billing, Documents
from mailgate.config.settings.desk import (
    DEFAULT_DESKS,
    Announcements,
    Attachments,
    DeskRules,
    KnowledgeBase,
    Letterhead,
    OwnWords,
    SavedReplies,
    Welcome,
)
from mailgate.config.settings.doors import ImapFolder, Limits, Lmtp, Metrics, Smtp, Web
from mailgate.config.settings.gate import Gate
from mailgate.config.settings.hooks import Hook
from mailgate.config.settings.judging import Authentication, Spam
from mailgate.config.settings.keeping import S3, Store
from mailgate.config.settings.payments import Payments
from mailgate.config.settings.seller import Seller
from mailgate.config.settings.sending import FallbackSmarthost, Smarthost, Suppression
from mailgate.config.settings.work import Budgets, Log, Workers
from mailgate.desks import Desk
from mailgate.mail.address import Mailbox
from mailgate.opening_hours import OpeningHours
from mailgate.tickets.deadlines import Silence

EXAMPLE = ".example"
"""Domains to play with (RFC 2606 §2)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. `Settings()` has the defaults, with paths relative to wherever the program runs."""

    gate: Gate = field(default_factory=Gate)
    store: Store = field(default_factory=Store)
    s3: S3 = field(default_factory=S3)
    smtp: Smtp = field(default_factory=Smtp)
    lmtp: Lmtp = field(default_factory=Lmtp)
    web: Web = field(default_factory=Web)
    smarthost: Smarthost = field(default_factory=Smarthost)
    suppression: Suppression = field(default_factory=Suppression)
    spam: Spam = field(default_factory=Spam)
    authentication: Authentication = field(default_factory=Authentication)
    workers: Workers = field(default_factory=Workers)
    desk_rules: DeskRules = field(default_factory=DeskRules)
    attachments: Attachments = field(default_factory=Attachments)
    letterhead: Letterhead = field(default_factory=Letterhead)
    templates: OwnWords = field(default_factory=OwnWords)
    welcome: Welcome = field(default_factory=Welcome)
    announcements: Announcements = field(default_factory=Announcements)
    saved_replies: SavedReplies = field(default_factory=SavedReplies)
    knowledge_base: KnowledgeBase = field(default_factory=KnowledgeBase)
    seller: Seller = field(default_factory=Seller)
    billing: Billing = field(default_factory=Billing)
    documents: Documents = field(default_factory=Documents)
    payments: Payments = field(default_factory=Payments)
    limits: Limits = field(default_factory=Limits)
    budgets: Budgets = field(default_factory=Budgets)
    log: Log = field(default_factory=Log)
    metrics: Metrics = field(default_factory=Metrics)
    desks: tuple[Desk, ...] = tuple(Desk(desk.name, Mailbox(desk.name, "", Gate().domain)) for desk in DEFAULT_DESKS)
    imap: tuple[ImapFolder, ...] = ()
    fallback_smarthost: tuple[FallbackSmarthost, ...] = ()
    hook: tuple[Hook, ...] = ()

    @property
    def disk_of_mail(self) -> Path | None:
        """A directory on the disk of this host that fills with mail; None when all of it goes to servers."""
        if not self.s3.bucket:
            return self.store.archive
        if not self.store.is_embedded:
            return None
        return Path(self.store.url.removeprefix(kinds.SQLITE).partition("?")[0]).parent

    @property
    def silence(self) -> Silence:
        """How long a customer may be silent, by the hours and the zone of the desks."""
        return self.desk_rules.silence(self.gate.zone)

    @property
    def opening(self) -> OpeningHours:
        """When somebody works at the desks."""
        return self.desk_rules.opening(self.gate.zone)

    @property
    def pages_url(self) -> str:
        """Where the pages read."""
        return self.web.store_url or self.store.url

    def page(self, path: str = "") -> str | None:
        """The address of a page, such as "/tickets/7", for readers of mail; None where they could not follow it.

        On loopback they would ask their own machine for it; people of domains to play with read where the gate runs.
        """
        is_here = self.gate.domain.endswith(EXAMPLE) and self.web.listen is not None
        return f"{self.web.public_url.rstrip('/')}{path}" if self.web.is_public or is_here else None

    def unbuilt(self) -> tuple[str, ...]:
        """The settings that differ from their defaults and have no effect yet, each with what is missing, in words."""
        defaults = Settings()
        return tuple(
            f"{section}.{key}: {missing}"
            for section, key, missing in NOT_BUILT
            if getattr(getattr(self, section), key) not in (getattr(getattr(defaults, section), key), None)
        )


_NO_EFFECT = "that part of billing is not built yet"

NOT_BUILT = (("billing", "change_waits_for_payment", _NO_EFFECT),)
"""Section, key and what is missing; config.toml says "Not built yet" at each of them."""
