"""Complaints of spam: what programs bring, and what people write themselves."""

import pytest

from mailgate.mail.automatic import automatic
from mailgate.mail.bounces.bounce import read_report
from mailgate.mail.parse import parse
from tests.mail.bounces.reports import CRIS, OURS, SES_MAIL, parts, plain, sns

COMPLAINTS = {
    "SES": sns(
        {
            "notificationType": "Complaint",
            "complaint": {"complainedRecipients": [{"emailAddress": CRIS}]},
            "mail": SES_MAIL,
        },
        False,
    ),
    "SES in its envelope": sns(
        {"eventType": "Complaint", "complaint": {"complainedRecipients": [{"emailAddress": CRIS}]}, "mail": SES_MAIL}
    ),
    "a feedback loop in its own format": parts(
        "Abuse report for 192.0.2.7",
        ("text/plain", "A user of ours reported this mail as spam."),
        ("message/rfc822", OURS),
        author="Feedback loop <fbl@elm.example>",
        kind="multipart/mixed",
    ),
    "a sentence that says so": parts(
        "complaint about message from 192.0.2.7",
        ("text/plain", 'This is an automatic complaint: somebody clicked on "junk".\n'),
        ("message/rfc822", OURS),
        author="staff@elm.example",
        kind="multipart/mixed",
    ),
    "no word of its own": parts(
        "complaint about message from 192.0.2.7", ("message/rfc822", OURS), author="staff@elm.example"
    ).replace(b"multipart/report; report-type=delivery-status", b"multipart/mixed"),
    "fields in the text": parts(
        "A complaint",
        ("text/plain", "A message was marked.\n\nFeedback-Type: abuse\nVersion: 1\n"),
        ("message/rfc822", OURS),
        author="mail@elm.example",
        kind="multipart/mixed",
    ),
}


@pytest.mark.parametrize("name", COMPLAINTS)
def test_a_complaint_is_no_bounce_and_no_person(name: str) -> None:
    message = parse(COMPLAINTS[name])

    assert read_report(message, None) is None
    assert automatic(message, None) == "auto-generated"


@pytest.mark.parametrize(
    "raw",
    [
        parts(
            "Your mail went to my spam folder",
            ("text/plain", "Why is it marked as junk?\n\nCris"),
            ("message/rfc822", OURS),
            author=f"Cris <{CRIS}>",
            kind="multipart/mixed",
        ),
        parts(
            "Spam from your server 192.0.2.7",
            ("text/plain", "Hello, this comes every day since your server was moved. Please stop it.\n\nCris"),
            ("message/rfc822", OURS),
            author=f"Cris <{CRIS}>",
            kind="multipart/mixed",
        ),
        parts("Your complaint form", ("message/rfc822", OURS), author=f"Cris <{CRIS}>", kind="multipart/mixed"),
        plain("Complaint", "I want to complain about the spam that I get.\n\nCris", author=f"Cris <{CRIS}>"),
        plain("JSON", 'I get {"notificationType": "Complaint"} from SES, what is it?\n', author=f"Cris <{CRIS}>"),
    ],
)
def test_a_person_who_complains_is_a_person(raw: bytes) -> None:
    assert automatic(parse(raw), None) is None
