"""Every kind of mail in a pseudo-locale: whatever has no mark there, and is no value, stands in no template."""

import re
from collections.abc import Iterator, Mapping
from html import unescape

import pytest

from mailgate.letters.kind import Template
from mailgate.outbound.samples import SAMPLES
from mailgate.outbound.templates import Templates
from tests.outbound.pseudo import PSEUDO, marked, pseudo, unmarked, write_pseudo

NAMES = ("says", "fault", "became", "needed", "state", "kind")


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return Templates(write_pseudo(tmp_path_factory.mktemp("pseudo")))


def values_in(value: object) -> Iterator[str]:
    """All words that a mail is given to be shown: not by what name its template finds its own."""
    if isinstance(value, str):
        yield value
        yield from value.split("\n")
    elif isinstance(value, Mapping):
        names = {*NAMES, "name" if value.keys() & {"body", "example"} else "", "why" if "reason" in value else ""}
        for name in value.keys() - names:
            yield from values_in(value[name])
    elif isinstance(value, list | tuple):
        for one in value:
            yield from values_in(one)


def escaped(text: str, values: Mapping[str, object]) -> list[str]:
    """The words of a text that have no mark and were not given to it."""
    return unmarked(text, values_in(values))


@pytest.mark.parametrize("template", Template)
def test_all_words_of_a_mail_stand_in_its_template(templates: Templates, template: Template) -> None:
    for values in SAMPLES[template]:
        mail = templates.render(template, PSEUDO, values)

        assert mail.problems == ()
        assert escaped(f"{mail.subject}\n{mail.text}", values) == []


@pytest.mark.parametrize("template", Template)
def test_the_html_part_says_the_same_words_in_its_language(templates: Templates, template: Template) -> None:
    for values in SAMPLES[template]:
        mail = templates.render(template, PSEUDO, values)

        body = unescape(re.sub(r"<[^>]*>", " ", mail.html.partition("<body")[2].partition(">")[2]))
        assert f'<html lang="{PSEUDO}" dir="ltr">' in mail.html
        assert escaped(body, values) == []


def test_what_is_shown_is_marked_and_what_decides_is_not() -> None:
    source = (
        'Subject: Hi {{ name }}\n\n{% if kind == "close" %}{{ n | plural(one="a file", other="{n} files") }}{% endif %}'
        '{% set words = {"open": "it is open"} %}{{ words["open"] }} write !close {% include "actions.md" %}'
    )

    assert pseudo(source) == (
        'Subject: Ĥí {{ name }}\n\n{% if kind == "close" %}{{ n | plural(one="á ƒíĺé", other="{n} ƒíĺéś") }}{% endif %}'
        '{% set words = {"open": "íť íś óṕéń"} %}{{ words["open"] }} ŵŕíťé !close {% include "actions.md" %}'
    )


def test_a_sentence_that_is_no_value_and_in_no_template_is_found() -> None:
    values = {"name": "Anne Miller"}

    assert escaped(f"{marked('Thank you')}, Anne Miller, for your mail", values) == ["for", "your", "mail"]
    assert escaped(f"{marked('Thank you')}, Anne Miller", values) == []
