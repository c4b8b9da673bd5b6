"""The words of mail programs are found whatever their case, as a pattern finds them that ignores it."""

import re

import pytest

from mailgate.mail.words.reply_words import Beginnings

# Letters that a pattern takes for another: ı and İ for i, ſ for s, K for k, ϐ for β, ẞ for ß.
LINES = ("Sent", "SENT", "ſent", "ıphone", "İPHONE", "wrıtes", "YAZDI", "yazdı", "ΑΡΧΙΚΌ", "NACHRICHT", "Kelvin")
WORDS = "sent iphon writes yazdı αρχικό nachricht kelvin 转发"


@pytest.mark.parametrize("line", LINES)
def test_a_word_is_found_in_any_case(line: str) -> None:
    text = f"so {line}."

    assert Beginnings(WORDS).search(text) is not None
    assert Beginnings(WORDS, inside=True).search(f"so{text}") is not None


@pytest.mark.parametrize("word", sorted(set("".join(WORDS.split()))))
def test_every_letter_that_a_pattern_takes_for_another_is_taken_for_it(word: str) -> None:
    pattern, beginnings = re.compile(re.escape(word), re.IGNORECASE), Beginnings(word, inside=True)
    likes = pattern.findall("".join(map(chr, range(0x20000))))

    assert len(likes) > 0
    assert all(beginnings.search(like) for like in likes)


def test_a_word_is_found_at_its_beginning_alone_but_where_no_blanks_are_written() -> None:
    assert Beginnings("sent 转发").search("absent") is None
    assert Beginnings("sent 转发").search("请转发") is not None
    assert [found[0] for found in Beginnings("sent 转发").finditer("Sent 转发, absent")] == ["Sent", "转发"]
    assert list(Beginnings("sent").finditer("absence")) == []
