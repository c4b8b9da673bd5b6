"""What a reader reads on a page: its words on one line, the row that names something, the invoices of a list."""

import html
import re

import httpx


def words_of(page: httpx.Response) -> str:
    """What a reader reads, on one line."""
    return _plain(page.text.partition("<main")[2].partition("</main>")[0].partition(">")[2])


def row_of(page: httpx.Response, name: str) -> str:
    """The words of the row of a table that names something."""
    rows = re.findall(r'<tr role="row">.*?</tr>', page.text, re.DOTALL)
    return next(row for row in map(_plain, rows) if row.startswith(name))


def numbers_of(page: httpx.Response) -> list[str]:
    """The invoices of a list."""
    return re.findall(r'href="/(?:staff/)?invoices/([^"?]+)"><bdi', page.text)


def _plain(page: str) -> str:
    text = re.sub(r"<[^>]+>", " ", re.sub(r"</?(?:bdi|time)\b[^>]*>", "", page))
    return " ".join(html.unescape(text).replace("\u00a0", " ").split())
