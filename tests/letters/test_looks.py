"""Every kind of mail in a real browser: light and dark, on a desk and on a phone; and as clients without one read it.

Pictures are kept below MAILGATE_SCREENSHOTS, where that names a directory.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from mailgate.letters.kind import Template
from mailgate.outbound.samples import SAMPLES
from mailgate.outbound.templates import Templates
from tests.letters.html_check import mistakes_in

TEMPLATES = Templates()
LANGUAGES = ("en", "de")
MAX_BYTES = 30_000
PICTURES = os.environ.get("MAILGATE_SCREENSHOTS", "")
LOOKS: tuple[tuple[Literal["light", "dark"], int, str], ...] = (
    ("light", 700, "en"),
    ("dark", 390, "en"),
    ("dark", 320, "de"),
)
"""Ground, width in pixels, and the language that is looked at."""

WIDTH = "document.documentElement.scrollWidth"
OUTLOOK_PASSES_OVER = re.compile(r"background-image|position:|float:|display: (?:flex|grid)|url\(|<svg|<script|<form")


def rendered(template: Template, *languages: str) -> Iterator[tuple[str, str]]:
    """Each sample's name, and its HTML."""
    for language in languages:
        for number, values in enumerate(SAMPLES[template], start=1):
            yield f"{template.value}-{language}-{number}", TEMPLATES.render(template, language, values).html


@pytest.mark.parametrize("template", Template)
def test_the_html_of_a_mail_is_right_and_small_and_what_every_client_shows(template: Template) -> None:
    for name, html in rendered(template, *LANGUAGES):
        assert mistakes_in(html) == [], name
        assert len(html.encode()) <= MAX_BYTES, name
        assert not OUTLOOK_PASSES_OVER.search(html), name


@pytest.mark.parametrize("template", Template)
def test_every_page_that_the_text_names_is_a_link_in_html(template: Template) -> None:
    for language in LANGUAGES:
        for values in SAMPLES[template]:
            mail = TEMPLATES.render(template, language, values)

            pages = re.findall(r"https?://[^\s<>]*[^\s<>.,)]", mail.text)
            assert set(pages) <= set(re.findall(r'href="([^"]+)"', mail.html))


@pytest.mark.parametrize("template", Template)
def test_no_line_of_a_mail_names_an_address_of_forty_letters(template: Template) -> None:
    """A reply goes there by itself."""
    for language in LANGUAGES:
        for values in SAMPLES[template]:
            text = TEMPLATES.render(template, language, values).text

            assert not re.search(r"[\w.-]+\+[\w.-]{15,}@", text)


@pytest.mark.server
@pytest.mark.parametrize("look", LOOKS, ids=["light-desk", "dark-phone", "dark-narrow"])
def test_every_mail_can_be_read_by_everybody(
    chromium: Browser, look: tuple[Literal["light", "dark"], int, str]
) -> None:
    scheme, width, language = look
    axe, found = Axe(), list[str]()
    with chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme) as context:
        page = context.new_page()
        asked_for: list[str] = []
        page.on("request", lambda request: asked_for.append(request.url))
        for template in Template:
            for name, html in rendered(template, language):
                page.set_content(html)
                results = axe.run(page, options={"rules": {"landmark-one-main": NO, "region": NO, **NO_HEADING}})
                if results.violations_count:
                    found.append(f"{name}\n{results.generate_report()}")
                if page.evaluate(WIDTH) > width:
                    found.append(f"{name} is too wide")
                if PICTURES:
                    Path(PICTURES).mkdir(parents=True, exist_ok=True)
                    page.screenshot(path=Path(PICTURES) / f"{name}-{scheme}-{width}.png", full_page=True)

    assert found == []
    assert [url for url in asked_for if urlsplit(url).scheme in ("http", "https")] == []


NO = {"enabled": False}
NO_HEADING = {"page-has-heading-one": NO}
"""A mail is a letter, not a page: it has neither landmarks nor a heading."""
