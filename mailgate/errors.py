"""Temporary and Permanent: the two families of failure, each class with the SMTP reply that a stranger may read."""


class MailgateError(Exception):
    """Anything that mailgate refuses knowingly; `str()` is for the operator and may name the bad value."""

    reply: str
    """The SMTP reply: short, generic, no detail of ours."""


class Temporary(MailgateError):
    """Try later: an SMTP 4yz reply, the job is tried again (RFC 5321 §4.2.1)."""

    reply = "451 4.3.0 Please try again later"


class Permanent(MailgateError):
    """Will never work: an SMTP 5yz reply, the row is failed (RFC 5321 §4.2.1)."""

    reply = "550 5.0.0 Not accepted"


class Misconfigured(Permanent):
    """The settings are well written and name what is not to be had here; a command ends as with a mistake in them."""


class SpoolUnavailable(Temporary):
    """The store could not take the message: locked, unreachable or broken."""

    reply = "451 4.3.0 Please try again later"


class LookupFailed(Temporary):
    """A name could not be looked up in the DNS just now, which proves nothing for or against anybody."""

    reply = "451 4.4.3 Please try again later"


class StorageFull(Temporary):
    """The disk is full or nearly so (RFC 3463 X.3.1)."""

    reply = "452 4.3.1 Insufficient system storage, please try again later"


class PastItsBound(Permanent):
    """Work on one message took more processor time than any message may; it would again."""


class BadAddress(Permanent):
    """What should have been a mailbox is none (RFC 5321 §4.1.2)."""

    reply = "553 5.1.3 Bad recipient address syntax"


class UnknownMailbox(Permanent):
    """Not one of our addresses: mailgate relays for nobody."""

    reply = "550 5.1.1 No such mailbox here"


class MessageTooLarge(Permanent):
    """Longer than `limits.max_message_bytes` (RFC 1870)."""

    reply = "552 5.3.4 Message too large"


class HeaderTooLarge(Permanent):
    """The header block is longer than `limits.max_header_bytes`."""

    reply = "552 5.3.4 Message header too large"


class LineTooLong(Permanent):
    """A line is longer than `limits.max_line_bytes`."""

    reply = "500 5.5.2 Line too long"


class BareLineEnd(Permanent):
    """CR or LF outside a CRLF pair: the stuff of SMTP smuggling (RFC 5321 §2.3.8)."""

    reply = "550 5.5.2 Bare CR or LF is not allowed; lines must end with CRLF"


class NulByte(Permanent):
    """A NUL byte in a message (RFC 5321 §4.5.2 allows none)."""

    reply = "550 5.6.0 Message contains NUL bytes"
