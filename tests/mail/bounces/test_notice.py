"""Reports in mail systems' own wordings; all of them written for these tests."""

import pytest

from mailgate.mail.bounces.bounce import read_report
from mailgate.mail.bounces.finding import BounceAction
from mailgate.mail.parse import parse
from tests.mail.mails import envelope, written

CRIS = "cris@elm.example"
DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.elm.example>"
RETURNED = f"""
Received: from ash.example by mx.elm.example; Mon, 1 Jan 2024 00:00:00 +0000
Message-ID: <o.7.abc@ash.example>
From: Anne <anne@ash.example>
To: {CRIS}
Subject: Invoice

Words of ours, and other@oak.example
"""

FAILED = [  # author, subject, text, status, hard
    (DAEMON, "Undelivered Mail", f"<{CRIS}>: unknown user\n{RETURNED}", None, True),
    (
        "MAILER-DAEMON@mx.elm.example",
        "failure notice",
        (
            f"Sorry.\n\n<{CRIS}>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 No such user\n"
            f"Giving up on 192.0.2.1.\n\n--- Below this line is a copy of the message.\n{RETURNED}"
        ),
        "5.1.1",
        True,
    ),
    (
        DAEMON,
        "Mail delivery failed: returning message to sender",
        (
            f"This address failed:\n\n  {CRIS}\n    error after MAIL FROM:<anne@ash.example>:\n"
            f"    host mx: 550 5.7.1 Go away, spam\n\n------ This is a copy of the message. ------\n{RETURNED}"
        ),
        "5.7.1",
        False,
    ),
    (
        DAEMON,
        "Returned mail: see transcript",
        (
            f"   ----- Transcript of session follows -----\n>>> RCPT To:<{CRIS}>\n<<< 552 <{CRIS}>... Mailbox is full\n"
            f"   ----- Unsent message follows -----\n{RETURNED}"
        ),
        "5.0.0",
        False,
    ),
    ("postmaster@elm.example", "Undeliverable", f"Your message\n\nwas not delivered to:\n\n  {CRIS}\n", None, False),
    (
        "postmaster@elm.example",
        "Undeliverable: hi",
        (
            f"Your message\n\n  To: {CRIS}\n  Subject: hi\n\ndid not reach the following recipient(s):\n\n"
            f"{CRIS} on Mon, 1 Jan 2024\n    The recipient name is not recognized\n"
        ),
        None,
        True,
    ),
    ("<>", "failure notice", f"次のあて先に送信できませんでした。\n{CRIS}\nあて先が不明です。\n", None, True),
    (DAEMON, "Unzustellbar: hi", f"Nicht zugestellt:\n\n{CRIS}\nEmpfänger unbekannt\n", None, True),
    (DAEMON, "failure notice", f"<{CRIS}>:\nThe domain elm.example does not accept mail (5.1.10)\n", "5.1.10", True),
    (DAEMON, "failure notice", f"<{CRIS}>:\n550 The user has moved; try new@oak.example\n", "5.0.0", True),
    (
        DAEMON,
        "Delivery failure",
        f"Unable to deliver message to: <{CRIS}>\nReason:\nServer mx[192.0.2.2] failed with: 550 No such user here\n",
        "5.0.0",
        True,
    ),
    ("Post Master <post_master@elm.example>", "Re: hi", f"Error: Invalid user\n\n  RCPT TO: {CRIS}\n", None, True),
    (DAEMON, "Undeliverable", f"It could not be delivered to:\n\tcris (user not found)\n\n{RETURNED}", None, True),
]


@pytest.mark.parametrize(("author", "subject", "text", "status", "hard"), FAILED)
def test_a_mail_system_s_words_name_who_failed(
    author: str, subject: str, text: str, status: str | None, hard: bool
) -> None:
    report = read_report(parse(written(f"Subject: {subject}", body=text, author=author)), None)

    assert report is not None
    [one] = report.recipients
    assert (one.address, one.action, one.status, one.hard) == (CRIS, BounceAction.FAILED, status, hard)
    assert report.original_message_id == ("o.7.abc@ash.example" if RETURNED in text else None)


