"""Pictures on pages: what is one, who gets it, and that nothing else is ever shown."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gate import BeginGate, Gate, Person
from tests.webview.company import Company
from tests.webview.story import picture
from tests.webview.web import Web, running_web
from webview.files import DOWNLOAD_CSP
from webview.raster import MAX_DOTS, MAX_PICTURE_BYTES, raster_type

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"rest"


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + b"rest"


def jpeg(width: int, height: int) -> bytes:
    comment = b"\xff\xfe" + struct.pack(">H", 6) + b"\xff\xc0?!"  # what looks like a size, and is none
    return b"\xff\xd8" + comment + b"\xff\xff\xc2" + struct.pack(">HBHH", 11, 8, height, width) + b"rest"


def webp(kind: bytes, rest: bytes) -> bytes:
    return b"RIFF" + bytes(4) + b"WEBP" + kind + bytes(4) + rest


def extended(width: int, height: int) -> bytes:
    return webp(b"VP8X", bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little"))


def lossless(width: int, height: int) -> bytes:
    return webp(b"VP8L", b"\x2f" + struct.pack("<I", width - 1 | height - 1 << 14))


def lossy(width: int, height: int) -> bytes:
    return webp(b"VP8 ", bytes(6) + struct.pack("<HH", width, height))


MAKERS = [
    (png, "image/png"),
    (gif, "image/gif"),
    (jpeg, "image/jpeg"),
    (extended, "image/webp"),
    (lossless, "image/webp"),
    (lossy, "image/webp"),
]


@pytest.mark.parametrize(("make", "content_type"), MAKERS)
def test_a_picture_is_known_by_its_bytes_and_its_size(make: object, content_type: str) -> None:
    assert callable(make)

    assert raster_type(make(640, 480)) == content_type
    assert raster_type(make(640, 480) + bytes(MAX_PICTURE_BYTES)) is None
    assert [raster_type(make(640, 480)[:end]) for end in range(10)] == [None] * 10


def test_what_would_fill_the_memory_of_a_browser_is_none() -> None:
    assert raster_type(png(MAX_DOTS, 1)) == "image/png"
    assert raster_type(png(MAX_DOTS, 2)) is None
    assert raster_type(png(2**32 - 1, 2**32 - 1)) is None
    assert raster_type(png(0, 10)) is None
    assert raster_type(gif(65_535, 65_535)) is None
    assert raster_type(extended(16_000, 16_000)) is None


@pytest.mark.parametrize("content", [SVG, b"", b"GIF89", b"<html>", b"%PDF-1.7", b"BM", b"RIFF....WAVEfmt ", b"II*\0"])
def test_whatever_else_there_is_is_no_picture(content: bytes) -> None:
    assert raster_type(content) is None


@given(
    st.sampled_from([b"\x89PNG\r\n\x1a\n", b"GIF87a", b"\xff\xd8\xff", b"RIFF....WEBP", b""]), st.binary(max_size=200)
)
def test_reading_of_any_bytes_ends_with_an_answer(begin: bytes, rest: bytes) -> None:
    assert raster_type(begin + rest) in {None, "image/png", "image/gif", "image/jpeg", "image/webp"}


def test_a_picture_of_a_message_is_shown_to_those_who_may_see_it(
    web: Web, gate: Gate, anne: Person, bart: Person
) -> None:
    paul = gate.customer("Paul Stone", "paul@stone.example")
    files = (("shot.png", "image/png", picture()), ("contract.pdf", "application/pdf", b"%PDF-1.7"))
    gate.deliver(anne.writes("See below.", files=files))
    [entry] = [entry for entry in gate.history(1) if entry.text == "See below."]
    path = f"/tickets/1/files/{entry.id}/0/picture"

    page = web.signed_in(anne).get("/tickets/1").text
    for_staff = web.signed_in(bart).get("/staff/tickets/1").text
    hers, theirs = web.signed_in(anne).get(path), web.signed_in(bart).get(f"/staff{path}")
    others = [web.signed_in(paul).get(path), web.signed_in(anne).get(f"/staff{path}")]

    for text, base in ((page, ""), (for_staff, "/staff")):
        assert text.count("<img ") == 1
        assert f'<img src="{base}{path}" alt="shot.png" loading="lazy">' in text
        assert f'<a href="{base}/tickets/1/files/{entry.id}/0" dir="auto">shot.png' in text
    for answer in (hers, theirs):
        assert (answer.status_code, answer.content) == (200, picture())
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["content-disposition"] == "inline"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == DOWNLOAD_CSP
    assert [answer.status_code for answer in others] == [404, 404]
    assert web.browser().get(path).status_code == 303


def test_what_only_says_that_it_is_a_picture_is_never_shown(begin: BeginGate) -> None:
    gate = begin(attachments={"allowed": ()})  # whatever anybody sends
    anne = gate.customer("Anne Miller", "anne@customer.example")
    files = (
        ("drawing.svg", "image/svg+xml", SVG),
        ("page.png", "image/png", b"<html><script>alert(1)</script>"),
        ("huge.png", "image/png", png(100_000, 100_000)),
        ("drawing.png", "image/png", SVG),
    )
    gate.deliver(anne.writes("See below.", files=files))
    [entry] = [entry for entry in gate.history(1) if entry.text == "See below."]

    with running_web(gate) as web:
        browser = web.signed_in(anne)
        page = browser.get("/tickets/1").text
        answers = [browser.get(f"/tickets/1/files/{entry.id}/{position}/picture") for position in range(5)]
        of_file = browser.get(f"/tickets/1/files/{entry.id}/0")

    assert [answer.status_code for answer in answers] == [404] * 5
    assert "drawing.svg" in page
    assert "/0/picture" not in page
    assert of_file.content == SVG
    assert of_file.headers["content-disposition"].startswith("attachment")


def test_a_mail_that_waits_for_a_decision_shows_no_picture(company: Company) -> None:
    browser = company.web.signed_in(company.story.bart)

    page = browser.get(f"/staff/inbox/{company.story.held_mail}").text

    assert "<img" not in page
