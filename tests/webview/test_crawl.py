"""Every page of both views, found by its links: status, headers, size, and what may not be in it."""

import gzip
import re

import pytest

from tests.webview.company import ON_BOTH, Company
from tests.webview.crawler import crawl
from tests.webview.web import links_of
from webview.front import PAGE_CSP

pytestmark = ON_BOTH

MAX_GZIP = 14_336
"""Bytes: what fits into the first TCP window (RFC 6928 §2)."""

SITE = re.compile(r'<a href="(http://[a-z0-9.-]+/)" target="_blank" rel="noopener" ')
"""A customer's own site: all that a page leads to outside of the view, and it hears nothing of where that was."""

MAX_STYLE_GZIP = 8_192


@pytest.mark.parametrize(("who", "start"), [("anne", "/"), ("dora", "/"), ("paul", "/"), ("bart", "/staff/")])
def test_every_page_is_whole_light_and_safe(company: Company, who: str, start: str) -> None:
    browser = company.web.signed_in(getattr(company.story, who))

    pages = {path: browser.get(path) for path in crawl(browser, start)}

    assert len(pages) > 10
    for path, page in pages.items():
        assert page.status_code == 200, path
        assert page.headers["x-content-type-options"] == "nosniff", path
        assert page.headers["referrer-policy"] == "no-referrer", path
        assert page.headers["cross-origin-opener-policy"] == "same-origin", path
        if not page.headers["content-type"].startswith("text/html") or path.endswith("/body"):
            continue
        assert page.headers["content-security-policy"] == PAGE_CSP, path
        assert page.headers["cache-control"] == "private, no-cache", path
        assert len(gzip.compress(page.content)) <= MAX_GZIP, path
        assert len(re.findall(r"<h1[ >]", page.text)) == 1, path
        assert "<script" not in page.text, path
        assert not re.search(r"<[^>]*\s(?:style|on\w+)\s*=", page.text), path
        assert "<style" not in page.text, path
        outside = [link for link in links_of(page.text) if link.startswith(("http:", "https:", "//"))]
        assert outside == SITE.findall(page.text), path
        anchors = re.findall(r'\sid="([^"]*)"', page.text)
        assert len(anchors) == len(set(anchors)), path
        assert re.search(r'<html lang="[\w-]+" dir="(?:ltr|rtl)">', page.text), path


def test_the_style_sheet_is_kept_for_a_year_and_changes_its_name_with_its_words(company: Company) -> None:
    browser = company.web.browser(accept_encoding="gzip")
    style = next(link for link in links_of(browser.get("/sign-in").text) if link.endswith(".css"))

    answer = browser.get(style)

    assert re.fullmatch(r"/static/style\.[0-9a-f]{16}\.css", style)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) <= MAX_STYLE_GZIP
    assert browser.get("/static/style.0000000000000000.css").status_code == 404
    assert browser.get("/static/../../config.toml").status_code == 404


def test_a_mailto_is_short_enough_and_stands_as_text_beside_its_button(company: Company) -> None:
    for who, start in ((company.story.anne, "/"), (company.story.bart, "/staff/")):
        browser = company.web.signed_in(who)
        for path in crawl(browser, start):
            page = browser.get(path)
            for link in links_of(page.text) if page.headers["content-type"].startswith("text/html") else ():
                if link.startswith("mailto:"):
                    to = link.removeprefix("mailto:").partition("?")[0].replace("%2B", "+")
                    assert len(link) <= 1500, path
                    assert to in page.text, path
