"""spamd as a peer: real scores and real teaching, and no score from one that is down, slow or talks nonsense (F09)."""

import logging
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailgate.inbound.spamd import OFF, SCANNED_BYTES, Spamd, SpamVerdict, Unscored
from tests.servers import scripted
from tests.servers.process import LOOPBACK, free_port
from tests.servers.spamd import SpamdServer

GTUBE = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
"""The line that every SpamAssassin scores 1000 (Generic Test for Unsolicited Bulk Email)."""


def mail_from_anne(body: bytes = b"Since Monday no mail has come in.", *, message_id: bytes = b"1.anne") -> bytes:
    return (
        b"From: Anne <anne@example.org>\r\nTo: support@example.net\r\nSubject: No mail since Monday\r\n"
        b"Date: Mon, 05 Jan 2026 09:00:00 +0000\r\nMessage-ID: <" + message_id + b"@mail.example.org>\r\n\r\n"
        b"Hello,\r\n\r\n" + body + b"\r\n\r\nAnne\r\n"
    )


def warnings_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


@pytest.mark.server
def test_a_known_spam_scores_high_and_names_its_rules(spamd: SpamdServer) -> None:
    ask = Spamd(spamd.address)

    verdict = ask.check(mail_from_anne(GTUBE))

    assert verdict.score is not None
    assert verdict.score > 900
    assert "GTUBE" in verdict.symbols
    assert verdict.unscored_reason is None


@pytest.mark.server
def test_a_plain_mail_scores_low(spamd: SpamdServer) -> None:
    ask = Spamd(spamd.address)

    verdict = ask.check(mail_from_anne())

    assert verdict.score is not None
    assert verdict.score < 3
    assert verdict.unscored_reason is None


@pytest.mark.server
@pytest.mark.parametrize(
    "raw",
    [b"", b"\0", b"\r\n", b"no header at all", b"\xff\xfe" * 5000, b"Subject: " + b"x" * 100_000],
    ids=["empty", "NUL", "blank line", "no header", "binary", "endless field"],
)
def test_broken_mail_is_scored_too(spamd: SpamdServer, raw: bytes) -> None:
    ask = Spamd(spamd.address)

    verdict = ask.check(raw)

    assert verdict.score is not None


