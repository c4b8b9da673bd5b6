"""The kinds of settings: each a type for the dataclasses together with the check that its values must pass."""

import ipaddress
import re
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from mailgate.billing.money.currencies import CURRENCIES
from mailgate.config.codes import CODES
from mailgate.config.values import HostPort, Kind, Shape
from mailgate.errors import BadAddress
from mailgate.mail.address import MAX_LOCAL_PART, parse_mailbox
from mailgate.opening_hours import BadHours, Span, in_order, read_holiday, read_hours
from mailgate.people import BadDetails, checked_details
from mailgate.toml_text.problems import BadValue, nearest

T = TypeVar("T")
N = TypeVar("N", int, float)

SQLITE = "sqlite:///"
POSTGRESQL = "postgresql+psycopg://"
MEMORY_BROKER = "memory://"

_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62}))*\.?\Z")
_FILE_ENDING = re.compile(r"[A-Za-z0-9_+~-]{1,20}\Z")
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]\Z")
_KEY_PREFIX = re.compile(r"[A-Za-z0-9!_.*'()-]+(?:/[A-Za-z0-9!_.*'()-]+)*/?\Z")
_PORT = re.compile(r"[0-9]{1,5}\Z")

_PICTURES = ("png", "jpg", "jpeg", "jfif", "gif", "webp", "bmp", "tif", "tiff", "heic", "heif", "avif")
_TEXTS = ("pdf", "txt", "text", "log", "csv", "tsv", "md", "rtf", "diff", "patch")
_OFFICE = ("doc", "docx", "odt", "xls", "xlsx", "ods", "ppt", "pptx", "odp", "pages", "numbers", "key")
_DATA = ("json", "xml", "yaml", "yml", "ini", "conf", "cfg", "sql", "har", "pcap", "pcapng")
_MAIL = ("eml", "ics", "vcf", "asc", "sig", "p7s", "p7m", "pem", "crt", "cer", "csr", "pub")
_ARCHIVES = ("zip", "gz", "tgz", "tar", "bz2", "xz", "7z", "rar", "zst")
_RECORDINGS = ("mp4", "mov", "webm", "mp3", "m4a")

ALLOWED_ENDINGS = (*_PICTURES, *_TEXTS, *_OFFICE, *_DATA, *_MAIL, *_ARCHIVES, *_RECORDINGS)
"""Of the files that a support desk takes unless its operator says otherwise.

No programs, and nothing that a browser would run: html, svg and scripts.
"""


def whole(low: int, high: int) -> Kind:
    """A whole number from `low` to `high`, both allowed."""
    return Kind(Shape.WHOLE, lambda raw: _within(raw, low, high))


def number(low: float, high: float) -> Kind:
    """A finite number from `low` to `high`, both allowed; a float in the end."""
    return Kind(Shape.NUMBER, lambda raw: _within(float(raw), low, high))


def text(check: Callable[[str], object]) -> Kind:
    """A text without control characters, which could end a header line or an SMTP command."""

    def checked(raw: str) -> object:
        if any(ch < " " or ch == "\x7f" for ch in raw):
            raise BadValue("must be one line without control characters")
        return check(raw)

    return Kind(Shape.TEXT, checked)


def one_of(choices: type[StrEnum]) -> Kind:
    """One of the values of an enum."""

    def choice(raw: str) -> StrEnum:
        try:
            return choices(raw)
        except ValueError:
            *most, last = [f'"{one}"' for one in choices]
            raise BadValue(f'must be {", ".join(most)} or {last}, not "{raw}"', nearest(raw, choices)) from None

    return text(choice)


def or_none(check: Callable[[str], T]) -> Callable[[str], T | None]:
    """The same check, but the empty text is None: off, or not set."""
    return lambda raw: check(raw) if raw else None


def _within(raw: N, low: N, high: N) -> N:
    if not low <= raw <= high:
        raise BadValue(f"must be from {low} to {high}, not {raw}")
    return raw


def _some(raw: str) -> str:
    if not raw.strip():
        raise BadValue("must not be empty")
    return raw


def host_port(raw: str, *, lowest_port: int) -> HostPort:
    """Read `host:port` or `[IPv6]:port`. Raises BadValue."""
    host, colon, port = raw.rpartition(":")
    if not colon or not _PORT.match(port):
        raise BadValue(f'"{raw}" has no port: write host:port')
    if not lowest_port <= int(port) <= 65_535:
        raise BadValue(f'"{raw}": the port must be from {lowest_port} to 65535')
    if host.startswith("[") and host.endswith("]"):
        try:
            return HostPort(str(ipaddress.IPv6Address(host[1:-1])), int(port))
        except ValueError:
            raise BadValue(f'"{host}" is not an IPv6 address') from None
    if ":" in host:
        raise BadValue(f'"{raw}": write an IPv6 address in brackets, [::1]:{port}')
    if not host:
        raise BadValue(f'"{raw}" has no host: write 0.0.0.0:{port} to listen on every IPv4 address')
    return HostPort(_named_host(host), int(port))


