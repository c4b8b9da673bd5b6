"""Settings: every section of config.toml as a frozen value; the defaults here and those in the file are the same.

Names, units and reasons stand in config.toml. All paths are absolute once `load` has returned them.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from mailgate.config import kinds
from mailgate.config.kinds import ALLOWED_ENDINGS, one_of
from mailgate.config.values import HostPort
from mailgate.desks import Desk
from mailgate.mail.address import Mailbox
from mailgate.mail.sender.coverage import Coverage
from mailgate.tickets.deadlines import Silence
from mailgate.tickets.files import FileRules

SMTP_LISTEN = HostPort("127.0.0.1", 2525)
LMTP_LISTEN = HostPort("127.0.0.1", 2424)
WEB_LISTEN = HostPort("127.0.0.1", 8025)


class Tls(StrEnum):
    """How the connection to the smarthost is secured."""

    VERIFY = "verify"  # TLS with a valid certificate, or no delivery
    OPPORTUNISTIC = "opportunistic"  # TLS when offered, any certificate
    NONE = "none"


class ImapTls(StrEnum):
    """How the connection to an IMAP server is secured; the certificate must be valid for both kinds of TLS."""

    IMPLICIT = "implicit"  # from the first byte, RFC 8314 §3.2
    STARTTLS = "starttls"
    NONE = "none"  # to this machine only


class After(StrEnum):
    """What happens on the IMAP server to a mail that is on our disk."""

    MARK = "mark"
    MOVE = "move"


class InDoubt(StrEnum):
    """What happens to a mail that a crash left between the smarthost's dot and its reply."""

    RETRY = "retry"
    PARK = "park"


class Verify(StrEnum):
    """Who judges what an incoming mail's sender is worth."""

    OWN = "own"
    TRUSTED_HEADER = "trusted-header"
    NONE = "none"


class QueueList(StrEnum):
    """When staff get the list of open tickets."""

    DAILY = "daily"
    ON_REQUEST = "on-request"


class UnknownSender(StrEnum):
    """What happens to mail from somebody who is not registered."""

    HOLD = "hold"
    OPEN = "open"


class LogFormat(StrEnum):
    """How a log line is written."""

    TEXT = "text"
    JSON = "json"


class LogLevel(StrEnum):
    """The least level that is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


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
class Store:
    """Where mail and rows are kept."""

    url: kinds.StoreUrl = "sqlite:///var/mailgate.db"
    archive: kinds.Directory = Path("var/archive")

    @property
    def is_embedded(self) -> bool:
        """A file on this host rather than a database server."""
        return self.url.startswith(kinds.SQLITE)


@dataclass(frozen=True, slots=True)
class Smtp:
    """Our own SMTP listener; `certificate` and `key` are both set or both None."""

    listen: kinds.Listen = SMTP_LISTEN
    certificate: kinds.OptionalFile = None
    key: kinds.OptionalFile = None


@dataclass(frozen=True, slots=True)
class Lmtp:
    """Our own LMTP listener."""

    listen: kinds.Listen = LMTP_LISTEN


@dataclass(frozen=True, slots=True)
class Web:
    """The web view."""

    listen: kinds.Listen = WEB_LISTEN
    public_url: kinds.WebUrl = "http://127.0.0.1:8025"  # no slash at its end


@dataclass(frozen=True, slots=True)
class Smarthost:
    """Where outgoing mail goes; without `address` it stays queued. `user` comes with `password_file`."""

    address: kinds.Remote = None
    tls: Annotated[Tls, one_of(Tls)] = Tls.VERIFY
    user: kinds.Text = ""
    password_file: kinds.OptionalFile = None
    timeout_seconds: kinds.Timeout = 60.0
    after_dot_seconds: kinds.Timeout = 600.0
    lifetime_hours: kinds.Hours = 96
    delay_notice_hours: Annotated[int, kinds.whole(0, 24 * 365)] = 4
    in_doubt: Annotated[InDoubt, one_of(InDoubt)] = InDoubt.RETRY
    unanswered_at_once: Annotated[int, kinds.whole(1, 256)] = 1
    per_domain_at_once: Annotated[int, kinds.whole(1, 256)] = 5
    domain_pause_seconds: kinds.Delay = 60  # 0: none


@dataclass(frozen=True, slots=True)
class Suppression:
    """When an address of a customer is left alone; `failures` 0: only a dead one is."""

    dead_days: kinds.Days = 30
    failures: kinds.Count = 3
    half_life_days: Annotated[int, kinds.whole(1, 365)] = 14
    failures_days: kinds.Days = 7


@dataclass(frozen=True, slots=True)
class Spam:
    """SpamAssassin's spamd; None is off. A Path is a Unix socket."""

    spamd: kinds.RemoteOrSocket = None
    hold_score: kinds.Score = 5.0
    timeout_seconds: kinds.Timeout = 10.0


