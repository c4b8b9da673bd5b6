"""The archive does not answer: a page that needs a large file asks to come again, all others are as usual."""

from store.archive import INLINE_BYTES
from tests.gate import Person
from tests.webview.web import Web


def test_a_large_file_of_an_archive_that_is_away_is_asked_for_again(web: Web, anne: Person) -> None:
    gate = web.gate
    gate.deliver(anne.writes("See.", files=[("big.log", "text/plain", b"0" * (2 * INLINE_BYTES))]))
    [entry] = gate.history(1)
    file = f"/tickets/1/files/{entry.id}/0"
    archive = gate.parts.settings.store.archive
    browser = web.signed_in(anne)

    away = archive.rename(archive.with_name("away"))
    meanwhile, thread = browser.get(file), browser.get("/tickets/1")
    away.rename(archive)
    again = browser.get(file)

    assert (meanwhile.status_code, meanwhile.headers["retry-after"]) == (503, "30")
    assert (thread.status_code, again.status_code) == (200, 200)
    assert len(again.content) == 2 * INLINE_BYTES
