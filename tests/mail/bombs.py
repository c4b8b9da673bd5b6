"""Mails made to use up memory and time: families of them, each in some sizes. None is a mail that anybody writes."""

import base64
from collections.abc import Callable, Mapping

KB = 1024
MB = 1024 * KB

END = b"\r\n"
CHARSETS = (
    "utf-8", "us-ascii", "iso-8859-1", "iso-8859-2", "iso-8859-5", "iso-8859-7", "iso-8859-15", "windows-1250",
    "windows-1251", "windows-1252", "windows-1256", "koi8-r", "cp866", "shift_jis", "euc-jp", "iso-2022-jp",
    "gb2312", "gb18030", "big5", "euc-kr", "utf-7", "utf-16", "utf-32", "hz", "iso-2022-kr", "tis-620",
    "macintosh", "cp437", "nope", "x-unknown",
)  # fmt: skip
NOISE = bytes(range(128, 256))

Family = Callable[[int], bytes]
"""A mail of some size: the bytes that it is to have, more or less."""


def html(source: bytes) -> bytes:
    return b"Content-Type: text/html; charset=utf-8\r\n\r\n" + source


def plain(text: bytes, charset: str = "utf-8") -> bytes:
    return f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode() + text


def filled(piece: bytes, size: int) -> bytes:
    return piece * max(1, size // len(piece))


def around(opening: bytes, count: int, inside: Family) -> Family:
    return lambda size: html(opening * count + inside(size))


def of(piece: bytes, before: bytes = b"", behind: bytes = b"") -> Family:
    """HTML that is one piece again and again."""
    return lambda size: html(before + filled(piece, size) + behind)


def header(name: str, entry: str, between: str) -> Family:
    """One field that is an entry again and again, folded."""

    def made(size: int) -> bytes:
        line = between.join([entry] * 200)
        lines = max(1, size // (len(line) + 3))
        return f"{name}: {f'{between}{chr(13)}{chr(10)} '.join([line] * lines)}\r\n\r\nwords\r\n".encode()

    return made


def parts(part: Callable[[int], Family], count: int, kind: str = "mixed") -> Family:
    """A multipart of so many parts that share the size; `part` gives each by its number."""

    def made(size: int) -> bytes:
        inside = b"".join(b"--b\r\n" + part(number)(size // count) + END for number in range(count))
        return f"Content-Type: multipart/{kind}; boundary=b\r\n\r\n".encode() + inside + b"--b--\r\n"

    return made


def in_charset(number: int) -> Family:
    charset = CHARSETS[number % len(CHARSETS)]
    return lambda size: plain(filled(NOISE, size), charset)


def html_in_charset(number: int) -> Family:
    charset = CHARSETS[number % len(CHARSETS)]
    return lambda size: f"Content-Type: text/html; charset={charset}\r\n\r\n".encode() + filled(b"<p>" + NOISE, size)


def header_of_part(name: str, entry: str) -> Callable[[int], Family]:
    return lambda number: lambda size: f"{name}: ".encode() + filled(entry.encode() + b"\r\n ", size) + b"\r\n\r\nx"


def base64_of(content: bytes, size: int) -> bytes:
    return base64.encodebytes(filled(content, size * 3 // 4))


def nested(levels: int, kind: str = "mixed") -> Family:
    def made(size: int) -> bytes:
        opening = b"".join(
            f"Content-Type: multipart/{kind}; boundary=b{n}\r\n\r\n--b{n}\r\n".encode() for n in range(levels)
        )
        return opening + plain(filled(b"words ", size))

    return made


def riddle(number: int, length: int) -> bytes:
    """Bytes in no charset, others for each number."""
    return bytes(128 + (number * number + number * 37 + at * (2 * (number % 29) + 3)) % 127 for at in range(length))


def with_riddles(number: int) -> Family:
    """A part whose fields are in no charset."""
    fields = (b"Content-Type: a/b; name=", b"Content-Disposition: attachment; filename=", b"Content-ID: ")
    head = b"".join(field + riddle(number + at, 40) + END for at, field in enumerate(fields))
    return lambda size: head + END + filled(b"x", size - len(head))


def words_of(charset: str, text: bytes, coding: str = "b") -> str:
    return f"=?{charset}?{coding}?{base64.b64encode(text).decode() if coding == 'b' else text.hex('=').upper()}?="


FAMILIES: Mapping[str, Family] = {
    # HTML
    "quotations around line breaks": around(b"<blockquote>", 2000, lambda size: filled(b"<br>", size)),
    "quotations around short lines": around(b"<blockquote>", 2000, lambda size: filled(b"a<br>", size)),
    "quotations around empty paragraphs": around(b"<blockquote>", 500, lambda size: filled(b"a<p>", size)),
    "nested quotations": of(b"<blockquote>a"),
    "nested quotations by class": of(b"<div class=gmail_attr>a"),
    "quotations opened and closed": of(b"<blockquote>a</blockquote>"),
    "lists in lists": of(b"<ul><li>a"),
    "numbered lists": of(b"<ol><li>a", b"", b"</ol>" * 1000),
    "one tag with many attributes": lambda size: html(
        b"<p " + b" ".join(b"a%d=1" % n for n in range(size // 8)) + b">x"
    ),
    "many tags with many attributes": of(b"<p " + b" ".join(b"a%d" % n for n in range(300)) + b">x"),
    "one attribute that is long": lambda size: html(b'<p style="' + filled(b"color:red;", size) + b'">x'),
    "styles that differ": lambda size: html(b"".join(b"<p style='font-size:%dpx'>x" % n for n in range(size // 30))),
    "a style sheet of many rules": lambda size: html(
        b"<style>" + b"".join(b".c%d{display:none}" % n for n in range(size // 20)) + b"</style><p class=c1>x"
    ),
    "tags that are each written otherwise": lambda size: html(
        b"".join(b"<p %s>x" % b" ".join(b"a%d_%d" % (n, at) for at in range(40)) for n in range(size // 400))
    ),
    "a style sheet before each tag": of(b"<style>.a{display:none}</style><p class=b>x"),
    "a style sheet that never ends": of(b".a{", b"<style>"),
    "a style sheet without a rule": of(b".a ", b"<style>"),
    "comments that never end": of(b"<!-- a "),
    "quotes that never end": of(b'<a b="'),
    "quotes in turn": of(b"<a b='\" c=\"'>x"),
    "tags that never end": of(b"<a "),
    "nothing but brackets": of(b"<"),
    "end tags of nothing": of(b"</p></div></td>", b"<div>" * 2000),
    "paragraphs in tables": of(b"<table><tr><td><p>"),
    "rows of many cells": of(b"<td>a", b"<table border=1><tr>"),
    "tables in cells": of(b"<table border=1><tr><td>a<td>b<td>"),
    "many rows": of(b"<tr><td>a<td>b", b"<table border=1>"),
    "links": of(b"<a href=https://a.example/b>c"),
    "links in links around a text": of(b"<a href=https://a.example/b>"),
    "links with long addresses": of(b"<a href=https://a.example/" + b"b" * 480 + b">c</a>"),
    "references of characters": of(b"&amp;&#60;&lt"),
    "references that grow": of(b"&NotEqualTilde;"),
    "preserved lines": of(b"\n", b"<pre>"),
    "preserved blanks": of(b" a", b"<pre>"),
    "titles that never end": of(b"<title>"),
    "scripts that never end": of(b"<script>"),
    "bold": of(b"<b>"),
    "bold with attributes": of(b"<b c>"),
    "a tag that is cut off, of many": of(b"<p <", behind=b"<p "),
    "names that differ": lambda size: html(b"".join(b"<x%d y>" % n for n in range(size // 10))),
    "history": of(b"<div id=appendonsend>a</div>"),
    "HTML in no charset": lambda size: html(filled(NOISE, size)),
    # text
    "quoted lines": lambda size: plain(filled(b"> " * 400 + b"a\r\n", size)),
    "short lines": lambda size: plain(filled(b"a\n", size)),
    "empty lines": lambda size: plain(filled(b"\r\n", size)),
    "one line": lambda size: plain(filled(b"On ", size)),
    "colons": lambda size: plain(filled(b"On 1 a wrote:\n\n", size)),
    "rules": lambda size: plain(filled(b"--\n", size)),
    "headers of answered mails": lambda size: (
        b"In-Reply-To: <a@b>\r\n" + plain(filled(b"From: a@b.example\nSent: 1:00\nTo: c\n\n", size))
    ),
    "labels between words": lambda size: b"In-Reply-To: <a@b>\r\n" + plain(filled(b"a\nb: c\n", size)),
    "labels apart": lambda size: b"In-Reply-To: <a@b>\r\n" + plain(filled(b"a: b\n\nc: d\n\n", size)),
    "labels": lambda size: plain(filled(b"From: a@b.example\nSent: 1:00\nTo: c\n", size)),
    "addresses in a text": lambda size: plain(filled(b"<a@b.example> 550 5.1.1 ", size)),
    "codes in a text": lambda size: plain(filled(b"550-5.1.1 user unknown\n", size)),
    "braces": lambda size: plain(filled(b'{"a":[', size)),
    "Markdown": lambda size: plain(filled(b"*_`[a](", size)),
    "text in no charset": lambda size: plain(filled(NOISE, size)),
    "text of the wrong charset": lambda size: plain(filled(NOISE, size), "shift_jis"),
    "escapes of ISO-2022-JP": lambda size: plain(filled(b"\x1b$B!!\x1b(B", size), "iso-2022-jp"),
    "shifted rubbish": lambda size: plain(b"\x1b$B" + filled(b"\x7f\x7e!", size), "iso-2022-jp"),
    "UTF-7": lambda size: plain(filled(b"+AAA-", size), "utf-7"),
    "enriched": lambda size: b"Content-Type: text/enriched\r\n\r\n" + filled(b"<bold><param>", size),
    # header
    "encoded words": header("Subject", "=?utf-8?q?a?=", " "),
    "encoded words in turn": header("Subject", "=?utf-8?q?a?= =?koi8-r?q?=D0?=", " "),
    "encoded words in the wrong charset": header(
        "Subject", " ".join(words_of(name, NOISE[:30]) for name in CHARSETS[:20]), " "
    ),
    "encoded words that never end": header("Subject", "=?u?q?x?y", ""),
    "encoded words in every field": lambda size: (
        b"".join(
            b"X-%d: " % n
            + b" ".join([words_of("big5", NOISE[:20]).encode(), words_of("gb2312", NOISE[20:40]).encode()])
            + END
            for n in range(size // 80)
        )
        + b"\r\nx"
    ),
    "raw fields": lambda size: b"".join(b"X-%d: " % n + NOISE + END for n in range(size // 136)) + b"\r\nx",
    "addresses in no charset": lambda size: (
        b"".join(b"To: " + riddle(n, 40) + b" <a@b.example>" + END for n in range(size // 64)) + b"\r\nx"
    ),
    "names in the wrong charset": lambda size: (
        b"".join(
            b"To: " + b",".join(words_of("utf-8", riddle(n * 8 + at, 12)).encode() + b" <a@b>" for at in range(8)) + END
            for n in range(size // 300)
        )
        + b"\r\nx"
    ),
    "charsets that nobody knows": lambda size: (
        b"Subject: " + b"\r\n ".join(b"=?x-%d?q?=FF?=" % n for n in range(size // 20)) + b"\r\n\r\nx"
    ),
    "addresses": header("To", "a@b.example", ","),
    "addresses with names": header("Cc", words_of("iso-2022-jp", NOISE[:20]) + " <a@b.example>", ","),
    "half names": header("From", "Ash, Anne, ", ""),
    "brackets": header("From", "<", ""),
    "parentheses": header("To", "(", ""),
    "quotes": header("Reply-To", '"\\"', ""),
    "ids": header("References", "<a@b.example>", " "),
    "ids that are cut": header("References", "<a", " "),
    "a date": header("Date", "1:11+", ""),
    "fields": lambda size: filled(b"X: y\r\n", size) + b"\r\nx",
    "stray lines": lambda size: filled(b"no field\r\n", size) + b"From: a@b.example\r\n\r\nx",
    "stray lines and fields": lambda size: filled(b"no field\r\nReceived: x\r\n", size) + b"\r\nx",
    "folds": lambda size: b"Subject: a" + filled(b"\r\n ", size) + b"\r\n\r\nx",
    "returns": lambda size: b"Subject: a" + filled(b"\r", size) + b"\r\n\r\nx",
    "mbox lines": lambda size: filled(b"From a\n", size) + b"Subject: x\n\nx",
    "a charset as long as a mail": lambda size: b"Content-Type: text/plain; charset=" + b"x" * size + b"\r\n\r\n\xff",
    "parameters": header("Content-Type", "a*0*=b", ";"),
    "names in pieces": header("Content-Disposition", "filename*1*=%ff", ";"),
    # MIME
    "parts": lambda size: b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + filled(b"--b\r\n\r\nx\r\n", size),
    "boundaries": lambda size: b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + filled(b"\n--bx", size),
    "parts in other charsets": parts(in_charset, 500),
    "alternatives in other charsets": parts(in_charset, 500, "alternative"),
    "HTML parts in other charsets": parts(html_in_charset, 500),
    "small parts of HTML beside text": parts(lambda n: (lambda size: plain(b"a")) if n % 2 else of(b"<p>b"), 490),
    "parts of HTML beside a word that never ends": parts(
        lambda n: of(b"<p>b?") if n else lambda size: plain(filled(b"a?", 50 * KB)), 490
    ),
    "alternatives without blanks": parts(
        lambda n: of(b"<p>@:/") if n % 2 else lambda size: plain(b"@:/" * 60), 400, "alternative"
    ),
    "types of parts": parts(header_of_part("Content-Type", "text/plain; name*0*=a;"), 100),
    "names of parts": parts(
        header_of_part("Content-Disposition", "attachment; filename=" + words_of("gbk", NOISE[:30])), 100
    ),
    "names of parts in no charset": parts(with_riddles, 490),
    "encodings of parts": parts(header_of_part("Content-Transfer-Encoding", "base64"), 100),
    "multiparts in multiparts": nested(1000),
    "alternatives in alternatives": nested(49, "alternative"),
    "messages in messages": lambda size: filled(b"Content-Type: message/rfc822\r\n\r\n", size),
    "base64": lambda size: (
        plain(b"").replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n") + base64_of(b"\xff\xfe", size)
    ),
    "bad base64": lambda size: b"Content-Transfer-Encoding: base64\r\n\r\n" + filled(b"A=B*", size),
    "words that claim to be base64": lambda size: (
        b"Content-Transfer-Encoding: base64\r\n\r\n" + filled(b"AAAA\r\na b.", size)
    ),
    "bad quoted-printable": lambda size: b"Content-Transfer-Encoding: quoted-printable\r\n\r\n" + filled(b"=G= ", size),
    "uuencoded lines": lambda size: b"Content-Transfer-Encoding: uuencode\r\n\r\nbegin 644 a\n" + filled(b"!a\n", size),
    "a signature that encloses itself": lambda size: (
        b"Content-Type: application/pkcs7-mime\r\n\r\n" + filled(b"\x30\x80", size)
    ),
    # reports and others
    "a report of many": lambda size: (
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n\r\n"
        + filled(b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n", size)
        + b"--b--\r\n"
    ),
    "a report in no charset": lambda size: (
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n\r\n"
        + b"".join(
            b"Final-Recipient: rfc822; "
            + riddle(n, 20)
            + b"\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; "
            + riddle(n, 20)
            + b"\r\n\r\n"
            for n in range(size // 110)
        )
        + b"--b--\r\n"
    ),
    "a report in words": lambda size: (
        b"From: MAILER-DAEMON@a.example\r\nSubject: Undelivered Mail\r\n"
        + plain(
            filled(b"<a@b.example>: host c[192.0.2.1] said: 550 5.1.1 user unknown (in reply to RCPT TO)\r\n", size)
        )
    ),
    "a report of long words": lambda size: (
        b"From: MAILER-DAEMON@a.example\r\nSubject: Undelivered Mail\r\n"
        + plain(filled(b"x" * 250 + b" a@b.example\r\n", size))
    ),
    "a report of short words": lambda size: (
        b"From: MAILER-DAEMON@a.example\r\nSubject: Undelivered Mail\r\n"
        + plain(filled(b"x " * 120 + b"<a@b.example> 550\r\n", size))
    ),
    "a report of one sentence": lambda size: (
        b"From: MAILER-DAEMON@a.example\r\nX-Failed-Recipients: a@b.example\r\nSubject: Undelivered Mail\r\n"
        + plain(filled(b"a@b.example* ", size))
    ),
    "a report in JSON": lambda size: b"From: MAILER-DAEMON@a.example\r\n" + plain(filled(b'{"bounce":[', size)),
    "a calendar": lambda size: b"Content-Type: text/calendar\r\n\r\n" + filled(b"BEGIN:VEVENT\r\n", size),
    "TNEF": lambda size: (
        b"Content-Type: application/ms-tnef\r\n\r\n\x78\x9f\x3e\x22\0\0" + filled(b"\x02\x02\x90\x06\0\0\0\0\0", size)
    ),
    "NULs": lambda size: b"\0" * size,
    "noise": lambda size: filled(bytes(range(256)), size),
}


LARGE = (
    "parts in other charsets",
    "HTML parts in other charsets",
    "types of parts",
    "names of parts",
    "quotations around short lines",
    "text of the wrong charset",
    "base64",
    "words that claim to be base64",
)
