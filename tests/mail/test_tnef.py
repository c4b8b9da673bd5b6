"""Outlook's envelope, `winmail.dat`."""

import struct
from base64 import encodebytes
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.inspection import inspect_mail
from mailgate.mail.message import Attachment
from mailgate.mail.tnef import enclosed_files, unwrapped


def attribute(identifier: int, data: bytes) -> bytes:
    return struct.pack("<BHHI", 2, identifier, 6, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def envelope(*attributes: bytes) -> bytes:
    return b"\x78\x9f\x3e\x22\x01\x00" + b"".join(attributes)


def long_name(name: str, content_type: str = "") -> bytes:
    number = struct.pack("<HHI", 0x03, 0x3705, 1)
    return attribute(0x9005, struct.pack("<I", 3) + number + words(0x3707, name) + words(0x370E, content_type))


def words(tag: int, words: str) -> bytes:
    text = words.encode("utf-16-le") + b"\0\0"
    return struct.pack("<HHII", 0x1F, tag, 1, len(text)) + text + b"\0" * (-len(text) % 4)


def enclosing(*files: tuple[str, bytes]) -> bytes:
    """An envelope with these files."""
    return envelope(
        *(part for name, data in files for part in (attribute(0x9002, b""), long_name(name), attribute(0x800F, data)))
    )


TWO_FILES = envelope(
    attribute(0x8006, b"\x08\x00\x01\x00"),
    attribute(0x9002, b"\0" * 14),
    attribute(0x8010, b"PLANSF~1.TXT\0"),
    attribute(0x800F, b"Plan A"),
    long_name("Pläne für März.txt", "text/plain"),
    attribute(0x9002, b"\0" * 14),
    attribute(0x8010, b"C:\\temp\\b.bin\0"),
    attribute(0x800F, b"\0\1\2"),
)


def test_the_files_come_out_with_their_long_names() -> None:
    files = enclosed_files(TWO_FILES)

    assert [(one.filename, bytes(one.content), one.content_type) for one in files] == [
        ("Pläne für März.txt", b"Plan A", "text/plain"),
        ("b.bin", b"\0\1\2", "application/octet-stream"),
    ]


def test_a_name_inside_hides_nothing() -> None:
    [file] = enclosed_files(enclosing(("..\\..\\inv\u202efdp.exe", b"x")))

    assert file.filename == "invfdp.exe"


def test_the_files_take_the_place_of_their_envelope() -> None:
    before = Attachment("a.pdf", "application/pdf", b"%PDF", False, None)
    wrapped = Attachment("winmail.dat", "application/octet-stream", TWO_FILES, False, None)
    empty = Attachment("winmail.dat", "application/ms-tnef", envelope(), False, None)

    found = unwrapped((before, wrapped, empty))

    assert [(one.filename, one.content) for one in found] == [
        ("a.pdf", b"%PDF"),
        ("Pläne für März.txt", b"Plan A"),
        ("b.bin", b"\0\1\2"),
        ("winmail.dat", empty.content),
    ]


def test_a_damaged_envelope_gives_what_can_be_read() -> None:
    assert [one.filename for one in enclosed_files(TWO_FILES[:-40])][:1] == ["Pläne für März.txt"]
    assert enclosed_files(b"PK\3\4") == ()


def test_an_attachment_tells_the_files_that_it_encloses() -> None:
    head = b"Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n"

    attachments = inspect_mail(head + encodebytes(TWO_FILES))["attachments"]

    assert isinstance(attachments, list)
    assert [one["filename"] for one in attachments] == ["winmail.dat"]
    assert attachments[0]["files"][0] == {
        "filename": "Pläne für März.txt",
        "size": 6,
        "sha256": sha256(b"Plan A").hexdigest(),
    }


@given(st.binary(max_size=200), st.integers(min_value=0, max_value=len(TWO_FILES)))
def test_reading_never_raises(noise: bytes, at: int) -> None:
    found = enclosed_files(TWO_FILES[:at] + noise)

    assert len(found) <= 2 + len(noise)
    assert all(len(file.content) <= len(TWO_FILES) + len(noise) for file in found)
    enclosed_files(envelope(attribute(0x9002, b""), attribute(0x9005, noise)))
