"""Records of the gate's domain as they stand in a zone file (RFC 1035 §5.1), ready to be pasted. Pure."""

import ipaddress
from collections.abc import Sequence

from mailgate.mail.signing_key import MAX_STRING, record_name

PLACEHOLDER_4, PLACEHOLDER_6 = "192.0.2.1", "2001:db8::1"
"""Reserved for documentation (RFC 5737, RFC 3849): whoever pastes them unread harms nobody."""


def mail_host(domain: str) -> str:
    """The name of the mail server in front, where nobody has said another."""
    return f"mx.{domain}"


def mx_record(domain: str) -> str:
    """Where mail goes."""
    return f"{domain}. IN MX 10 {mail_host(domain)}."


def address_record(host: str, address: str = PLACEHOLDER_4) -> str:
    """The address of a host."""
    kind = "AAAA" if ipaddress.ip_address(address).version == 6 else "A"
    return f"{host}. IN {kind} {address}"


def spf_record(domain: str, senders: Sequence[str] = ()) -> str:
    """Who may send: these hosts or addresses, "mx" for whoever receives, which is also who does when none is named."""
    return f'{domain}. IN TXT "v=spf1 {" ".join(map(_mechanism, senders or ("mx",)))} -all"'


def dmarc_record(domain: str) -> str:
    """What others do with mail that fails: keep it out."""
    return f'_dmarc.{domain}. IN TXT "v=DMARC1; p=quarantine; rua=mailto:postmaster@{domain}"'


def dkim_record(selector: str, domain: str, text: str) -> str:
    """A key of ours; a text that is longer than a string may be stands in several, which readers join."""
    strings = [f'"{text[at : at + MAX_STRING]}"' for at in range(0, len(text), MAX_STRING)]
    return f"{record_name(selector, domain)}. IN TXT {' '.join(strings)}"


def _mechanism(sender: str) -> str:
    try:
        return f"ip{ipaddress.ip_address(sender).version}:{sender}"
    except ValueError:
        return sender if sender == "mx" else f"a:{sender}"
