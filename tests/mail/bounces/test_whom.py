"""Whom the words of a report name, where nothing came back: labels, several recipients, our own addresses."""

import pytest

from mailgate.mail.bounces.bounce import read_report
from mailgate.mail.parse import parse
from tests.mail.bounces.reports import ANNE, CRIS, DAEMON, DORA, FAILED, NULL, plain

Named = list[tuple[str, str, bool]]  # address, action, hard

REPORTS: dict[str, tuple[str, str, str, Named]] = {  # subject, text, author
    "the fields of the mail, from a desk whose name is a word of advice": (
        "Nachricht nicht zugestellt",
        (
            f"Die Zustellung ist gescheitert:\n\n  Von:        support@ash.example\n  Empfänger:  {CRIS}\n"
            "  Grund:      550 5.1.1 Postfach unbekannt\n"
        ),
        DAEMON,
        [(CRIS, FAILED, True)],
    ),
    "its sender, the address of a help desk, in the line above": (
        "Mail not delivered",
        f"Sender: help@ash.example\nRecipient: {CRIS}\nAnswer: 552 5.2.2 over quota\n",
        DAEMON,
        [(CRIS, FAILED, False)],
    ),
    "one of three got it": (
        "Undeliverable",
        (
            f"These failed:\n<{CRIS}>: 550 5.1.1 no such person\n<{DORA}>: 452 4.2.2 inbox full, given up\n"
            "This one got it:\n<emil@elm.example>: 250 2.1.5 queued as 7F1\n"
        ),
        DAEMON,
        [(CRIS, FAILED, True), (DORA, FAILED, False)],
    ),
    "one of two got it, the answer in the line below": (
        "Teilweise nicht zugestellt",
        f"{DORA}\n    250 2.0.0 OK, angenommen\n\n{CRIS}\n    550 5.1.1 Empfänger unbekannt\n",
        DAEMON,
        [(CRIS, FAILED, True)],
    ),
    "two of one house, ours, each with his reason": (
        "Undelivered Mail",
        f"<emil@ash.example>: 550 5.1.1 unknown user\n<{CRIS}>: 552 5.2.2 over quota\n",
        DAEMON,
        [("emil@ash.example", FAILED, True), (CRIS, FAILED, False)],
    ),
    "we wrote to ourselves": (
        "Undelivered Mail",
        f"<{ANNE}>: the way to ash.example is a loop\n",
        DAEMON,
        [(ANNE, FAILED, False)],
    ),
    "we wrote to ourselves, to a desk that was closed": (
        "Unzustellbar",
        f"Folgende Adresse ging nicht:\n\n  {ANNE}\n    550 5.1.1 Postfach existiert nicht\n",
        DAEMON,
        [(ANNE, FAILED, True)],
    ),
    "Korean labels, by a postmaster with a name": (
        "[발송실패] 보내신 메일을 확인해 주세요",
        f"받는 사람: {CRIS}\n제목: Invoice\n\n사유: 존재하지 않는 주소 (550 5.1.1 no such user)\n",
        "메일센터 <postmaster@oak.example>",
        [(CRIS, FAILED, True)],
    ),
    "a language of no list": (
        "Xabar haqida",
        f"Kimga: {CRIS}\nMavzu: Invoice\nSabab: 552 5.2.2 joy qolmadi\n",
        "Pochta <postmaster@oak.example>",
        [(CRIS, FAILED, False)],
    ),
    "a language of no list, by a daemon, the address in the middle": (
        "הודעה לא נמסרה",
        f"ההודעה לא נמסרה אל {CRIS}\n552 5.2.2 אין מקום\n",
        DAEMON,
        [(CRIS, FAILED, False)],
    ),
    "another, with the answer first": (
        "Xabar",
        f"554 5.7.1 qabul qilinmadi\n\nXabaringiz {CRIS} ga yetmadi\n",
        DAEMON,
        [(CRIS, FAILED, False)],
    ),
    "a filter that calls itself a postmaster with a name": (
        "Warning: E-mail viruses detected",
        (
            f"Our filter stopped a mail of yours:\n  To: {CRIS}\n  Subject: Invoice\n\n"
            "The attachment is on our list, the message will not have been delivered.\n"
        ),
        "MailFilter <postmaster@elm.example>",
        [(CRIS, FAILED, False)],
    ),
    "a gateway's weak code before that of the mailbox": (
        "Undeliverable Message",
        f"Your message to <{CRIS}> was undeliverable.\nWhat we got:\n5.1.0 - Address error 550-'5.1.1 REC.E7; -'\n",
        DAEMON,
        [(CRIS, FAILED, True)],
    ),
}


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_names_who_did_not_get_the_mail(name: str) -> None:
    subject, text, author, recipients = REPORTS[name]

    report = read_report(parse(plain(subject, text, NULL, author=author)), None)

    assert report is not None
    assert [(one.address, one.action.value, one.hard) for one in report.recipients] == recipients


@pytest.mark.parametrize("text", [f"Dear {ANNE},\n\nyour mail was not delivered.\n", f"To: {ANNE}\n\nNot delivered.\n"])
def test_a_report_that_only_greets_us_names_nobody(text: str) -> None:
    report = read_report(parse(plain("Undelivered", text, NULL)), None)

    assert report is not None
    assert report.recipients == ()
