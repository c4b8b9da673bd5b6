"""The pages in a real browser: signing in by the form and the link, reading, light and dark, on a phone, for everybody.

Screenshots of all pages are kept below MAILGATE_SCREENSHOTS; without it, with the test's other files, those of pages
that are not as they should be.
"""

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pikepdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.gate import Gate, Person
from tests.webview.company import Company
from tests.webview.crawler import crawl
from tests.webview.test_sign_in import code_for
from tests.webview.web import Web

pytestmark = pytest.mark.server

Scheme = Literal["light", "dark"]
DESK = (1100, 800)
PHONE = (375, 740)
OF_A_KIND = 2
"""Pages of one template that are looked at."""
LOOKS: tuple[tuple[Scheme, tuple[int, int], int], ...] = (("light", DESK, OF_A_KIND), ("dark", PHONE, 1))
SMALLEST = (320, 640)  # what 1280 pixels are at a zoom of 400 % (WCAG 1.4.10)

PICTURES = os.environ.get("MAILGATE_SCREENSHOTS", "")

OUTSIDE = ("/sign-in", "/help", "/in/forged", "/out", "/payment-done", "/card-done", "/nothing")
STARTS = {"anne": "/", "bart": "/staff/"}
SEARCHES = {  # nobody comes to these by links
    "anne": ("/search?q=mail", "/search?q=mail+statsu:open&kind=ticket"),
    "bart": ("/staff/search?q=disk+-zebra", "/staff/search?q=1&kind=customer"),
}

WIDTH = "document.documentElement.scrollWidth"
SMALL_TARGETS = """[...document.querySelectorAll('a, button, summary, input')]
    .filter(one => getComputedStyle(one).display !== 'inline' && !one.classList.contains('skip'))
    .map(one => [one.textContent.trim() || one.name, one.getBoundingClientRect()])
    .filter(([name, box]) => box.width > 0 && (box.height < 24 || box.width < 24))
    .map(([name, box]) => name)"""


@pytest.fixture
def screenshots(tmp_path: Path) -> Path:
    """Where pictures of pages are kept."""
    directory = Path(PICTURES or tmp_path)
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def window(chromium: Browser, size: tuple[int, int], scheme: Scheme = "light") -> BrowserContext:
    return chromium.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)


def window_of(
    company: Company, chromium: Browser, person: Person, size: tuple[int, int], scheme: Scheme = "light"
) -> BrowserContext:
    """The window of somebody who is signed in."""
    context = window(chromium, size, scheme)
    cookie = company.web.signed_in(person).cookies["mg"]
    context.add_cookies([{"name": "mg", "value": cookie, "url": company.web.url}])
    return context


def kinds_of_pages(company: Company, who: str, *, of_a_kind: int) -> list[str]:
    """So many pages of each template that a visitor comes to by following links."""
    kept: dict[str, list[str]] = {}
    browser = company.web.signed_in(getattr(company.story, who))
    for path in (*crawl(browser, STARTS[who]), *SEARCHES[who]):
        if (
            path.startswith("/static/")
            or urlsplit(path).path.endswith((".eml", ".txt", ".mbox", ".atom", "/body", ".pdf", ".xml", ".ics"))
            or "/files/" in path
        ):
            continue
        kept.setdefault(re.sub(r"\d+|(?<==)[^&]+", "x", path), []).append(path)
    return [path for paths in kept.values() for path in paths[:of_a_kind]]


def name_of(path: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-") or "home"


def pages_of_everybody(
    company: Company, chromium: Browser, size: tuple[int, int], scheme: Scheme, *, of_a_kind: int = OF_A_KIND
) -> Iterator[Page]:
    """Each kind of page, opened."""
    with window(chromium, size, scheme) as context:
        page = context.new_page()
        for path in OUTSIDE:
            page.goto(company.web.url + path)
            yield page
    for who in STARTS:
        with window_of(company, chromium, getattr(company.story, who), size, scheme) as context:
            page = context.new_page()
            for path in kinds_of_pages(company, who, of_a_kind=of_a_kind):
                page.goto(company.web.url + path)
                yield page


def test_a_customer_signs_in_by_form_and_link_and_reads_the_thread(
    web: Web, gate: Gate, chromium: Browser, screenshots: Path
) -> None:
    anne, bart = gate.customer("Anne Miller", "anne@customer.example"), gate.staff("Bart Jones", "bart@hosting.example")
    gate.deliver(anne.writes("Since Monday no mail comes in.", subject="No mail since Monday"))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "It works again."))

    with window(chromium, DESK) as context:
        page = context.new_page()
        page.goto(f"{web.url}/tickets/1")
        expect(page).to_have_url(f"{web.url}/sign-in")
        page.get_by_label("Mail address").fill(anne.address)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
        page.screenshot(path=screenshots / "sign-in-sent.png", full_page=True)
        sent_to = re.search(rb"sign-in\+([a-z2-7]+)@", web.submitted[0])
        assert sent_to
        page.goto(f"{web.url}/in/{web.word(anne, nonce=sent_to[1].decode())}")
        expect(page).to_have_url(f"{web.url}/")
        expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Anne Miller")
        page.get_by_role("link", name="No mail since Monday").click()
        expect(page.get_by_text("It works again.")).to_be_visible()
        expect(page.get_by_role("article")).to_have_count(2)
        expect(page.get_by_role("link", name="Answer by mail")).to_have_attribute("href", re.compile("^mailto:support"))
        page.screenshot(path=screenshots / "thread.png", full_page=True)
        page.get_by_role("link", name="Sign out").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out")
        page.goto(f"{web.url}/tickets/1")
        expect(page).to_have_url(f"{web.url}/sign-in")


