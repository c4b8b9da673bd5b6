"""Programs and people, told apart by what they put into the header (B31)."""

import pytest

from mailgate.mail.automatic import answer_unwanted, automatic, is_mailing_list
from mailgate.mail.parse import parse
from tests.mail.mails import envelope, from_corpus, written

ANSWERS = "In-Reply-To: <o.1.abc@in.example>"

MACHINES = [
    (("Auto-Submitted: auto-replied (vacation)",), "auto-replied"),
    (("auto-submitted: AUTO-GENERATED; owner-email=x",), "auto-generated"),
    (("Auto-Submitted: auto-notified",), "auto-generated"),
    (("Content-Type: multipart/report; report-type=disposition-notification; boundary=x",), "report"),
    (("X-Failed-Recipients: cris@elm.example",), "report"),
    (("X-Autoreply: yes",), "x-autoreply"),
    (("X-Autorespond: on",), "x-autoreply"),
    (("Delivered-To: Autoresponder",), "x-autoreply"),
    (("Precedence: auto_reply",), "auto-replied"),
    (("Precedence: auto-reply",), "auto-replied"),
    (("Preference: auto_reply",), "auto-replied"),
    (("X-Auto-Reply: 1",), "x-autoreply"),
    (("X-Vacation: yes",), "x-autoreply"),
    (("X-Cron-Env: <SHELL=/bin/sh>",), "auto-generated"),
    (("X-FC-MachineGenerated: true",), "auto-generated"),
    (("Subject: Out of Office: back in May", ANSWERS), "vacation-subject"),
    (("Subject: Automatic reply: your ticket", ANSWERS), "vacation-subject"),
    (("Subject: Abwesenheitsnotiz", "X-Auto-Response-Suppress: OOF"), "vacation-subject"),
    (("Subject: =?utf-8?q?R=C3=A9ponse_automatique_=3A_oui_[#7]?=",), "vacation-subject"),
    (("Subject: 自动回复: 你好", "References: <o.1.abc@in.example>"), "vacation-subject"),
    (("Subject: Fuori ufficio: R: Dominio",), "vacation-subject"),
    (("Subject: Autosvar: Domän", ANSWERS, "Precedence: bulk"), "auto-replied"),
    (("Subject: Odpowiedź automatyczna: Domena", ANSWERS, "X-Auto-Response-Suppress: All"), "auto-replied"),
    (("Content-Type: message/disposition-notification",), "report"),
    (("Return-Path: <>",), "null-path"),
]

PEOPLE = [
    (),
    ("Auto-Submitted: no",),
    ("Auto-Submitted: no", "X-Autoreply: yes", "Subject: Automatic reply: no"),
    ("Precedence: list", "List-Id: <users.list.example>"),
    ("Subject: [dev] out of office answers in 4.2", "Precedence: bulk", "List-Post: <mailto:dev@list.example>"),
    ("Subject: Urlaub 2026: wer wann?", "Precedence: bulk", "Mailing-List: list team@list.example; run by ezmlm"),
    ("Precedence: bulk",),
    ("X-Auto-Response-Suppress: All",),
    ("X-Loop: users@list.example",),
    ("X-Autoreply: no",),
    ("Subject: Out of office calendar does not sync",),
    ("Subject: Out of office",),
    ("Subject: Abwesenheitsnotiz",),
    ("Subject: Respuesta automática: cómo se hace",),
    ("Subject: Re: Out of office", ANSWERS),
    ("Subject: Automatic renewal: no, thanks", ANSWERS),
    ("X-Auto-Response-Suppress: All", ANSWERS),
    ("Subject: automatic renewal of my domain",),
    ("Subject: Auto insurance",),
]


@pytest.mark.parametrize(("fields", "reason"), MACHINES)
def test_a_program_is_known_by_its_header(fields: tuple[str, ...], reason: str) -> None:
    reverse_path = None if fields[0].startswith("Return-Path") else "anne@ash.example"

    assert automatic(parse(written(*fields)), envelope(reverse_path)) == reason


@pytest.mark.parametrize("fields", PEOPLE)
def test_a_person_is_a_person_even_through_a_list(fields: tuple[str, ...]) -> None:
    assert automatic(parse(written(*fields)), envelope()) is None


