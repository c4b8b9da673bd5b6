"""Pages are in the language of whoever reads them, from right to left where that is its way, and all words of them."""

import re
from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy import inspect, text, update

from store.engine import reading, transaction
from store.schema import customers
from tests.gate import BeginGate, Gate, Person
from tests.webview.company import Company, open_company
from tests.webview.crawler import crawl
from tests.webview.pseudo import Page, write_pseudo
from tests.webview.web import Web, running_web
from webview.rendering import built_in_directory

HEBREW = re.compile("[\u0590-\u05ff]")
PLACES_OF_VALUES = re.compile(r"(?:bdi|time|code|pre|text)\b|.*\.(?:fields|event)\b|.*\[auto\]")
"""Elements whose words come from mails, people and clocks: by their tag, class or direction."""
OF_NO_LANGUAGE = ("mbox", "kB")


@pytest.fixture(scope="module")
def abroad(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A company where everybody reads a language from right to left, of which every message is marked."""
    own, home = tmp_path_factory.mktemp("words"), tmp_path_factory.mktemp("abroad")
    write_pseudo(own, "he")
    with open_company(home, gate={"language": "he"}, templates={"directory": own}) as company:
        with transaction(company.gate.parts.engine) as conn:
            conn.execute(update(customers).values(language="he"))
        yield company


def browsers(company: Company) -> Iterator[tuple[str, httpx.Client]]:
    """Where to begin, and as who."""
    yield "/", company.web.signed_in(company.story.anne)
    yield "/staff/", company.web.signed_in(company.story.bart)
    for path in ("/sign-in", "/help", "/kb", "/payment-done", "/card-done", "/nothing"):
        yield path, company.web.browser(accept_language="he")


@pytest.fixture(scope="module")
def pages(abroad: Company) -> dict[str, Page]:
    """Every page that can be reached."""
    found = {}
    for start, browser in browsers(abroad):
        for path in crawl(browser, start):
            answer = browser.get(path)
            if answer.headers.get("content-type", "").startswith("text/html") and not path.endswith("/body"):
                assert '<html lang="he" dir="rtl">' in answer.text, path
                found[path] = Page(answer.text)
    assert len(found) > 60
    return found


def everything_in(gate: Gate) -> str:
    """Every text of every row."""
    found = []
    with reading(gate.parts.engine) as conn:
        for table in inspect(conn).get_table_names():
            found += [str(value) for row in conn.execute(text(f'SELECT * FROM "{table}"')) for value in row]
    return _plain(" ".join(found))


def _plain(words: str) -> str:
    return " ".join(re.sub(r'[\\"]', "", words).split())


def test_every_word_of_every_page_is_a_message_or_a_value(abroad: Company, pages: dict[str, Page]) -> None:
    values = " ".join((everything_in(abroad.gate), abroad.gate.parts.settings.gate.company, *OF_NO_LANGUAGE))

    said = [
        (path, piece, at)
        for path, page in pages.items()
        for words, at in page.unmarked
        if not any(PLACES_OF_VALUES.match(element) for element in at)
        for piece in re.split(r"(?:^| )– | · |: | ?, |; ", _plain(words))
        if re.search(r"[^\W\d_]{2}", piece) and not HEBREW.search(piece)
    ]

    assert [one for one in said if one[1].strip("0123456789·\u200f ") not in values] == []


def test_addresses_and_numbers_of_tickets_keep_their_own_direction(pages: dict[str, Page]) -> None:
    loose = [
        (path, words)
        for path, page in pages.items()
        for words, at in page.texts
        if re.search(r"\w@\w|#\d", words)
        and "title" not in at
        and not re.search(r"bdi|code|pre|svg|\[auto\]|\[ltr\]", " ".join(at))
    ]

    assert loose == []


def test_the_style_sheet_knows_no_left_and_right() -> None:
    style = (built_in_directory() / "style.css").read_text("utf-8")

    assert not re.search(
        r"(?:margin|padding|border)-(?:left|right)|(?:^|[\s{;])(?:left|right):|text-align: *(?:left|right)", style
    )


@pytest.mark.parametrize(("language", "lang"), [("de", "de"), ("de-AT", "de-AT"), ("fr", "en"), ("en-GB", "en-GB")])
def test_a_customer_reads_the_nearest_language(web: Web, gate: Gate, language: str, lang: str) -> None:
    anna = gate.customer("<b>Anna", "anna@customer.example", language=language)

    page = web.signed_in(anna).get("/").text

    assert f'<html lang="{lang}" dir="ltr">' in page
    hello = "Guten Tag, " if lang.startswith("de") else "Hello, "
    assert f"<h1>{hello}&lt;b&gt;Anna</h1>" in page


def test_a_customer_reads_german_to_the_end_whatever_his_browser_says(web: Web, gate: Gate, bart: Person) -> None:
    anna = gate.customer("Anna", "anna@customer.example", language="de")
    gate.deliver(
        anna.writes(
            "Es geht nicht.",
            subject="Keine Mail",
            files=[("a.exe", "application/pdf", b"x"), ("a.pdf", "application/pdf", b"x")],
        )
    )
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "!close\nJetzt geht es."))
    browser = web.signed_in(anna)
    browser.headers["accept-language"] = "en"

    ticket, missing = browser.get("/tickets/1").text, browser.get("/tickets/99").text
    found, taken_away = browser.get("/search", params={"q": "statsu:offen"}).text, browser.get("/tickets/1.txt").text

    assert "Ihre Antwort öffnet das Ticket wieder." in ticket
    assert "Mo. 2. März, 09:00" in ticket
    assert "Dateien mit der Endung .exe nehmen wir nicht an" in ticket
    assert "von Bart Jones geschlossen" in ticket
    assert "[Datei: a.pdf, 1 Bytes]" in taken_away
    assert "Diese Seite gibt es nicht" in missing
    assert "„statsu:“ ist nicht bekannt; meinten Sie „status:“?" in found


def test_staff_read_the_language_of_the_gate(begin: BeginGate, anne: Person) -> None:
    gate = begin(gate={"language": "de"})
    bart = gate.staff("Bart Jones", "bart@hosting.example")
    gate.customer("Anne Miller", anne.address)
    gate.deliver(anne.writes("It is broken."))
    gate.later(minutes=30)

    with running_web(gate) as web:
        browser = web.signed_in(bart)
        queue, reports = browser.get("/staff/").text, browser.get("/staff/reports").text

    assert "1 offenes Ticket" in queue
    assert "1 Kunde wartet auf eine Antwort, am längsten 30 Minuten." in reports


@pytest.mark.parametrize(
    ("accept", "title"),
    [
        ("de-CH, fr;q=0.5", "Anmelden"),
        ("fr, de;q=0.4, en;q=0.2", "Anmelden"),
        ("en, de;q=0.9", "Sign in"),
        ("fr", "Sign in"),
        ("", "Sign in"),
        ("de;q=0, *", "Sign in"),
        ("\xe4;;=,", "Sign in"),
    ],
)
def test_who_is_not_signed_in_reads_what_the_browser_asks_for(web: Web, accept: str, title: str) -> None:
    browser = web.browser(accept_language=accept.encode("latin-1"))  # type: ignore[arg-type]

    pages = [browser.get("/sign-in"), browser.post("/sign-in", data={"email": "no address"}), browser.get("/help")]
    refused = [browser.get("/kb/nothing"), browser.put("/help")]

    assert f"<h1>{title}</h1>" in pages[0].text
    lang = "de" if title == "Anmelden" else "en"
    for page in (*pages, *refused):
        assert re.search(rf'<html lang="{lang}(?:-CH)?" dir="ltr">', page.text)
        assert page.headers["vary"] == "Cookie, Accept-Language"


def test_a_browser_that_wants_nothing_that_there_is_reads_the_language_of_the_gate(begin: BeginGate) -> None:
    with running_web(begin(gate={"language": "de"})) as web:
        page = web.browser(accept_language="fr").get("/sign-in").text

    assert "<h1>Anmelden</h1>" in page
