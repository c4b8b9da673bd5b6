"""The peer of our sending: Jinja2, the standard library's mails, dkimpy, and smtplib over one connection."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from functools import cache

import dkim
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jinja2 import Environment

HOST = "127.0.0.1"

_TEXT = """Hello,

thank you for your mail. It is ticket {{ number }}, and a person will answer it.

What you can do meanwhile:
{% for action in actions %}
- {{ action.name }}: {{ action.link }}
{% endfor %}

To add something, just reply to this mail.

{{ company }}
"""
_HTML = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ subject }}</title><style>
body { font: 16px/1.5 sans-serif; color: #222; background: #fff; margin: 0 } main { max-width: 40em; padding: 1em }
a { color: #05c } footer { color: #666; border-top: 1px solid #ddd }</style></head><body><main>
<p>Hello,</p><p>thank you for your mail. It is ticket {{ number }}, and a person will answer it.</p>
<p>What you can do meanwhile:</p><ul>
{% for action in actions %}<li><a href="{{ action.link }}">{{ action.name }}</a></li>
{% endfor %}</ul><p>To add something, just reply to this mail.</p></main><footer>{{ company }}</footer></body></html>
"""
_FIELDS = (b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type", b"reply-to")
_ENVIRONMENT = Environment(autoescape=True, trim_blocks=True)
_PLAIN = Environment(autoescape=False, trim_blocks=True)  # a text part is no HTML


@cache
def rsa_key() -> bytes:
    """One of 2048 bits, as dkimpy reads it."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())


class Chain:
    """Words, signs and sends; compiled templates and the connection are kept."""

    def __init__(self) -> None:
        self._text, self._html = _PLAIN.from_string(_TEXT), _ENVIRONMENT.from_string(_HTML)
        self._smtp: smtplib.SMTP | None = None

    @contextmanager
    def connected(self, port: int) -> Iterator["Chain"]:
        """With a connection to the server on this port of loopback."""
        with smtplib.SMTP(HOST, port) as self._smtp:
            yield self

    def write(self, number: int) -> bytes:
        """A mail of text and HTML, unsigned."""
        values = {
            "number": number,
            "subject": f"Re: Question {number}",
            "company": "Example Hosting",
            "actions": [
                {"name": name, "link": f"mailto:support@support.example?subject={number}&body=!{name}"}
                for name in ("close", "status", "stop", "help")
            ],
        }
        mail = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
        mail["From"] = "Example Hosting <support@support.example>"
        mail["To"] = f"Customer <customer{number}@clients.example>"
        mail["Reply-To"] = f"support+{number}@support.example"
        mail["Subject"] = str(values["subject"])
        mail["Date"] = formatdate()
        mail["Message-ID"] = make_msgid(domain="support.example")
        mail.set_content(self._text.render(values))
        mail.add_alternative(self._html.render(values), subtype="html")
        return mail.as_bytes()

    def sign(self, raw: bytes, key: bytes) -> bytes:
        """The mail with its signature."""
        found: bytes = dkim.sign(
            raw,
            b"s1",
            b"support.example",
            key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=list(_FIELDS),
        )
        return found + raw

    def send(self, number: int) -> None:
        """One mail, from its words to the server's yes."""
        assert self._smtp is not None
        raw = self.sign(self.write(number), rsa_key())
        self._smtp.sendmail("bounce@support.example", [f"customer{number}@clients.example"], raw)
