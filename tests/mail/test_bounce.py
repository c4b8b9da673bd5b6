"""Delivery reports."""

from mailgate.mail.bounce import Bounce, BouncedRecipient, read_report
from mailgate.mail.bounce_finding import BounceAction
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
