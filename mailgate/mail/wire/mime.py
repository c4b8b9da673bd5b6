"""The tree of a MIME message (RFC 2046) as a flat list of leaf parts, cut from the raw bytes; never raises.

Not the standard library's parser: it recurses (RecursionError at some hundred levels), takes minutes for a bomb of
small parts before anything can be counted, and hands a forwarded message back re-written. This one knows its limits
while it walks, touches each byte a few times by `bytes.find`, and keeps a forwarded message byte for byte.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count

from mailgate.mail.bounds import MAX_PART_DEPTH, MAX_PARTS, MAX_STRUCTURED_BYTES
from mailgate.mail.wire import smime
from mailgate.mail.wire.charset import Guesses
from mailgate.mail.wire.defects import Defect
from mailgate.mail.wire.headers import Block, split_block, unfold
from mailgate.mail.wire.parameters import Structured, media_type, read_structured
from mailgate.mail.wire.transfer import decode_transfer

_MAX_CANDIDATES = 100_000  # places that look like a boundary, in all multiparts together
_MAX_PADDING = 1000  # blanks behind a boundary

_NONE_GIVEN = Structured("")


Branches = tuple[tuple[int, int], ...]
"""For each multipart/alternative that a part is in, from outside: which one, and which of its parts that is."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One part that has no parts; a forwarded message is one, whole."""

    content_type: str  # lower case type/subtype
    type_field: Structured
    disposition: Structured
    content_id: str | None  # without angle brackets
    content: bytes  # after transfer decoding
    branches: Branches = ()
    is_enclosed: bool = False  # in the part before it, which is signed as a whole
    at: tuple[int, int] = (0, 0)  # where it stands in the raw bytes, still encoded
    encoding: str = ""  # how, in lower case

    def stands_for(self, other: "Leaf") -> bool:
        """Both are in one multipart/alternative, and a reader is shown one of them (RFC 2046 §5.1.4)."""
        mine = dict(self.branches)
        return any(mine.get(which, branch) != branch for which, branch in other.branches)


@dataclass(frozen=True, slots=True)
class Tree:
    """A message taken apart: its own header and type, and its leaves in MIME order."""

    block: Block
    content_type: str
    type_field: Structured
    leaves: tuple[Leaf, ...]
    defects: tuple[Defect, ...]


@dataclass(frozen=True, slots=True)
class _Span:
    """A part still to be looked at, by its place in the raw bytes."""

    start: int
    end: int
    depth: int
    default: str
    branches: Branches = ()


def take_apart(raw: bytes, guesses: Guesses | None = None, *, opens_signed: bool = True) -> Tree:
    """Cut a message into its leaves, in MIME order, within the limits on parts and depth.

    Behind a part that is signed as a whole (S/MIME) come the leaves in it: of the first one, and not of one inside it.
    """
    block = split_block(raw)
    top = _structured(block, "content-type", guesses)
    top_type = media_type(top.value)
    defects = list(block.defects)
    leaves: list[Leaf] = []
    waiting = [_Span(0, len(raw), 0, "text/plain")]
    parts = 0
    candidates, alternatives = count(), count()
    while waiting:
        span = waiting.pop()
        inner = block if span.depth == 0 else split_block(raw, span.start, span.end)
        parts += 1
        if parts > MAX_PARTS:
            defects.append(Defect.TOO_MANY_PARTS)
            break
        type_field = top if span.depth == 0 else _structured(inner, "content-type", guesses)
        content_type = media_type(type_field.value) if type_field.value else span.default
        if content_type.startswith("multipart/"):
            if span.depth >= MAX_PART_DEPTH:
                defects.append(Defect.TOO_DEEP)
            else:
                spans = _split_multipart(raw, replace(span, start=inner.body_at), type_field, candidates, defects)
                if spans:
                    if content_type == "multipart/alternative":
                        which = next(alternatives)
                        spans = [replace(one, branches=(*one.branches, (which, at))) for at, one in enumerate(spans)]
                    waiting.extend(reversed(spans))
                    continue
                content_type, type_field = "text/plain", _NONE_GIVEN  # what can be read is better than nothing
        leaf = _leaf(raw[inner.body_at : span.end], inner, content_type, type_field, guesses=guesses, defects=defects)
        leaves.append(replace(leaf, branches=span.branches, at=(inner.body_at, span.end)))
        if opens_signed and content_type in smime.TYPES and (entity := smime.signed_entity(leaf.content)) is not None:
            opens_signed = False
            enclosed = take_apart(entity, guesses, opens_signed=False)
            leaves.extend(replace(one, branches=span.branches, is_enclosed=True) for one in enclosed.leaves)
    return Tree(block, top_type, top, tuple(leaves), tuple(defects))


