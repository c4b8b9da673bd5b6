"""The files inside a `winmail.dat`, Outlook's own envelope (MS-OXTNEF); never raises.

Only the files: that is what somebody with another mail program cannot get at. Formatted text stays inside.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailgate.mail.message import Attachment
from mailgate.mail.wire.charset import decode
from mailgate.mail.wire.parameters import base_name, media_type

_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})

_UNTYPED = "application/octet-stream"
_SIGNATURE = b"\x78\x9f\x3e\x22"
_ATTACH_REND_DATA, _ATTACH_TITLE, _ATTACH_DATA, _ATTACHMENT = 0x9002, 0x8010, 0x800F, 0x9005
_LONG_FILENAME, _MIME_TAG, _ATTACH_DATA_OBJECT = 0x3707, 0x370E, 0x3701
_FIXED = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_UNICODE, _STRING, _OBJECT, _BINARY = 0x1F, 0x1E, 0x0D, 0x102
_MAX_WORDS = 2_000  # bytes of a name or a type
_MAX_ATTRIBUTES, _MAX_FILES, _MAX_PROPERTIES = 10_000, 500, 1000


@dataclass(frozen=True, slots=True)
class EnclosedFile:
    """One file of the envelope."""

    filename: str | None
    content: memoryview
    content_type: str


def is_envelope(attachment: Attachment) -> bool:
    """It is a `winmail.dat`, by its type or its name."""
    return attachment.content_type in _TYPES or (attachment.filename or "").lower() == "winmail.dat"


def unwrapped(attachments: Sequence[Attachment]) -> tuple[Attachment, ...]:
    """The attachments, with the files of each envelope in its place; one in which no file is found stays as it is."""
    found: list[Attachment] = []
    for attachment in attachments:
        files = enclosed_files(attachment.content) if is_envelope(attachment) else ()
        found += [
            Attachment(file.filename, file.content_type, bytes(file.content), inline=False, content_id=None)
            for file in files
        ] or [attachment]
    return tuple(found)


def enclosed_files(data: bytes) -> tuple[EnclosedFile, ...]:
    """The files, in order; as many as can be read of a damaged envelope, none of what is no TNEF."""
    files: list[list[tuple[int, memoryview]]] = []
    for identifier, value in _attributes(data):
        if identifier == _ATTACH_REND_DATA:  # each file begins with one
            if len(files) == _MAX_FILES:
                break
            files.append([])
        elif files:
            files[-1].append((identifier, value))
    return tuple(_file(attributes) for attributes in files)


def _file(attributes: Sequence[tuple[int, memoryview]]) -> EnclosedFile:
    name: str | None = None
    content, content_type = memoryview(b""), ""
    for identifier, value in attributes:
        if identifier == _ATTACH_TITLE:
            name = name or base_name(_text(value))
        elif identifier == _ATTACH_DATA:
            content = value
        elif identifier == _ATTACHMENT:
            for tag, kind, found in _properties(value):
                if tag == _LONG_FILENAME:
                    name = base_name(_text(found, kind)) or name
                elif tag == _MIME_TAG:
                    content_type = _text(found, kind).lower()
                elif tag == _ATTACH_DATA_OBJECT and not content:
                    content = found
    return EnclosedFile(name, content, media_type(content_type, _UNTYPED))


def _text(value: memoryview, kind: int = _STRING) -> str:
    text = bytes(value[:_MAX_WORDS])
    decoded = text.decode("utf-16-le", "replace") if kind == _UNICODE else decode(text.rstrip(b"\0"))[0]
    return decoded.rstrip("\0")


def _attributes(data: bytes) -> Iterator[tuple[int, memoryview]]:
    view = memoryview(data)
    if data[:4] != _SIGNATURE:
        return
    at = 6
    for _ in range(_MAX_ATTRIBUTES):
        if at + 9 > len(view):
            return
        identifier, length = struct.unpack_from("<xHHI", view, at)[::2]
        yield identifier, view[at + 9 : at + 9 + length]
        at += 9 + length + 2  # a checksum ends it


def _properties(view: memoryview) -> Iterator[tuple[int, int, memoryview]]:
    """Tag, type and (first) value of each MAPI property; stops at what it cannot read."""
    at = 4
    for _ in range(_MAX_PROPERTIES):
        if at + 4 > len(view):
            return
        kind, tag = struct.unpack_from("<HH", view, at)
        at += 4
        try:
            if tag >= 0x8000:  # a named one: GUID, then a number or a name
                by_name, number = struct.unpack_from("<II", view, at + 16)
                at += 24 + (_padded(number) if by_name else 0)
            count = 1
            if kind & 0x1000 or kind in (_UNICODE, _STRING, _OBJECT, _BINARY):
                (count,) = struct.unpack_from("<I", view, at)
                at += 4
            for which in range(min(count, _MAX_PROPERTIES)):
                length = _FIXED.get(kind & 0xFFF, -1)
                if length < 0:
                    (length,) = struct.unpack_from("<I", view, at)
                    at += 4
                if which == 0:
                    yield tag, kind & 0xFFF, view[at : at + length]
                at += _padded(length)
        except struct.error:
            return


def _padded(length: int) -> int:
    return length + -length % 4