@pytest.mark.server
def test_only_the_first_512_kib_are_scanned(spamd: SpamdServer) -> None:
    ask = Spamd(spamd.address)
    filling = b"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=\r\n" * (SCANNED_BYTES // 38)

    verdict = ask.check(mail_from_anne(filling + GTUBE))

    assert verdict.score is not None
    assert "GTUBE" not in verdict.symbols


@pytest.mark.server
def test_threads_that_share_a_client_get_their_own_verdicts(spamd: SpamdServer) -> None:
    ask = Spamd(spamd.address)
    mails = [mail_from_anne(GTUBE), mail_from_anne()] * 8

    with ThreadPoolExecutor(8) as threads:
        verdicts = list(threads.map(ask.check, mails))

    assert ["GTUBE" in verdict.symbols for verdict in verdicts] == [True, False] * 8


@pytest.mark.server
@pytest.mark.parametrize("spam", [True, False], ids=["spam", "ham"])
def test_spamd_learns_spam_and_ham_once(spamd: SpamdServer, spam: bool, caplog: pytest.LogCaptureFixture) -> None:
    ask = Spamd(spamd.address)
    raw = mail_from_anne(b"A text of its own.", message_id=f"teach.{spam}".encode())

    first, second = ask.teach(raw, spam), ask.teach(raw, spam)

    assert (first, second) == (True, False)
    assert warnings_in(caplog) == [
        f'untaught as={"spam" if spam else "ham"} reason="nothing learnt" spamd={spamd.address}'
    ]


@pytest.mark.server
def test_spamd_unlearns_what_was_taught_by_mistake(spamd: SpamdServer) -> None:
    ask = Spamd(spamd.address)
    raw = mail_from_anne(b"Taught twice.", message_id=b"teach.mistake")
    assert ask.teach(raw, spam=True)

    corrected = ask.teach(raw, spam=False)

    assert corrected


def test_a_spamd_that_is_down_costs_the_score_and_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    ask = Spamd(f"{LOOPBACK}:{free_port()}")

    verdict = ask.check(mail_from_anne())

    assert verdict == SpamVerdict(None, (), Unscored.UNREACHABLE)
    assert verdict != OFF  # not asked is another thing than asked in vain
    [warning] = warnings_in(caplog)
    assert warning.startswith(f'unscored reason="unreachable" spamd={ask.address} error=')


@pytest.mark.parametrize("address", ["/nowhere/spamd.sock", f"{'x' * 64}.example:783"])
def test_an_address_where_nobody_is_costs_the_score(address: str) -> None:
    ask = Spamd(address)

    verdict = ask.check(mail_from_anne())

    assert verdict.unscored_reason == Unscored.UNREACHABLE


def test_a_socket_path_is_asked_like_a_port(tmp_path: Path) -> None:
    scored = b"SPAMD/1.1 0 EX_OK\r\nContent-length: 7\r\nSpam: False ; -0.0 / 5.0\r\n\r\nAB,C_D\n"

    with scripted.listening(scripted.answering(scored), tmp_path / "spamd.sock") as address:
        verdict = Spamd(address).check(mail_from_anne())

    assert verdict == SpamVerdict(0.0, ("AB", "C_D"), None)


@pytest.mark.alone
@pytest.mark.parametrize("talk", [scripted.say_nothing, scripted.never_read, scripted.drip])
def test_a_slow_spamd_is_waited_for_up_to_the_limit(talk: scripted.Talk, caplog: pytest.LogCaptureFixture) -> None:
    raw = mail_from_anne(b"x" * SCANNED_BYTES)  # more than a socket's buffers hold

    with scripted.listening(talk) as address:
        started = time.monotonic()
        verdict = Spamd(address, timeout_seconds=0.3).check(raw)
        waited_seconds = time.monotonic() - started

    assert verdict == SpamVerdict(None, (), Unscored.TIMED_OUT)
    assert 0.3 <= waited_seconds < 1.5
    assert len(warnings_in(caplog)) == 1


@pytest.mark.alone
def test_a_name_lookup_that_hangs_keeps_the_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    lookup_may_end = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: lookup_may_end.wait(10) and [])
    ask = Spamd("spamd.example.net:783", timeout_seconds=0.3)

    started = time.monotonic()
    verdict = ask.check(mail_from_anne())
    waited_seconds = time.monotonic() - started
    lookup_may_end.set()

    assert verdict.unscored_reason == Unscored.TIMED_OUT
    assert waited_seconds < 1.5


@pytest.mark.parametrize("talk", [scripted.hang_up_at_once, scripted.hang_up_after_reading])
def test_a_spamd_that_closes_early_costs_the_score(talk: scripted.Talk, caplog: pytest.LogCaptureFixture) -> None:
    raw = mail_from_anne(b"x" * SCANNED_BYTES)

    with scripted.listening(talk) as address:
        verdict = Spamd(address).check(raw)

    assert verdict == SpamVerdict(None, (), Unscored.CLOSED)
    assert len(warnings_in(caplog)) == 1


OK = b"SPAMD/1.1 0 EX_OK\r\n"
SCORED = OK + b"Spam: True ; 7.5 / 5.0\r\n"

NONSENSE = {
    "half a status line": b"SPAMD/1.1 0",
    "a status line without a message": b"SPAMD/1.1 0\r\n\r\n",
    "no number for a status": b"SPAMD/1.1 zero EX_OK\r\n\r\n",
    "another protocol": b"HTTP/1.1 400 Bad Request\r\nContent-length: 0\r\n\r\n",
    "binary": bytes(range(256)) * 8,
    "binary where a name of a header is due": OK + b"\xff\xfe: 1\r\n\r\n",
    "no header": OK + b"\r\n",
    "header cut off": OK + b"Spam: True",
    "score is no number": OK + b"Spam: True ; many / 5.0\r\n\r\n",
    "score is not a number": OK + b"Spam: True ; nan / 5.0\r\n\r\n",
    "score is infinite": OK + b"Spam: True ; inf / 5.0\r\n\r\n",
    "neither true nor false": OK + b"Spam: Perhaps ; 1.0 / 5.0\r\n\r\n",
    "content-length too long": SCORED + b"Content-length: 900\r\n\r\nGTUBE",
    "content-length too short": SCORED + b"Content-length: 2\r\n\r\nGTUBE",
    "content-length negative": SCORED + b"Content-length: -5\r\n\r\nGTUBE",
    "content-length of 5000 digits": SCORED + b"Content-length: " + b"9" * 5000 + b"\r\n\r\nGTUBE",
    "content-length is no number": SCORED + b"Content-length: five\r\n\r\nGTUBE",
    "symbols are binary": SCORED + b"Content-length: 3\r\n\r\n\xff\0\n",
    "symbols are a mail": SCORED + b"Content-length: 12\r\n\r\nSubject: yes",
    "many headers": SCORED + b"A: b\r\n" * 20_000 + b"\r\n",
    "longer than any answer": SCORED + b"Content-length: 10000000\r\n\r\n" + b"A," * 5_000_000,
}


