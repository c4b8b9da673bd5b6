"""SPF (RFC 7208) by pyspf, which asks our resolver instead of its own."""

import ipaddress
from typing import Any

import spf

from mailgate.errors import BadAddress, LookupFailed
from mailgate.inbound.dns import Kind, Lookups, Record, TooManyLookups
from mailgate.mail.address import parse_mailbox
from mailgate.mail.envelope import NULL_PATH, Door, Envelope
from mailgate.mail.sender.verification import Spf

MAX_VOID = spf.MAX_VOID_LOOKUPS
MAX_RECORD_BYTES = 4096  # real ones are below 1 KiB; pyspf's patterns take the square of what they do not match

# Where our own relays stand: SPF of such a peer would judge them, not the sender's host.
_OWN_NETWORKS = tuple(
    ipaddress.ip_network(text)
    for text in (
        "127.0.0.0/8",
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)


def is_own(peer: str) -> bool:
    """The address is this machine's or one of a private network: no sender of the world comes from there."""
    try:
        address = ipaddress.ip_address(peer.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return any(address in network for network in _OWN_NETWORKS if network.version == address.version)


def check_spf(envelope: Envelope, lookups: Lookups) -> Spf | None:
    """The result for the return address, or for the HELO name of mail without one (RFC 7208 §2.4).

    None where the sender's own host is not known: at other doors than SMTP, and behind a relay of ours. Raises
    LookupFailed.
    """
    if envelope.door is not Door.SMTP or envelope.peer is None or is_own(envelope.peer):
        return None
    sender, helo = envelope.reverse_path, envelope.helo or ""
    if sender is None:
        return None
    try:
        mailbox = parse_mailbox(f"postmaster@{helo}" if sender == NULL_PATH else sender)
    except BadAddress:
        return None
    peer = envelope.peer.partition("%")[0]
    result = evaluate(peer, mailbox.address, helo, lookups)
    return Spf(result, mailbox.domain.lower(), peer)


def evaluate(peer: str, sender: str, helo: str, lookups: Lookups) -> str:
    """pyspf's word for the result; "permerror" for whatever it stumbles over. Raises LookupFailed."""
    try:
        result = _Query(peer, sender, helo, lookups).check()[0]
    except LookupFailed:
        raise
    except Exception:  # noqa: BLE001 - a record is anybody's text, and pyspf is old
        return "permerror"
    return str(result)


def _is_short(record: Record) -> bool:
    return not isinstance(record, bytes) or len(record) <= MAX_RECORD_BYTES


class _Query(spf.query):  # type: ignore[misc]
    """A query whose DNS is ours: `dns` is the one method of pyspf that asks the network."""

    def __init__(self, peer: str, sender: str, helo: str, lookups: Lookups) -> None:
        super().__init__(i=peer, s=sender, h=helo)
        self._lookups = lookups

    def dns(
        self,
        name: object,
        qtype: Kind,
        _cnames: object = None,
        ignore_void: bool = False,
    ) -> list[Any]:
        """The records as pyspf wants them: TXT as lists of strings."""
        host = str(name).rstrip(".").lower()
        if not host or len(host) > 253 or not all(0 < len(label) < 64 for label in host.split(".")):
            return []
        try:
            records = self._lookups.records(host, qtype)
        except TooManyLookups as error:
            raise spf.PermError(str(error)) from error
        if not records and not ignore_void:
            self.void_lookups += 1
            if self.void_lookups > MAX_VOID:  # RFC 7208 §4.6.4
                raise spf.PermError(f"Void lookup limit of {MAX_VOID} exceeded")
        return [(one,) if isinstance(one, bytes) else one for one in records if _is_short(one)]
