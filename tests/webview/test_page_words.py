"""The catalogues of pages and what templates and code say agree: nothing is missing, stale, or says something else."""

from pathlib import Path

import pytest

from tests.webview.page_words import said
from webview.rendering import built_in_directory
from webview.translation import fault_of, first_form, forms_of, is_whole, read_catalogue

SHIPPED = sorted(built_in_directory().glob("*.po"))
TRANSLATED = [path for path in SHIPPED if path.stem != "en"]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_catalogue_has_exactly_what_pages_say(path: Path) -> None:
    messages = {message.id for message in read_catalogue(path) if message.id}

    assert messages == set(said()), "run `make words`"


@pytest.mark.parametrize("path", TRANSLATED, ids=lambda path: path.stem)
def test_every_message_is_translated(path: Path) -> None:
    lacking = [
        first_form(message.id) for message in read_catalogue(path) if message.id and not is_whole(message.string)
    ]

    assert lacking == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_translation_has_the_values_and_tags_of_its_message(path: Path) -> None:
    for message in read_catalogue(path):
        if not message.id:
            continue
        texts, forms = forms_of(message.string), forms_of(message.id)
        assert fault_of([text for text in texts if text], message) is None, first_form(message.id)
        assert fault_of(forms, message) is None, first_form(message.id)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Ticket %(nummer)s", "there is no %(nummer)s here"),
        ("Ticket", "%(number)s is missing"),
        ("<b>Ticket</b> %(number)s", "its tags must be none"),
        ('"Ticket" %(number)s', "'\"' cannot stand here"),
        ("Ticket %(number)s & mehr", "'&' cannot stand here"),
        ("100 % Ticket %(number)s", "'%' cannot stand here"),
        ("Das Ticket %(number)s", None),
    ],
)
def test_what_would_break_a_page_is_named(text: str, fault: str | None) -> None:
    message = read_catalogue(built_in_directory() / "en.po").get("Ticket %(number)s")
    assert message is not None

    assert fault_of([text], message) == fault
