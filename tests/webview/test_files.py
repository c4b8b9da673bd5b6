"""Files that came with mail: downloaded under a safe name, never shown, only by those who may."""

import pytest

from tests.gate import Gate, Person
from tests.made_files import Printer, send_statement, with_printer
from tests.webview.company import Company
from tests.webview.story import picture
from tests.webview.web import Web
from webview.files import DOWNLOAD_CSP, safe_name

NAMES = [
    ("invoice.pdf", "invoice.pdf"),
    ("../../x", "x"),
    ("..\\..\\x.exe", "x.exe"),
    ("..%2fx", "_2fx"),
    ("\u200b.htaccess", "_.htaccess"),
    (".htaccess", "htaccess"),
    ("a\0.php", "a_.php"),
    ("CON", "_CON"),
    ("con.txt", "_con.txt"),
    ("lpt1", "_lpt1"),
    ("inv\u202efdp.exe", "inv_fdp.exe"),
    (";rm -rf", "_rm -rf"),
    ('a"; filename="b.exe', "a__ filename=_b.exe"),
    ("a\r\nSet-Cookie: x", "a__Set-Cookie_ x"),
    ("Rechnung für März.pdf", "Rechnung für März.pdf"),
    ("x" * 300 + ".pdf", "x" * 109 + ".pdf"),
    ("", "file"),
    (None, "file"),
    ("...", "file"),
    ("???", "file"),
    ("name. ", "name"),
]


@pytest.mark.parametrize(("name", "safe"), NAMES)
def test_a_file_name_is_made_safe(name: str | None, safe: str) -> None:
    assert safe_name(name, fallback="file") == safe


def test_a_file_is_downloaded_and_never_shown(company: Company) -> None:
    browser = company.web.signed_in(company.story.dora)
    ticket = company.story.dora_ticket
    entry = company.gate.history(ticket)[0]

    page = browser.get(f"/tickets/{ticket}").text
    answer = browser.get(f"/tickets/{ticket}/files/{entry.id}/1")

    assert "&lt;script&gt;.txt (18" in page
    assert answer.content == b"<script>1</script>"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"_script_.txt\"; filename*=UTF-8''_script_.txt"
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == DOWNLOAD_CSP


def test_a_part_of_a_file_is_not_to_be_had_alone(company: Company) -> None:
    browser = company.web.signed_in(company.story.dora)
    entry = company.gate.history(company.story.dora_ticket)[0]
    path = f"/tickets/{company.story.dora_ticket}/files/{entry.id}/0"

    answers = [
        browser.get(path, headers={"range": wanted}) for wanted in ("bytes=0-1", "bytes=0-,0-,0-", "bytes=-9999")
    ]

    assert {(answer.status_code, answer.content) for answer in answers} == {(200, picture())}


def test_a_file_that_the_browser_has_is_not_sent_again(company: Company) -> None:
    browser = company.web.signed_in(company.story.dora)
    entry = company.gate.history(company.story.dora_ticket)[0]
    path = f"/tickets/{company.story.dora_ticket}/files/{entry.id}/0"
    etag = browser.get(path).headers["etag"]

    again = browser.get(path, headers={"if-none-match": etag})

    assert again.status_code == 304
    assert again.content == b""


@pytest.mark.parametrize("position", ["2", "9999", "10000", "-1", "00", "..%2f0", "0%00"])
def test_a_file_that_is_not_there_is_not_found(company: Company, position: str) -> None:
    browser = company.web.signed_in(company.story.dora)
    entry = company.gate.history(company.story.dora_ticket)[0]

    answer = browser.get(f"/tickets/{company.story.dora_ticket}/files/{entry.id}/{position}")

    assert answer.status_code == 404


def test_a_mail_of_ours_can_be_downloaded_as_it_went_out(company: Company) -> None:
    browser = company.web.signed_in(company.story.paul)
    row = next(row for row in company.gate.outbox() if row.notice.to_address == company.story.paul.address)

    answer = browser.get(f"/mails/{row.id}.eml")

    assert answer.content == company.gate.mailbox(company.story.paul)[0].raw
    assert answer.headers["content-type"].startswith("message/rfc822")
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="mail-{row.id}.eml"')
    assert b"Bcc" not in answer.content


def test_a_file_that_went_with_an_answer_is_with_the_mail_and_with_the_ticket(
    web: Web, gate: Gate, anne: Person, bart: Person
) -> None:
    gate.deliver(anne.writes("May I have the plan?"))
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "Here it is.", files=[("plan.txt", "text/plain", b"the plan")]))
    browser = web.signed_in(anne)
    mail = next(row for row in gate.outbox() if row.notice.attachments)
    entry = gate.history(1)[-1]

    with_mail, with_ticket = browser.get(f"/mails/{mail.id}/files/0"), browser.get(f"/tickets/1/files/{entry.id}/0")
    for_staff = web.signed_in(bart).get(f"/staff/outbox/{mail.id}/files/0")

    assert with_mail.content == with_ticket.content == for_staff.content == b"the plan"
    assert 'filename="plan.txt"' in with_mail.headers["content-disposition"]


def test_a_file_is_with_its_mail_when_it_has_been_made(web: Web, gate: Gate, anne: Person, bart: Person) -> None:
    with_printer(gate, Printer())
    gate.deliver(anne.writes("What do I owe?"))
    mail = send_statement(gate)
    browser, for_staff = web.signed_in(anne), web.signed_in(bart)
    before = browser.get(f"/mails/{mail}"), browser.get(f"/mails/{mail}/files/0")

    gate.work()

    page, file = browser.get(f"/mails/{mail}"), browser.get(f"/mails/{mail}/files/0")
    assert [answer.status_code for answer in before] == [200, 404]
    assert "statement-7.pdf" not in before[0].text
    assert "statement-7.pdf (16" in page.text
    assert file.content == for_staff.get(f"/staff/outbox/{mail}/files/0").content == b"%PDF statement 7"
