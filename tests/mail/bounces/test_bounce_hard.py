"""What a diagnostic means: its code, and whether the address is dead."""

import pytest

from mailgate.mail.bounces.hard import is_dead, status_in

DEAD = [
    "550 5.1.1 <cris@elm.example>: Recipient address rejected: User unknown in local recipient table",
    "550 No such mailbox",
    "550 Requested action not taken: mailbox unavailable",
    "550 5.2.1 User unknown (in reply to RCPT TO command)",
    "550 5.4.1 [cris@elm.example]: Recipient address rejected: Access denied",
    "550 5.7.1 <cris@elm.example>: Recipient address rejected: User unknown",
    "Host or domain name not found. Name service error for name=elm.example type=A: Host not found",
    "550 5.1.2 Host unknown",
    "Unrouteable address",
    "521 5.3.2 System not accepting network messages",
    "556 5.1.10 Domain does not accept mail (nullMX)",
    "551 User not local",
    "550 5.1.6 The recipient has moved to oak.example",
    "No user with that name",
]
ALIVE = [
    "552 5.2.2 Mailbox full",
    "550 cris has exceeded the quota of the mailbox",
    "552 5.3.4 Message too large",
    "550 5.7.1 Message rejected as spam",
    "554 5.7.1 Client host [192.0.2.1] blocked using a list",
    "550 5.7.26 Sender fails DMARC",
    "550 5.7.1 Unable to relay",
    "553 5.1.8 <anne@ash.example>... Domain of sender address does not exist",
    "550 5.2.1 The account is disabled",
    "450 4.1.1 User unknown, try later",
    "connect to mx.elm.example: Connection timed out",
    "5.4.7 Delivery expired",
    "550 Unknown user cris@elm.example (in reply to end of DATA command)",
    "Name service error for name=elm.example type=MX: Malformed or unexpected name server reply",
    "550 5.1.1 Access denied",
    "503 5.5.1 Bad sequence of commands",
    "",
]


@pytest.mark.parametrize("diagnostic", DEAD)
def test_an_address_that_cannot_receive_is_dead(diagnostic: str) -> None:
    assert is_dead(status_in(diagnostic), diagnostic)


@pytest.mark.parametrize("diagnostic", ALIVE)
def test_an_address_that_refuses_for_another_reason_is_not(diagnostic: str) -> None:
    assert not is_dead(status_in(diagnostic), diagnostic)


def test_the_first_answer_of_a_server_decides() -> None:
    transcript = "<<< 550 <cris@elm.example>, User unknown\n421 elm.example... Deferred: Connection timed out\n"

    assert is_dead(None, transcript)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("smtp; 550 5.1.1 unknown", "5.1.1"),
        ("smtp; 550-5.7.26 [192.0.2.1] 550 5.7.26 no", "5.7.26"),
        ("Sorry (#5.1.2)", "5.1.2"),
        ("ERROR_CODE :5.2.2", "5.2.2"),
        ("Remote host said: 552 too much", "5.0.0"),
        ("<<< 421 closing", "4.0.0"),
        ("host 4.4.1.5 and 5.1.1.9 said no", None),
        ("a mail of 550 bytes", None),
        ("", None),
    ],
)
def test_the_code_is_found_in_the_words(text: str, status: str | None) -> None:
    assert status_in(text) == status
