"""The pages of the knowledge base: for everybody, searched, harmless, and as the files are now."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.gate import BeginGate, Gate
from tests.knowledge.shelf import ARTICLES, fill
from tests.webview.test_crawl import MAX_GZIP
from tests.webview.web import Web, links_of, running_web

NASTY = """# Nasty <b>title</b>

<script>alert(1)</script> <img src=x onerror=alert(1)>

# Not the first

[a](javascript:alert(1)) [b](https://evil.example/) [c](/sign-in) [d](full-mailbox "x") ![e](x.png)

| a | b |
|---|---|
| 1 | 2 |
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The articles on disk."""
    return fill(tmp_path / "kb")


@pytest.fixture
def stocked(begin: BeginGate, folder: Path) -> Gate:
    """A gate with a knowledge base that it has read."""
    gate = begin(knowledge_base={"folder": folder, "reread_seconds": 1.0})
    gate.later(minutes=1)
    return gate


@pytest.fixture
def kb(stocked: Gate) -> Iterator[Web]:
    """Its pages."""
    with running_web(stocked) as web:
        yield web


def test_everybody_reads_and_searches_the_articles(kb: Web) -> None:
    browser = kb.browser()

    everything = browser.get("/kb")
    found = browser.get("/kb", params={"q": "quota"})
    article = browser.get("/kb/full-mailbox")

    assert {f"/kb/{slug}" for slug in ARTICLES} <= set(links_of(everything.text))
    assert [link for link in links_of(found.text) if link.startswith("/kb/")] == ["/kb/full-mailbox"]
    assert "<mark>quota</mark>" in found.text
    assert '<h1 dir="auto">What to do when a mailbox is full</h1>' in article.text
    assert 'href="/kb/mail-on-a-phone"' in article.text
    assert any(link.startswith("mailto:support@support.example?subject=About") for link in links_of(article.text))
    assert all(len(gzip.compress(page.content)) <= MAX_GZIP for page in (everything, found, article))


def test_an_article_cannot_do_anything(kb: Web, folder: Path, stocked: Gate) -> None:
    (folder / "nasty.md").write_text(NASTY)
    stocked.later(minutes=1)

    page = kb.browser().get("/kb/nasty").text

    main = page[page.index("<main") : page.index("<section")]
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in main
    assert "Nasty &lt;b&gt;title" in main
    assert "<h2>Not the first</h2>" in main
    assert page.count("<h1") == 1
    assert [link for link in links_of(main) if link != "/kb"] == ["/kb/full-mailbox"]
    assert "<img" not in main
    assert "<td>1</td>" in main


def test_pages_follow_the_files(kb: Web, folder: Path, stocked: Gate) -> None:
    (folder / "full-mailbox.md").write_text("# Full mailboxes\n\nWe enlarge them by themselves.")
    (folder / "pay-invoice.md").unlink()
    stocked.later(minutes=1)
    browser = kb.browser()

    assert "enlarge" in browser.get("/kb/full-mailbox").text
    assert browser.get("/kb/pay-invoice").status_code == 404
    assert "No article was found" in browser.get("/kb?q=quota").text
    assert "No article was found" in browser.get("/kb?q=invoice").text


def test_articles_are_in_the_search_of_customers_and_staff(kb: Web, stocked: Gate) -> None:
    anne = stocked.customer("Anne Miller", "anne@customer.example")
    bart = stocked.staff("Bart Jones", "bart@hosting.example")

    assert "/kb/full-mailbox" in links_of(kb.signed_in(anne).get("/search?q=quota").text)
    assert "/kb/full-mailbox" in links_of(kb.signed_in(bart).get("/staff/search?q=quota").text)


def test_nothing_but_articles_is_found_without_signing_in(kb: Web, stocked: Gate) -> None:
    anne = stocked.customer("Anne Miller", "anne@customer.example")
    stocked.deliver(anne.writes("xylophone", subject="Mailbox full"))
    stocked.later(minutes=1)

    for typed in ("xylophone", "anne", "customer:anne", "from:anne", "status:open"):
        assert "No article was found" in kb.browser().get("/kb", params={"q": typed}).text


def test_without_a_folder_there_are_no_pages(web: Web) -> None:
    browser = web.browser()

    assert browser.get("/kb").status_code == 404
    assert browser.get("/kb/full-mailbox").status_code == 404
    assert "/kb" not in links_of(browser.get("/help").text)


@pytest.fixture
def web(gate: Gate) -> Iterator[Web]:
    """The pages of a gate without a knowledge base."""
    with running_web(gate) as web:
        yield web
