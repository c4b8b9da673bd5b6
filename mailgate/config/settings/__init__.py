"""Settings: every section of config.toml as a frozen value; the defaults here and those in the file are the same.

Names, units and reasons stand in config.toml. All paths are absolute once `load` has returned them.
"""

from mailgate.config.settings.billing import Billing, Documents, Paper, TaxPoint
from mailgate.config.settings.desk import (
    DEFAULT_DESKS,
    Announcements,
    Attachments,
    DeskEntry,
    DeskRules,
    KnowledgeBase,
    Letterhead,
    OwnWords,
    QueueList,
    SavedReplies,
    UnknownSender,
)
from mailgate.config.settings.doors import (
    LMTP_LISTEN,
    SMTP_LISTEN,
    WEB_LISTEN,
    After,
    ImapFolder,
    ImapTls,
    Limits,
    Lmtp,
    Metrics,
    Smtp,
    Web,
)
from mailgate.config.settings.gate import Gate
from mailgate.config.settings.hooks import Hook
from mailgate.config.settings.judging import Authentication, Spam, Verify
from mailgate.config.settings.keeping import S3, Addressing, Store
from mailgate.config.settings.payments import Payments, ProviderName
from mailgate.config.settings.seller import Seller
from mailgate.config.settings.sending import FallbackSmarthost, InDoubt, Smarthost, Suppression, Tls
from mailgate.config.settings.whole import NOT_BUILT, Settings
from mailgate.config.settings.work import Budgets, Log, LogFormat, LogLevel, Workers

__all__ = [
    "DEFAULT_DESKS",
    "LMTP_LISTEN",
    "NOT_BUILT",
    "S3",
    "SMTP_LISTEN",
    "WEB_LISTEN",
    "Addressing",
    "After",
    "Announcements",
    "Attachments",
    "Authentication",
    "Billing",
    "Budgets",
    "DeskEntry",
    "DeskRules",
    "Documents",
    "FallbackSmarthost",
    "Gate",
    "Hook",
    "ImapFolder",
    "ImapTls",
    "InDoubt",
    "KnowledgeBase",
    "Letterhead",
    "Limits",
    "Lmtp",
    "Log",
    "LogFormat",
    "LogLevel",
    "Metrics",
    "OwnWords",
    "Paper",
    "Payments",
    "ProviderName",
    "QueueList",
    "SavedReplies",
    "Seller",
    "Settings",
    "Smarthost",
    "Smtp",
    "Spam",
    "Store",
    "Suppression",
    "TaxPoint",
    "Tls",
    "UnknownSender",
    "Verify",
    "Web",
    "Workers",
]