def _named_host(raw: str) -> str:
    if len(raw) > 253 or not _HOST.match(raw):
        raise BadValue(f'"{raw}" is not a host name or IP address')
    return raw


def _host(raw: str) -> str:
    """A host without its port; an IPv6 address with or without brackets."""
    bare = raw[1:-1] if raw.startswith("[") and raw.endswith("]") else raw
    try:
        return str(ipaddress.IPv6Address(bare))
    except ValueError:
        if _PORT.match(raw.rpartition(":")[2]) and ":" in raw:
            raise BadValue(f'"{raw}" has a port: that is a setting of its own') from None
        return _named_host(raw)


def _path(raw: str) -> Path:
    if raw.startswith("~"):
        raise BadValue(f'"{raw}": ~ is not expanded, write the whole path')
    return Path(_some(raw))


def _host_port_or_socket(raw: str) -> HostPort | Path:
    return _path(raw) if "/" in raw else host_port(raw, lowest_port=1)


def _mail_domain(raw: str) -> str:
    try:
        parse_mailbox(f"{'x' * MAX_LOCAL_PART}@{raw}")  # our signed addresses need a whole local-part beside it
    except BadAddress:
        raise BadValue(f'"{raw}" is not a mail domain, such as support.example (ASCII, at most 189 octets)') from None
    return raw


def _timezone(raw: str) -> str:
    try:
        ZoneInfo(raw)
    except (ValueError, OSError, LookupError):  # OSError: "Europe" is a directory
        known = available_timezones()
        if not known:
            raise BadValue("cannot be checked: no time zone data here; install the package tzdata") from None
        raise BadValue(f'"{raw}" is not an IANA time zone', nearest(raw, known)) from None
    return raw


def _currency(raw: str) -> str:
    if raw not in CURRENCIES:
        raise BadValue(f'"{raw}" is not an ISO 4217 currency code', nearest(raw, CURRENCIES))
    return raw


def _language(raw: str) -> str:
    try:
        return checked_details({"language": raw}, CODES)["language"]
    except BadDetails:
        raise BadValue(f'"{raw}" is not a language tag, such as en or pt-BR') from None


def _store_url(raw: str) -> str:
    if raw.startswith(POSTGRESQL) and len(raw) > len(POSTGRESQL):
        return raw
    if not raw.startswith(SQLITE):
        raise BadValue(f'"{raw}" must begin with {SQLITE} or {POSTGRESQL}')
    if raw.removeprefix(SQLITE).partition("?")[0] in ("", ":memory:"):
        raise BadValue(f'"{raw}" names no file: mail would be lost with the process')
    return raw


def _server_url(raw: str) -> str:
    if raw and (not raw.startswith(POSTGRESQL) or raw == POSTGRESQL):
        raise BadValue(f'"{raw}" must begin with {POSTGRESQL}')
    return raw


def _broker_url(raw: str) -> str:
    scheme, mark, rest = raw.partition("://")
    if not mark or scheme not in ("memory", "redis", "rediss", "amqp", "amqps") or bool(rest) == (scheme == "memory"):
        raise BadValue(f'"{raw}" is not a broker: {MEMORY_BROKER}, redis://host:port/0 or amqp://host:port')
    return raw


def _web_url(raw: str) -> str:
    try:
        url = urlsplit(raw)
        is_plain = url.scheme in ("http", "https") and url.hostname and url.username is None and url.port != 0
    except ValueError:  # brackets or a port that are none
        is_plain = False
    if not is_plain or url.query or url.fragment or " " in raw:
        raise BadValue(f'"{raw}" is not a web address, such as https://support.example')
    return raw.rstrip("/")


def _hook_url(raw: str) -> str:
    """With a query, which is where many keep their key; the path is left as it is."""
    base, _, _ = raw.partition("?")
    _web_url(base)
    if "#" in raw:
        raise BadValue(f'"{raw}" has a "#": what follows it is never sent')
    return raw


def _bucket(raw: str) -> str:
    if raw and not _BUCKET.match(raw):
        raise BadValue(f'"{raw}" is not the name of a bucket: 3 to 63 letters, digits, dots and hyphens')
    return raw


def _key_prefix(raw: str) -> str:
    """The beginning of keys; as a directory it ends in a slash, and begins with none."""
    bare = raw.strip("/")
    if bare and (len(bare) > 512 or not _KEY_PREFIX.match(bare)):
        raise BadValue(f'"{raw}" is not the beginning of a key, such as mailgate/archive')
    return f"{bare}/" if bare else ""


