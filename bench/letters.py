"""Letters: the mails that are sent, unique but reproducible, and the file in which the client gets them."""

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

SUPPORT = "support@support.example"
REPLY_AFTER = 50
"""A reply comes so many mails after what it answers: it must find a ticket, not a mail that still waits."""

_WORDS = (
    "account invoice payment server login password update order please regarding customer portal error screen "
    "attached thanks yesterday morning cannot access billing amount renewal team number website browser mobile phone "
    "address change cancel refund charge duplicate the a of to in is for with on that this we our your has not been "
    "after before but and or as at by from it was were will would Grüße für naïve café"
)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail with its envelope."""

    sender: str
    recipient: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Parent:
    """A mail that can be answered, by whoever wrote it."""

    message_id: str
    subject: str
    author: str


def people(count: int) -> tuple[str, ...]:
    """Addresses of so many customers."""
    return tuple(f"customer{number}@clients.example" for number in range(count))


PEOPLE = people(200)


def plain(count: int, seed: str, *, authors: Sequence[str] = PEOPLE) -> list[Letter]:
    """New mails of text alone, 5 kB each."""
    rng = Random(seed)
    stock = _sentences(rng)
    return [_letter(rng, stock, f"{seed}.{number}", rng.choice(authors), size=4300) for number in range(count)]


def mix(count: int, seed: str, *, authors: Sequence[str] = PEOPLE, parents: Sequence[Parent] = ()) -> list[Letter]:
    """60 % text of 3 kB, 30 % with HTML of 16 kB, 10 % with a file of 200 kB; every second one is a reply.

    Replies answer one of `parents`, or where there are none an earlier mail of the mix.
    """
    rng = Random(seed)
    stock = _sentences(rng)
    shapes = [
        ("text", "text", "text", "text", "text", "text", "html", "html", "html", "file")[i % 10] for i in range(count)
    ]
    rng.shuffle(shapes)
    letters: list[Letter] = []
    begun: list[Parent] = []
    for number, shape in enumerate(shapes):
        old = parents or begun[: max(0, len(begun) - REPLY_AFTER // 2)]
        parent = rng.choice(old) if old and number % 2 else None
        author = parent.author if parent else rng.choice(authors)
        name = f"{seed}.{number}"
        letter = _letter(rng, stock, name, author, size=1900, parent=parent, html=shape == "html", file=shape == "file")
        if parent is None:
            begun.append(Parent(_message_id(name), f"Question {name}", author))
        letters.append(letter)
    return letters


def typed(author: str, name: str, text: str, *, recipient: str = SUPPORT, answers: str | None = None) -> Letter:
    """A short mail of text as a person types it, perhaps an answer to the mail with that Message-ID.

    It is the same but for `author` and `name`, so that what it takes to settle it can be counted.
    """
    thread = f"In-Reply-To: <{answers}>\nReferences: <{answers}>\n" if answers else ""
    head = (
        f"From: {author.partition('@')[0].capitalize()} <{author}>\nTo: {recipient}\n{thread}"
        f"Subject: {'Re: ' * bool(answers)}Question {name}\nMessage-ID: <{_message_id(name)}>\n"
        "Date: Mon, 2 Mar 2026 09:00:00 +0100\nMIME-Version: 1.0\n"
    )
    body = _part("text/plain; charset=utf-8", text.encode())
    return Letter(author, recipient, (head.encode() + body).replace(b"\n", b"\r\n"))


def large(size: int) -> Letter:
    """One mail of just below `size` bytes, nearly all of it a file."""
    content = Random(1).randbytes((size - 4000) * 57 // 78)  # 57 bytes are a line of 76 letters and its end
    return _letter(Random(1), ["Large."], "large", PEOPLE[0], size=100, content=content)


def save(letters: Sequence[Letter], path: Path) -> None:
    """One line of JSON with envelopes and sizes, then all bytes."""
    index = [(letter.sender, letter.recipient, len(letter.raw)) for letter in letters]
    with path.open("wb") as file:
        file.write(json.dumps(index).encode() + b"\n")
        file.writelines(letter.raw for letter in letters)


def load(path: Path) -> Iterator[Letter]:
    """What `save` wrote."""
    with path.open("rb") as file:
        for sender, recipient, size in json.loads(file.readline()):
            yield Letter(sender, recipient, file.read(size))


def _sentences(rng: Random) -> list[str]:
    words = _WORDS.split()
    return [" ".join(rng.choices(words, k=rng.randint(6, 12))).capitalize() + "." for _ in range(500)]


def _message_id(name: str) -> str:
    return f"{name}@mail.clients.example"


def _letter(
    rng: Random,
    stock: Sequence[str],
    name: str,
    author: str,
    *,
    size: int,
    parent: Parent | None = None,
    html: bool = False,
    file: bool = False,
    content: bytes | None = None,
) -> Letter:
    text = _text(rng, stock, size)
    if parent:
        text += f"\n\nOn Monday Support wrote:\n> {rng.choice(stock)}\n> {rng.choice(stock)}"
    body = _part("text/plain; charset=utf-8", text.encode())
    if html:
        shown = "".join(f'<tr><td style="padding:4px;color:#333">{rng.choice(stock)}</td></tr>\n' for _ in range(90))
        body = _multipart("alternative", body, _part("text/html; charset=utf-8", f"<table>{shown}</table>".encode()))
    if file or content:
        blob = base64.encodebytes(content or rng.randbytes(200_000))
        named = b'Content-Type: application/pdf\nContent-Disposition: attachment; filename="scan.pdf"\n'
        body = _multipart("mixed", body, named + b"Content-Transfer-Encoding: base64\n\n" + blob)
    subject = f"Re: {parent.subject}" if parent else f"Question {name}"
    thread = f"In-Reply-To: <{parent.message_id}>\nReferences: <{parent.message_id}>\n" if parent else ""
    signature = base64.b64encode(rng.randbytes(256)).decode()
    head = (
        "".join(
            f"Received: from relay{hop}.example ([192.0.2.{hop}]) by mx{hop}.example"
            f"\n with ESMTPS id {rng.getrandbits(64):x}; Mon, 2 Mar 2026 09:00:0{hop} +0100\n"
            for hop in (3, 2, 1)
        )
        + "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=clients.example; s=s1;\n h=from:to:subject:date;"
        f" bh={signature[:43]}=;\n b={signature[:64]}\n {signature[64:128]}\n {signature[128:]}\n"
        f"From: Customer <{author}>\nTo: Support <{SUPPORT}>\nSubject: {subject}\n{thread}"
        f"Date: Mon, 2 Mar 2026 09:00:00 +0100\nMessage-ID: <{_message_id(name)}>\nMIME-Version: 1.0\n"
    )
    return Letter(author, SUPPORT, (head.encode() + body).replace(b"\n", b"\r\n"))


def _text(rng: Random, stock: Sequence[str], size: int) -> str:
    lines: list[str] = []
    left = size
    while left > 0:
        lines.append(rng.choice(stock))
        left -= len(lines[-1]) + 1
    return "\n".join(lines)


def _part(content_type: str, text: bytes) -> bytes:
    return f"Content-Type: {content_type}\nContent-Transfer-Encoding: 8bit\n\n".encode() + text + b"\n"


def _multipart(kind: str, *parts: bytes) -> bytes:
    mark = f"=_{kind}_of_the_bench"
    inner = b"".join(f"--{mark}\n".encode() + part for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="{mark}"\n\n'.encode() + inner + f"--{mark}--\n".encode()
