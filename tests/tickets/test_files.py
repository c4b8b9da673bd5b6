"""Which files of a mail a ticket takes: by every name, by the first bytes, and by the caps."""

import pytest

from mailgate.config import Settings
from mailgate.mail.message import Attachment, Message
from mailgate.mail.parse import parse
from mailgate.tickets.files import Choice, FileRules, choose_files, ending_of

RULES = Settings().attachments.rules
ALL = FileRules((), 50, 1000)
PROGRAM = b"MZ\x90\0\3\0\0\0"
ELF = b"\x7fELF\2\1\1"


def file(name: str | None, content: bytes = b"x", content_type: str = "application/octet-stream") -> Attachment:
    return Attachment(name, content_type, content, False, None)


def judge(*files: Attachment, rules: FileRules = RULES) -> Choice:
    return choose_files(files, rules)


def reason(name: str | None, content: bytes = b"x", content_type: str = "application/octet-stream") -> str | None:
    left_out = judge(file(name, content, content_type)).left_out
    return left_out[0].reason if left_out else None


def read(header: str) -> Message:
    return parse(f"From: a@b.example\r\n{header}\r\n\r\nx".encode())


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("a.pdf", "pdf"),
        ("A.PDF", "pdf"),
        ("invoice.pdf.exe", "exe"),
        ("invoice.exe.pdf", "pdf"),
        ("setup.exe. . ", "exe"),
        ("tar.gz", "gz"),
        (".htaccess", "htaccess"),
        ("README", ""),
        ("Minutes of 5. March", ""),
        ("a.", ""),
        ("", ""),
    ],
)
def test_the_last_ending_counts(name: str, ending: str) -> None:
    assert ending_of(name) == ending


@pytest.mark.parametrize("name", ["a.pdf", "Scan 1.JPG", "error.log", "site.tar.gz", "offer.docx", "mail.eml", "x.ics"])
def test_what_a_desk_needs_is_taken(name: str) -> None:
    assert reason(name) is None


@pytest.mark.parametrize("name", ["a.exe", "invoice.pdf.exe", "a.js", "x.html", "x.svg", ".htaccess", "a.php", "x.lnk"])
def test_what_acts_is_left_out_and_named(name: str) -> None:
    [left_out] = judge(file(name)).left_out

    assert left_out.name == name
    assert left_out.reason == f"files ending in .{ending_of(name)} are not accepted"


@pytest.mark.parametrize(
    ("content_type", "taken"),
    [
        ("message/rfc822", True),
        ("message/delivery-status", True),
        ("image/png", True),
        ("image/svg+xml", False),
        ("text/calendar", True),
        ("text/plain", True),
        ("text/html", False),
        ("text/x-amp-html", False),
        ("application/pgp-signature", True),
        ("application/octet-stream", False),
        ("application/x-msdownload", False),
    ],
)
def test_a_file_without_an_ending_is_judged_by_its_type(content_type: str, taken: bool) -> None:
    assert (reason(None, content_type=content_type) is None) is taken
    assert (reason("README", content_type=content_type) is None) is taken


def test_a_program_under_another_name_is_left_out() -> None:
    assert reason("invoice.pdf", PROGRAM) == reason("photo.jpg", ELF) == "it is a program, whatever its name says"
    assert reason("notes.txt", b"MZ is the capital of our list\n") is None


def test_where_everything_is_taken_a_disguise_is_still_told() -> None:
    choice = judge(file("invoice.pdf", PROGRAM), file("setup.exe", PROGRAM), file("x.html"), rules=ALL)

    assert choice.taken == (0, 1, 2)
    assert choice.left_out == ()
    assert [suspect.name for suspect in choice.suspects] == ["invoice.pdf"]


def test_files_past_a_cap_are_left_out_and_smaller_ones_behind_them_taken() -> None:
    files = [file("a.txt", b"x" * 600), file("b.txt", b"x" * 600), file("c.txt", b"x" * 400), file("d.txt")]

    choice = judge(*files, rules=FileRules(("txt",), 50, 1000))
    few = judge(*files, rules=FileRules(("txt",), 1, 10_000))

    assert choice.taken == (0, 2)
    assert {left.reason for left in choice.left_out} == {"more than 1,000 bytes of files in one mail"}
    assert few.taken == (0,)
    assert [left.reason for left in few.left_out] == ["more than 1 files in one mail"] * 3


def test_a_long_name_keeps_its_ending_and_is_named_short() -> None:
    message = read(f'Content-Disposition: attachment; filename="{"x" * 5000}.exe"')

    [left_out] = judge(*message.attachments).left_out

    assert left_out.name.endswith(".exe")
    assert len(left_out.name) <= 100


@pytest.mark.parametrize(
    "header",
    [
        "Content-Disposition: attachment; filename=evil.exe",
        "Content-Disposition: attachment; filename*0=ev; filename*1=il.exe",
        "Content-Disposition: attachment; filename*1=il.exe; filename*0=ev",
        "Content-Disposition: attachment; filename*=utf-8'en-US'evil.exe",
        "Content-Disposition: attachment; filename*=utf-8''evil%2Eexe",
        'Content-Disposition: attachment; filename="=?utf-8?q?evil=2Eexe?="',
        "Content-Disposition: attachment; filename=a.pdf; filename*=utf-8''evil.exe",
        "Content-Disposition: attachment; filename=evil.exe; filename*=utf-8''a.pdf",
        "Content-Type: application/pdf; name=evil.exe",
        "Content-Type: application/pdf; name=evil.exe\r\nContent-Disposition: attachment; filename=a.pdf",
        "Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; filename=evil.exe",
        "Content-Type: application/pdf; name=a.pdf; name*=''evil.exe\r\nContent-Disposition: attachment",
        'Content-Disposition: attachment; filename="evil.exe\u200b"',
        'Content-Disposition: attachment; filename="evil.ex\u202ee"',
        'Content-Disposition: attachment; filename="..\\\\a.pdf\\\\evil.exe"',
    ],
)
def test_every_form_of_a_name_gets_the_same_verdict(header: str) -> None:  # B26
    [left_out] = judge(*read(header).attachments).left_out

    assert left_out.reason == "files ending in .exe are not accepted"


def test_the_name_that_is_shown_is_the_one_of_the_disposition() -> None:
    header = "Content-Type: application/pdf; name=b.pdf\r\nContent-Disposition: attachment; filename=a.pdf"

    [attachment] = read(header).attachments

    assert (attachment.filename, attachment.other_names) == ("a.pdf", ("b.pdf",))
    assert judge(attachment).taken == (0,)
