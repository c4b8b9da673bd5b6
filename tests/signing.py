"""Signs mails for tests, with any tags and fields; dkimpy's own signer knows neither `x=` nor another time than now."""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import dkim
import nacl.signing
from dkim.canonicalization import CanonicalizationPolicy

# As large providers sign: the fields that must not be added are named twice.
FIELDS = (
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "content-type",
    "from",
    "to",
    "subject",
    "date",
)


@dataclass(frozen=True)
class Signer:
    """One key of a domain."""

    domain: str
    selector: str = "s1"
    key: nacl.signing.SigningKey = field(default_factory=nacl.signing.SigningKey.generate)

    @property
    def name(self) -> str:
        """Where the key stands in the DNS."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """The key as the DNS has it."""
        return f"v=DKIM1; k=ed25519; p={base64.b64encode(bytes(self.key.verify_key)).decode()}"

    def sign(
        self,
        raw: bytes,
        *,
        at: datetime | None,
        fields: Sequence[str] = FIELDS,
        tags: str = "",
        length: int | None = None,
    ) -> bytes:
        """The mail with a signature on top; `tags` are added as they are, `length` makes an `l=`."""
        mail = dkim.DKIM(raw)
        policy = CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")
        body = policy.canonicalize_body(re.sub(rb"[\t ]+", b" ", mail.body))[:length]  # else slow for long runs
        made = f"t={int(at.timestamp())}; " if at is not None else ""
        counted = f"l={length}; " if length is not None else ""
        value = (
            f" v=1; a=ed25519-sha256; c=relaxed/relaxed; d={self.domain}; s={self.selector}; {made}{counted}{tags}"
            f"h={':'.join(fields)}; bh={base64.b64encode(hashlib.sha256(body).digest()).decode()}; b="
        ).encode()
        digest = hashlib.sha256()
        headers = policy.canonicalize_headers(mail.headers)
        for name, text in dkim.select_headers(headers, [one.encode() for one in fields]):
            digest.update(name + b":" + text)
        ((name, text),) = policy.canonicalize_headers([(b"DKIM-Signature", value)])
        digest.update(name + b":" + text.rstrip())
        signature = base64.b64encode(self.key.sign(digest.digest()).signature)
        return b"DKIM-Signature:" + value + signature + b"\r\n" + raw