@pytest.mark.parametrize("answer", NONSENSE.values(), ids=NONSENSE.keys())
def test_a_nonsense_answer_costs_the_score_and_one_warning(answer: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with scripted.listening(scripted.answering(answer)) as address:
        verdict = Spamd(address).check(mail_from_anne())

    assert verdict == SpamVerdict(None, (), Unscored.NONSENSE)
    [warning] = warnings_in(caplog)
    assert len(warning) < 600
    assert "\n" not in warning


def test_an_endless_answer_is_read_no_further_than_an_answer_can_be() -> None:
    with scripted.listening(scripted.talk_on) as address:
        verdict = Spamd(address, timeout_seconds=5).check(mail_from_anne())

    assert verdict.unscored_reason == Unscored.NONSENSE


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"SPAMD/1.0 69 Service Unavailable: TELL commands are not enabled\r\n\r\n", Unscored.REFUSED),
        (b"SPAMD/1.0 76 Bad header line: (Content-Length mismatch)\r\n", Unscored.REFUSED),
        (b"SPAMD/1.0 75 EX_TEMPFAIL\r\n\r\n", Unscored.REFUSED),
        (b"SPAMD/1.0 12345 what is this\r\n\r\n", Unscored.REFUSED),
        (b"SPAMD/1.0 79 Timeout: (60 second timeout while trying to SYMBOLS)\r\n", Unscored.TIMED_OUT),
    ],
)
def test_an_error_code_of_spamd_costs_the_score(answer: bytes, reason: Unscored) -> None:
    with scripted.listening(scripted.answering(answer)) as address:
        verdict = Spamd(address).check(mail_from_anne())

    assert verdict == SpamVerdict(None, (), reason)


def test_whatever_comes_back_neither_question_raises() -> None:
    answers = [b""]

    def talk(connection: socket.socket, over: threading.Event) -> None:
        scripted.answering(answers[-1])(connection, over)

    with scripted.listening(talk) as address:
        ask = Spamd(address)

        @settings(max_examples=150)
        @given(st.binary() | st.binary().map(OK.__add__) | st.binary().map(SCORED.__add__))
        def holds(answer: bytes) -> None:
            answers.append(answer)

            verdict, taught = ask.check(b"x"), ask.teach(b"x", spam=True)

            assert (verdict.score is None) == (verdict.unscored_reason is not None)
            assert taught in {True, False}

        holds()


@pytest.mark.parametrize(
    "talk",
    [scripted.say_nothing, scripted.hang_up_at_once, scripted.answering(b"\xff"), scripted.answering(OK + b"\r\n")],
)
def test_teaching_in_vain_costs_one_warning(talk: scripted.Talk, caplog: pytest.LogCaptureFixture) -> None:
    with scripted.listening(talk) as address:
        taken = Spamd(address, timeout_seconds=0.3).teach(mail_from_anne(), spam=True)

    assert not taken
    [warning] = warnings_in(caplog)
    assert warning.startswith("untaught as=spam reason=")


@pytest.mark.parametrize("address", ["", "localhost", "localhost:", ":783", "localhost:http", "localhost:0", "h:65536"])
def test_what_is_no_address_is_refused_at_the_start(address: str) -> None:
    with pytest.raises(ValueError, match="not host:port"):
        Spamd(address)


def test_a_failure_writes_one_line_and_the_client_library_none() -> None:
    program = f"from mailgate.inbound.spamd import Spamd; Spamd('{LOOPBACK}:{free_port()}').check(b'x')"

    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30)

    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    assert ended.stderr.startswith('unscored reason="unreachable"')