@dataclass(frozen=True, slots=True)
class Authentication:
    """How senders are verified."""

    trusted_authserv_ids: kinds.AuthservIds = ()
    verify: Annotated[Verify, one_of(Verify)] = Verify.OWN
    dkim_coverage: Annotated[Coverage, one_of(Coverage)] = Coverage.COMMON
    nameservers: kinds.Nameservers = ()  # none: those of the machine
    dns_timeout_seconds: kinds.Timeout = 5.0


@dataclass(frozen=True, slots=True)
class Workers:
    """Who does the work of the jobs."""

    broker: kinds.BrokerUrl = kinds.MEMORY_BROKER
    threads: Annotated[int, kinds.whole(1, 256)] = 4  # that send


@dataclass(frozen=True, slots=True)
class DeskRules:
    """What holds for every desk."""

    undo_seconds: kinds.Delay = 60
    autoclose_hours: kinds.Hours = 36
    autoclose_warning_hours: kinds.Hours = 12  # before the close
    unknown_sender: Annotated[UnknownSender, one_of(UnknownSender)] = UnknownSender.HOLD
    digest_hour: Annotated[int, kinds.whole(0, 23)] = 8
    queue_list: Annotated[QueueList, one_of(QueueList)] = QueueList.DAILY

    @property
    def silence(self) -> Silence:
        """How long a customer may be silent."""
        return Silence(timedelta(hours=self.autoclose_hours), timedelta(hours=self.autoclose_warning_hours))


@dataclass(frozen=True, slots=True)
class Attachments:
    """Which files of a customer's mail become part of its ticket."""

    allowed: kinds.Endings = ALLOWED_ENDINGS
    max_files: kinds.Count = 50
    max_total_bytes: kinds.Bytes = 26_214_400

    @property
    def rules(self) -> FileRules:
        """What files are judged by."""
        return FileRules(self.allowed, self.max_files, self.max_total_bytes)


@dataclass(frozen=True, slots=True)
class OwnWords:
    """The operator's own words in place of the shipped ones; without `directory` there are none."""

    directory: kinds.OptionalFile = None


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    """Articles that anybody may read; without `folder` there are none."""

    folder: kinds.OptionalFile = None
    reread_seconds: kinds.Timeout = 30.0


@dataclass(frozen=True, slots=True)
class Billing:
    """When invoices are written."""

    invoice_days_before_due: kinds.Days = 10


@dataclass(frozen=True, slots=True)
class Limits:
    """What is taken in; the same for all doors."""

    max_message_bytes: kinds.Bytes = 36_700_160
    max_header_bytes: kinds.Bytes = 262_144
    max_line_bytes: kinds.Bytes = 65_536
    max_recipients: kinds.Positive = 100
    max_hops: kinds.Positive = 50
    max_connections: kinds.Positive = 200
    max_connections_per_address: kinds.Positive = 20
    idle_seconds: kinds.Timeout = 300.0
    data_seconds: kinds.Timeout = 600.0
    min_free_bytes: kinds.FreeBytes = 268_435_456


@dataclass(frozen=True, slots=True)
class Budgets:
    """How much the gate writes by itself, and takes from one source. From the third on, 0 is no limit."""

    acknowledgements_per_address_hour: kinds.Count = 5
    acknowledgements_per_address_day: kinds.Count = 10
    automatic_answers_per_domain_hour: kinds.Count = 50
    automatic_answers_per_hour: kinds.Count = 500
    held_notices_per_hour: kinds.Count = 20
    returned_per_staff_hour: kinds.Count = 20
    tickets_per_sender_hour: kinds.Count = 60
    tickets_per_sender_day: kinds.Count = 200
    tickets_per_unverified_sender_hour: kinds.Count = 10
    tickets_of_strangers_per_hour: kinds.Count = 100
    mails_per_ticket_hour: kinds.Count = 60
    machine_mails_per_ticket_hour: kinds.Count = 20
    held_alert_minutes: kinds.Count = 60


