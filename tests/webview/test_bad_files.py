"""The bad inputs B23 to B29 at a whole gate: what is hostile in bodies and files is kept, shown inert, never opened."""

import gzip
import io
import time
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import func, select

from mailgate.letters.kind import Template
from mailgate.mail.disposition import Disposition
from store.engine import reading
from store.schema import blobs
from tests.crash.poison import POISONS
from tests.gate import BeginGate, Gate, Person
from tests.webview.company import Company
from tests.webview.web import Web
from webview.files import DOWNLOAD_CSP

SCRIPT = "<script>alert(1)</script>"
PROGRAM = b"MZ\x90\0\3\0\0\0"
INVITATION = f"""BEGIN:VCALENDAR\r
METHOD:REQUEST\r
BEGIN:VEVENT\r
DTSTART;TZID=Europe/Berlin:20260305T140000\r
SUMMARY:Move <img src=//evil.example onerror=alert(1)>\r
LOCATION:{SCRIPT}\r
END:VEVENT\r
END:VCALENDAR\r
""".encode()
CRASHING = "raises"  # needs the choking gate of the crash tests


def bodies(gate: Gate) -> dict[str, int]:
    with reading(gate.parts.engine) as conn:
        return {row.sha256: row.size for row in conn.execute(select(blobs.c.sha256, blobs.c.size))}


def test_script_in_subject_file_name_and_invitation_is_shown_inert(
    web: Web, gate: Gate, anne: Person, bart: Person
) -> None:  # B23
    files = [(f"{SCRIPT}.txt", "text/plain", b"x"), (f"{SCRIPT}.exe", "text/plain", b"x")]
    gate.deliver(anne.writes("See.", subject=SCRIPT, files=[*files, ("i.ics", "text/calendar", INVITATION)]))

    pages = [
        web.signed_in(anne).get("/tickets/1"),
        web.signed_in(bart).get("/staff/tickets/1"),
        web.signed_in(bart).get("/staff/inbox/1"),
    ]

    for page in pages:
        assert "<script" not in page.text
        assert "<img" not in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "Invitation: 2026-03-05 14:00 Europe/Berlin; Move &lt;img src=//evil.example" in pages[0].text
    [notification] = gate.mailbox(bart)
    html = notification.message.get_body(("html",))
    assert html is not None
    assert "<script" not in str(html.get_content())
    assert "Invitation: 2026-03-05 14:00 Europe/Berlin; Move <img" in notification.text


def test_nothing_that_a_mail_points_to_is_fetched_or_shown(company: Company) -> None:  # B24
    browser = company.web.signed_in(company.story.bart)

    answer = browser.get(f"/staff/inbox/{company.story.held_mail}/body")

    for word in ("169.254.169.254", "file:", "php:", "cid:", "src=http", "evil.example"):
        assert word not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("given", "saved"),
    [
        ("../../x.txt", "x.txt"),
        ("..%2fx.txt", "_2fx.txt"),
        ("\u200b.htaccess.txt", "htaccess.txt"),
        ("CON.txt", "_CON.txt"),
        ("x" * 300 + ".txt", "x" * 109 + ".txt"),
        ("inv\u202etxe.txt", "invtxe.txt"),
        (";rm -rf.txt", "_rm -rf.txt"),
        ('a"b\\c.txt', "c.txt"),
    ],
)
def test_a_name_is_never_a_path_and_a_file_is_only_downloaded(
    web: Web, anne: Person, tmp_path: Path, given: str, saved: str
) -> None:  # B25
    gate = web.gate
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    gate.deliver(anne.writes("See.", files=[(given, "text/html", b"<script>")]))
    [entry] = gate.history(1)

    answer = web.signed_in(anne).get(f"/tickets/1/files/{entry.id}/0")

    [kept] = entry.attachments
    assert kept.sha256 in bodies(gate)
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} == {path.name for path in before}
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="{saved}"')
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == DOWNLOAD_CSP


