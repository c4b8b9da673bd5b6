"""The operator's own words on pages: found before ours, and never the reason that a page is not shown."""

import logging
from pathlib import Path

import pytest

from tests.gate import BeginGate
from tests.webview.web import running_web


def put(directory: Path, file: str, text: str) -> None:
    (directory / file).parent.mkdir(parents=True, exist_ok=True)
    (directory / file).write_text(text, "utf-8")


def page_with(begin: BeginGate, own: Path, path: str = "/sign-in") -> str:
    with running_web(begin(templates={"directory": own})) as web:
        answer = web.browser(accept_language="de").get(path)
    assert answer.status_code == 200
    return answer.text


def test_a_message_of_the_operator_stands_before_ours_and_the_rest_is_ours(begin: BeginGate, tmp_path: Path) -> None:
    put(tmp_path, "web/de.po", 'msgid "No password: we mail you a link."\nmsgstr "Ganz ohne Passwort."\n')

    page = page_with(begin, tmp_path)

    assert "Ganz ohne Passwort." in page
    assert "<h1>Anmelden</h1>" in page


def test_english_too_can_be_said_otherwise(begin: BeginGate, tmp_path: Path) -> None:
    put(tmp_path, "web/en.po", 'msgid "No password: we mail you a link."\nmsgstr "No password at all."\n')

    with running_web(begin(templates={"directory": tmp_path})) as web:
        page = web.browser().get("/sign-in").text

    assert "No password at all." in page


@pytest.mark.parametrize("broken", ['msgid "No password: we mail you a link.\n', 'msgid "\\z"\n\xff'])
def test_a_catalogue_that_cannot_be_read_counts_as_none_and_is_logged(
    begin: BeginGate, tmp_path: Path, broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "de.po").write_bytes(broken.encode("latin-1"))

    with caplog.at_level(logging.WARNING):
        page = page_with(begin, tmp_path)

    assert "Kein Passwort" in page
    assert [text for text in caplog.messages if text.startswith("template problem problem=")]


def test_a_translation_that_lacks_a_value_breaks_no_page(begin: BeginGate, tmp_path: Path) -> None:
    put(tmp_path, "web/de.po", 'msgid "Ask %(desk)s"\nmsgstr "%(dsek)s fragen"\n')

    page = page_with(begin, tmp_path, "/help")

    assert "support fragen" in page


def test_a_template_and_a_style_of_the_operator_stand_before_ours(begin: BeginGate, tmp_path: Path) -> None:
    put(tmp_path, "web/sign-in-head.html", "<p>Ours</p>")
    put(
        tmp_path,
        "web/sign-in.html",
        '{% extends "base.html" %}{% block main %}{% include "sign-in-head.html" %}{% endblock %}',
    )
    put(tmp_path, "web/style.css", "body { color: teal }")

    with running_web(begin(templates={"directory": tmp_path})) as web:
        browser = web.browser()
        page = browser.get("/sign-in").text
        style = browser.get(page.partition('rel="stylesheet" href="')[2].partition('"')[0]).text

    assert "<p>Ours</p>" in page
    assert style == "body { color: teal }"


@pytest.mark.parametrize("broken", ["{% if %}", "{{ nothing.at.all }}", "{{ 1 // 0 }}", '{% extends "away.html" %}'])
def test_a_template_that_fails_gives_way_to_ours_and_is_logged(
    begin: BeginGate, tmp_path: Path, broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    put(tmp_path, "web/sign-in.html", broken)

    with caplog.at_level(logging.WARNING):
        page = page_with(begin, tmp_path)

    assert "<h1>Anmelden</h1>" in page
    assert [text for text in caplog.messages if "web/sign-in.html" in text]
