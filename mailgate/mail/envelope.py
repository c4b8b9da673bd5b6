"""Envelope: reverse-path and forward-paths of a message and how it came (RFC 5321 §2.3.1)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

NULL_PATH = ""  # `MAIL FROM:<>`, RFC 5321 §4.5.5


class Door(StrEnum):
    """The ways in which mail comes in."""

    SMTP = "smtp"
    LMTP = "lmtp"
    PIPE = "pipe"
    IMAP = "imap"
    FORM = "form"  # the sign-in form of the web view
    IMPORT = "import"  # history of an older system


@dataclass(frozen=True, slots=True)
class Envelope:
    """What was said around the message, not in it.

    `reverse_path` is "" for the null path and None where the door knows none (IMAP, a pipe without `--sender`);
    `forward_paths` are bare addresses of ours, in the order given, without repetition; where there are none the header
    is asked, and `fallback_path` is whom the message is for when that names nobody of ours either.
    """

    reverse_path: str | None
    forward_paths: tuple[str, ...]
    door: Door
    received_at: datetime  # UTC
    peer: str | None = None  # the client's IP address; None where there is no network peer
    helo: str | None = None
    tls: bool = False
    fallback_path: str | None = None
