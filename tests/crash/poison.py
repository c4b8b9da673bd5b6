"""Mails that were written to break a reader (B27, B28). None is larger than the doors allow."""

from collections.abc import Mapping
from itertools import cycle, islice

from tests.crash.choking_gate import CHOKES_ON
from tests.crash.load import Mail
from tests.crash.people import ANNE

END = "\r\n"
NESTED = 1000
PER_LINE = 500  # entries of a long list, folded so that no line is too long


def _folded(entry: str, times: int, between: str) -> str:
    line = between.join([entry] * PER_LINE)
    return f"{between}{END} ".join([line] * (times // PER_LINE))


def _nested_multiparts() -> str:
    parts = (f"--b{n}{END}Content-Type: multipart/mixed; boundary=b{n + 1}{END}{END}" for n in range(NESTED))
    return f"Content-Type: multipart/mixed; boundary=b0{END}{END}{''.join(parts)}"


def _in_charset(name: str) -> str:
    return f"Content-Type: text/plain; charset={name}{END}Subject: =?{name}?b?/////w==?={END}{END}\N{SNOWMAN}"


REST = f"{END}{END}Please help.{END}"
POISONS: Mapping[str, str] = {
    "nested multiparts": _nested_multiparts(),
    "nested messages": f"Content-Type: message/rfc822{END}{END}" * NESTED + "Please help.",
    "50,000 parts": f"Content-Type: multipart/mixed; boundary=b{END}{END}" + f"--b{END}{END}x{END}" * 50_000,
    "boundary cut off": f"Content-Type: multipart/mixed; boundary=b{END}{END}--b{END}Content-Type: text/pl",
    "comments in an address": f"Cc: {'(' * 5000}{REST}",
    "40,000 addresses": f"Cc: {_folded('a@b.c', 40_000, ',')}{REST}",
    "18,000 encoded-words": f"Subject: {_folded('=?utf-8?q?a?=', 18_000, ' ')}{REST}",
    "half a Message-ID": f"Message-ID: <[{END}References: <[ <<>> <{REST}",
    "no such charset": _in_charset("nope"),
    "a codec that is no charset": _in_charset("zlib"),
    "a charset that raises": _in_charset("idna"),
    "bad base64": f"Content-Transfer-Encoding: base64{END}{END}{'A=B*' * 9999}",
    "bad quoted-printable": f"Content-Transfer-Encoding: quoted-printable{END}{END}{'=G= ' * 9999}",
    "a day that never comes": f"Date: Fri, 99 Dec 9999 99:99:99 +9999{REST}",
    "2,000 fields": f"X: y{END}" * 2000 + REST,
    "names of files": f'Content-Type: text/plain; {"name*0*=a;" * 500} name="../../x"{REST}',
    "no field and no body": END,
    "raises": f"{CHOKES_ON.decode()}{REST}",
}
"""What follows the From field, by what is odd about it."""


def poison(count: int, *, begin: int) -> list[Mail]:
    """So many, of all kinds in turn, numbered so that each is a mail of its own."""
    kinds = islice(cycle(POISONS.values()), count)
    return [Mail(number, number, ANNE, _written(kind, number)) for number, kind in enumerate(kinds, begin)]


def is_choking(mail: Mail) -> bool:
    """The spam check of the choking gate raises at it."""
    return CHOKES_ON in mail.raw


def _written(kind: str, number: int) -> bytes:
    raw = f"From: {ANNE.name} <{ANNE.address}>{END}X-Number: {number}{END}{kind}".encode()
    return raw if raw.endswith(b"\r\n") else raw + b"\r\n"
