"""Whole reports as mail systems, gateways and services of the world send them; all of them made up for these tests."""

from dataclasses import dataclass

import pytest

from mailgate.mail.bounces.bounce import Bounce, read_report
from mailgate.mail.parse import parse
from tests.mail.bounces.reports import (
    ANNE,
    CRIS,
    DELAYED,
    DORA,
    FAILED,
    NULL,
    OURS,
    RECEIVED,
    SES_MAIL,
    group,
    parts,
    plain,
    sns,
    standard,
)
from tests.mail.mails import envelope


@dataclass(frozen=True)
class Case:
    name: str
    raw: bytes
    recipients: list[tuple[str, str, bool]]  # address, action, hard
    original: str | None = "o.7.abc@ash.example"


CASES = [
    Case(
        "Postfix, folded",
        standard(
            f"<{CRIS}>: host mx.elm.example[192.0.2.1] said: 550-5.1.1 The mailbox\n"
            "    550 5.1.1 is unknown here (in reply to RCPT TO\n    command)",
            group(CRIS, "5.1.1", "Diagnostic-Code: smtp; 550-5.1.1 The mailbox 550 5.1.1 is unknown here"),
        ),
        [(CRIS, FAILED, True)],
    ),
    Case(
        "each recipient by his own lines",
        standard(f"<{CRIS}>: 550 no such person\n\n<{DORA}>: 552 her inbox is full\n", group(CRIS), group(DORA)),
        [(CRIS, FAILED, True), (DORA, FAILED, False)],
    ),
    Case(
        "each recipient, the reason a line below",
        standard(
            f"{DORA}\n    This mailbox has no space left.\n\n{CRIS}\n    This mailbox does not exist.\n",
            group(DORA),
            group(CRIS),
        ),
        [(DORA, FAILED, False), (CRIS, FAILED, True)],
    ),
    Case(
        "given up on a domain that is not there",
        standard(f"{CRIS} was not reached: the domain could not be found.", group(CRIS, "4.4.0")),
        [(CRIS, FAILED, True)],
    ),
    Case(
        "given up on a host that did not answer",
        standard(
            f"{CRIS}: connection timed out", group(CRIS, "4.4.1", "Diagnostic-Code: smtp; 451 no answer from host")
        ),
        [(CRIS, FAILED, False)],
    ),
    Case(
        "the words stand in the notice alone",
        standard(
            f"We could not hand it to {CRIS}. There is no such recipient. Check the spelling and try again.",
            group(CRIS),
        ),
        [(CRIS, FAILED, True)],
    ),
    Case(
        "inside address",
        standard("It failed.", group("cris@store07", "5.2.2", f"Original-Recipient: rfc822;{CRIS}")),
        [(CRIS, FAILED, False)],
    ),
    Case(
        "inside domain",
        standard("It failed.", group("cris@mail.lan", "5.2.2", f"Original-Recipient: rfc822;{CRIS}")),
        [(CRIS, FAILED, False)],
    ),
    Case(
        "the way to it",
        standard("It failed.", group("cris%elm.example@gate.example", "5.2.2", f"Original-Recipient: rfc822;{CRIS}")),
        [(CRIS, FAILED, False)],
    ),
    Case("source route", standard("It failed.", group(f"@gate.example:{CRIS}", "5.2.2")), [(CRIS, FAILED, False)]),
    Case(
        "Exim, null MX",
        plain(
            "Mail delivery failed: returning message to sender",
            f"The following address failed:\n\n  {CRIS}\n    an MX record says that this domain takes no mail\n\n"
            f"------ This is a copy of the message ------\n\n{OURS}",
            NULL,
        ),
        [(CRIS, FAILED, True)],
    ),
    Case(
        "Exim, a prefix without a reason",
        plain(
            "Mail delivery failed",
            f"  {CRIS}\n    SMTP error from remote mail server after RCPT TO:<{CRIS}>:\n"
            f"    host mx: 550 <{CRIS}>: Recipient "
            "address rejected:\n    This box is open to our staff only\n\n"
            f"------ A copy of the message: ------\n\n{OURS}",
        ),
        [(CRIS, FAILED, False)],
    ),
    Case(
        "sendmail",
        plain(
            "Returned mail: User unknown",
            f"   ----- The following addresses had permanent fatal errors -----\n<{CRIS}>\n\n"
            "   ----- Transcript of session "
            f"follows -----\n... while talking to mx.elm.example.:\n>>> RCPT To:<{CRIS}>\n"
            f"<<< 550 5.1.1 <{CRIS}>... User unknown\n\n"
            f"   ----- Original message follows -----\n\n{OURS}",
            NULL,
        ),
        [(CRIS, FAILED, True)],
    ),
    Case(
        "qmail to oneself",
        plain(
            "failure notice",
            f"Hi. This is the qmail-send program.\n\n<{ANNE}>:\nThe user is over quota. (#5.2.2)\n\n"
            "--- Below this line is a copy "
            f"of the message.\n\n{OURS.replace(CRIS, ANNE)}",
            NULL,
        ),
        [(ANNE, FAILED, False)],
    ),
    Case(
        "a gateway without a word that we know",
        parts(
            "Mail",
            ("text/plain", f"Ilmoitus\n<{CRIS}>: 550 5.1.1 xyz"),
            ("message/rfc822", OURS),
            fields=(NULL,),
            author="no-reply@gate.example",
            kind="multipart/mixed",
        ),
        [(CRIS, FAILED, True)],
    ),
    Case(
        "admin@, null path, ours attached",
        parts(
            "Notice",
            ("text/plain", f"Your mail did not get to {CRIS}.\nThe box is full."),
            ("message/rfc822", OURS),
            fields=(NULL,),
            author="Administrator <admin@gate.example>",
            kind="multipart/mixed",
        ),
        [(CRIS, FAILED, False)],
    ),
    Case(
        "a scanner sends ours back",
        parts(
            "Rejected",
            ("text/plain", f"We threw away a mail to <{CRIS}>: it is spam.\n"),
            ("message/rfc822", OURS),
            fields=("Auto-Submitted: auto-generated",),
            author="scanner@gate.example",
            kind="multipart/mixed",
        ),
        [(CRIS, FAILED, False)],
    ),
    Case(
        "fields in the text, nobody in From",
        parts(
            "It came back",
            (
                "text/plain",
                f"No luck.\n\n{group(CRIS, '5.1.1')}\n",
            ),
            ("message/rfc822", OURS),
            author="mailroom",
            kind="multipart/mixed",
        ),
        [(CRIS, FAILED, True)],
    ),
    Case(
        "Hungarian",
        plain(
            "Kézbesíthetetlen levél",
            f"<{CRIS}>: 550 nincs ilyen felhasználó\n\n--- Az eredeti üzenet ---\n\n{OURS}",
            NULL,
        ),
        [(CRIS, FAILED, True)],
    ),
    Case(
        "Turkish",
        plain(
            "İletilemedi", f"Şu adrese iletilemedi:\n\n{CRIS}: 550 5.1.1 kullanıcı bulunamadı\n\n{RECEIVED}{OURS}", NULL
        ),
        [(CRIS, FAILED, True)],
    ),
    Case(
        "Greek",
        plain("Αποτυχία", f"<{CRIS}>: 552 5.2.2 το γραμματοκιβώτιο είναι γεμάτο\n\n{RECEIVED}{OURS}", NULL),
        [(CRIS, FAILED, False)],
    ),
    Case(
        "Japanese, phone provider",
        plain(
            "Mail System Error - Returned Mail",
            f"次のメールアドレスはありませんでした。\n\n<{CRIS}>\n宛先が不明です\n\n{RECEIVED}{OURS}",
            NULL,
        ),
        [(CRIS, FAILED, True)],
    ),
    Case(
        "Chinese, brackets of its own",
        plain(
            "系统退信",
            f"收件人邮件地址（{CRIS}）不存在，邮件无法送达。\nhost mx said: 550 Mailbox not found\n",
            NULL,
            author="PostMaster@qq.example",
        ),
        [(CRIS, FAILED, True)],
        None,
    ),
    Case(
        "hint addresses",
        plain(
            "Returned mail: nameserver error report",
            f" --------Message not delivered to the following:\n\n"
            "     cris    No matches to nameserver query\n\n --------Help on names:\n\n"
            " If a name like ann.roe@elm.example is not found,"
            f" try\n ann.m.roe@elm.example.\n\n --------Your mail:\n\n{RECEIVED}{OURS}",
            NULL,
        ),
        [(CRIS, FAILED, True)],
    ),
    Case(
        "a label",
        plain(
            "Processing error",
            f"Addressee: {CRIS}\n\nA disk broke. The mail comes back.\n\n=== mail ===\n\n{RECEIVED}{OURS}",
            author="MAILER-DAEMON@elm.example",
        ),
        [(CRIS, FAILED, False)],
    ),
    Case(
        "a group that may not exist",
        plain(
            "Delivery Status Notification (Failure)",
            f"Hello {ANNE},\n\nthe group that you wrote to (elms) may not exist, or you may not write there. "
            "Reasons could be:\n\n"
            " * It has another name\n * The group does not exist any more\n\nIf you have questions, visit the help.\n\n"
            f"----- Original message -----\n\n{RECEIVED}{OURS}",
            NULL,
        ),
        [(CRIS, FAILED, False)],
    ),
    Case(
        "German delay",
        plain(
            "Zustellung verzögert",
            f"Ihre Mail konnte noch nicht zugestellt werden an\n\n  {CRIS}\n\nDie Zustellung wird "
            f"weiter versucht.\n\n{RECEIVED}{OURS}",
            NULL,
        ),
        [(CRIS, DELAYED, False)],
    ),
    Case(
        "French delay",
        plain(
            "Retard de remise",
            f"Votre message pour\n\n<{CRIS}>\n\nn'a pas encore été remis. D'autres tentatives suivront.\n\n"
            f"{RECEIVED}{OURS}",
            NULL,
        ),
        [(CRIS, DELAYED, False)],
    ),
    Case(
        "delay that speaks of an unknown host",
        standard(f"<{CRIS}>: host not found", group(CRIS, "4.4.3", action="delayed")),
        [(CRIS, DELAYED, False)],
    ),
    Case(
        "SES in an SNS envelope",
        sns(
            {
                "notificationType": "Bounce",
                "bounce": {
                    "bouncedRecipients": [
                        {
                            "emailAddress": f"Cris <{CRIS}>",
                            "action": "failed",
                            "status": "5.1.1",
                            "diagnosticCode": "smtp; 550 5.1.1 no such user",
                        }
                    ]
                },
                "mail": SES_MAIL,
            }
        ),
        [(CRIS, FAILED, True)],
    ),
    Case(
        "SES events",
        sns(
            {
                "eventType": "DeliveryDelay",
                "deliveryDelay": {
                    "delayType": "MailboxFull",
                    "delayedRecipients": [
                        {"emailAddress": CRIS, "status": "4.2.2", "diagnosticCode": "smtp; 452 4.2.2 full"}
                    ],
                },
                "mail": SES_MAIL,
            }
        ),
        [(CRIS, DELAYED, False)],
    ),
    Case(
        "header of ours, indented",
        standard(
            "It failed. The header was:\n\n"
            + "".join(f"    {line}\n" for line in (RECEIVED + OURS).split("\n\n", maxsplit=1)[0].split("\n")),
            group(CRIS, "5.1.1"),
            back="",
        ),
        [(CRIS, FAILED, True)],
    ),
    Case(
        "ours as text/rfc822-header",
        parts(
            "Undelivered",
            ("text/plain", "It failed."),
            ("message/delivery-status", group(CRIS, "5.1.1")),
            ("text/rfc822-header", OURS),
        ),
        [(CRIS, FAILED, True)],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_report_names_who_failed_and_whether_he_is_gone(case: Case) -> None:
    report = read_report(parse(case.raw), None)

    assert report is not None
    assert [(one.address, one.action.value, one.hard) for one in report.recipients] == case.recipients
    assert report.original_message_id == case.original


def test_a_notification_has_its_own_sender_so_its_path_is_not_null() -> None:
    case = next(case for case in CASES if "SNS" in case.name)

    report = read_report(parse(case.raw), envelope("0102@eu-west-1.amazonses.example"))

    assert isinstance(report, Bounce)
