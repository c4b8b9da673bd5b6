"""A session with a smarthost, step by step: what each kind of reply, and each kind of silence, means."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from mailgate.config import Tls
from mailgate.errors import BadAddress, BareLineEnd, Permanent, Temporary
from mailgate.letters.kind import Template
from mailgate.outbound.failure import (
    ReplyLost,
    SmarthostDeferred,
    SmarthostNotReady,
    SmarthostRefused,
    SmarthostUnreachable,
)
from mailgate.outbound.session import Session
from mailgate.outbound.smarthost import Smarthost
from tests.outbound.notices import BOUNCES, composed, notice_to_anne
from tests.outbound.sink import HOST, Sink
from tests.servers.scripted import Talk, listening

RAW = b"Subject: x\r\n\r\nHello\r\n"


def smarthost(port: int, **more: Any) -> Smarthost:
    return Smarthost(HOST, port, tls=Tls.NONE, timeout_seconds=5, helo_name="mail.example.net", **more)


@pytest.fixture
def session(sink: Sink) -> Iterator[Session]:
    with smarthost(sink.port).connect() as opened:
        yield opened


def send(session: Session, raw: bytes = RAW) -> str:
    session.envelope(BOUNCES, "anne@example.org")
    return session.data(raw)


def test_message_arrives_as_it_was_composed(sink: Sink, session: Session) -> None:
    mail = composed(notice_to_anne(Template.REPLY, {"text": ".\n..\n.x\n\nFrom me\n" + "Zoë " * 100}))

    session.envelope(mail.reverse_path, mail.forward_path)
    reply = session.data(mail.raw)

    assert reply == "250 2.0.0 OK: queued as 1"
    assert sink.messages == [mail.raw]
    assert sink.paths == [(BOUNCES, ["anne@example.org"])]


def test_lines_that_begin_with_a_dot_keep_it(sink: Sink, session: Session) -> None:
    raw = b".a\r\n.\r\n..\r\n\r\n.\r\n"

    send(session, raw)

    assert sink.messages == [raw]


def test_null_reverse_path_is_said_as_such(sink: Sink, session: Session) -> None:
    session.envelope("", "anne@example.org")
    session.data(RAW)

    assert sink.paths == [("<>", ["anne@example.org"])]  # aiosmtpd keeps the brackets of this one


def test_caller_can_write_between_the_envelope_and_the_data(sink: Sink, session: Session) -> None:
    session.envelope(BOUNCES, "anne@example.org")

    assert sink.verbs == ["MAIL", "RCPT"]
    assert sink.messages == []


def test_one_session_takes_several_messages(sink: Sink, session: Session) -> None:
    send(session)
    send(session)

    assert len(sink.messages) == session.taken == 2
    assert sink.connections == 1


@pytest.mark.parametrize(
    "address",
    ["a@b.example>\r\nRCPT TO:<c@d.example", "a@b.example> SIZE=1", "a b@example.org", "anne", "a@b\x00.example"],
)
def test_what_is_no_address_never_reaches_the_wire(sink: Sink, session: Session, address: str) -> None:
    with pytest.raises(BadAddress):
        session.envelope(BOUNCES, address)
    with pytest.raises(BadAddress):
        session.envelope(address, "anne@example.org")

    assert sink.verbs == []


@pytest.mark.parametrize("raw", [b"Subject: x\n\nx\n", b"Subject: x\r\n\r\n.\rx\r\n", b"x\r\n.\n\r\n", b"a\n\rb\r\n"])
def test_bare_line_ends_are_not_passed_on(sink: Sink, session: Session, raw: bytes) -> None:
    session.envelope(BOUNCES, "anne@example.org")
    with pytest.raises(BareLineEnd):
        session.data(raw)

    assert sink.messages == []


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "."])
def test_5yz_is_final_and_leaves_the_session_open(sink: Sink, session: Session, verb: str) -> None:
    sink.replies[verb] = ["554 5.7.1 Not for you"]

    with pytest.raises(SmarthostRefused) as failure:
        send(session)

    assert isinstance(failure.value, Permanent)
    assert failure.value.reply_line == "554 5.7.1 Not for you"
    assert session.reset()
    assert send(session).startswith("250")


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "."])
def test_4yz_is_temporary_and_leaves_the_session_open(sink: Sink, session: Session, verb: str) -> None:
    sink.replies[verb] = ["451 4.3.0 Later, please"]

    with pytest.raises(SmarthostDeferred) as failure:
        send(session)

    assert isinstance(failure.value, Temporary)
    assert type(failure.value) is SmarthostDeferred
    assert not failure.value.pause
    assert failure.value.reply_line == "451 4.3.0 Later, please"
    assert session.reset()


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "."])
def test_421_closes_the_session_and_leaves_nothing_in_doubt(sink: Sink, session: Session, verb: str) -> None:
    sink.replies[verb] = ["421 4.3.2 Shutting down"]

    with pytest.raises(SmarthostUnreachable) as failure:
        send(session)

    assert failure.value.reply_line == "421 4.3.2 Shutting down"
    assert not session.is_open


def test_552_at_rcpt_counts_as_452(sink: Sink, session: Session) -> None:
    sink.replies["RCPT"] = ["552 Too many recipients"]

    with pytest.raises(SmarthostDeferred):
        send(session)


def test_552_at_the_dot_is_final(sink: Sink, session: Session) -> None:
    sink.replies["."] = ["552 5.3.4 Too large"]

    with pytest.raises(SmarthostRefused):
        send(session)


@pytest.mark.parametrize("verb", ["MAIL", "RCPT"])
def test_login_wanted_is_no_fault_of_the_message(sink: Sink, session: Session, verb: str) -> None:
    sink.replies[verb] = ["530 5.7.0 Authentication required"]

    with pytest.raises(SmarthostNotReady) as failure:
        send(session)

    assert failure.value.pause


def test_several_lines_of_a_reply_become_one(sink: Sink, session: Session) -> None:
    sink.replies["RCPT"] = ["550-5.1.1 No such user\r\n550 5.1.1 here"]

    with pytest.raises(SmarthostRefused) as failure:
        send(session)

    assert failure.value.reply_line == "550 5.1.1 No such user 5.1.1 here"


def test_close_after_the_dot_is_in_doubt(sink: Sink, session: Session) -> None:
    sink.closes_after_dot = True

    with pytest.raises(ReplyLost) as failure:
        send(session)

    assert isinstance(failure.value, Temporary)
    assert len(sink.messages) == 1
    assert not session.is_open


def test_silence_after_the_dot_is_in_doubt() -> None:
    with (
        listening(script("220 hi", "250 me", "250 ok", "250 ok", "354 go")) as address,
        smarthost(port_of(address), after_dot_seconds=0.2).connect() as session,
        pytest.raises(ReplyLost),
    ):
        send(session)


@pytest.mark.parametrize("reply", ["what?", "354 go on", "2" * 9000])
def test_nonsense_after_the_dot_is_in_doubt(reply: str) -> None:
    with (
        listening(script("220 hi", "250 me", "250 ok", "250 ok", "354 go", reply)) as address,
        smarthost(port_of(address)).connect() as session,
    ):
        with pytest.raises(ReplyLost):
            send(session)
        assert not session.is_open


@pytest.mark.parametrize("replies", [(), ("250 ok",), ("250 ok", "250 ok"), ("what?",), ("250 ok", "250 ok", "250 ok")])
def test_what_breaks_before_the_data_is_not_in_doubt(replies: tuple[str, ...]) -> None:
    with (
        listening(script("220 hi", "250 me", *replies, ends=True)) as address,
        smarthost(port_of(address)).connect() as session,
    ):
        with pytest.raises(SmarthostDeferred) as failure:
            send(session)
        assert not session.is_open

    assert not isinstance(failure.value, ReplyLost)


def test_connection_that_breaks_within_the_message_is_not_in_doubt() -> None:
    def hang_up(connection: socket.socket, _over: threading.Event) -> None:
        for reply in ("220 hi", "250 me", "250 ok", "250 ok", "354 go"):
            connection.sendall(f"{reply}\r\n".encode())
            connection.recv(1000)

    with listening(hang_up) as address, smarthost(port_of(address)).connect() as session:
        with pytest.raises(SmarthostUnreachable):
            send(session, b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 300_000)
        assert not session.is_open


def test_session_that_was_closed_says_so(session: Session) -> None:
    session.close()
    session.close()

    assert not session.is_open
    assert not session.reset()
    with pytest.raises(SmarthostUnreachable):
        send(session)


def script(*replies: str, ends: bool = False) -> Talk:
    """A greeting, then a reply for each line; behind 354 one for the whole message; at last the end, or silence."""

    def talk(connection: socket.socket, over: threading.Event) -> None:
        with connection.makefile("rb") as lines:
            for reply in replies:
                connection.sendall(f"{reply}\r\n".encode())
                line = lines.readline()
                while reply.startswith("354") and line not in (b".\r\n", b""):
                    line = lines.readline()
        if not ends:
            over.wait(1)

    return talk


def port_of(address: str) -> int:
    return int(address.rpartition(":")[2])
