"""Thread-Index, by which Outlook finds a thread: 22 bytes that name it, and 5 more for each answer.

MS-OXOMSG §2.2.1.3. Other clients go by References.
"""

import base64
import binascii
import hashlib
from datetime import UTC, datetime, timedelta

_ROOT = 22
_CHILD = 5
_MAX_HEADER = 2000
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_LOW, _LOW_LATER = 18, 23  # bits of the time that an answer does not tell, soon after the root and later
_MASK = 0x7FFF_FFFF


def root_in(header: str | None) -> str | None:
    """The name of the thread in a Thread-Index field; None where there is none to go on with."""
    if header is None or len(header) > _MAX_HEADER:
        return None
    try:
        read = base64.b64decode("".join(header.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    is_index = len(read) >= _ROOT and (len(read) - _ROOT) % _CHILD == 0 and read[0] == 1
    return base64.b64encode(read[:_ROOT]).decode("ascii") if is_index else None


def begin(name: str, at: datetime) -> str:
    """The name of a thread of ours; the same each time that it is made."""
    identity = hashlib.sha256(name.encode()).digest()[:16]
    return base64.b64encode(_ticks(at).to_bytes(8, "big")[:6] + identity).decode("ascii")


def extend(root: str, name: str, at: datetime) -> str:
    """The index of one more mail of the thread; `name` tells it from others of the same instant."""
    begun = base64.b64decode(root)
    since = abs(_ticks(at) - int.from_bytes(begun[:6] + b"\0\0", "big"))
    is_later = since >> (_LOW + 31) > 0
    told = (since >> (_LOW_LATER if is_later else _LOW)) & _MASK
    child = (told | (is_later << 31)).to_bytes(4, "big") + hashlib.sha256(name.encode()).digest()[:1]
    return base64.b64encode(begun + child).decode("ascii")


def _ticks(at: datetime) -> int:
    """Units of 100 ns since 1601."""
    return (at - _EPOCH) // _TICK * 10
