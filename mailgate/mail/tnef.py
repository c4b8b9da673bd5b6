"""The files inside a `winmail.dat`, Outlook's own envelope (MS-OXTNEF); never raises.

Only names and contents: that is what somebody with another mail program cannot get at. Formatted text stays inside.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from mailgate.mail.charset import decode, storable

TNEF_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})

_SIGNATURE = b"\x78\x9f\x3e\x22"
_ATTACH_REND_DATA, _ATTACH_TITLE, _ATTACH_DATA, _ATTACHMENT = 0x9002, 0x8010, 0x800F, 0x9005
_LONG_FILENAME, _ATTACH_DATA_OBJECT = 0x3707, 0x3701
_FIXED = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_UNICODE, _STRING, _OBJECT, _BINARY = 0x1F, 0x1E, 0x0D, 0x102
_MAX_ATTRIBUTES, _MAX_FILES, _MAX_PROPERTIES = 10_000, 500, 1000


@dataclass(frozen=True, slots=True)
class EnclosedFile:
    """One file of the envelope."""

    filename: str | None
    content: memoryview


def enclosed_files(data: bytes) -> tuple[EnclosedFile, ...]:
    """The files, in order; as many as can be read of a damaged envelope, none of what is no TNEF."""
    files: list[EnclosedFile] = []
    name, content = "", memoryview(b"")
    opened = False
    for identifier, value in _attributes(data):
        if identifier == _ATTACH_REND_DATA:
            if opened:
                files.append(EnclosedFile(name or None, content))
            opened, name, content = len(files) < _MAX_FILES, "", memoryview(b"")
        elif identifier == _ATTACH_TITLE:
            name = name or _base_name(decode(bytes(value).rstrip(b"\0"))[0])
        elif identifier == _ATTACH_DATA:
            content = value
        elif identifier == _ATTACHMENT:
            for tag, kind, found in _properties(value):
                if tag == _LONG_FILENAME:
                    text = bytes(found)
                    long = text.decode("utf-16-le", "replace") if kind == _UNICODE else decode(text)[0]
                    name = _base_name(long) or name
                elif tag == _ATTACH_DATA_OBJECT and not content:
                    content = found
    if opened:
        files.append(EnclosedFile(name or None, content))
    return tuple(files)


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


def _base_name(name: str) -> str:
    return storable(name).replace("\\", "/").rpartition("/")[2].strip()[:255]
