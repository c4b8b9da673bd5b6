"""Words without accents and case, and snippets that show where they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.tickets.search_words import MAX_WORD, SNIPPET_CHARACTERS, snippet, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Grüße aus Łódź, Straße 7!", ("gruße", "aus", "łodz", "straße", "7")),
        ("ÅNGSTRÖM", ("angstrom",)),
        ("snake_case and-dash", ("snake", "case", "and", "dash")),
        ("ﬁne ²", ("fine", "2")),
        ("磁盘full", ("磁", "盘", "full")),
        ("x" * 100, ("x" * MAX_WORD,)),
        ("", ()),
    ],
)
def test_words_are_compared_without_accents_case_and_punctuation(text: str, words: tuple[str, ...]) -> None:
    assert words_of(text) == tuple(word.casefold() for word in words)


@given(st.text())
def test_words_of_words_are_the_same_words(text: str) -> None:
    words = words_of(text)

    assert words_of(" ".join(words)) == words


def test_a_snippet_marks_what_was_found_as_it_was_written() -> None:
    pieces = snippet("Dear Bart,\n\nthe mail of Herr Müller  comes back.", ("mull", "mail"))

    assert [piece.text for piece in pieces if piece.found] == ["mail", "Müller"]
    assert "".join(piece.text for piece in pieces) == "Dear Bart, the mail of Herr Müller comes back."


def test_a_snippet_of_a_long_text_shows_the_place() -> None:
    pieces = snippet("word " * 200 + "quota exceeded " + "word " * 200, ("quota",))

    whole = "".join(piece.text for piece in pieces)
    assert [piece.text for piece in pieces if piece.found] == ["quota"]
    assert whole.startswith("…word")
    assert whole.endswith("…")
    assert len(whole) <= SNIPPET_CHARACTERS + 2


@given(st.text(), st.lists(st.text(alphabet="abcé1", min_size=1), max_size=3))
def test_a_snippet_is_a_piece_of_the_text(text: str, wanted: list[str]) -> None:
    pieces = snippet(text, wanted)

    assert "".join(piece.text for piece in pieces).strip("…") in f"{' '.join(text.split())}…"
