"""Mails by chance, as far from the rules as mails of real programs and of attackers are; then changed at random."""

import base64
import quopri
from collections.abc import Callable
from random import Random

CHARSETS = (
    "utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252", "windows-1251", "koi8-r", "iso-2022-jp",
    "shift_jis", "euc-jp", "gb2312", "gb18030", "big5", "euc-kr", "ks_c_5601-1987", "utf-7", "utf-16", "utf-16le",
    "utf-32", "utf_8_sig", "hz", "iso-2022-kr", "cp437", "tis-620", "nope", "idna", "punycode", "zlib", "hex", "rot13",
    "unicode_escape", "unknown-8bit", "x-user-defined", "8bit", "mbcs", "undefined", "", '"utf-8"', "utf-8\0", "a" * 80,
)  # fmt: skip
TEXTS = (
    "Hello",
    "Grüße aus Köln",
    "Привет, мир",
    "件名のテスト①",
    "你好，世界",
    "안녕하세요",
    "שלום",
    "😀 👩‍👩‍👧",
    "a\u202eb\u200bc",
    "\ufeff",
    "x" * 300,
    "> quoted\n> twice",
    "On Mon, 3 Feb 2025 at 10:00, Bart <bart@b.example> wrote:",
    "Am 03.02.2025 um 10:00 schrieb Bart:",
    "-----Original Message-----",
    "From: Bart\nSent: Monday\nTo: Anne\nSubject: Re: x",
    "-- \nAnne",
    "________________________________",
    "Sent from my phone",
    "begin 644 a.txt\n#0V%T\n`\nend",
)
ENCODINGS = ("7bit", "8bit", "binary", "base64", "quoted-printable", "x-uuencode", "BASE64 ", "nope", "")
TYPES = (
    "text/plain",
    "text/html",
    "TEXT/Plain",
    "text/enriched",
    "text/calendar",
    "image/png",
    "message/rfc822",
    "message/delivery-status",
    "message/disposition-notification",
    "text/rfc822-headers",
    "application/ms-tnef",
    "application/octet-stream",
    "text",
    "/",
    "",
)
MULTIPARTS = ("mixed", "alternative", "related", "report", "digest", "signed", "parallel", "")
TAGS = (
    "<p>", "</p>", "<div class=gmail_quote>", "</div>", "<blockquote type=cite>", "</blockquote>", "<br>",
    "<table><tr><td>", "<style>", "</style>", "<!--", "-->", "<script>", "<ul><li>", "<ol>", "<pre>",
    "<title>", "<![CDATA[", "<?xml", "&amp;", "&#x0;", "&#xd800;", "&nope;", "<a href='", '"',
    "<div id=divRplyFwdMsg>", "<hr>", "<img src=cid:1>", "<svg/onload=x>",
)  # fmt: skip
TOKENS = (
    b"*", b"_", b"-", b"#", b"* ", b"|", b".", b"/", b"[", b"]", b"~{", b"\xe2\x80\x90",
    b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"\0", b" ", b"\t", b"--", b"=", b"=?", b"?=", b"=?utf-8?q?",
    b"=?utf-8?b?", b"(", b")", b"<", b">", b'"', b"\\", b":", b";", b",", b"@", b"''", b"*0*=", b"%", b"\xff",
    b"\xc3", b"\xe3\x81", b"\x1b$B", b"\x1b(B", b"> ", b"From ", b"From: ", b"Date: ", b"To: ", b"-- ",
    b"wrote:", b"schrieb", b"On ", b"&", b"<div", b"<p>", b"a@b.example", b"<a@b.example>", b"boundary=",
    b"charset=", b"Content-Type: ", b"multipart/mixed", b"message/rfc822", b"5.1.1", b"550 ",
    b"Final-Recipient: rfc822;", b"Action: failed", b"Status: ", b"<meta charset=", b"A", b"0",
)  # fmt: skip


def mail(random: Random, depth: int = 0) -> bytes:
    """One mail, mostly readable."""
    lines = [f"{name}: {value(random)}".encode("utf-8", "surrogatepass") for name, value in _fields(random)]
    end = random.choice((b"\r\n", b"\r\n", b"\n", b"\r"))
    return end.join(lines) + end + _part(random, depth).replace(b"\n", end)


