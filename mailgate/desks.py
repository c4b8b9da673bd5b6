"""Desk: which recipient opens which ticket, and which addresses are ours at all."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mailgate.errors import BadAddress, Permanent
from mailgate.mail.address import Mailbox, parse_mailbox
from mailgate.mail.message import Message

MAX_DESK_LOCAL_PART = 20
"""Octets: `<desk>+<token>` must fit into the 64 of a local-part (RFC 5321 §4.5.3.1.1); this leaves 43 for the token."""


class AddressIsOurs(Permanent):
    """Somebody would be registered under an address of the gate, which would then talk to itself."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A place where tickets are opened; `mailbox` has no detail.

    `sender`: who its mails are from, "" for the company; `signature`: lines below them, none for those of all desks.
    """

    name: str
    mailbox: Mailbox
    sender: str = ""
    signature: tuple[str, ...] = ()


class ServiceMailbox(StrEnum):
    """Local-parts at the gate's own domain that are no desks."""

    BOUNCE = "bounce"  # the return address of what we send
    SIGN_IN = "sign-in"  # a mail to it asks for a sign-in link
    CONFIRM = "confirm"  # with a token: yes or no to what we asked
    POSTMASTER = "postmaster"  # RFC 5321 §4.5.1
    ABUSE = "abuse"  # RFC 2142 §2


SERVICE_MAILBOXES = frozenset(ServiceMailbox)

_DELIVERED = ("delivered-to", "x-original-to")

MACHINE_MAILBOXES = frozenset({ServiceMailbox.BOUNCE, ServiceMailbox.SIGN_IN, ServiceMailbox.CONFIRM})
"""Read by the program alone, so no desk can have them; `postmaster` and `abuse` are read by staff and may be desks."""


def sending_domains(desks: Iterable[Desk], domain: str) -> tuple[str, ...]:
    """The domains that stand in the From of our mail, in lower case: the gate's own, then those of desks elsewhere."""
    return tuple(dict.fromkeys((domain.lower(), *(desk.mailbox.domain.lower() for desk in desks))))


def desk_at(mailbox: Mailbox, desks: Iterable[Desk]) -> Desk | None:
    """The desk that a mailbox means, whatever its detail and case."""
    key = mailbox.key
    return next((desk for desk in desks if desk.mailbox.key == key), None)


def desk_for(address: str, desks: Iterable[Desk]) -> Desk | None:
    """The desk that an address means; None for any other address, broken or not."""
    mailbox = _recipient(address, "")
    return desk_at(mailbox, desks) if mailbox else None


def service_at(mailbox: Mailbox, domain: str) -> ServiceMailbox | None:
    """The service mailbox at `domain` that a mailbox means, whatever its detail and case."""
    name, _, at = mailbox.key.partition("@")
    return ServiceMailbox(name) if name in SERVICE_MAILBOXES and at == domain.lower() else None


def service_for(address: str, domain: str) -> ServiceMailbox | None:
    """The service mailbox at `domain` that an address means."""
    mailbox = _recipient(address, domain)
    return service_at(mailbox, domain) if mailbox else None


def recipient(address: str, domain: str) -> Mailbox:
    """Whom mail to an address is for; a bare `postmaster` is the one of `domain` (RFC 5321 §4.5.1).

    Raises BadAddress.
    """
    bare = address.lower() == ServiceMailbox.POSTMASTER
    return Mailbox(address, "", domain) if bare else parse_mailbox(address)


def is_our_mailbox(mailbox: Mailbox, desks: Iterable[Desk], domain: str) -> bool:
    """Mail to this mailbox is for the gate: a desk, or a service mailbox of the gate's domain."""
    return service_at(mailbox, domain) is not None or desk_at(mailbox, desks) is not None


def is_ours(address: str, desks: Iterable[Desk], domain: str) -> bool:
    """The same of an address, which may be broken."""
    mailbox = _recipient(address, domain)
    return mailbox is not None and is_our_mailbox(mailbox, desks, domain)


def refuse_ours(address: str, desks: Iterable[Desk], domain: str) -> None:
    """Raise AddressIsOurs for what no customer, contact or staff member can have."""
    if is_ours(address, desks, domain):
        raise AddressIsOurs(f"{address} is an address of the gate, which would talk to itself: give a person's own")


def addressed(message: Message, desks: Sequence[Desk], domain: str, *, otherwise: str | None) -> tuple[Mailbox, ...]:
    """The mailboxes of ours that a message without an envelope is for, the most trustworthy first.

    What the last mail server wrote on delivery comes before what the author wrote; all of them count, since a mailbox
    may have swallowed the detail that the To field still has. When none is ours it is for `otherwise`.
    """
    delivered = [value.strip().strip("<>") for name in _DELIVERED for value in _values(message, name)]
    written = [entry.address for entry in (*message.to, *message.cc)]
    found = (_recipient(address, domain) for address in (*delivered, *written))
    ours = (mailbox for mailbox in found if mailbox and is_our_mailbox(mailbox, desks, domain))
    return tuple(dict.fromkeys(ours)) or ((parse_mailbox(otherwise),) if otherwise else ())


def _values(message: Message, name: str) -> Iterator[str]:
    return (value for field, value in message.headers if field.lower() == name)


def _recipient(address: str, domain: str) -> Mailbox | None:
    try:
        return recipient(address, domain)
    except BadAddress:
        return None


def desk_named(name: str, desks: Sequence[Desk]) -> Desk:
    """The desk with this name; the first one for a name that the settings no longer have."""
    return next((desk for desk in desks if desk.name == name), desks[0])
