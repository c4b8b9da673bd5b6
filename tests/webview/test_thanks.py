"""Where the payment provider's pages lead back to: they say thank you to anybody, and do nothing."""

import pytest

from tests.gate import Gate, Person
from tests.webview.web import Web

PATHS = ("/payment-done", "/card-done")


@pytest.mark.parametrize(
    ("path", "language", "words"),
    [
        ("/payment-done", "en", "Your payment is on its way."),
        ("/payment-done", "de", "Ihre Zahlung ist unterwegs."),
        ("/card-done", "en", "You have given us a card to charge."),
        ("/card-done", "de", "Sie haben eine Karte angegeben."),
    ],
)
def test_whoever_comes_from_paying_is_thanked_in_their_language(web: Web, path: str, language: str, words: str) -> None:
    page = web.browser(accept_language=language).get(path, params={"session": "cs_test_1"})

    assert page.status_code == 200
    assert words in page.text
    assert "cs_test_1" not in page.text


@pytest.mark.parametrize("path", PATHS)
def test_opening_the_page_again_and_again_changes_nothing(web: Web, gate: Gate, anne: Person, path: str) -> None:
    gate.deliver(anne.writes("It is broken."))
    browser = web.signed_in(anne)
    mails, pages = len(gate.outbox()), browser.get("/tickets").text

    for _ in range(3):
        assert browser.get(path).status_code == 200
        assert browser.post(path).status_code == 405

    assert len(gate.outbox()) == mails
    assert browser.get("/tickets").text == pages
