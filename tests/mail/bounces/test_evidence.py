"""What is a report, and what only looks like one: people, answering programs, receipts, success."""

import pytest

from mailgate.mail.automatic import automatic
from mailgate.mail.bounces.bounce import read_report
from mailgate.mail.parse import parse
from tests.mail.bounces.reports import ANNE, CRIS, DORA, NULL, OURS, RECEIVED, group, parts, plain, standard
from tests.mail.mails import envelope

THREAD = "In-Reply-To: <o.7.abc@ash.example>"
PASSED_ON = (
    "Hello,\n\nthis came back, why?\n\n-------- Forwarded Message --------\nSubject: Undelivered Mail\n"
    f"From: MAILER-DAEMON@mx.ash.example\nTo: {CRIS}\n\n<{DORA}>: 550 5.1.1 User unknown\n"
)
NOT_OURS = OURS.replace(ANNE, "other@oak.example").replace(CRIS, ANNE).replace("other@oak.example", CRIS)
PERSONS = {
    "a bounce sent on with its parts": parts(
        "Fwd: Undelivered Mail",
        ("text/plain", PASSED_ON),
        ("message/delivery-status", group(DORA, "5.1.1")),
        ("message/rfc822", NOT_OURS),
        author=f"Cris <{CRIS}>",
        kind="multipart/mixed",
    ),
    "a bounce sent on as a whole": parts(
        "WG: Unzustellbar",
        ("text/plain", "Was heisst das?\n\nCris"),
        (
            "message/rfc822",
            standard(f"<{DORA}>: 550 unknown user", group(DORA)).decode().replace("--x", "--y").replace("=x", "=y"),
        ),
        author=f"Cris <{CRIS}>",
        kind="multipart/mixed",
    ),
    "a bounce quoted": plain(
        "Undelivered mail?",
        f"It says:\n\n> <{DORA}>: 550 5.1.1 User unknown\n> Action: failed\n\nWhy?\n",
        author=f"Cris <{CRIS}>",
    ),
    "the fields of a report pasted": plain(
        "My mail fails",
        f"This is what I got:\n\nFinal-Recipient: rfc822; {DORA}\nAction: failed\nStatus: 5.1.1\n\nWhat can I do?\n",
        author=f"Cris <{CRIS}>",
    ),
    "our mail attached": parts(
        "Your invoice",
        ("text/plain", "I could not open this, it was not delivered in full."),
        ("message/rfc822", OURS),
        author=f"Cris <{CRIS}>",
        kind="multipart/mixed",
    ),
    "our mail quoted": plain("Re: Invoice", f"Thanks!\n\n{OURS}", THREAD, author=f"Cris <{CRIS}>"),
    "a postmaster who writes himself": plain(
        "MX record",
        "Hello,\n\nplease set our MX record, mail is rejected.\n\nCris\n",
        author="Cris Elm <postmaster@elm.example>",
    ),
    "a carrier": plain(
        "Failed delivery of your parcel",
        "Hi,\n\nparcel 7781 could not be delivered: the recipient has moved. Shall we return it?\n\nCarl\n",
        author="Elm Delivery Service Ltd <office@elm-delivery-service.example>",
    ),
    "a house that is called like what it sells": plain(
        "Zustellung fehlgeschlagen",
        "Guten Tag,\n\ndas Paket kam zurück, der Empfänger ist unbekannt. Was nun?\n\nRolf\n",
        author="Rolf Elm <rolf@mail-system.example>",
    ),
    "a question about a dead address": plain(
        "User unknown",
        f"Hello,\n\nwhy do you tell people that {DORA} does not exist? 550 5.1.1\n",
        author=f"Cris <{CRIS}>",
    ),
}


@pytest.mark.parametrize("name", PERSONS)
def test_a_person_who_writes_of_a_report_sends_none(name: str) -> None:
    assert read_report(parse(PERSONS[name]), None) is None
    assert read_report(parse(PERSONS[name]), envelope(CRIS)) is None


@pytest.mark.parametrize("name", [name for name in PERSONS if "postmaster" not in name])
def test_such_a_person_is_no_program(name: str) -> None:
    assert automatic(parse(PERSONS[name]), None) is None


AWAY = {
    "vacation": plain(
        "Automatic reply: Invoice",
        "I am away; your mail will not be delivered to anybody else.\n",
        NULL,
        "Auto-Submitted: auto-replied",
        author=f"Cris <{CRIS}>",
    ),
    "left, with our mail below": plain(
        "Re: Invoice",
        f"Cris no longer works here. The mailbox does not exist any more soon.\n\n{RECEIVED}{OURS}",
        NULL,
        "Auto-Submitted: auto-replied",
        THREAD,
        author=f"Cris <{CRIS}>",
    ),
    "an answer with a null path": plain(
        "RE: Invoice", "The parcel could not be delivered, nobody was there.\n", NULL, THREAD, author=f"Cris <{CRIS}>"
    ),
    "a read receipt": parts(
        "Read: Invoice",
        ("text/plain", "Read."),
        ("message/disposition-notification", f"Final-Recipient: rfc822; {CRIS}\nDisposition: manual-action; displayed"),
        fields=(NULL,),
        author=f"Cris <{CRIS}>",
        kind="multipart/report; report-type=disposition-notification",
    ),
    "a report of success": standard("Delivered.", group(CRIS, "2.0.0", action="delivered")),
    "a newsletter of postmasters": plain(
        "What is new",
        "Tips on mail that was not delivered: look for 550 5.1.1.\n",
        author="Postmaster tools <no-reply@news.example>",
    ),
    "a list that waits for its moderator": parts(
        "Your message to Elms awaits approval",
        ("text/plain", "It is held, since only members may write. Please do not reply to this message."),
        ("message/rfc822", OURS),
        fields=("Precedence: bulk",),
        author="elms-owner@lists.example",
        kind="multipart/mixed",
    ),
    "a desk that has our mail": plain(
        "[#12] We have your message",
        f"Thank you. Please do not send it again.\n\n{RECEIVED}{OURS}",
        "Auto-Submitted: auto-replied",
        author="Desk <no-reply@desk.example>",
    ),
    "a parcel": plain(
        "Delivery attempt failed",
        "The delivery of your parcel failed. Recipient not found: Elm Street.\nhelp@post.example\n",
        "Auto-Submitted: auto-generated",
        author="Parcels <notification@post.example>",
    ),
    "a holiday, with those who stand in": plain(
        "Invoice",
        f"I am away.\n\nInvoices:\n{DORA}\nPhone: 550 5511, room 5.1.1\n",
        NULL,
        author=f"Cris <{CRIS}>",
    ),
    "a holiday, with a number": plain(
        "Re: Invoice",
        f"I am away. Mail to {CRIS} is not read; error 550 is no joke.\n",
        NULL,
        author=f"Cris <{CRIS}>",
    ),
}


@pytest.mark.parametrize("name", AWAY)
def test_what_other_programs_send_is_no_report(name: str) -> None:
    assert read_report(parse(AWAY[name]), None) is None
