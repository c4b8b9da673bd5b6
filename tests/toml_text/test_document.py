"""A TOML text as parsed: every mistake of its grammar at its place, whatever its size or depth."""

import pytest

from mailgate.toml_text.document import MAX_SHOWN_LINE, Document, parse
from mailgate.toml_text.problems import Problem


def told(raw: bytes) -> str:
    """What is said against a text that cannot be parsed."""
    found = parse(raw, "shop.toml")
    assert isinstance(found, Problem)
    return f"{found.place}: {found.reason}"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"a = 1\nb = \n", "shop.toml:2:5: not TOML: Invalid value"),
        (b"a = 1\r\nb = \x00\r\n", "shop.toml:2:5: not TOML: Invalid value"),
        (b"a = 'x\x00'", "shop.toml:1:7: not TOML: Found invalid character '\\x00'"),
        (b"\xef\xbb\xbfa = 1\na = 2", "shop.toml:2:6: not TOML: Cannot overwrite a value"),
        (b"a = 1\nb = '\xff'\n", "shop.toml:2:6: not UTF-8: byte 0xff; save the file as UTF-8"),
        (b"a = " + b"[" * 100_000, "shop.toml: not TOML: nested too deeply"),
        (b"b = 1\n a" + b".a" * 2_000_000 + b" = 1", "shop.toml:2:2: a key of more than 100 parts"),
        (b"[[ a" + b" . a" * 1_000_000 + b"]]", "shop.toml:1:4: a key of more than 100 parts"),
        (b"a = { b = 1, 'c'" + b'."a"' * 1_000_000 + b" = 1 }", "shop.toml:1:14: a key of more than 100 parts"),
        (b"a = " + b"9" * 5000, "shop.toml: not TOML: Exceeds the limit (4300 digits) for integer string conversion"),
    ],
)
def test_a_text_that_is_no_toml_is_told_where(raw: bytes, words: str) -> None:
    assert told(raw).startswith(words)


def test_a_key_of_a_hundred_parts_is_read_and_dots_in_texts_are_no_key() -> None:
    text = b"a" + b".a" * 99 + b" = '" + b"a." * 500 + b"'\n" + b"x" * 1_000_000 + b" = 1"

    assert isinstance(parse(text, "shop.toml"), Document)


@pytest.mark.parametrize("depth", range(100, 600, 7))
def test_a_text_of_any_depth_is_either_read_with_its_places_or_refused(depth: int) -> None:
    found = parse(b"a = " + b"[" * depth + b"]" * depth, "shop.toml")

    if isinstance(found, Document):
        assert ("a", *[0] * (depth - 1)) in found.positions.values
    else:
        assert found.reason == "not TOML: nested too deeply"


def test_a_very_long_line_is_not_repeated_with_its_mistake() -> None:
    found = parse(b"a = 1 # " + b"x" * MAX_SHOWN_LINE + b"\nb = 2", "shop.toml")
    assert isinstance(found, Document)

    long, short = found.place_of_value(("a",)), found.place_of_value(("b",))

    assert (str(long), long.width, long.source_line) == ("shop.toml:1:5", 1, "")
    assert (str(short), short.source_line) == ("shop.toml:2:5", "b = 2")