@pytest.mark.parametrize(
    "header",
    [
        b"filename*0=ev; filename*1=il.exe",
        b"filename*=utf-8'en-US'evil.exe",
        b"filename=a.txt; filename*=utf-8''evil.exe",
    ],
)
def test_every_form_of_a_name_is_left_out_alike(gate: Gate, anne: Person, bart: Person, header: bytes) -> None:  # B26
    raw = anne.writes("See.", files=[("FILENAME", "text/plain", b"x")])

    gate.deliver(raw.replace(b'filename="FILENAME"', header))

    [entry] = gate.history(1)
    assert entry.attachments == ()
    assert [file.name for file in entry.left_out] == ["evil.exe"]


@pytest.mark.parametrize("kind", [kind for kind in POISONS if kind != CRASHING])
def test_a_mail_made_to_break_its_reader_costs_seconds_at_most(
    gate: Gate, anne: Person, kind: str
) -> None:  # B27 and B28
    raw = f"From: {anne.name} <{anne.address}>\r\n{POISONS[kind]}".encode()
    begin = time.perf_counter()

    taken = gate.deliver(raw, to="support@support.example")
    next_one = gate.deliver(anne.writes("And something else.", subject="Other"))

    assert time.perf_counter() - begin < 10
    assert taken.last_error is None
    assert taken.outcome.disposition in (Disposition.OPENED, Disposition.HELD, Disposition.AUTOMATIC)
    assert next_one.outcome.disposition is Disposition.OPENED


@pytest.mark.alone
def test_an_archive_is_kept_as_it_came_and_not_opened(gate: Gate, anne: Person, bart: Person) -> None:  # B29
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.exe", bytes(50_000_000))
    bomb, thousandfold = inner.getvalue(), gzip.compress(bytes(50_000_000))
    begin = time.perf_counter()

    files = [("42.zip", "application/zip", bomb), ("a.gz", "application/gzip", thousandfold)]
    gate.deliver(anne.writes("The logs.", files=files))

    assert time.perf_counter() - begin < 3
    [entry] = gate.history(1)
    assert [file.size for file in entry.attachments] == [len(bomb), len(thousandfold)]
    assert sum(bodies(gate).values()) < 10 * (len(bomb) + len(thousandfold))


def test_what_was_left_out_is_named_wherever_the_mail_is_told_of(
    web: Web, gate: Gate, anne: Person, bart: Person
) -> None:
    pdf = "application/pdf"
    files = [("log.txt", "text/plain", b"ok"), ("invoice.pdf.exe", pdf, PROGRAM), ("a.pdf", pdf, PROGRAM)]

    gate.deliver(anne.writes("See the files.", files=files))

    ending, disguise = "we do not accept files ending in .exe", "it is a program, whatever its name says"
    told = [
        gate.mailbox(anne)[0].text,
        gate.mailbox(bart)[0].text,
        web.signed_in(anne).get("/tickets/1").text,
        web.signed_in(bart).get("/staff/tickets/1").text,
    ]
    for text in told:
        words = " ".join(text.replace("<bdi>", "").replace("</bdi>", "").split())
        assert "invoice.pdf.exe" in words
        assert ending in words
        assert disguise in words
    [part] = gate.mailbox(bart)[0].message.iter_attachments()
    assert part.get_filename() == "log.txt"
    assert len(bodies(gate)) == len(["the mail", "log.txt", "the acknowledgement", "the notification"])
    assert web.signed_in(bart).get("/staff/inbox/1/files/1").content == PROGRAM  # the raw mail has it


def test_whoever_is_not_verified_reads_no_name_of_a_file_in_the_acknowledgement(gate: Gate, anne: Person) -> None:
    raw = anne.writes("See.", files=[("buy-now.exe", "application/pdf", b"x")])
    nul_in_header = raw.replace(b"Subject:", b"X: a\0b\r\nSubject:", 1)  # caps the evidence

    gate.deliver(nul_in_header)

    [acknowledgement] = gate.mailbox(anne)
    assert "buy-now" not in acknowledgement.text
    assert "One file of your mail was not taken" in acknowledgement.text


