"""Records of the gate's domain as they stand in a zone file (RFC 1035 §5.1), ready to be pasted. Pure."""

import ipaddress
from collections.abc import Sequence

MAIL_HOST = "mail.your.domain"
"""Stands where only the operator knows the name of the mail server in front."""

PLACEHOLDER_4, PLACEHOLDER_6 = "192.0.2.1", "2001:db8::1"
"""Reserved for documentation (RFC 5737, RFC 3849): whoever pastes them unread harms nobody."""


def mx_record(domain: str, host: str = MAIL_HOST) -> str:
    """Where mail goes."""
    return f"{domain}. IN MX 10 {host}."


def address_record(host: str, address: str = PLACEHOLDER_4) -> str:
    """The address of a host."""
    kind = "AAAA" if ipaddress.ip_address(address).version == 6 else "A"
    return f"{host}. IN {kind} {address}"


def spf_record(domain: str, addresses: Sequence[str] = ()) -> str:
    """Who may send: these addresses, else whoever receives."""
    named = [f"ip{ipaddress.ip_address(one).version}:{one}" for one in addresses]
    return f'{domain}. IN TXT "v=spf1 {" ".join(named or ["mx"])} -all"'


def dmarc_record(domain: str) -> str:
    """What others do with mail that fails: keep it out."""
    return f'_dmarc.{domain}. IN TXT "v=DMARC1; p=quarantine; rua=mailto:postmaster@{domain}"'
