"""Who may be written to, and how an address has to look."""

import pytest

from mailgate.mail.envelope import Door
from tests.gate import Gate
from tests.inbound.conftest import OpenDoor
from tests.inbound.door import SUPPORT, Client
from tests.inbound.spooled import spooled

MAIL = b"From: Anne <anne@customer.example>\r\nSubject: Quota\r\n\r\nIt is full.\r\n"
NO_RECIPIENTS = (
    b"<../../etc/x@support.example>",
    b"<a;id@support.example>",
    b"<" + b"x" * 300 + b"@support.example>",
    b"<a@y\0z>",
    b"<support@support.example\0z>",
    b"<support\r@support.example>",
    b"<support@support.example",
    b"<(comment)support@support.example>",
    b'<"support"@support.example>',
    b"<support@[127.0.0.1]>",
    b"<support@support.example.>",
    b"<>",
    b"<",
    b'<"',
    b"<a@",
    b"<a@[",
)
NO_SENDERS = (b"<a\0b@customer.example>", b"<anne@", b"<an ne@customer.example>", b"<" + b"x" * 300 + b"@y.example>")
SENDERS = (
    b"<>",
    b"<root@localhost>",
    b'<"anne miller"@customer.example>',
    b"<anne@[192.0.2.7]>",
    b"<SRS0=a/b=c@d.example>",
)
RECIPIENTS = (
    "<support@support.example>",
    "<SUPPORT@Support.Example>",
    "<support+detail@support.example>",
    "<@relay.example:support@support.example>",
    " <support@support.example>",
    "support@support.example",
    "<postmaster>",
    "<Postmaster>",
    "<postmaster@support.example>",
    "<abuse@support.example>",
)


@pytest.mark.parametrize("recipient", ["nobody@support.example", "support@elsewhere.example", "anne@customer.example"])
def test_an_unknown_recipient_is_refused_for_good(smtp: Client, recipient: str) -> None:
    smtp.say("MAIL FROM:<anne@customer.example>")

    reply = smtp.say(f"RCPT TO:<{recipient}>")

    assert reply == "550 5.1.1 No such mailbox here"


def test_an_address_that_is_none_is_refused_for_good(smtp: Client) -> None:
    smtp.say("MAIL FROM:<anne@customer.example>")

    replies = {path: smtp.say(b"RCPT TO:" + path) for path in NO_RECIPIENTS}

    assert {path: reply for path, reply in replies.items() if not reply.startswith("553 5.1.3 ")} == {}


def test_a_reverse_path_that_is_none_is_refused_for_good(smtp: Client) -> None:
    replies = {path: smtp.say(b"MAIL FROM:" + path) for path in NO_SENDERS}

    assert {path: reply for path, reply in replies.items() if not reply.startswith("553 ")} == {}


def test_a_reverse_path_may_be_what_others_accept(smtp: Client) -> None:
    replies = {path: (smtp.say(b"MAIL FROM:" + path), smtp.say("RSET"))[0] for path in SENDERS}

    assert {path: reply for path, reply in replies.items() if not reply.startswith("250 ")} == {}


def test_an_address_of_ours_is_accepted(smtp: Client) -> None:
    smtp.say("MAIL FROM:<anne@customer.example>")

    replies = {path: smtp.say("RCPT TO:" + path) for path in RECIPIENTS}

    assert {path: reply for path, reply in replies.items() if not reply.startswith("250 ")} == {}


def test_the_recipient_past_the_hundredth_is_to_be_sent_later(smtp: Client, gate: Gate) -> None:
    hundred = [f"support+{number}@support.example" for number in range(100)]

    replies = smtp.address(*hundred, "support+100@support.example")
    accepted = smtp.data(MAIL)

    assert all(reply.startswith("250 ") for reply in replies[:100])
    assert replies[100] == "452 4.5.3 Too many recipients"
    assert accepted.startswith("250 ")
    assert spooled(gate)[0].forward_paths == tuple(hundred)


def test_a_recipient_named_twice_is_one(smtp: Client, gate: Gate) -> None:
    smtp.deliver(MAIL, SUPPORT, SUPPORT)

    [row] = spooled(gate)
    assert row.forward_paths == (SUPPORT,)


def test_the_null_reverse_path_is_kept_as_an_empty_text(smtp: Client, gate: Gate) -> None:
    smtp.deliver(MAIL, sender="")

    [row] = spooled(gate)
    assert row.reverse_path == ""


def test_what_the_client_said_is_kept_with_its_mail(smtp: Client, gate: Gate) -> None:
    smtp.deliver(MAIL, sender="anne@customer.example")

    [row] = spooled(gate)
    assert (row.reverse_path, row.door, row.peer) == ("anne@customer.example", "smtp", "127.0.0.1")


@pytest.mark.parametrize(("door", "verb"), [(Door.SMTP, "LHLO"), (Door.LMTP, "EHLO"), (Door.LMTP, "HELO")])
def test_each_door_is_greeted_in_its_own_protocol(open_door: OpenDoor, door: Door, verb: str) -> None:
    with open_door(door).connect() as client:
        client.reply()

        reply = client.say(f"{verb} client.example")

        assert reply.startswith("500 ")
