"""Delivery reports for the tests: standard ones, plain ones, and notifications in JSON."""

import json

from tests.mail.mails import written

CRIS, DORA, ANNE = "cris@elm.example", "dora@elm.example", "anne@ash.example"
DAEMON = "Mail Delivery System <MAILER-DAEMON@mx.ash.example>"
NULL = "Return-Path: <>"
OURS = f"From: Anne <{ANNE}>\nTo: {CRIS}\nSubject: Invoice\nMessage-ID: <o.7.abc@ash.example>\n\nWords of ours\n"
RECEIVED = "Received: from desk.ash.example by mx.ash.example; Mon, 1 Jan 2024 00:00:00 +0000\n"
FAILED, DELAYED = "failed", "delayed"


def plain(subject: str, body: str, *fields: str, author: str = DAEMON) -> bytes:
    return written(f"Subject: {subject}", f"To: {ANNE}", *fields, body=body, author=author)


def parts(
    subject: str,
    *bodies: tuple[str, str],
    fields: tuple[str, ...] = (),
    author: str = DAEMON,
    kind: str = "multipart/report; report-type=delivery-status",
) -> bytes:
    body = "".join(f"--x\nContent-Type: {of}\n\n{text}\n" for of, text in bodies) + "--x--\n"
    return plain(subject, body, *fields, f"Content-Type: {kind}; boundary=x", author=author)


def standard(notice: str, *groups: str, back: str = OURS) -> bytes:
    status = "\n\n".join(("Reporting-MTA: dns; mx.ash.example", *groups))
    return parts(
        "Undelivered",
        ("text/plain; charset=utf-8", notice),
        ("message/delivery-status", status),
        ("message/rfc822", back),
        fields=(NULL,),
    )


def group(address: str, status: str = "5.0.0", *fields: str, action: str = "failed") -> str:
    return "\n".join((f"Final-Recipient: rfc822; {address}", f"Action: {action}", f"Status: {status}", *fields))


def sns(message: object, wrapped: bool = True) -> bytes:
    text = json.dumps(message)
    whole = json.dumps({"Type": "Notification", "TopicArn": "arn:x", "Message": text}, indent=2) if wrapped else text
    return plain("AWS Notification Message", f"{whole}\n", author="Events <no-reply@sns.amazonaws.com>")


SES_MAIL = {"source": ANNE, "destination": [CRIS], "commonHeaders": {"messageId": "<o.7.abc@ash.example>"}}
