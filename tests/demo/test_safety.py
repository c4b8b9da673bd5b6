"""What nobody else can do with the viewer: other sites, names bent to loopback, and the mails that it shows."""

import re
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from mailgate.demo import draft
from tests.demo.place import ANN, PAUL, SUPPORT, Place, running_place
from workers.actors import utc_now

LINK = "mailto:support+t1@support.example?subject=Re%3A%20%5B%231%5D&body=!close%0D%0A"
NASTY = f"""From: Cris <cris@elsewhere.example>
To: {ANN}
Subject: <script>alert(1)</script>
Message-ID: <1@elsewhere.example>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary="part"

--part
Content-Type: text/plain

<b>not bold</b> {LINK} and http://elsewhere.example/x
--part
Content-Type: text/html

<script>alert(2)</script><img src="http://elsewhere.example/pixel.png" onerror="alert(3)">
<form action="http://elsewhere.example/"><input name="a"></form>
<a href="http://elsewhere.example/">Win</a> <a href="javascript:alert(4)">Now</a>
<a title="<m-a href=&quot;http://elsewhere.example/&quot;>" href="{LINK}">Close</a>
--part--
""".replace("\n", "\r\n").encode()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One for all tests here: what they try changes nothing. Ann has the nasty mail."""
    with running_place(tmp_path_factory.mktemp("demo")) as running:
        running.bring(ANN, NASTY)
        yield running


def test_nothing_of_a_mail_runs_or_fetches_and_only_letters_are_links(place: Place) -> None:
    page = place.browser.get(f"{place.viewer.url}{ANN}/in-1?view=html")
    body = place.browser.get(f"{place.viewer.url}{ANN}/in-1/body")

    policy = body.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-top-navigation-by-user-activation;" in policy
    assert "script-src" not in policy
    assert 'sandbox="allow-top-navigation-by-user-activation"' in page.text
    for word in ("<script", "onerror", "pixel.png", "<form", "javascript:"):
        assert word not in body.text
    [link] = re.findall(r'<a [^>]*href="([^"]*)"', body.text)
    assert link.startswith(f"{place.viewer.play.root}/{ANN}/write?link=mailto")


def test_the_text_of_a_mail_is_text_and_its_letters_are_links(place: Place) -> None:
    page = place.browser.get(f"{place.viewer.url}{ANN}/in-1").text

    assert "<b>not bold" not in page
    assert "<script>alert" not in page
    assert 'href="http://elsewhere' not in page
    [link] = re.findall(r'href="([^"]*write\?link[^"]*)"', page)
    form = place.browser.get(f"http://127.0.0.1:{place.demo.ports.viewer}{link}").text
    assert 'value="support+t1@support.example"' in form
    assert 'value="Re: [#1]"' in form
    assert "!close" in form


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://elsewhere.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": "null"},
    ],
)
@pytest.mark.parametrize("path", ["clock", f"{PAUL}/write"])
def test_a_form_of_another_site_is_refused(place: Place, headers: dict[str, str], path: str) -> None:
    data = {"by": "day", "to": SUPPORT, "subject": "Hello", "text": "Hello", "answers": ""}

    answer = httpx.post(place.viewer.url + path, data=data, headers=headers)

    assert answer.status_code == 403
    assert "No mail yet" in place.get(f"{PAUL}/")
    assert place.demo.clock() - utc_now() < timedelta(minutes=1)


def test_a_name_that_is_bent_to_loopback_is_refused(place: Place) -> None:
    answer = httpx.get(place.viewer.url, headers={"Host": "elsewhere.example"})

    assert answer.status_code == 400


def test_without_the_random_word_there_is_nothing(place: Place) -> None:
    root = f"http://127.0.0.1:{place.demo.ports.viewer}"

    statuses = [httpx.get(f"{root}{path}").status_code for path in ("/", "/clock", f"/{ANN}/", "/x/clock")]
    posted = httpx.post(f"{root}/clock", data={"by": "day"}).status_code

    assert [*statuses, posted] == [404] * 5


def test_the_pages_forbid_scripts(place: Place) -> None:
    answer = place.browser.get(place.viewer.url)

    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "<script" not in answer.text


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("mailto:a@b.example", draft.Draft("a@b.example")),
        ("mailto:a%2Bx@b.example?subject=A%20b&body=!close%0D%0A", draft.Draft("a+x@b.example", "A b", "!close\n")),
        ("mailto:a+x@b.example?body=1+1", draft.Draft("a+x@b.example", "", "1+1")),
        ("mailto:a@b.example?bcc=c@d.example&subject=S", draft.Draft("a@b.example", "S")),
        ("mailto:", draft.Draft("")),
    ],
)
def test_a_letter_of_a_link_is_read_as_mail_clients_read_it(link: str, expected: draft.Draft) -> None:
    assert draft.from_link(link) == expected