def test_a_link_from_another_device_asks_first(web: Web, chromium: Browser, anne: Person) -> None:
    with window(chromium, PHONE) as context:
        page = context.new_page()
        page.goto(f"{web.url}/in/{web.word(anne)}")
        expect(page.get_by_role("heading", level=1)).to_have_text("Continue as a…@customer.example")
        page.get_by_role("link", name="Continue").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Anne Miller")


def test_staff_sign_in_with_the_code_of_the_mail(web: Web, gate: Gate, chromium: Browser, bart: Person) -> None:
    with window(chromium, DESK) as context:
        page = context.new_page()
        page.goto(f"{web.url}/in/{web.word(bart, nonce='elsewhere')}")
        page.get_by_label("Mail address").fill(bart.address)
        page.get_by_label("Code").fill(code_for(gate))
        page.get_by_role("button", name="Sign in").click()
        expect(page).to_have_url(f"{web.url}/staff/")
        expect(page.get_by_role("heading", level=1)).to_have_text("0 open tickets")


@pytest.mark.parametrize("look", LOOKS, ids=["light-desk", "dark-phone"])
def test_every_kind_of_page_is_fit_for_everybody(
    company: Company, chromium: Browser, screenshots: Path, look: tuple[Scheme, tuple[int, int], int]
) -> None:
    scheme, size, of_a_kind = look
    axe = Axe()
    found: list[str] = []

    for page in pages_of_everybody(company, chromium, size, scheme, of_a_kind=of_a_kind):
        before = len(found)
        results = axe.run(page)
        if results.violations_count:
            found.append(f"{page.url}\n{results.generate_report()}")
        found.extend(f"{page.url}: {name!r} is too small to be clicked" for name in page.evaluate(SMALL_TARGETS))
        if page.evaluate(WIDTH) > size[0]:
            found.append(f"{page.url} is too wide")
        if len(found) > before or PICTURES:
            target = urlsplit(page.url)
            picture = f"{name_of(f'{target.path}?{target.query}')}-{scheme}-{size[0]}.png"
            page.screenshot(path=screenshots / picture, full_page=True)

    assert found == []


def test_no_page_is_too_wide_when_it_is_read_at_four_times_its_size(company: Company, chromium: Browser) -> None:
    too_wide = [
        page.url
        for page in pages_of_everybody(company, chromium, SMALLEST, "light")
        if page.evaluate(WIDTH) > SMALLEST[0]
    ]

    assert too_wide == []


def test_nothing_that_a_nasty_mail_asks_for_is_fetched_and_nothing_of_it_runs(
    company: Company, chromium: Browser
) -> None:
    asked_for: list[str] = []
    said: list[str] = []  # by a script: the nasty ones open dialogs
    with window_of(company, chromium, company.story.bart, DESK) as context:
        page = context.new_page()
        page.on("request", lambda request: asked_for.append(request.url))
        page.on("dialog", lambda dialog: said.append(dialog.message))
        held = f"{company.web.url}/staff/inbox/{company.story.held_mail}"
        page.goto(f"{held}?view=html")
        frame = page.frame_locator("iframe")
        expect(frame.get_by_text("honest")).to_be_visible()
        expect(frame.get_by_role("img", name="Our logo")).to_have_js_property("naturalWidth", 24)
        frame.get_by_text("honest").click()
        page.goto(f"{held}/body")
        expect(page.get_by_text("A table")).to_be_visible()
        page.get_by_text("honest").click()
        expect(page).to_have_url(f"{held}/body")

    ours = [url for url in asked_for if url.startswith((f"{company.web.url}/", "data:image/png;base64,"))]
    assert asked_for == ours
    assert said == []


def test_the_pages_work_without_a_mouse(company: Company, chromium: Browser) -> None:
    with window_of(company, chromium, company.story.anne, DESK) as context:
        page = context.new_page()
        page.goto(f"{company.web.url}/")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name=re.compile("open tickets"))).to_be_focused()
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")

    assert outline == "3px"


@pytest.mark.parametrize("which", ["issued", "part_paid", "paid", "void"])
def test_an_invoice_is_printed_on_one_sheet(company: Company, chromium: Browser, which: str) -> None:
    number = getattr(company.story.trade, which)
    with window_of(company, chromium, company.story.anne, DESK, "dark") as context:
        page = context.new_page()
        page.goto(f"{company.web.url}/invoices/{number}")
        page.emulate_media(media="print")
        expect(page.get_by_role("link", name="PDF")).to_be_hidden()
        printed = page.pdf(format="A4", prefer_css_page_size=True)

    with pikepdf.open(io.BytesIO(printed)) as pdf:
        assert len(pdf.pages) == 1
        assert [round(float(side)) for side in pdf.pages[0].mediabox] == [0, 0, 596, 843]  # of whole pixels


def test_the_printed_page_leaves_out_what_paper_cannot_do(company: Company, chromium: Browser) -> None:
    with window_of(company, chromium, company.story.anne, DESK, "dark") as context:
        page = context.new_page()
        page.goto(f"{company.web.url}/tickets/{company.story.mail_ticket}")
        page.emulate_media(media="print", color_scheme="dark")  # some browsers print as they show

        expect(page.get_by_role("navigation")).to_be_hidden()
        expect(page.get_by_role("link", name="Answer by mail")).to_be_hidden()
        expect(page.get_by_text("The whole thread:")).to_be_hidden()
        expect(page.get_by_text("mailbox full")).to_be_visible()
        assert page.evaluate("getComputedStyle(document.querySelector('.message')).color") == "rgb(0, 0, 0)"
        assert page.evaluate("getComputedStyle(document.querySelector('.message h2 span')).color") == "rgb(86, 97, 112)"
