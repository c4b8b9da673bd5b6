"""Whatever stands in a URL, a cookie or a header, a page answers: no value that a visitor can choose is a failure."""

from urllib.parse import quote, quote_from_bytes

import pytest

from mailgate.tickets.search_query import OPERATORS
from tests.webview.company import ON_BOTH, Company
from webview.queue_filter import PARTS

pytestmark = ON_BOTH

# As they stand in a URL, percent-encoded where they are no ASCII.
ABSURD = [
    "",
    *map(
        quote,
        (
            # days at the edges, and what is nearly one
            *("0001-01-01", "0001-01-02", "9999-12-31", "9999-12-30", "0000-00-00", "2026-02-30", "10000-01-01"),
            *("20260101", "2026-W01-1", "0001-W01-1", "9999-W52-7", "-0001-01-01", "2026-01-01T00:00:00+23:59"),
            # numbers
            *("0", "-1", "1", "1.5", "1e308", "NaN", "9223372036854775807", "9223372036854775808", "9" * 400),
            *("0.0", "253402300799999999.1", "253402300800000000.1", "1.9223372036854775807", "-1.-1", ".", "١٢٣", "²"),
            # the languages of both full-text searches, and of SQL
            *(
                '"',
                '""',
                '"a',
                'a"',
                "'",
                "''",
                "*",
                "a*",
                "^a",
                "(",
                ")",
                "()",
                "{a b}: c",
                "a:b:c",
                "::",
                ":",
                "-",
                "--",
            ),
            *("NEAR(a b, 1)", "a AND", "OR", "NOT a", "AND NOT OR", "a & b", "!a", "a <-> b", "a:*", "search_index:a"),
            *("'; DROP TABLE spool; --", "%", "_", "\\", "\\'", "${x}", "{{ 7 * 7 }}", "{% include 'x' %}", "{0}"),
            # letters
            *(
                "\0",
                "a\0b",
                "\r\n",
                "\x1b[2J",
                "\u202e",
                "\ufeff",
                "\U0010ffff",
                "\ufffe",
                "ﷺ" * 100,
                "e\u0301" * 400,
                "ß",
            ),
            *("a" * 10_000, "a " * 5_000, '"a" ' * 2_500, "-" * 10_000, "(" * 10_000, "newest", "../../etc/passwd"),
        ),
    ),
    *map(quote_from_bytes, (b"\xed\xa0\x80", b"a\xed\xb0\x80", b"\xff\xfe", b"\xc3", b"\xf8\x88\x80\x80\x80")),
    "%",
    "%0",
    "%zz",
    "a&q=b",
    "a;q=b",
    "+",
]
LISTS = ("/tickets", "/mails", "/search?q=a&kind=ticket", "/kb", "/staff/", "/staff/held", "/staff/outbox")
READ_BY = {
    "after": LISTS,
    "before": LISTS,
    "state": ("/staff/", "/staff/outbox"),
    "status": ("/tickets",),
    **dict.fromkeys(PARTS, ("/staff/", "/staff/?state=all")),
    "kind": ("/search", "/staff/search"),
    "view": ("/mails/2", "/staff/inbox/1", "/staff/outbox/1"),
    "k": ("/out",),
    "nonsense": ("/",),
}


@pytest.mark.parametrize("operator", ["", *OPERATORS, "nonsense"])
@pytest.mark.parametrize("path", ["/search", "/staff/search"])
def test_a_search_for_anything_is_a_page(company: Company, path: str, operator: str) -> None:
    person = company.story.bart if path.startswith("/staff") else company.story.anne
    browser = company.web.signed_in(person)
    begin = f"{operator}%3A" if operator else ""

    asked = [
        f"{path}?q={sign}{begin}{value}{more}" for value in ABSURD for sign, more in (("", ""), ("-", "&kind=ticket"))
    ]
    failed = [url[:80] for url in asked if browser.get(url).status_code != 200]

    assert failed == []


@pytest.mark.parametrize("parameter", READ_BY)
def test_a_parameter_with_anything_in_it_is_a_page(company: Company, parameter: str) -> None:
    story = company.story
    failed = []
    for path in READ_BY[parameter]:
        browser = company.web.signed_in(story.bart if path.startswith("/staff") else story.anne)
        asked = [f"{path}{'&' if '?' in path else '?'}{parameter}={value}" for value in ABSURD]
        failed += [url[:80] for url in asked if browser.get(url).status_code not in (200, 404)]

    assert failed == []


@pytest.mark.parametrize(
    "path",
    [
        *("/tickets/{}", "/tickets/{}.mbox", "/tickets/{}.txt", "/mails/{}", "/mails/{}.eml", "/mails/{}/body"),
        *("/tickets/1/messages/{}.eml", "/tickets/1/files/{}/0", "/tickets/1/files/1/{}", "/mails/1/files/{}"),
        *("/staff/tickets/{}", "/staff/inbox/{}", "/staff/inbox/{}.eml", "/staff/inbox/{}/body", "/staff/outbox/{}"),
        *("/staff/inbox/1/files/{}", "/staff/outbox/1/files/{}", "/staff/tickets/1/files/{}/0"),
        *("/in/{}", "/in/{}/go", "/f/{}/tickets/1.atom", "/f/{}/staff/queue.atom", "/kb/{}", "/static/{}", "/{}"),
    ],
)
def test_a_path_with_anything_in_it_is_a_page_or_says_that_there_is_none(company: Company, path: str) -> None:
    person = company.story.bart if path.startswith("/staff") else company.story.anne
    browser = company.web.signed_in(person)
    numbers = ("999999999999999999", "1000000000000000000", "00", "01", "1_0", "%2e%2e", "1%2f2", "1.0", "+1")

    answers = {value[:60]: browser.get(path.format(value)).status_code for value in (*ABSURD, *numbers)}

    allowed = {200, 303, 304, 307, 308, 400, 404, 410}
    assert {value: status for value, status in answers.items() if status not in allowed} == {}


@pytest.mark.parametrize("name", ["Cookie", "Accept-Language", "If-None-Match", "Range"])
def test_a_header_with_anything_in_it_is_a_page(company: Company, name: str) -> None:
    values = [value.encode() for value in ABSURD if value] + [b"\xff\xfe", b"mg=\xff", b"a;b=c;=;;", b"bytes=9-1,-,a-b"]
    browser = company.web.browser()
    failed = []
    for value in values:
        given = b"mg=" + value if name == "Cookie" else value
        for path in ("/", "/sign-in", "/static/view.css"):
            status = browser.get(path, headers=[(name.encode(), given[:4000])]).status_code
            if status not in (200, 206, 303, 304, 307, 400, 404, 416):
                failed.append((path, value[:60], status))

    assert failed == []


@pytest.mark.parametrize("field", ["email", "code", "k", "nonsense"])
def test_a_form_with_anything_in_it_is_answered(company: Company, field: str) -> None:
    browser = company.web.browser()
    forms = [f"{field}={value}" for value in ABSURD] + [
        f"{field}=a&{field}=b",
        f"email=a%40b.example&{field}=%00",
        "=",
        "&&&",
    ]
    kind = {"content-type": "application/x-www-form-urlencoded"}

    answers = {form[:60]: browser.post("/sign-in", content=form.encode(), headers=kind).status_code for form in forms}
    others = [
        browser.post("/sign-in", content=b"email=a@b.example", headers={"content-type": value}).status_code
        for value in (
            "",
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "application/json",
            "text/plain; charset=x",
        )
    ]

    assert {form: status for form, status in answers.items() if status >= 500} == {}
    assert [status for status in others if status >= 500] == []
