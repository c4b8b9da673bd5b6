"""The letterhead: a colour that can be read, and a logo that comes along."""

import struct
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailgate.letters.colour import DARK, USUAL, WHITE, BadColour, contrast_of, on_dark, read_colour
from mailgate.letters.kind import Template
from mailgate.letters.logo import MAX_LOGO_BYTES, BadLogo, read_logo
from mailgate.mail.parse import parse
from mailgate.outbound.compose import compose
from mailgate.outbound.frame import Frame
from mailgate.outbound.templates import Templates
from tests.letters.html_check import mistakes_in
from tests.outbound.notices import AT, MESSAGE_ID, html_source, notice_to_anne, opened


def png(width: int, height: int, more: int = 0) -> bytes:
    """As much of a picture as says its size."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"\x08\x06\0\0\0" + b"\0" * more


def written(frame: Frame) -> EmailMessage:
    return opened(
        compose(
            notice_to_anne(Template.REPLY),
            message_id=MESSAGE_ID,
            at=AT,
            reverse_path="",
            attachments=(),
            templates=Templates(frame=frame),
        )
    )


@pytest.mark.parametrize(
    ("one", "other", "contrast"),
    [("#000000", "#ffffff", 21.0), ("#767676", "#ffffff", 4.54), ("#ff0000", "#ffffff", 4.0), (WHITE, WHITE, 1.0)],
)
def test_contrast_is_that_of_the_guidelines(one: str, other: str, contrast: float) -> None:
    assert contrast_of(one, other) == pytest.approx(contrast, abs=0.01)
    assert contrast_of(other, one) == contrast_of(one, other)


@pytest.mark.parametrize("words", ["#777777", "#ff0000", "#ffffff", "red", "#12345", "1f5fa8", "#1f5fa8; x"])
def test_a_colour_that_cannot_be_read_on_white_is_refused(words: str) -> None:
    with pytest.raises(BadColour, match=words):
        read_colour(words)


@pytest.mark.parametrize("colour", [USUAL, "#000000", "#767676", "#8b0000", "#2f6b1f"])
def test_every_colour_has_a_shade_for_the_dark(colour: str) -> None:
    assert contrast_of(on_dark(read_colour(colour)), DARK) >= 4.5


def test_a_logo_is_shown_no_larger_than_it_may_be_and_keeps_its_shape() -> None:
    large, small = read_logo(png(960, 128)), read_logo(png(40, 20))

    assert (large.width, large.height) == (240, 32)
    assert (small.width, small.height) == (40, 20)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "PNG"),
        (b"GIF89a", "PNG"),
        (b"<svg/>", "PNG"),
        (png(0, 10), "size"),
        (png(10, 10, MAX_LOGO_BYTES), "20000"),
        (png(10, 10)[:20], "PNG"),
    ],
)
def test_what_is_no_small_png_is_no_logo(content: bytes, why: str) -> None:
    with pytest.raises(BadLogo, match=why):
        read_logo(content)


def test_a_logo_comes_along_in_place_of_the_company_s_name() -> None:
    frame = Frame("#8b0000", read_logo(png(120, 40)))

    message = written(frame)

    [picture] = [part for part in message.walk() if part.get_content_type() == "image/png"]
    html = html_source(message)
    assert picture["Content-ID"] == f"<{frame.logo_id}>"
    assert picture.get_content_disposition() == "inline"
    assert picture.get_payload(decode=True) == png(120, 40)
    assert f'<img src="cid:{frame.logo_id}" alt="Example Hosting" width="120" height="40"' in html
    assert 'class="company"' not in html
    assert mistakes_in(html.removesuffix("\n")) == []
    assert [part.get_content_type() for part in message.walk()][:3] == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
    ]


def test_the_mail_with_a_logo_is_read_by_ourselves_as_one_with_a_picture_inside() -> None:
    frame = Frame(USUAL, read_logo(png(120, 40)))

    message = parse(written(frame).as_bytes())

    assert [(file.filename, file.inline) for file in message.attachments] == [("logo.png", True)]


def test_colour_and_company_stand_in_every_mail_without_a_logo() -> None:
    html = html_source(written(Frame("#8b0000")))

    assert "a { color: #8b0000; }" in html
    assert f"color: {on_dark('#8b0000')} !important" in html
    assert ">Example Hosting</td>" in html
    assert "cid:" not in html


def test_the_settings_make_the_frame(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(png(120, 40))

    frame = Frame.read("#8b0000", tmp_path / "logo.png")

    assert (frame.colour, frame.logo and frame.logo.width) == ("#8b0000", 120)
