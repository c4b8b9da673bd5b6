"""Header blocks, encoded words, addresses, ids and parameters as they really come."""

import pytest

from mailgate.mail.message import Author
from mailgate.mail.message_id import is_ours, make, read_id, read_ids
from mailgate.mail.parse import parse
from mailgate.mail.wire.address_list import read_addresses
from mailgate.mail.wire.defects import Defect
from mailgate.mail.wire.headers import decode_value, split_block
from mailgate.mail.wire.parameters import file_name, read_structured
from tests.mail.mails import from_corpus

VALUES = [
    (b"plain", "plain"),
    (b" folded\r\n over\r\n\tlines ", "folded over lines"),
    (b"=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
    (b"=?UTF-8?B?R3LDvMOfZQ==?=", "Grüße"),
    (b"=?utf-8?b?R3LDvMOfZQ?=", "Grüße"),  # no padding
    (b"=?iso-8859-1?q?a?= =?iso-8859-1?q?b?=", "ab"),
    (b"=?iso-8859-1?q?a?=\r\n =?utf-8?q?b?= c", "ab c"),
    (b"x =?utf-8?q?y?= z", "x y z"),
    (b"=?utf-8?q?with blank?=", "with blank"),
    (b"=?utf-8?q?what??=", "what?"),
    (b"(=?utf-8?q?a?=)", "(a)"),
    (b"=?utf-8*en?q?a?=", "a"),
    (b"=?nope?q?Gr=C3=BC?=", "Grü"),
    (b"=?iso-8859-1?q?=93quoted=94?=", "“quoted”"),
    (b"=?iso-8859-1?q?Fr\xf6sche?=", "Frösche"),
    (b"=?utf-8?q?a=00b=0D=0Ac?=", "ab c"),
    (b"=?utf-8?x?a?= =?bad", "=?utf-8?x?a?= =?bad"),
    ("Grüße".encode(), "Grüße"),
    ("Grüße".encode("latin-1"), "Grüße"),
]


@pytest.mark.parametrize(("value", "text"), VALUES)
def test_values_are_unfolded_and_decoded(value: bytes, text: str) -> None:
    assert decode_value(value) == text


def test_a_character_cut_in_half_between_two_words_is_joined() -> None:
    assert parse(from_corpus("encoded_word_cut_inside_a_character")).subject == "Grüße an alle"


def test_a_block_ends_where_no_field_can_be() -> None:
    raw = b"Subject: x\r\nno field\r\n\r\nbody"

    block = split_block(raw)

    assert block.fields == (("Subject", b" x"),)
    assert raw[block.body_at :].startswith(b"no field")
    assert block.defects == (Defect.BAD_HEADER_LINE,)


STRAY = {
    "a folded trace that lost its blanks": (
        "Received: from a.example (a.example [192.0.2.7])\nby mx.ash.example with ESMTPS id 4x\n; 3 Feb 2026\n{fields}"
    ),
    "a gateway's remark at the top": "== scanned by wall.ash.example ==\n{fields}",
    "a gateway's remark amid": "X-A: b\n{fields}*** this mail was checked ***\nMIME-Version: 1.0\n",
    "what a tracker keeps": "X-Track: QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=\nQUJDREVGR0hJSktMTU5P\n{fields}",
    "a name with a blank": "X Wall Score: 3\n{fields}",
    "a byte order mark": "\ufeff{fields}",
    "a byte order mark before a remark": "\ufeffchecked\n{fields}",
}


@pytest.mark.parametrize("header", STRAY.values(), ids=STRAY)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_line_that_is_no_field_does_not_end_a_header_that_goes_on(header: str, end: str) -> None:
    fields = "From: Anne Ash <anne@ash.example>\nSubject: Disk full\nMessage-ID: <7@ash.example>\n"
    raw = header.format(fields=fields) + "\nPlease help.\n"

    message = parse(raw.replace("\n", end).encode())

    assert message.author == Author("Anne Ash", "anne@ash.example")
    assert (message.subject, message.message_id, message.text) == ("Disk full", "7@ash.example", "Please help.\n")


@pytest.mark.parametrize(
    ("header", "name", "value"),
    [
        ("Subject: =?utf-8?q?Festplatte_?=\n=?utf-8?q?voll?=", "subject", "Festplatte voll"),
        ("Subject: The disk of our second server has been full again since\nthis morning", "subject", None),
        ("Subject: Disk full\nscanned by wall", "subject", "Disk full"),
        ("To: anne@ash.example,\nbart@ash.example", "to", "anne@ash.example, bart@ash.example"),
        ("References: <1@ash.example>\n<2@ash.example>", "references", "<1@ash.example> <2@ash.example>"),
        ('Content-Type: multipart/mixed;\nboundary="b1"', "content-type", 'multipart/mixed; boundary="b1"'),
    ],
)
def test_a_line_that_lost_its_blank_goes_on_with_the_field_above(header: str, name: str, value: str | None) -> None:
    block = split_block(f"{header}\nMIME-Version: 1.0\n\nx".encode())

    found = block.first(name)
    whole = header.partition(": ")[2].replace("\n", " ")
    assert found is not None
    assert decode_value(found) == (whole if value is None else value)
    assert block.first("mime-version") is not None


BODIES = {
    "a letter": "Hello,\nthe disk is full: since noon.\n",
    "a letter about a mail": "I wrote:\nFrom: anne@ash.example\nSubject: Disk\nand heard nothing.\n",
    "a part": "--b\nContent-Type: text/plain\nContent-Disposition: inline\n",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_header_without_its_blank_line_ends_where_no_field_of_a_mail_follows(body: str) -> None:
    header = "From: anne@ash.example\nSubject: Disk full\nContent-Type: multipart/mixed; boundary=b\n"
    raw = f"{header}{body}\nmore\n".encode()

    block = split_block(raw)

    assert [name for name, _ in block.fields] == ["From", "Subject", "Content-Type"]
    assert raw[block.body_at :].decode() == f"{body}\nmore\n"


def test_a_field_may_have_blanks_before_its_colon_and_odd_line_ends() -> None:
    block = split_block(b"Subject : a\r\r\n b\r\r\nTo:c\r\r\n\r\r\nbody")

    assert block.fields == (("Subject", b" a\n b"), ("To", b"c"))


ADDRESSES = [
    ("ann@x.example", [("", "ann@x.example")]),
    ("Ann@X.Example, <bart@x.example>", [("", "Ann@X.Example"), ("", "bart@x.example")]),
    ('"Ash, Anne" <ann@x.example>', [("Ash, Anne", "ann@x.example")]),
    (r'"Anne \"A\" Ash" <ann@x.example>', [('Anne "A" Ash', "ann@x.example")]),
    ("ann@x.example (Anne (A) Ash)", [("Anne (A) Ash", "ann@x.example")]),
    ("ann@x.example (Anne \\(A\\) Ash)", [("Anne (A) Ash", "ann@x.example")]),
    ("Anne Ash ann@x.example", [("Anne Ash", "ann@x.example")]),
    ("Anne <ann @ x . example>", [("Anne", "ann@x.example")]),
    ("=?utf-8?q?Ash=2C_Ann=C3=A9?= <ann@x.example>", [("Ash, Anné", "ann@x.example")]),
    ("=?utf-8?q?Ann=C3=A9?=<ann@x.example>", [("Anné", "ann@x.example")]),
    ('"=?utf-8?q?Ann=C3=A9?=" <ann@x.example>', [("Anné", "ann@x.example")]),
    ("Team: ann@x.example, Bart <bart@x.example>;, cris@x.example", ["ann", "Bart", "cris"]),
    ("undisclosed-recipients:;", []),
    ("ann@x.example; bart@x.example", [("", "ann@x.example"), ("", "bart@x.example")]),
    ("<@relay.example:ann@x.example>", [("", "ann@x.example")]),
    ("<mailto:ann@x.example>", [("", "ann@x.example")]),
    ('"ann"@x.example', [("", "ann@x.example")]),
    ("Anne <ann>, <>, ,", []),
    ("Anne (open <ann@x.example>", [("Anne open", "ann@x.example")]),
    ('Anne "open <ann@x.example>', [("Anne open", "ann@x.example")]),
    ("Anne <ann@x.example", [("Anne", "ann@x.example")]),
    ("a@x.example <ann@y.example>", [("a@x.example", "ann@y.example")]),
    ("Ash, Anne <ann@x.example>", [("Ash, Anne", "ann@x.example")]),
    (
        "Ash, Anne, Dr. <ann@x.example>; Berg, Bart <bart@x.example>",
        [("Ash, Anne, Dr.", "ann@x.example"), ("Berg, Bart", "bart@x.example")],
    ),
    ("bart@x.example, Ash, Anne <ann@x.example>", [("", "bart@x.example"), ("Ash, Anne", "ann@x.example")]),
    ("everybody, ann@x.example", [("", "ann@x.example")]),
    (
        "Team: Bart <bart@x.example>, Ash, Anne <ann@x.example>;",
        [("Bart", "bart@x.example"), ("Ash, Anne", "ann@x.example")],
    ),
    ("ann@x.example, , Bart <bart@x.example>", [("", "ann@x.example"), ("Bart", "bart@x.example")]),
    ("=?utf-8?q?Anne_=C3=84sch_=3Cann=40x=2Eexample=3E?=", [("Anne Äsch", "ann@x.example")]),
    ("=?utf-8?b?QXNoIDxhbm5AeC5leGFtcGxlPg==?=", [("Ash", "ann@x.example")]),
    ("=?utf-8?q?=C3=84sch?=, Anne <ann@x.example>", [("Äsch, Anne", "ann@x.example")]),
    ("=?utf-8?q?ann=40x=2Eexample?=", [("", "ann@x.example")]),
    ("=?utf-8?q?=3D=3Futf-8=3Fq=3Fx=3F=3D?=", []),
    ("x@" + "y" * 400 + ".example", []),
]


@pytest.mark.parametrize(("field", "people"), ADDRESSES)
def test_addresses_are_found_in_what_people_write(field: str, people: list[tuple[str, str] | str]) -> None:
    found = read_addresses(field)

    if people and isinstance(people[0], str):
        assert [author.address.partition("@")[0] for author in found] == [str(name).lower() for name in people]
    else:
        assert list(found) == [Author(*person) for person in people]


IDS = [
    ("<a@x.example>", ("a@x.example",)),
    ("<a@x.example><b@x.example> <c@x.example>", ("a@x.example", "b@x.example", "c@x.example")),
    ('Your message of "Mon, 23 Nov" <a@x.example>', ("a@x.example",)),
    ("a@x.example b@x.example", ("a@x.example", "b@x.example")),
    ("<a@x. example>", ("a@x.example",)),
    ("<abc>", ("abc",)),
    ("nothing", ()),
    ("<[", ()),
    ("<" * 100, ()),
]


@pytest.mark.parametrize(("field", "ids"), IDS)
def test_ids_are_read_from_broken_fields(field: str, ids: tuple[str, ...]) -> None:
    assert read_ids(field) == ids


@pytest.mark.parametrize("name", ["In-Reply-To", "References"])
@pytest.mark.parametrize(
    "value",
    [
        "=?utf-8?q?=3Co=2E77=2Ek3v9=40in=2Eexample=3E?=",
        "=?us-ascii?b?PG8uNzcuaw==?=\n =?us-ascii?b?M3Y5QGluLmV4YW1wbGU+?=",
    ],
)
def test_an_id_that_was_made_an_encoded_word_is_read(name: str, value: str) -> None:
    message = parse(f"{name}: {value}\n\nx".encode())

    assert (*message.in_reply_to, *message.references) == ("o.77.k3v9@in.example",)


def test_an_id_folded_in_half_is_joined() -> None:
    message = parse(from_corpus("references_folded_inside_an_id"))

    assert message.references == ("a0@ash.example", "o.76.aaaa@in.example", "o.77.k3v9@in.example")
    assert message.in_reply_to == ("o.77.k3v9@in.example",)


def test_a_message_id_without_brackets_still_names_the_message() -> None:
    assert read_id("20261123.abc") == "20261123.abc"
    assert read_id("<[") is None


def test_an_id_of_ours_is_known_as_such_and_others_are_not() -> None:
    ours = make("in.example")

    assert make("in.example") != ours
    for one in (ours, f"<{ours}>", ours.upper(), "o.77.k3v9@in.example", "O.77.K3V9@IN.EXAMPLE"):
        assert is_ours(one, "in.example")
    for other in (
        make("evil.example"),
        "o.77.k3v9@evil.example",
        "n.77.k3v9@in.example",
        "o.077.x@in.example",
        "o.7@in.example",
        f"o.{'z' * 20}@in.example",
        "",
        "o.-1.x@in.example",
    ):
        assert not is_ours(other, "in.example")


PARAMETERS = [
    ("text/plain; charset=utf-8", "text/plain", {"charset": "utf-8"}),
    ('TEXT/HTML;Charset="utf-8" ; x=y', "text/html", {"charset": "utf-8", "x": "y"}),
    ("text/plain charset=utf-8", "text/plain", {"charset": "utf-8"}),
    ('multipart/mixed; boundary="a;b=c"', "multipart/mixed", {"boundary": "a;b=c"}),
    ("a/b; name*=utf-8'en-US'Gr%C3%BC", "a/b", {"name": "Grü"}),
    ("a/b; name*1=il.exe; name*0=ev", "a/b", {"name": "evil.exe"}),
    ("a/b; name=plain; name*=utf-8''true", "a/b", {"name": "true"}),
    ("a/b; name*=x%zz", "a/b", {"name": "x%zz"}),
    ("a/b (comment); =; ;; name", "a/b", {}),
    ("", "", {}),
]


@pytest.mark.parametrize(("text", "value", "parameters"), PARAMETERS)
def test_parameters_are_read_in_all_their_forms(text: str, value: str, parameters: dict[str, str]) -> None:
    read = read_structured(text)

    assert (read.value, dict(read.parameters)) == (value, parameters)


# B25 and B26 of the bad inputs.
NAMES = [
    ("../../x", "x"),
    ("..%2f", "..%2f"),
    ("\u200b.htaccess", ".htaccess"),
    ("a\0.php", "a.php"),
    ("CON", "CON"),
    ("n" * 300, "n" * 255),
    ("inv\u202efdp.exe", "invfdp.exe"),
    ("", None),
    ("..", None),
    ("dir/", None),
    (";rm -rf", ";rm -rf"),
    ("C:\\temp\\x.pdf", "x.pdf"),
    ("C:\\\\temp\\\\x.pdf", "x.pdf"),
    ("\\\\server\\share\\x.pdf", "x.pdf"),
    ('Anne\\\'s \\"plan\\".pdf', 'Anne\'s "plan".pdf'),
    ("a\\b.pdf", "ab.pdf"),
    ("evil.e\\xe", "evil.exe"),
    ("a\r\nb", "a b"),
]


@pytest.mark.parametrize(("given", "shown"), NAMES)
def test_file_names_are_base_names_and_hide_nothing(given: str, shown: str | None) -> None:
    disposition = read_structured(f'attachment; filename="{given}"')

    assert file_name(disposition, read_structured("application/x")) == shown