def _structured(block: Block, name: str, guesses: Guesses | None) -> Structured:
    value = block.first(name)
    if value is None:
        return _NONE_GIVEN
    return read_structured(unfold(value[:MAX_STRUCTURED_BYTES], guesses=guesses), guesses)


def _split_multipart(
    raw: bytes, body: _Span, type_field: Structured, candidates: Iterator[int], defects: list[Defect]
) -> list[_Span]:
    boundary = type_field.parameters.get("boundary", "").encode("utf-8", "replace").rstrip()
    if not boundary:
        defects.append(Defect.MISSING_BOUNDARY)
        boundary = _guess_boundary(raw, body.start, body.end)
    if not boundary:
        return []
    # RFC 2046 §5.1.5: the parts of a digest are messages unless they say otherwise.
    default = "message/rfc822" if type_field.value == "multipart/digest" else "text/plain"
    delimiter = b"--" + boundary
    spans: list[_Span] = []
    opened = -1
    at = body.start
    while True:
        at = raw.find(delimiter, at, body.end)
        if at < 0 or next(candidates) > _MAX_CANDIDATES:
            break
        after = at + len(delimiter)
        if at > body.start and raw[at - 1] not in b"\r\n":
            at = after
            continue
        newline = raw.find(b"\n", after, min(body.end, after + _MAX_PADDING))
        rest = raw[after : newline if newline >= 0 else min(body.end, after + _MAX_PADDING)]
        closing = rest.startswith(b"--")
        if rest.removeprefix(b"--").strip():  # a longer boundary that begins like this one
            at = after
            continue
        if opened >= 0:
            spans.append(_Span(opened, _before_line_end(raw, opened, at), body.depth + 1, default, body.branches))
        opened = newline + 1 if newline >= 0 else body.end
        if closing:
            return spans
        if len(spans) > MAX_PARTS:  # the walk stops at the limit and says so
            return spans
        at = opened
    if opened >= 0:
        defects.append(Defect.MISSING_END_BOUNDARY)
        spans.append(
            _Span(opened, _before_glued_end(raw, opened, body.end, delimiter), body.depth + 1, default, body.branches)
        )
    else:
        defects.append(Defect.MISSING_PARTS)
    return spans


def _before_line_end(raw: bytes, start: int, at: int) -> int:
    """Where a part ends: the line end before a delimiter belongs to the delimiter (RFC 2046 §5.1.1)."""
    if at > start and raw[at - 1] == 0x0A:
        at -= 1
        if at > start and raw[at - 1] == 0x0D:
            at -= 1
    return at


def _before_glued_end(raw: bytes, start: int, end: int, delimiter: bytes) -> int:
    """Where a last part ends whose closing delimiter stands on its last line, behind the text, or was not written."""
    tail = raw[max(start, end - len(delimiter) - _MAX_PADDING) : end].rstrip()
    at = raw.rfind(delimiter, start, end) if tail.endswith(delimiter + b"--") else -1
    return at if at >= start else end


def _guess_boundary(raw: bytes, start: int, end: int) -> bytes:
    """The boundary of a multipart that forgot to name it: the first line that begins with two hyphens."""
    for line in raw[start : min(end, start + 4096)].splitlines():
        if line.startswith(b"--") and len(line.rstrip()) > 4:
            return line[2:].rstrip()
    return b""


def _leaf(
    body: bytes,
    block: Block,
    content_type: str,
    type_field: Structured,
    *,
    guesses: Guesses | None,
    defects: list[Defect],
) -> Leaf:
    encoding = block.first("content-transfer-encoding")
    content, named_encoding = body, ""
    if encoding is not None:
        words = unfold(encoding[:MAX_STRUCTURED_BYTES], guesses=guesses).lower().replace(";", " ").split()
        named_encoding = words[0].strip("\"'") if words else ""
        content, whole = decode_transfer(body, named_encoding)
        if not whole:
            defects.append(Defect.BAD_TRANSFER_ENCODING)
    named = block.first("content-id")
    content_id = None if named is None else unfold(named[:MAX_STRUCTURED_BYTES], guesses=guesses).strip("<> ") or None
    return Leaf(
        content_type,
        type_field,
        _structured(block, "content-disposition", guesses),
        content_id,
        content,
        encoding=named_encoding,
    )