def test_a_further_mail_whose_file_was_left_out_is_answered_once(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    first = gate.mailbox(anne)[0]

    gate.deliver(anne.replies(first, "See.", files=[("a.exe", "application/pdf", b"x")]))
    gate.deliver(anne.replies(first, "And this.", files=[("a.txt", "text/plain", b"x")]))

    [_, told] = gate.mailbox(anne)
    assert "a.exe: we do not accept files ending in .exe" in told.text
    assert told.message["Auto-Submitted"] == "auto-replied"
    assert told.message["In-Reply-To"] is not None
    assert told.reverse_path == ""


def test_a_program_whose_file_was_left_out_is_not_answered(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("It is broken."))
    robot = anne.replies(gate.mailbox(anne)[0], "I am away.", files=[("a.exe", "application/pdf", b"x")])

    gate.deliver(b"Auto-Submitted: auto-replied\r\n" + robot)

    assert len(gate.mailbox(anne)) == 1
    assert gate.history(1)[-1].left_out[0].name == "a.exe"


def test_staff_may_send_what_customers_may_not(gate: Gate, anne: Person, bart: Person) -> None:
    gate.deliver(anne.writes("May I have the tool?"))
    large = PROGRAM + bytes(2_000_000)

    gate.deliver(bart.replies(gate.mailbox(bart)[0], "Here.", files=[("tool.exe", "application/x-msdownload", large)]))

    [part] = gate.mailbox(anne)[-1].message.iter_attachments()
    assert (part.get_filename(), part.get_content()) == ("tool.exe", large)
    assert gate.history(1)[-1].left_out == ()


def test_the_same_file_is_kept_once_whoever_sends_it(gate: Gate, anne: Person, bart: Person) -> None:
    picture = [("a.png", "image/png", b"\x89PNG" * 100)]

    gate.deliver(anne.writes("See.", files=picture))
    gate.deliver(anne.writes("See again.", files=[("b.png", *picture[0][1:])], subject="Other"))
    gate.deliver(bart.replies(gate.mailbox(bart)[0], "I see.", files=picture))

    digests = [file.sha256 for number in (1, 2) for entry in gate.history(number) for file in entry.attachments]
    assert (len(digests), len(set(digests))) == (3, 1)
    with reading(gate.parts.engine) as conn:
        assert conn.execute(select(func.count()).where(blobs.c.sha256 == digests[0])).scalar() == 1


def test_a_gate_may_take_every_file_and_then_warns_of_disguises(begin: BeginGate) -> None:
    gate = begin(attachments={"allowed": ()})
    anne, bart = gate.customer("Anne", "anne@customer.example"), gate.staff("Bart", "bart@hosting.example")

    gate.deliver(anne.writes("See.", files=[("x.exe", "a/b", PROGRAM), ("photo.jpg", "image/jpeg", PROGRAM)]))

    assert [file.filename for file in gate.history(1)[0].attachments] == ["x.exe", "photo.jpg"]
    assert (
        "Please note: photo.jpg is not what its name says: it is a program, whatever its name says."
        in gate.mailbox(bart)[0].text
    )
    assert "x.exe: it is" not in gate.mailbox(bart)[0].text
    assert gate.outbox(Template.ACKNOWLEDGEMENT)[0].notice.values["left_out_count"] == 0


def test_files_past_the_caps_of_the_settings_are_left_out(begin: BeginGate) -> None:
    gate = begin(attachments={"max_files": 1, "max_total_bytes": 10})
    anne = gate.customer("Anne", "anne@customer.example")

    gate.deliver(anne.writes("See.", files=[(f"{n}.txt", "text/plain", b"x" * n) for n in (20, 5, 6)]))

    [entry] = gate.history(1)
    assert [file.filename for file in entry.attachments] == ["5.txt"]
    assert [file.name for file in entry.left_out] == ["20.txt", "6.txt"]
