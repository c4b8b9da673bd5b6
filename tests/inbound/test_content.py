"""A message is the same however its bytes are cut on the way, and nothing that is too large is kept."""

import pytest

from mailgate.inbound.content import Content

MESSAGES = {
    "plain": (b"Subject: Quota\r\n\r\nIt is full.\r\n.\r\n", b"Subject: Quota\r\n\r\nIt is full.\r\n"),
    "empty": (b".\r\n", b""),
    "an empty line": (b"\r\n.\r\n", b"\r\n"),
    "dots before the text": (b"..\r\n...\r\n.x\r\n.\r\n", b".\r\n..\r\nx\r\n"),
    "no end of ours": (b"a\n.\nb\r.\rc\n.\r\nd\r\n.\ne\r\n.\r\n", b"a\n.\nb\r.\rc\n.\r\nd\r\n\ne\r\n"),
}


@pytest.mark.parametrize("step", [1, 2, 3, 5, 1000])
@pytest.mark.parametrize(("wire", "raw"), MESSAGES.values(), ids=MESSAGES)
def test_the_message_ends_at_its_dot_however_it_is_cut(wire: bytes, raw: bytes, step: int) -> None:
    content = Content(max_bytes=1000, max_line_bytes=100)
    sent = wire + b"QUIT\r\n"
    pieces = [sent[at : at + step] for at in range(0, len(sent), step)]

    fed = iter(pieces)
    behind = next(found for piece in fed if (found := content.feed(piece)) is not None)

    assert content.raw() == raw
    assert behind + b"".join(fed) == b"QUIT\r\n"
    assert not content.is_too_large
    assert not content.has_too_long_line()


@pytest.mark.parametrize("filler", [b"x" * 1000, b"\r\n" * 500, b"\n" * 1000])
def test_of_what_is_too_large_nothing_is_kept_and_its_end_is_found(filler: bytes) -> None:
    content = Content(max_bytes=5000, max_line_bytes=100)

    for _ in range(50):
        assert content.feed(filler) is None

    assert content.is_too_large
    assert content.feed(b"\r\n.\r\nQUIT") == b"QUIT"
    assert len(content.raw()) < len(filler)


@pytest.mark.parametrize(("length", "is_too_long"), [(99, False), (100, False), (101, True), (5000, True)])
def test_a_line_counts_with_its_end(length: int, is_too_long: bool) -> None:
    lines = [b"short\r\n"] * 40
    content = Content(max_bytes=100_000, max_line_bytes=100)

    content.feed(b"".join([*lines, b"x" * (length - 2) + b"\r\n", *lines, b".\r\n"]))

    assert content.has_too_long_line() is is_too_long
