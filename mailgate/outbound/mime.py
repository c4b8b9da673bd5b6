"""MIME: the parts of our mail as bytes, in lines of 76 octets (RFC 2045, RFC 2046).

7bit whatever they hold: a smarthost that does not offer 8BITMIME would have to rewrite the body, and break its
signature (RFC 6376 §5.3).

`email` writes the same, and takes as long for it as all the words and both signatures together; what is left to it is
the names of files.
"""

import base64
import binascii
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP

from mailgate.outbound.attachment import safe_content_type, safe_filename

MAX_LINE = 76  # octets, RFC 2045 §6.7; where nothing is encoded, those of the text itself

_FILES = SMTP.clone(cte_type="7bit")


def text_part(subtype: str, text: str) -> bytes:
    """One text as an entity: its fields, an empty line, its content with an end of line."""
    lines = text.encode("utf-8", "replace").splitlines()
    if text.isascii() and max(map(len, lines), default=0) <= MAX_LINE:
        encoding, content = "7bit", b"\r\n".join((*lines, b""))
    else:
        encoding, content = _encoded(b"\n".join((*lines, b"")))
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
    return head.encode() + content


def file_part(filename: str, content_type: str, content: bytes) -> bytes:
    """One file as an entity, in base64, under a name and a type that do no harm."""
    main_type, subtype = safe_content_type(content_type)
    part = EmailMessage(policy=_FILES)
    part.set_content(
        content, maintype=main_type, subtype=subtype, disposition="attachment", filename=safe_filename(filename)
    )
    del part["MIME-Version"]
    return part.as_bytes()


def inline_part(filename: str, content_type: str, content: bytes, content_id: str) -> bytes:
    """A picture that the HTML beside it shows by `cid:` and this id (RFC 2392); all of it is ours."""
    head = (
        f'Content-Type: {content_type}; name="{filename}"\r\nContent-ID: <{content_id}>\r\n'
        f'Content-Disposition: inline; filename="{filename}"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    )
    return head.encode() + base64.encodebytes(content).replace(b"\n", b"\r\n")


def multipart(subtype: str, parts: Sequence[bytes], boundary: str, *parameters: str) -> bytes:
    """Several entities as one. No line of theirs may be the boundary (RFC 2046 §5.1.1)."""
    more = "".join(f" {one};\r\n" for one in parameters)
    head = f'Content-Type: multipart/{subtype};\r\n{more} boundary="{boundary}"\r\n\r\n'
    between = f"--{boundary}\r\n".encode()
    return b"".join((head.encode(), *(between + part + b"\r\n" for part in parts), f"--{boundary}--\r\n".encode()))


def _encoded(content: bytes) -> tuple[str, bytes]:
    """Quoted-printable, which people can read in a pinch; base64 where that is shorter."""
    quoted = binascii.b2a_qp(content, istext=True).replace(b"\n", b"\r\n")
    if len(quoted) * 3 <= len(content) * 4:
        return "quoted-printable", quoted
    return "base64", base64.encodebytes(content.replace(b"\n", b"\r\n")).replace(b"\n", b"\r\n")
