"""The place of every key and value in a TOML text."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.toml_text.positions import KeyPath, find_positions

ODD = (Path(__file__).parent / "odd.toml").read_text(encoding="utf-8")


def paths(value: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, object]]:
    """All paths below a parsed value, with what stands there."""
    if path:
        yield path, value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from paths(item, (*path, key))
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from paths(item, (*path, index))


def assert_found(text: str) -> None:
    """Every path is found; at its place stands that key, and that value."""
    document = tomllib.loads(text)
    found = find_positions(text)
    assert set(found.keys) | set(found.values) == {path for path, _ in paths(document)}
    for path, value in paths(document):
        name = path[-1] if isinstance(path[-1], str) else path[-2]
        if path in found.keys:
            span = found.keys[path]
            assert next(iter(tomllib.loads(f"{text[span.start : span.end]} = 0"))) == name
        if path in found.values:
            span = found.values[path]
            assert tomllib.loads(f"value = {text[span.start : span.end]}")["value"] == value


def test_every_key_and_value_of_an_odd_document_is_found() -> None:
    assert_found(ODD)


def test_same_key_in_other_sections_has_a_place_of_its_own() -> None:
    text = '[smtp]\nlisten = "a"\n[lmtp]\nlisten = "b"\n[[desk]]\nname = "c"\n[[desk]]\nname = "d"\n'

    found = find_positions(text)

    assert text[found.values["lmtp", "listen"].start :].startswith('"b"')
    assert text[found.values["desk", 1, "name"].start :].startswith('"d"')


@pytest.mark.parametrize("text", ["", "\n", "# nothing", "a=1", "a=1#", "[a]", "[[a]]", "a=[[],[[]]]", 'a="""\n"""'])
def test_small_documents_are_read_to_their_end(text: str) -> None:
    assert_found(text)


PLAIN = st.text(st.characters(codec="utf-8", exclude_characters="\x7f"), max_size=8)
SCALAR = PLAIN | st.integers() | st.booleans() | st.floats(allow_nan=False)
TREE = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(PLAIN, inner, max_size=3), max_leaves=8
)


def written(value: object) -> str:
    """A value in TOML, all on one line."""
    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{json.dumps(key, ensure_ascii=False)} = {written(item)}" for key, item in value.items())
            + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("Infinity", "inf")


@given(st.dictionaries(PLAIN, st.dictionaries(PLAIN, TREE, max_size=3), max_size=3))
def test_every_key_and_value_of_any_document_is_found(document: dict[str, dict[str, object]]) -> None:
    lines: list[str] = []
    for section, table in document.items():
        lines.append(f"[{json.dumps(section, ensure_ascii=False)}] # {section!r}")
        lines += [f"  {json.dumps(key, ensure_ascii=False)}\t= {written(value)} # ]}}" for key, value in table.items()]

    assert_found("\n".join(lines))