def mutated(random: Random, raw: bytes, other: bytes, limit: int) -> bytes:
    """The mail with a few changes, at most `limit` bytes."""
    for _ in range(random.randint(0, 6)):
        raw = random.choice(_MUTATIONS)(random, raw, other)[:limit]
    return raw


def _fields(random: Random) -> list[tuple[str, Callable[[Random], str]]]:
    fields: list[tuple[str, Callable[[Random], str]]] = [
        (random.choice(("From", "from", "From ")), _addresses),
        ("To", _addresses),
        ("Cc", _addresses),
        ("Reply-To", _addresses),
        ("Subject", _words),
        ("Date", _date),
        ("Message-ID", _ids),
        ("In-Reply-To", _ids),
        ("References", _ids),
        ("Auto-Submitted", lambda random: random.choice(("no", "auto-replied", "auto-generated; x"))),
        ("Precedence", lambda random: random.choice(("bulk", "list", "junk", ""))),
        ("Return-Path", lambda random: random.choice(("<>", "<a@b.example>", ""))),
        ("X-Failed-Recipients", _addresses),
        ("Received", _words),
    ]
    random.shuffle(fields)
    return fields[: random.randint(0, len(fields))]


def _word(random: Random) -> str:
    text, charset = random.choice(TEXTS), random.choice(CHARSETS)
    data = text.encode(random.choice(("utf-8", "cp1252", "koi8-r", "shift_jis", "iso-2022-jp")), "replace")
    if random.random() < 0.5:
        coded = base64.b64encode(data).decode().rstrip("=" * random.randint(0, 2) or "\0")
        return f"=?{charset}?{random.choice('bB')}?{coded[: random.randint(1, 200)]}?="
    coded = quopri.encodestring(data, header=True).decode("latin-1")
    return f"=?{charset}*en?{random.choice('qQ')}?{coded}?="


def _words(random: Random) -> str:
    makers = (_word, lambda random: random.choice(TEXTS), lambda random: random.choice(("", "\n ", "?=", "Re: ")))
    return random.choice((" ", "", "\n\t")).join(random.choice(makers)(random) for _ in range(random.randint(0, 5)))


def _address(random: Random) -> str:
    name = _words(random).replace("\n", " ")
    return random.choice(
        (
            "ann@example.org",
            f"{name} <ann@example.org>",
            f'"{name}" <ann@example.org>',
            f"ann@example.org ({name})",
            f"{name}: ann@example.org, bart@example.org;",
            "<@a.example,@b.example:ann@example.org>",
            "undisclosed-recipients:;",
            '"a b"@example.org',
            "ann@[192.0.2.1]",
            "<>",
            "ann",
            "<<ann@example.org>>",
            f"=?utf-8?q?{name[:20]}?= <ann@example.org",
        )
    )


def _addresses(random: Random) -> str:
    return random.choice((", ", ",", ";", ",\n ", " ")).join(_address(random) for _ in range(random.randint(0, 4)))


def _ids(random: Random) -> str:
    some = ("<a@b.example>", "<[", "<a", "a@b", "<a b@c>", "<>", "<a@b><c@d>", "(x) <e@f>", "'x' <g@h>\n\t<i@j>")
    return random.choice((" ", "\n ", ",")).join(random.choices(some, k=random.randint(0, 4)))


def _date(random: Random) -> str:
    zone = random.choice(("+0000", "-0000", "+9999", "EST", "", "+01:00", "(CET)", "-2400"))
    year = random.choice((0, 69, 99, 1969, 2024, 9999, 10000, 99999999))
    hour = random.choice((0, 23, 24, 99))
    day = random.choice((0, 1, 29, 31, 32))
    return f"Mon, {day} {random.choice(('Feb', 'Foo', '2'))} {year} {hour:02}:59:60 {zone}"


