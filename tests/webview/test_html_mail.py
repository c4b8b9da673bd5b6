"""The HTML of mail: shown inert in a frame of its own, whatever it holds."""

import time
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from tests.webview.company import Company
from tests.webview.story import nasty_mail, picture
from webview.html_mail import BODY_CSP, MAX_ALL_IMAGES_BYTES, MAX_LINKS, InertHtml, inert_html


def shown(html: str) -> InertHtml:
    found = inert_html(b"Content-Type: text/html; charset=utf-8\r\n\r\n" + html.encode())
    assert found is not None
    return found


def test_nothing_of_a_nasty_mail_is_left_that_acts_or_fetches() -> None:
    found = inert_html(nasty_mail())

    assert found is not None
    for word in ("script", "onload", "onerror", "javascript:", "href", "http:", "//evil", "file:", "php:", "@import"):
        assert word not in found.html.replace(">script<", "><"), word  # the word of a link, shown as text
    for tag in ("svg", "form", "input", "button", "iframe", "object", "video", "base", "meta", "link", "style>"):
        assert f"<{tag}" not in found.html, tag
    assert "url(" not in found.html
    assert "position" not in found.html


def test_the_words_and_looks_of_a_nasty_mail_are_left() -> None:
    found = inert_html(nasty_mail())

    assert found is not None
    assert 'style="color:#174f8a"' in found.html.replace(": ", ":")
    assert "<m-b>customer</m-b>" in found.html
    assert "A table" in found.html
    assert 'alt="metadata"' in found.html
    assert found.links == ("https://shop.example/pay?id=1",)


def test_pictures_of_the_mail_are_in_its_html_and_others_are_counted() -> None:
    found = inert_html(nasty_mail())

    assert found is not None
    assert found.html.count('src="data:image/png;base64,') == 1
    assert found.remote_images == 3  # http, file, and a path on our own host
    assert found.left_out_images == 1  # the content id of another mail


def test_a_picture_in_every_format_that_can_hold_a_script_is_left_out() -> None:
    found = shown(
        '<img src="data:image/svg+xml;base64,PHN2Zy8+"><img src="data:text/html;base64,AAAA">'
        '<img src="data:image/png,plain"><img src="data:image/png;base64,AAAA">'
    )

    assert found.html.count("src=") == 1
    assert found.left_out_images == 3


def test_a_picture_named_a_thousand_times_does_not_fill_the_memory() -> None:
    message = EmailMessage(policy=SMTP)
    message.set_content("<img src='cid:big'>" * 1000, subtype="html")
    message.add_related(b"\0" * 900_000, maintype="image", subtype="png", cid="<big>")

    found = inert_html(message.as_bytes())

    assert found is not None
    assert len(found.html) < 2 * MAX_ALL_IMAGES_BYTES
    assert found.left_out_images == 995


def test_links_are_listed_up_to_a_limit_and_never_kept() -> None:
    found = shown("".join(f'<a href="https://shop.example/{number}">x</a>' for number in range(200)))

    assert len(found.links) == MAX_LINKS
    assert "href" not in found.html


BOMBS = {
    "deep": "<div>" * 100_000,
    "deep and closed": "<div>" * 100_000 + "</div>" * 100_000,
    "just below the limit": "<div>" * 9_999,
    "unclosed formatting": "".join(f"<b a={number}>x" for number in range(2_000)) + "<p>y</p>" * 3_000,
    "closed in a value": '<b title="</b>">' * 9_000 + "<p>x" * 900,
    "closed in a comment": "<i><!--</i>-->" * 4_000 + "<p>x" * 900,
    "references": "&" * 300_000,
    "attributes": "<p " + " ".join(f"a{number}=1" for number in range(44_000)) + ">",
    "styles": '<b style="' + "margin:1px;" * 3_000 + '">' + "<p>x" * 9_000,
    "foster parents": "<table>" + "<b>x</b>" * 4_000,
    "open ends": "<" * 390_000,
    "comments": "<!--" * 90_000,
    "quotes": '<a href="' * 9_000,
    "svg": "<svg>" + "<td>" * 9_000,
}


@pytest.mark.alone
@pytest.mark.parametrize("html", BOMBS.values(), ids=BOMBS)
def test_no_html_costs_more_than_a_moment(html: str) -> None:
    start = time.perf_counter()
    found = inert_html(b"Content-Type: text/html; charset=utf-8\r\n\r\n" + html.encode())
    seconds = time.perf_counter() - start

    assert seconds < 3
    assert found is None or len(found.html) < 3_000_000


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        b"Content-Type: text/plain\r\n\r\nwords",
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/html; name=a.html\n\n<b>\n--x--",
        b"Content-Type: multipart/mixed\r\n\r\n",
    ],
)
def test_a_mail_without_an_html_body_has_none_to_show(raw: bytes) -> None:
    assert inert_html(raw) is None


def test_a_charset_that_only_the_page_names_is_heeded() -> None:
    raw = b'Content-Type: text/html\r\n\r\n<meta charset="koi8-r"><p>' + "Привет".encode("koi8-r")

    found = inert_html(raw)

    assert found is not None
    assert "Привет" in found.html


def test_the_frame_of_a_held_mail_is_sandboxed_three_times_over(company: Company) -> None:
    browser = company.web.signed_in(company.story.bart)

    page = browser.get(f"/staff/inbox/{company.story.held_mail}?view=html")
    body = browser.get(f"/staff/inbox/{company.story.held_mail}/body")

    frame = f'<iframe sandbox="" src="/staff/inbox/{company.story.held_mail}/body" title="The mail as HTML"></iframe>'
    assert frame in page.text
    assert "3 images of other sites were not loaded" in page.text
    assert "https://shop.example/pay?id=1" in page.text
    assert "shop.example" not in body.text
    assert body.headers["content-security-policy"] == BODY_CSP
    assert BODY_CSP.startswith("sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    known = browser.get(f"/staff/inbox/{company.story.held_mail}/body", headers={"if-none-match": body.headers["etag"]})
    assert (known.status_code, known.headers["content-security-policy"]) == (304, BODY_CSP)


def test_a_held_mail_shows_its_text_first(company: Company) -> None:
    page = company.web.signed_in(company.story.bart).get(f"/staff/inbox/{company.story.held_mail}").text

    assert "your script, data and honest link." in page  # its plain part is a stub
    assert "<iframe" not in page
    assert "Invoice &lt;img src=x onerror=alert(1)&gt;" in page


def test_a_customer_may_see_the_html_of_a_mail_that_we_sent(company: Company) -> None:
    browser = company.web.signed_in(company.story.paul)
    mail = next(row.id for row in company.gate.outbox() if row.notice.to_address == company.story.paul.address)

    page, body = browser.get(f"/mails/{mail}?view=html"), browser.get(f"/mails/{mail}/body")

    assert f'src="/mails/{mail}/body"' in page.text
    assert body.status_code == 200
    assert body.headers["content-security-policy"] == BODY_CSP


def test_the_picture_of_the_tests_is_one() -> None:
    assert picture().startswith(b"\x89PNG")
