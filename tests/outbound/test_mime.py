"""The parts of our mail, read back by the standard library: nothing of a text or a file is lost, whatever it holds."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailgate.outbound.mime import file_part, multipart, text_part


def read(entity: bytes) -> EmailMessage:
    message = message_from_bytes(entity, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    return message


def in_lines(text: str) -> str:
    """As it comes out: line ends are those of a mail, and the last line has one."""
    lines = text.encode("utf-8", "replace").splitlines()
    return b"\n".join((*lines, b"")).decode()


@given(st.text(st.characters(codec="utf-8")))
@example("a\n.\n..\nFrom x\n-- \ntrailing \t\n" + "long " * 40)
@example("日本語" * 50)
@example("=3D = ==\n=\n")
@example("")
def test_any_text_comes_out_as_it_went_in(text: str) -> None:
    entity = text_part("plain", text)

    assert read(entity).get_content().replace("\r\n", "\n") == in_lines(text)
    assert entity.isascii()
    assert entity.count(b"\r\n") == entity.count(b"\n") == entity.count(b"\r") or b"7bit" in entity
    assert max(map(len, entity.split(b"\r\n"))) <= 76


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Hello Anne,\nall is well.\n", "7bit"),
        ("Grüße an alle, und viele Worte in ASCII dazu.\n", "quoted-printable"),
        ("one line of text that goes on and on " * 5, "quoted-printable"),
        ("件名と本文は日本語です。" * 5, "base64"),
    ],
)
def test_the_encoding_is_the_one_that_costs_least_and_can_be_read_in_a_pinch(text: str, encoding: str) -> None:
    assert read(text_part("plain", text))["Content-Transfer-Encoding"] == encoding


@given(st.binary(max_size=500), st.text(max_size=80), st.text(max_size=40))
def test_any_file_comes_out_byte_for_byte_under_one_name(content: bytes, name: str, content_type: str) -> None:
    part = read(file_part(name, content_type, content))

    assert part.get_payload(decode=True) == content
    assert part.get_content_disposition() == "attachment"
    assert part.keys() == ["Content-Type", "Content-Transfer-Encoding", "Content-Disposition"]


def test_parts_stand_in_their_order_and_inside_each_other() -> None:
    both = multipart("alternative", (text_part("plain", "words"), text_part("html", "<p>words</p>")), "=_a")
    whole = read(multipart("mixed", (both, file_part("a.zip", "application/zip", b"\x00\r\n--=_m\r\n")), "=_m"))

    assert [part.get_content_type() for part in whole.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/zip",
    ]