def _part(random: Random, depth: int) -> bytes:
    if depth < 6 and random.random() < (0.5 if depth < 2 else 0.2):
        return _multipart(random, depth)
    kind = random.choice(TYPES)
    text = "\n".join(random.choices(TEXTS, k=random.randint(0, 8)))
    if kind == "text/html":
        text = "".join(random.choice(TAGS) + random.choice((text[:40], "")) for _ in range(random.randint(0, 30)))
    data = text.encode(random.choice(("utf-8", "cp1252", "koi8-r", "shift_jis", "utf-16")), "replace")
    if kind == "message/rfc822" and depth < 4:
        data = mail(random, depth + 1)
    elif kind == "message/delivery-status":
        data = b"Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n" * 2
    encoding = random.choice(ENCODINGS)
    if encoding.strip().lower() == "base64":
        data = base64.encodebytes(data)
    elif encoding == "quoted-printable":
        data = quopri.encodestring(data)
    parameters = random.choice(("", f"; charset={random.choice(CHARSETS)}", "; name*0*=utf-8''%e2; name*1=x.txt"))
    head = f"Content-Type: {kind}{parameters}\nContent-Transfer-Encoding: {encoding}\n"
    if random.random() < 0.3:
        head += f'Content-Disposition: attachment; filename="{_words(random)}"\nContent-ID: <1>\n'
    return head.encode("utf-8", "surrogatepass") + b"\n" + data


def _multipart(random: Random, depth: int) -> bytes:
    boundary = random.choice(("b", "b", "b1", "=_x", "a b", "--", "", "\u00fc")).encode()
    parts = [_part(random, depth + 1) for _ in range(random.randint(0, 4))]
    named = boundary if random.random() < 0.9 else b"other"
    quote = random.choice((b'"', b"", b"'"))
    kind = random.choice(MULTIPARTS).encode()
    head = b"Content-Type: multipart/" + kind + b"; boundary=" + quote + named + quote + b"\n\n"
    end = b"\n--" + boundary + b"--\n" if random.random() < 0.8 else b""
    return head + b"".join(b"\n--" + boundary + b"\n" + part for part in parts) + end


def _cut(random: Random, raw: bytes, other: bytes) -> bytes:
    start = random.randint(0, len(raw))
    return raw[:start] + raw[start + random.randint(0, 200) :]


def _truncate(random: Random, raw: bytes, other: bytes) -> bytes:
    return raw[: random.randint(0, len(raw))]


def _insert(random: Random, raw: bytes, other: bytes) -> bytes:
    at = random.randint(0, len(raw))
    return raw[:at] + b"".join(random.choices(TOKENS, k=random.randint(1, 4))) + raw[at:]


def _repeat_token(random: Random, raw: bytes, other: bytes) -> bytes:
    """Where square time hides: the same few bytes, thousands of times, at one place."""
    at = random.randint(0, len(raw))
    piece = b"".join(random.choices(TOKENS, k=random.randint(1, 3)))
    return raw[:at] + piece * random.choice((50, 5000, 60_000 // len(piece) + 1)) + raw[at:]


def _repeat_slice(random: Random, raw: bytes, other: bytes) -> bytes:
    start = random.randint(0, len(raw))
    piece = raw[start : start + random.choice((1, 5, 30, 300))]
    return raw[:start] + piece * random.choice((2, 100, 5000)) + raw[start:]


def _repeat_line(random: Random, raw: bytes, other: bytes) -> bytes:
    lines = raw.splitlines(keepends=True) or [b""]
    at = random.randrange(len(lines))
    return b"".join(lines[:at] + [lines[at]] * random.choice((2, 100, 2000)) + lines[at:])


def _swap_bytes(random: Random, raw: bytes, other: bytes) -> bytes:
    changed = bytearray(raw)
    for _ in range(random.randint(1, 20) if raw else 0):
        changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def _splice(random: Random, raw: bytes, other: bytes) -> bytes:
    return raw[: random.randint(0, len(raw))] + other[random.randint(0, len(other)) :]


def _line_ends(random: Random, raw: bytes, other: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\n", random.choice((b"\r", b"\r\n", b"\n", b"\r\r\n", b"\n\n")))


_MUTATIONS = (
    _cut,
    _truncate,
    _insert,
    _insert,
    _repeat_token,
    _repeat_slice,
    _repeat_line,
    _swap_bytes,
    _splice,
    _line_ends,
)