@dataclass(frozen=True, slots=True)
class Log:
    """What is logged and how."""

    format: Annotated[LogFormat, one_of(LogFormat)] = LogFormat.TEXT
    level: Annotated[LogLevel, one_of(LogLevel)] = LogLevel.INFO


@dataclass(frozen=True, slots=True)
class Metrics:
    """The listener for `/metrics` and `/healthz`; None is off."""

    listen: kinds.Listen = None


@dataclass(frozen=True, slots=True)
class DeskEntry:
    """One `[[desk]]` as written; `address` may end in "@", which means the gate's own domain."""

    name: kinds.Name
    address: kinds.Name


@dataclass(frozen=True, slots=True)
class ImapFolder:
    """One `[[imap]]`: a folder to fetch mail from; `desk` is the name of the desk that it is for."""

    host: kinds.Host
    user: kinds.Name
    password_file: kinds.File
    desk: kinds.Name
    folder: kinds.Name = "INBOX"
    tls: Annotated[ImapTls, one_of(ImapTls)] = ImapTls.IMPLICIT
    port: kinds.OptionalPort = 0  # 0: the standard one, see `server`
    after: Annotated[After, one_of(After)] = After.MARK
    move_to: kinds.Text = ""
    poll_seconds: Annotated[float, kinds.number(0.1, 1_500)] = 60.0  # IDLE must be renewed within 29 min, RFC 2177 §3
    timeout_seconds: kinds.Timeout = 30.0

    @property
    def server(self) -> HostPort:
        """Where to connect to."""
        return HostPort(self.host, self.port or (993 if self.tls is ImapTls.IMPLICIT else 143))

    @property
    def name(self) -> str:
        """What the folder is called in the store, the log and `mailgate status`; the port is no part of it, so that
        another kind of TLS does not make it another folder."""
        return f"{self.user}@{self.host.lower()}/{self.folder}"


@dataclass(frozen=True, slots=True)
class FallbackSmarthost:
    """One `[[fallback_smarthost]]`: takes our mail while those before it cannot be reached."""

    address: kinds.Server
    tls: Annotated[Tls, one_of(Tls)] = Tls.VERIFY
    user: kinds.Text = ""
    password_file: kinds.OptionalFile = None


DEFAULT_DESKS = tuple(DeskEntry(name, f"{name}@") for name in ("support", "billing", "domains", "orders"))


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. `Settings()` has the defaults, with paths relative to wherever the program runs."""

    gate: Gate = field(default_factory=Gate)
    store: Store = field(default_factory=Store)
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
    templates: OwnWords = field(default_factory=OwnWords)
    knowledge_base: KnowledgeBase = field(default_factory=KnowledgeBase)
    billing: Billing = field(default_factory=Billing)
    limits: Limits = field(default_factory=Limits)
    budgets: Budgets = field(default_factory=Budgets)
    log: Log = field(default_factory=Log)
    metrics: Metrics = field(default_factory=Metrics)
    desks: tuple[Desk, ...] = tuple(Desk(desk.name, Mailbox(desk.name, "", Gate().domain)) for desk in DEFAULT_DESKS)
    imap: tuple[ImapFolder, ...] = ()
    fallback_smarthost: tuple[FallbackSmarthost, ...] = ()

    def unbuilt(self) -> tuple[str, ...]:
        """The settings that differ from their defaults and have no effect yet, each with what is missing, in words."""
        defaults = Settings()
        words = tuple(
            f"{section}.{key}: {missing}"
            for section, key, missing in NOT_BUILT
            if getattr(getattr(self, section), key) not in (getattr(getattr(defaults, section), key), None)
        )
        return words if self.store.is_embedded else (f"store.url: {SERVER_NOT_BUILT}", *words)


NOT_BUILT = (
    ("workers", "broker", "only memory:// is built yet, jobs stay in this process"),
    ("billing", "invoice_days_before_due", "billing is not built yet, no invoice is written"),
)
"""Section, key and what is missing; config.toml says "Not built yet" at each of them."""

SERVER_NOT_BUILT = "PostgreSQL is not built yet, mail is worked on in an SQLite store alone"
