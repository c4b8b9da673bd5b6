"""Delivery reports."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.bounces.bounce import Bounce, BouncedRecipient, read_report
from mailgate.mail.bounces.finding import BounceAction
from mailgate.mail.parse import parse
from tests.mail.mails import envelope, from_corpus, written


def test_a_standard_report_names_who_failed_and_who_is_late() -> None:
    message = parse(from_corpus("dsn_one_unknown_one_delivered"))

    report = read_report(message, envelope(""))

    assert report == Bounce(
        (
            BouncedRecipient("nobody@elm.example", BounceAction.FAILED, "5.0.0", True),
            BouncedRecipient("cris@elm.example", BounceAction.DELAYED, "4.4.1", False),
        ),
        "o.55.q7x2@in.example",
    )


def test_a_report_of_success_is_no_bounce() -> None:
    raw = from_corpus("dsn_one_unknown_one_delivered").replace(b"failed", b"relayed").replace(b"delayed", b"expanded")

    assert read_report(parse(raw), envelope("")) is None


def test_the_mail_system_s_own_words_are_a_bounce_of_nobody_in_particular() -> None:
    message = parse(written("Subject: failure notice", author="MAILER-DAEMON@mx.elm.example"))

    assert read_report(message, envelope("")) == Bounce((), None)
    assert read_report(message, envelope("cris@elm.example")) is None


def test_a_vacation_notice_with_the_null_path_is_no_bounce() -> None:
    message = parse(written("Auto-Submitted: auto-replied"))

    assert read_report(message, envelope("")) is None


def test_a_person_who_passes_a_report_on_as_a_file_sends_no_report() -> None:
    part = "--x\nContent-Type: message/rfc822\n\nContent-Type: message/delivery-status\n\nAction: failed\n--x--\n"
    message = parse(written("Content-Type: multipart/mixed; boundary=x", body=part))

    assert read_report(message, envelope()) is None


def test_broken_fields_of_a_report_are_read_as_far_as_they_go() -> None:
    group = "Final-Recipient: <Cris@elm.example>\nAction: FAILED (x)\n"
    part = f"--x\nContent-Type: message/delivery-status\n\n\n\n{group}--x--\n"
    message = parse(written("Content-Type: multipart/report; boundary=x", body=part))

    report = read_report(message, envelope(""))

    assert report == Bounce((BouncedRecipient("Cris@elm.example", BounceAction.FAILED, None, False),), None)


def standard_report(*groups: str) -> bytes:
    fields = "\n\n".join(groups)
    part = f"--x\nContent-Type: message/delivery-status\n\n{fields}\n--x--\n"
    return written("Content-Type: multipart/report; report-type=delivery-status; boundary=x", body=part)


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        (
            "Final-Recipient: rfc822; cris@elm.example\nAction: failed\nDiagnostic-Code: smtp; 550 5.1.1 unknown",
            BouncedRecipient("cris@elm.example", BounceAction.FAILED, "5.1.1", True),
        ),
        (
            (
                "Action: failure\nStatus: 5.2.2 (full)\nFinal-Recipient: rfc822;/var/mail/c\n"
                "Original-Recipient: rfc822;cris@elm.example"
            ),
            BouncedRecipient("cris@elm.example", BounceAction.FAILED, "5.2.2", False),
        ),
        (
            "Final-Recipient: rfc822; =?utf-8?B?8J+Q?=@elm.example\nAction: failed\nStatus: 5.1.1",
            BouncedRecipient("=?utf-8?B?8J+Q?=@elm.example", BounceAction.FAILED, "5.1.1", True),
        ),
        (
            (
                "Final-Recipient: rfc822; cris@elm.example\nAction: failed\nStatus: 4.4.0\n"
                "Diagnostic-Code: smtp; 550 5.7.1 Not from you"
            ),
            BouncedRecipient("cris@elm.example", BounceAction.FAILED, "5.7.1", False),
        ),
        (
            "Final-Recipient: rfc822; cris@elm.example\nAction: deferred\nStatus: 4.1.1",
            BouncedRecipient("cris@elm.example", BounceAction.DELAYED, "4.1.1", False),
        ),
    ],
)
def test_fields_are_read_as_they_are_really_written(group: str, expected: BouncedRecipient) -> None:
    report = read_report(parse(standard_report("Reporting-MTA: dns; mx.elm.example", group)), envelope(""))

    assert report == Bounce((expected,), None)


def test_recipients_without_a_blank_line_between_them_are_told_apart() -> None:
    groups = "Final-Recipient: rfc822; {}@elm.example\nAction: failed\nStatus: 5.1.1"
    raw = standard_report(groups.format("bart") + "\n" + groups.format("cris"))

    report = read_report(parse(raw), envelope(""))

    assert report is not None
    assert [one.address for one in report.recipients] == ["bart@elm.example", "cris@elm.example"]


def test_fields_that_a_gateway_flattened_into_the_text_are_read() -> None:
    text = (
        "It failed.\n\nReporting-MTA: dns; mx.elm.example\n\nFinal-Recipient: rfc822; cris@elm.example\n"
        "Action: delayed\nStatus: 4.4.1\nDiagnostic-Code: smtp; connect to\n    mx: timed out\n"
    )
    message = parse(written("Subject: Delayed Mail", body=text, author="MAILER-DAEMON@mx.elm.example"))

    report = read_report(message, None)

    assert report == Bounce((BouncedRecipient("cris@elm.example", BounceAction.DELAYED, "4.4.1", False),), None)


def test_a_report_that_names_nobody_is_about_the_one_who_was_written_to() -> None:
    part = "--x\n\nNo report.\n--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n--x\n"
    back = (
        "Content-Type: text/rfc822-headers\n\nFrom: a@ash.example\nTo: cris@elm.example\nMessage-ID: <1@ash>\n--x--\n"
    )
    raw = written("Content-Type: multipart/report; boundary=x", body=part + back)

    report = read_report(parse(raw), envelope(""))

    assert report == Bounce((BouncedRecipient("cris@elm.example", BounceAction.FAILED, None, False),), "1@ash")


def test_a_report_that_a_gateway_passes_on_is_read_inside() -> None:
    inner = standard_report("Final-Recipient: rfc822; cris@elm.example\nAction: failed\nStatus: 5.1.1").decode()
    inner = inner.replace("Anne Ash <anne@ash.example>", "MAILER-DAEMON@mx.elm.example").replace("=x", "=y")
    inner = inner.replace("--x", "--y")
    body = f"--x\n\nFailed.\n--x\nContent-Type: message/rfc822\n\nTo: anne@ash.example\n{inner}\n--x--\n"
    raw = written(
        "Subject: Returned mail",
        "Content-Type: multipart/mixed; boundary=x",
        body=body,
        author="MAILER-DAEMON@gate.example",
    )

    report = read_report(parse(raw), None)

    assert report == Bounce((BouncedRecipient("cris@elm.example", BounceAction.FAILED, "5.1.1", True),), None)


PIECES = [
    "a@b.example",
    "<",
    ">",
    "@",
    "550 ",
    "5.1.1",
    "user unknown",
    "--- Original message",
    "\n",
    "\n\n",
    ":",
    "To: ",
]
PIECES += [
    "Final-Recipient: rfc822;",
    "Action: failed\n",
    "From: x\n",
    "Message-ID: <1@2>\n",
    "(expanded from <",
    '{"',
    "é",
]


@given(st.lists(st.sampled_from(PIECES), max_size=60), st.booleans())
def test_whatever_is_read_names_each_address_once(pieces: list[str], standard: bool) -> None:
    text = "".join(pieces)
    raw = standard_report(text) if standard else written("Subject: failure notice", body=text, author="MAILER-DAEMON@x")

    report = read_report(parse(raw), None)

    named = [one.address.lower() for one in report.recipients] if report else []
    assert len(named) == len(set(named))
    assert all("@" in address for address in named)


@pytest.mark.parametrize(
    "piece", ["a", "a@", "\n", "user ", "550 x\n", "c@elm.example\n", "From: a\n", "could not ", '"']
)
def test_a_hostile_report_is_read_in_linear_time(piece: str) -> None:
    message = parse(written("Subject: failure notice", body=piece * (200_000 // len(piece)), author="MAILER-DAEMON@x"))

    started = process_time()
    read_report(message, None)

    assert process_time() - started < 5
