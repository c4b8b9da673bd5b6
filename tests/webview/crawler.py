"""Follows every link of a view that leads to the view itself, as far as it goes."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx

from tests.webview.web import links_of

MOST_PARTS = 2
"""Of a query: filters of a list can be put together in hundreds of ways, and each pair of them is enough."""


def crawl(browser: httpx.Client, start: str) -> Iterator[str]:
    """The path of each page, file and picture that can be reached; sign-out alone is left alone."""
    waiting, seen = [start], {start}
    while waiting:
        path = waiting.pop()
        yield path
        answer = browser.get(path)
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        for link in links_of(answer.text):
            target = urlsplit(urljoin(path, link))
            there = target.path + (f"?{target.query}" if target.query else "")
            if len(parse_qs(target.query)) > MOST_PARTS:
                continue
            if not target.scheme and target.path != "/out" and there not in seen:
                seen.add(there)
                waiting.append(there)
