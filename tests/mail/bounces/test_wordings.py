"""The shapes in which mail systems without a standard report tell it, and the words of many languages for a delay."""

import pytest

from mailgate.mail.bounces.bounce import read_report
from mailgate.mail.parse import parse
from tests.mail.bounces.reports import ANNE, CRIS, DAEMON, DELAYED, FAILED, NULL, OURS, RECEIVED, plain

BACK = f"{RECEIVED}{OURS}"
SHAPES = {  # author, subject, text, hard
    "address below a summary": (
        "System Administrator <postmaster@elm.example>",
        "Undeliverable: Hi",
        (
            f"Your message\n\n  To:      {CRIS}\n  Subject: Hi\n  Sent:    Thursday\n\ndid not reach:\n"
            f"\n{CRIS} on Thursday\n"
            "    The recipient name is not recognized\n"
        ),
        True,
    ),
    "dialogue": (
        '"Mail server at mx" <@mx.elm.example>',
        "NOTICE: mail delivery status.",
        (
            f"           UNDELIVERABLE MAIL\n\n<{CRIS}>:\n    mx.elm.example [192.0.2.1]:\n>>> RCPT TO:<{CRIS}>\n"
            f"<<< 550 5.1.1 <{CRIS}>: User unknown\n\n{BACK}"
        ),
        True,
    ),
    "a transcript": (
        "E-mail Filter <postmaster@elm.example>",
        "Message could not be sent",
        (
            f"A transcript of the attempts to send the message follows.\nAddressed To: {CRIS}\n\n"
            f"Failed to send to the host,\n"
            f"{CRIS}: [192.0.2.5], 550 No such user here\n"
        ),
        True,
    ),
    "affected": (
        "postmaster@elm.example",
        'Undeliverable Mail: "Hi"',
        (
            f"Your message:\n   From:    {ANNE}\n   Subject: Hi\n\nCould not be delivered because of\n\n"
            f"550 5.1.1 User unknown\n\n"
            f"The following recipients were affected: \n    {CRIS}\n"
        ),
        True,
    ),
    "a header of ours above the words": (
        "Internet Mail Delivery <postmaster@mx.example>",
        "Delivery Notification: Delivery has failed",
        (
            f"This is about a message with these fields:\n\n  Message-id: <o.7.abc@ash.example>\n"
            f"  From: Anne <{ANNE}>\n"
            f"  To: {CRIS}\n  Subject: Hi\n\nIt cannot be delivered to:\n\n  Recipient address: {CRIS}\n"
            "  Reason: the server has rejected the address\n  Diagnostic code: smtp;550 5.1.1 unknown user\n"
        ),
        True,
    ),
    "the reason above the address": (
        "Postmaster@notes.example",
        "DELIVERY FAILURE",
        (
            f"------- Failure Reasons  --------\n\nUser not listed in public address book\n{CRIS}\n\n"
            f"------- Returned Message --------\n{BACK}"
        ),
        True,
    ),
    "the name alone": (
        "Mailer-Daemon@elm.example",
        "Message status - undeliverable",
        f"The message that you sent was undeliverable to the following:\n\tcris (user not found)\n\n{BACK}",
        True,
    ),
    "a session": (
        "MDaemon at elm.example <MDaemon@elm.example>",
        "Permanent Delivery Failure",
        f"    --- Session Transcript ---\n Thu: RCPT To:<{CRIS}>\n Thu: <-- 550 5.1.1 Recipient unknown <{CRIS}>\n",
        True,
    ),
    "a filter without a code": (
        "Spam Firewall <no-reply@elm.example>",
        "**Message you sent blocked by our filter**",
        f"Your message to: {CRIS}\nwas blocked. The email has NOT BEEN DELIVERED.\n",
        False,
    ),
    "a letter that does not go on": (
        "Mailer Daemon <MAILER-DAEMON@mx.example>",
        "Delivery status notification: error",
        (
            f"    Hi!\n\n    This is a program, so DO NOT REPLY to this mail.\n\n"
            f"    An error has occurred.\n\n"
            f"{CRIS}: 550 5.2.2 <{CRIS}>... Mailbox Full\n\n    Below is a copy of the original message:\n\n{BACK}"
        ),
        False,
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_words_in_any_shape_name_who_failed(name: str) -> None:
    author, subject, text, hard = SHAPES[name]

    report = read_report(parse(plain(subject, text, author=author)), None)

    assert report is not None
    assert [(one.address, one.action.value, one.hard) for one in report.recipients] == [(CRIS, FAILED, hard)]


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Delivery delayed", f"Your mail to <{CRIS}> has not been delivered yet. We keep trying until Friday.\n"),
        ("Warnung", f"Ihre Mail an <{CRIS}> wurde noch nicht zugestellt. Wir versuchen es weiterhin.\n"),
        ("Consegna in ritardo", f"Il messaggio non è stato ancora consegnato a:\n\n<{CRIS}>\n"),
        ("Entrega demorada", f"Su mensaje para <{CRIS}> aún no se ha entregado. Se seguirá intentando.\n"),
        ("Opóźnienie", f"Wiadomość do <{CRIS}> nie została dostarczona. Próby będą ponawiane.\n"),
        ("Bezorging vertraagd", f"Uw bericht aan <{CRIS}> is nog niet bezorgd.\n"),
        ("Доставка отложена", f"Письмо для <{CRIS}> пока не доставлено, отложено до вечера.\n"),
        ("配送遅延", f"<{CRIS}> へのメールはまだ配送されていません。再試行します。\n"),
    ],
)
def test_a_delay_is_one_in_any_language(subject: str, text: str) -> None:
    report = read_report(parse(plain(subject, f"{text}\n{BACK}", NULL, author=DAEMON)), None)

    assert report is not None
    assert [(one.address, one.action.value, one.hard) for one in report.recipients] == [(CRIS, DELAYED, False)]
