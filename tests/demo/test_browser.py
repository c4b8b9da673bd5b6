"""The first minutes of the demo in a real browser: pick, write, answer, read the pages, and let time pass.

Screenshots are kept below MAILGATE_SCREENSHOTS; without it, with the test's other files.
"""

import os
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.demo.place import ANN, BOB, Place

pytestmark = pytest.mark.server

PICTURES = os.environ.get("MAILGATE_SCREENSHOTS", "")
WIDTH = "document.documentElement.scrollWidth"


def be(page: Page, name: str) -> None:
    page.get_by_role("link", name="People").click()
    page.get_by_role("cell").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_a_newcomer_plays_the_first_four_minutes(place: Place, chromium: Browser, tmp_path: Path) -> None:
    pictures = Path(PICTURES or tmp_path)
    pictures.mkdir(parents=True, exist_ok=True)
    asked_for: list[str] = []
    violations: list[str] = []
    with chromium.new_context(viewport={"width": 1100, "height": 800}) as context:
        page = context.new_page()
        page.on("request", lambda request: asked_for.append(request.url))

        def look(name: str) -> None:
            page.screenshot(path=pictures / f"demo-{name}.png", full_page=True)
            found = Axe().run(page)
            violations.extend([found.generate_report()] if found.violations_count else [])

        page.goto(place.viewer.url)
        look("people")
        page.get_by_role("cell").get_by_role("link", name="Ann Miller").click()
        page.get_by_role("link", name="Write", exact=True).click()
        page.get_by_label("Subject").fill("No mail since Monday")
        page.get_by_label("Text").fill("Since Monday every mail comes back.")
        look("write")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_text("Opened a ticket")).to_be_visible()

        place.mail_with(BOB, "Since Monday")
        be(page, "Bob Jones")
        page.get_by_role("link", name=re.compile("No mail since Monday")).click()
        page.get_by_role("link", name="Reply").click()
        expect(page.get_by_label("To")).to_have_value(re.compile(r"^support\+"))
        quotation = page.get_by_label("Text").input_value()
        page.get_by_label("Text").fill(f"The disk was full.{quotation}")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("heading", name="Cut away")).to_be_visible()
        look("made")

        place.mail_with(ANN, "The disk was full.")
        be(page, "Ann Miller")
        look("mailbox")
        page.get_by_role("link", name=re.compile("^Re: No mail since Monday")).first.click()
        page.get_by_role("link", name="HTML", exact=True).click()
        expect(page.frame_locator("iframe").get_by_text("The disk was full.")).to_be_visible()
        look("html")
        page.get_by_role("link", name="Threads").click()
        look("threads")
        page.get_by_role("link", name="My pages").click()
        page.get_by_role("link", name="Continue").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Hello, Ann Miller")
        expect(page.get_by_role("link", name="Mailbox of Ann Miller")).to_be_visible()
        look("pages")

        page.goto(f"{place.viewer.url}{ANN}/")
        page.get_by_role("button", name="36 hours").click()
        place.mail_with(ANN, "We have closed")
        page.get_by_role("link", name="Look again").click()
        look("closed")
        page.set_viewport_size({"width": 375, "height": 740})
        too_wide = page.evaluate(WIDTH) > 375
        look("phone")

    ours = tuple(f"http://127.0.0.1:{port}/" for port in (place.demo.ports.viewer, place.demo.ports.web))
    assert [url for url in asked_for if not url.startswith(ours)] == []
    assert violations == []
    assert not too_wide


def test_a_link_in_a_mail_that_begins_a_letter_opens_the_form(place: Place, chromium: Browser) -> None:
    place.bring(
        ANN,
        b"From: cris@elsewhere.example\r\nSubject: Hello\r\nContent-Type: text/html\r\n\r\n"
        b'<p><a href="mailto:support@support.example?subject=Close%20it&body=!close">Close it</a></p>\r\n',
    )
    with chromium.new_context() as context:
        page = context.new_page()
        page.goto(f"{place.viewer.url}{ANN}/in-1?view=html")

        page.frame_locator("iframe").get_by_role("link", name="Close it").click()

        expect(page.get_by_label("Subject")).to_have_value("Close it")
        expect(page.get_by_label("Text")).to_have_value("!close")
        expect(page.get_by_label("To")).to_have_value("support@support.example")
