"""Saved replies: which file a name means, and what its places become."""

import pytest

from mailgate.tickets.saved_reply import PLACES, NoSavedReply, chosen, filled, is_name, names_of

KNOWN = ("ssl-renewal", "ssl-renewal.de", "new-server", "only.fr")
VALUES = dict.fromkeys(PLACES, "x") | {"name": "Anne {staff}", "ticket": "7"}


@pytest.mark.parametrize(
    ("name", "language", "file"),
    [
        ("ssl-renewal", "en", "ssl-renewal"),
        ("SSL-Renewal.md", "de", "ssl-renewal.de"),
        ("ssl-renewal", "de-AT", "ssl-renewal.de"),
        ("new-server", "de", "new-server"),
        ("only", "fr", "only.fr"),
    ],
)
def test_a_name_means_the_file_of_the_language_or_the_one_for_all(name: str, language: str, file: str) -> None:
    assert chosen(name, language, KNOWN) == file


@pytest.mark.parametrize(
    ("name", "known", "why"),
    [
        ("ssl-renewl", KNOWN, "there is no saved reply ssl-renewl; did you mean ssl-renewal?"),
        ("zzz", KNOWN, "there is no saved reply zzz; there is new-server, only, ssl-renewal"),
        ("only", KNOWN, "the saved reply only has no text in en; only.md would be for everybody"),
        ("zzz", (), "there is no saved reply zzz; there is none"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(name: str, known: tuple[str, ...], why: str) -> None:
    with pytest.raises(NoSavedReply) as refused:
        chosen(name, "en", known)

    assert str(refused.value) == why


def test_places_are_filled_once_and_nothing_in_them_is_read_again() -> None:
    assert filled("Hello {name},\n\n#{ticket} { } {}\n", VALUES) == "Hello Anne {staff},\n\n#7 { } {}"


def test_a_place_that_nothing_fills_stops_it() -> None:
    with pytest.raises(NoSavedReply, match=r"\{password\}"):
        filled("Your password: {password}", VALUES)


@pytest.mark.parametrize("name", ["../secret", "a/b", ".hidden", "", "-x", "a b", "x" * 61, "ä"])
def test_a_name_leads_nowhere_else(name: str) -> None:
    assert not is_name(name)


def test_each_reply_is_named_once() -> None:
    assert names_of(KNOWN) == ["new-server", "only", "ssl-renewal"]
