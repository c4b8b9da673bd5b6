"""`python -m tests.shots`: starts the demo's company, and writes a picture of each of its pages, for everybody's eyes.

Customer's and staff's pages, light and dark, at a desk and on a phone; some as they are printed. `index.html` beside
them shows all of them.
"""

import argparse
import html
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx
from playwright.sync_api import Browser

from mailgate.demo.company import ANN, BOB, Person
from mailgate.demo.sign_in_link import sign_in_link
from tests.demo.place import Place, running_place
from tests.servers.chromium import running_chromium
from tests.shots.money import pass_hands
from tests.shots.week import happen
from tests.webview.crawler import crawl

Scheme = Literal["light", "dark"]
LOOKS: Sequence[tuple[Scheme, int]] = (("light", 1280), ("light", 390), ("dark", 1280), ("dark", 390))
PAPER = 794  # pixels: the width of A4 at 96 an inch
HEIGHTS = {1280: 800, 390: 844, PAPER: 1123}
OUTSIDE = ("/sign-in", "/help", "/payment-done", "/card-done", "/nothing-here", "/in/forged")
MORE = {
    "customer": ("/search", "/search?q=mail", "/search?q=mail+statsu:open"),
    "staff": ("/staff/search?q=mail+status:open", "/staff/?state=all&with=nobody&tag=web3", "/staff/?tag=nothing"),
}
STARTS = {"customer": "/", "staff": "/staff/"}
FIRST = {"customer": ("/",), "staff": ("/staff/", "/staff/held")}
"""Lists of what waits: all tickets and mails of theirs are taken."""
_THINGS = re.compile(r'"((?:/staff)?/(?:tickets|inbox)/\d+)"')
_NO_PAGE = re.compile(r"^/static/|\.(?:eml|txt|mbox|atom|ics|pdf|xml|csv)\b|/body$|/files/|^/out")


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose pages they are."""

    name: str
    cookies: dict[str, str]
    paths: tuple[str, ...]


def main() -> None:
    """Write them, and say how many there are."""
    parser = argparse.ArgumentParser(prog="make shots")
    parser.add_argument("--output", type=Path, default=Path("var/shots"))
    parser.add_argument("--only", default="", help="pages whose path matches this pattern")
    parser.add_argument("--look", default="", help="light-390, for one of the looks")
    asked = parser.parse_args()
    asked.output.mkdir(parents=True, exist_ok=True)
    for old in (*asked.output.glob("*.png"), *asked.output.glob("index.html")):
        old.unlink()
    with tempfile.TemporaryDirectory() as directory, running_place(Path(directory)) as place:
        happen(place)
        pass_hands(place)
        url = f"http://127.0.0.1:{place.demo.ports.web}"
        wanted = re.compile(asked.only)
        visitors = [
            Visitor(one.name, one.cookies, tuple(path for path in one.paths if wanted.search(path)))
            for one in visitors_of(place, url)
        ]
        with running_chromium() as browser:
            names = [
                name
                for scheme, width, printed in looks(asked.look)
                for name in taken(browser, url, visitors, asked.output, (scheme, width), printed=printed)
            ]
    (asked.output / "index.html").write_text(index(names), "utf-8")
    print(f"{len(names)} pictures: {asked.output / 'index.html'}")


def looks(only: str) -> Iterator[tuple[Scheme, int, bool]]:
    """Each way to look: scheme, width, and whether on paper."""
    for scheme, width in LOOKS:
        if only in ("", f"{scheme}-{width}"):
            yield scheme, width, False
    if only in ("", "print"):
        yield "light", PAPER, True


def visitors_of(place: Place, url: str) -> list[Visitor]:
    """Somebody who is not signed in, a customer and one of the staff, with a page of each kind that they come to."""
    found = [Visitor("nobody", {}, OUTSIDE)]
    for name, person in (("customer", ANN), ("staff", BOB)):
        with httpx.Client(base_url=url, timeout=60) as client:
            sign_in(place, client, person)
            now = [link for path in FIRST[name] for link in _THINGS.findall(client.get(path).text)]
            paths = dict.fromkeys((*now, *one_of_a_kind(crawl(client, STARTS[name])), *MORE[name]))
            found.append(Visitor(name, dict(client.cookies), tuple(paths)))
    return found


def sign_in(place: Place, client: httpx.Client, person: Person) -> None:
    """Follow the link of a mail."""
    link = sign_in_link(place.demo.running.parts, person.address, now=place.demo.clock())
    client.get(link)
    if "mg" not in client.cookies:
        client.get(f"{link}/go")
    assert "mg" in client.cookies, f"{person.name} could not sign in"


def one_of_a_kind(paths: Iterator[str]) -> Iterator[str]:
    """The first page of each kind, two of a ticket: numbers and filters make no other kind."""
    seen: dict[str, int] = {}
    for path in paths:
        kind = re.sub(r"\d+|(?<==)[^&]+|[?&](?:after|before)=[^&]*", "x", path)
        seen[kind] = seen.get(kind, 0) + 1
        if not _NO_PAGE.search(path) and seen[kind] <= (2 if "tickets/" in path else 1):
            yield path


def taken(
    browser: Browser, url: str, visitors: Sequence[Visitor], place: Path, look: tuple[Scheme, int], *, printed: bool
) -> Iterator[str]:
    """Take them, in one look; the names of their files."""
    scheme, width = look
    for visitor in visitors:
        size = {"width": width, "height": HEIGHTS[width]}
        with browser.new_context(viewport=size, color_scheme=scheme) as context:  # type: ignore[arg-type]
            context.add_cookies([{"name": name, "value": value, "url": url} for name, value in visitor.cookies.items()])
            page = context.new_page()
            if printed:
                page.emulate_media(media="print")
            for path in visitor.paths:
                page.goto(url + path)
                name = f"{visitor.name}{name_of(path)}-{'print' if printed else f'{scheme}-{width}'}.png"
                page.screenshot(path=place / name, full_page=True)
                yield name


def name_of(path: str) -> str:
    """A path as part of a file's name."""
    return re.sub(r"[^a-z0-9]+", "-", f"/{path.lower().strip('/')}" if path.strip("/") else "/home").rstrip("-")[:80]


def index(names: Sequence[str]) -> str:
    """A page that shows all pictures, those of one page beside each other."""
    pages: dict[str, list[str]] = {}
    for name in names:
        pages.setdefault(re.sub(r"-(?:print|(?:light|dark)-\d+)\.png$", "", name), []).append(name)
    shown = "\n".join(
        f"<h2>{html.escape(page)}</h2>\n<p>"
        + "\n".join(f'<a href="{one}"><img src="{one}" alt="{one}" loading="lazy" height="420"></a>' for one in files)
        + "</p>"
        for page, files in sorted(pages.items())
    )
    return f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{len(names)} pictures</title>\n{shown}\n'


if __name__ == "__main__":
    main()