def test_the_null_path_is_a_program_s() -> None:
    assert automatic(parse(written()), envelope("")) == "null-path"


@pytest.mark.parametrize("author", ["MAILER-DAEMON@mx.example", "MAILER-DAEMON (Mail System)", "<MDaemon@mx.example>"])
def test_the_mail_system_is_a_program(author: str) -> None:
    assert automatic(parse(written(author=author)), envelope()) == "mailer-daemon"


@pytest.mark.parametrize(
    "author",
    [
        "<postmaster@elm.example>",
        "Postmaster <postmaster@elm.example>",
        "Mailer-Daemon Fan Club <anne@elm.example>",
        "Mail Delivery Ltd <office@elm.example>",
        '"System Administrator" <admin@elm.example>',
        "Daemon Smith <d.smith@elm.example>",
    ],
)
def test_whoever_is_called_like_a_mail_system_is_a_person(author: str) -> None:
    assert automatic(parse(written(author=author)), envelope("anne@elm.example")) is None


@pytest.mark.parametrize(
    ("fields", "reverse_path"),
    [(("Precedence: bulk",), "a@elm.example"), (("X-Auto-Response-Suppress: All",), "a@elm.example"), ((), "")],
)
def test_a_postmaster_with_one_more_sign_is_a_program(fields: tuple[str, ...], reverse_path: str) -> None:
    message = parse(written(*fields, author="Postmaster <postmaster@elm.example>"))

    assert automatic(message, envelope(reverse_path)) is not None


RECEIPT = (
    '--b\nContent-Type: text/plain\n\nIs this of any use to you?\n--b\nContent-Type: {}; name="details"\n'
    "Content-Disposition: attachment\n\nFinal-Recipient: rfc822; bob@oak.example\nAction: failed\n"
    "Disposition: manual-action/MDN-sent-manually; displayed\n--b--\n"
)
MIXED = "Content-Type: multipart/mixed; boundary=b"


@pytest.mark.parametrize("kind", ["message/disposition-notification", "message/delivery-status"])
def test_a_report_that_a_person_sends_on_is_her_file(kind: str) -> None:
    body = RECEIPT.format(kind)

    assert automatic(parse(written(MIXED, body=body)), envelope()) is None
    assert automatic(parse(written(MIXED, body=body)), envelope("")) == "report"
    by_a_system = written(MIXED, body=body, author="Mail Delivery Subsystem <noreply@mx.example>")
    assert automatic(parse(by_a_system), envelope("noreply@mx.example")) == "report"


def test_mail_from_our_own_address_is_a_loop() -> None:
    message = parse(written(author="Support <Support@in.example>"))

    assert automatic(message, envelope(), frozenset({"support@in.example"})) == "own-loop"


def test_a_report_is_a_report_whatever_else_it_says() -> None:
    assert automatic(parse(from_corpus("dsn_one_unknown_one_delivered")), envelope("")) == "report"


def test_a_report_of_abuse_answers_nothing_and_is_for_a_person_to_read() -> None:
    assert automatic(parse(from_corpus("abuse_report_in_the_feedback_format")), envelope("")) == "auto-generated"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ((), None),
        (("X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply",), "response-suppress"),
        (("X-Auto-Response-Suppress: DR",), None),
        (("Precedence: bulk",), "precedence-bulk"),
        (("Precedence: junk",), "precedence-bulk"),
        (("Precedence: list",), "list"),
        (("List-Id: Users <users.list.example>",), "list"),
        (("X-Loop: users@list.example",), "list"),
    ],
)
def test_some_mail_wants_no_answer_by_a_program(fields: tuple[str, ...], reason: str | None) -> None:
    assert answer_unwanted(parse(written(*fields))) == reason


def test_an_address_that_takes_no_reply_gets_none() -> None:
    assert answer_unwanted(parse(written(author="Shop <no-reply@shop.example>"))) == "no-reply"
    assert answer_unwanted(parse(written(author="norepley@shop.example"))) is None


def test_a_list_is_known_by_its_fields() -> None:
    assert is_mailing_list(parse(written("List-Post: <mailto:users@list.example>")))
    assert not is_mailing_list(parse(written()))