@pytest.mark.parametrize(
    "text",
    [
        f"{CRIS}\n\nMessage will be retried for 2 more days\n",
        f"has not yet been delivered to\n\n  {CRIS}\n\nDelivery attempts will continue for some time.\n",
        f"THIS IS A WARNING MESSAGE ONLY\n\n<{CRIS}>... Deferred: Connection timed out\n",
    ],
)
def test_a_system_that_still_tries_reports_a_delay(text: str) -> None:
    report = read_report(parse(written("Subject: Warning: message delayed", body=text, author=DAEMON)), None)

    assert report is not None
    [one] = report.recipients
    assert (one.address, one.action, one.hard) == (CRIS, BounceAction.DELAYED, False)


def test_several_recipients_have_each_their_own_reason() -> None:
    text = "Failed:\n\n  bart@elm.example\n    550 5.1.1 User unknown\n  cris@elm.example\n    552 5.2.2 Over quota\n"

    report = read_report(parse(written("Subject: Mail delivery failed", body=text, author=DAEMON)), None)

    assert report is not None
    assert [(one.address, one.status, one.hard) for one in report.recipients] == [
        ("bart@elm.example", "5.1.1", True),
        ("cris@elm.example", "5.2.2", False),
    ]


def test_our_own_address_is_never_who_failed() -> None:
    text = "Your message from anne@ash.example failed. For assistance contact help@elm.example\n"
    message = parse(written("Subject: failure notice", "To: anne@ash.example", body=text, author=DAEMON))

    report = read_report(message, None)

    assert report is not None
    assert report.recipients == ()


def test_a_returned_message_to_several_tells_nobody() -> None:
    text = RETURNED.replace(f"To: {CRIS}", f"To: {CRIS}, dora@elm.example")

    report = read_report(parse(written("Subject: failure notice", body=f"Sorry.\n{text}", author=DAEMON)), None)

    assert report is not None
    assert report.recipients == ()
    assert report.original_message_id == "o.7.abc@ash.example"


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        (("Subject: Fwd: Undelivered Mail",), f"What is this?\n<{CRIS}>: User unknown\n"),
        (("Subject: Re: failure notice",), f"Thanks.\n> <{CRIS}>: User unknown\n"),
        (("Subject: I cannot send mail",), f"It says:\n<{CRIS}>: User unknown. It could not be delivered.\n"),
        (("Subject: Delivery of my order",), "The parcel was not delivered.\n"),
        (("Subject: Out of office: hi", "Return-Path: <>"), f"Mail to {CRIS} could not be delivered.\n"),
        (("Subject: Hi", "Return-Path: <>"), f"Mail to {CRIS} could not be delivered.\n"),
        (("Subject: Read: hi", "Content-Type: multipart/report; report-type=disposition-notification"), "Read.\n"),
        (
            ("Subject: Mail failure report", "Content-Type: multipart/report; report-type=feedback-report; boundary=x"),
            "--x\n\nAbuse of <cris@elm.example>: failed\n--x\nContent-Type: message/feedback-report\n\n--x--",
        ),
    ],
)
def test_what_people_and_other_programs_write_is_no_bounce(fields: tuple[str, ...], text: str) -> None:
    assert read_report(parse(written(*fields, body=text)), None) is None


def test_words_count_only_with_the_null_path_where_it_is_known() -> None:
    message = parse(written("Subject: failure notice", body=f"<{CRIS}>: unknown user\n", author=DAEMON))

    assert read_report(message, envelope("")) is not None
    assert read_report(message, envelope("bart@elm.example")) is None


def test_a_notification_in_json_is_read() -> None:
    text = (
        '{"notificationType":"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":"cris@elm.example",'
        '"action":"failed","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 unknown"},7,{"emailAddress":[]}]},'
        '"mail":{"commonHeaders":{"messageId":"<o.7.abc@ash.example>"}}}\n--\nA footer\n'
    )

    report = read_report(parse(written("Subject: Notice", body=text, author="no-reply@sns.amazonaws.com")), None)

    assert report is not None
    assert report.original_message_id == "o.7.abc@ash.example"
    [one] = report.recipients
    assert (one.address, one.status, one.hard) == (CRIS, "5.1.1", True)


@pytest.mark.parametrize("text", ["{", '{"bouncedRecipients":' * 9999, '{"bounce":{"bouncedRecipients":7}}', "[]"])
def test_broken_notifications_name_nobody(text: str) -> None:
    report = read_report(parse(written("Subject: Notice", body=text, author="no-reply@sns.amazonaws.com")), None)

    assert report is None or report.recipients == ()