def _authserv_ids(raw: list[str]) -> tuple[str, ...]:
    for item in raw:
        if not item or not item.isascii() or not item.isprintable() or " " in item:
            raise BadValue(f'"{item}" is not an authserv-id, such as mx.example.org (RFC 8601 §2.5)')
    return tuple(raw)


def _nameservers(raw: list[str]) -> tuple[HostPort, ...]:
    return tuple(_nameserver(item) for item in raw)


def _nameserver(raw: str) -> HostPort:
    """An IP address, with or without a port: asking for the address of a name server would need a name server."""
    try:
        return HostPort(str(ipaddress.ip_address(raw)), 53)
    except ValueError:
        pass
    server = host_port(raw, lowest_port=1)
    try:
        ipaddress.ip_address(server.host)
    except ValueError:
        raise BadValue(f'"{raw}" is not the IP address of a name server') from None
    return server


def _endings(raw: list[str]) -> tuple[str, ...]:
    for item in raw:
        if not _FILE_ENDING.match(item):
            raise BadValue(f'"{item}" is not an ending of file names, such as "pdf" (no dot, no "*")')
    return tuple(dict.fromkeys(item.lower() for item in raw))


def _opening_hours(raw: list[str]) -> tuple[str, ...]:
    spans: list[Span] = []
    for item in raw:
        try:
            spans += read_hours(item)
        except BadHours as error:
            raise BadValue(f'"{item}" {error}') from None
    try:
        in_order(spans)
    except BadHours as error:
        raise BadValue(str(error)) from None
    return tuple(raw)


def _holidays(raw: list[str]) -> tuple[str, ...]:
    for item in raw:
        try:
            read_holiday(item)
        except BadHours as error:
            raise BadValue(f'"{item}" {error}') from None
    return tuple(dict.fromkeys(raw))


Text = Annotated[str, text(str)]
Name = Annotated[str, text(_some)]
MailDomain = Annotated[str, text(_mail_domain)]
TimeZone = Annotated[str, text(_timezone)]
Language = Annotated[str, text(_language)]
Currency = Annotated[str, text(_currency)]
StoreUrl = Annotated[str, text(_store_url)]
ServerUrl = Annotated[str, text(_server_url)]
Truth = Annotated[bool, Kind(Shape.TRUTH, bool)]
BrokerUrl = Annotated[str, text(_broker_url)]
WebUrl = Annotated[str, text(_web_url)]
OptionalWebUrl = Annotated[str, text(lambda raw: _web_url(raw) if raw else "")]
OptionalHookUrl = Annotated[str, text(lambda raw: _hook_url(raw) if raw else "")]
Bucket = Annotated[str, text(_bucket)]
KeyPrefix = Annotated[str, text(_key_prefix)]
Directory = Annotated[Path, text(_path)]
File = Annotated[Path, text(_path)]
OptionalFile = Annotated[Path | None, text(or_none(_path))]
Host = Annotated[str, text(_host)]
OptionalPort = Annotated[int, whole(0, 65_535)]  # 0: whatever is usual
Listen = Annotated[HostPort | None, text(or_none(lambda raw: host_port(raw, lowest_port=0)))]  # 0: any free port
Remote = Annotated[HostPort | None, text(or_none(lambda raw: host_port(raw, lowest_port=1)))]
Server = Annotated[HostPort, text(lambda raw: host_port(raw, lowest_port=1))]
RemoteOrSocket = Annotated[HostPort | Path | None, text(or_none(_host_port_or_socket))]
AuthservIds = Annotated[tuple[str, ...], Kind(Shape.LIST, _authserv_ids)]
Nameservers = Annotated[tuple[HostPort, ...], Kind(Shape.LIST, _nameservers)]
Endings = Annotated[tuple[str, ...], Kind(Shape.LIST, _endings)]
Opening = Annotated[tuple[str, ...], Kind(Shape.LIST, _opening_hours)]
Holidays = Annotated[tuple[str, ...], Kind(Shape.LIST, _holidays)]
Count = Annotated[int, whole(0, 1_000_000)]
Positive = Annotated[int, whole(1, 1_000_000)]
Bytes = Annotated[int, whole(1, 2**40)]
FreeBytes = Annotated[int, whole(0, 2**50)]
Hours = Annotated[int, whole(1, 24 * 365)]
HoursOrNone = Annotated[int, whole(0, 24 * 365)]
Days = Annotated[int, whole(0, 365)]
Delay = Annotated[int, whole(0, 86_400)]
Timeout = Annotated[float, number(0.1, 86_400)]  # seconds; 0 would mean "do not wait" or "for ever", by library
Score = Annotated[float, number(-1_000, 1_000)]
