"""One call: programs that take it, refuse, hang or die, and servers that do."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailgate.outbound.hook import HookFailed, post, run_command
from tests.servers.hook_receiver import BREAKS_OFF, DRIPS, HANGS, Receiver, hook_receiver
from tests.servers.process import LOOPBACK, free_port, wait_until


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A server that takes everything, until told otherwise."""
    with hook_receiver() as running:
        yield running


def script(directory: Path, text: str) -> str:
    """A program of this text, as the settings name it."""
    path = directory / "told.sh"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def run(command: str, body: bytes = b"{}", *, timeout_seconds: float = 20.0) -> str:
    return run_command(command, body, environment={"MAILGATE_EVENT": "ping"}, timeout_seconds=timeout_seconds)


def test_a_command_gets_the_body_and_its_words_are_kept(tmp_path: Path) -> None:
    command = script(tmp_path, 'cat > "$1"; echo "$MAILGATE_EVENT to $2"')

    said = run(f"{command} {tmp_path}/got 'two words'", '{"ü":1}'.encode())

    assert said == "ping to two words"
    assert (tmp_path / "got").read_text() == '{"ü":1}'


def test_no_shell_reads_the_command(tmp_path: Path) -> None:
    command = script(tmp_path, 'echo "$#: $1 $2 $3"')

    assert run(f"{command} $HOME ; reboot") == "3: $HOME ; reboot"


def test_a_command_has_nothing_of_our_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILGATE_SMARTHOST__PASSWORD", "secret")
    command = script(tmp_path, "env | sort | cut -d= -f1 | tr '\\n' ' '; pwd")

    assert "PASSWORD" not in run(command)
    assert run(command).endswith("/")


@pytest.mark.parametrize(
    ("text", "said"),
    [("echo no such domain >&2; exit 3", "ended with 3: no such domain"), ("exit 1", "ended with 1"),
     ("kill -9 $$", "was killed by 9")],
)  # fmt: skip
def test_a_command_that_fails_says_why(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(HookFailed) as failure:
        run(script(tmp_path, text))

    assert str(failure.value) == said


def test_a_command_that_hangs_is_ended_with_what_it_started(tmp_path: Path) -> None:
    command = script(tmp_path, f"sleep 600 & echo $! > {tmp_path}/child; wait")

    with pytest.raises(HookFailed, match=r"longer than 0\.5 seconds"):
        run(command, timeout_seconds=0.5)

    child = (tmp_path / "child").read_text().strip()
    wait_until(lambda: _is_gone(child), what="the end of the child")


def _is_gone(pid: str) -> bool:
    status = Path(f"/proc/{pid}/status")
    try:
        return "State:\tZ" in status.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_a_command_that_leaves_something_running_is_not_waited_for(tmp_path: Path) -> None:
    command = script(tmp_path, f"sleep 600 & echo $! > {tmp_path}/child; echo begun")

    assert run(command) == "begun"
    run(f"/bin/kill {(tmp_path / 'child').read_text().strip()}")


def test_a_command_may_read_nothing_and_say_very_much(tmp_path: Path) -> None:
    command = script(tmp_path, "yes line | head -c 10000000; printf 'the\\033[2J end'")

    said = run(command, b"x" * 5_000_000)

    assert said.endswith("line\nthe\ufffd[2J end")
    assert len(said) <= 500


@pytest.mark.parametrize(("mode", "said"), [(0o644, "Permission denied"), (None, "No such file")])
def test_a_command_that_cannot_be_run_says_so(tmp_path: Path, mode: int | None, said: str) -> None:
    path = tmp_path / "told"
    if mode is not None:
        path.write_text("#!/bin/sh\n")
        path.chmod(mode)

    with pytest.raises(HookFailed, match=f"cannot be run: {said}"):
        run(str(path))


def test_a_url_gets_the_body_with_its_query_and_header_fields(receiver: Receiver) -> None:
    said = post(receiver.url, b'{"a":1}', headers={"Mailgate-Event": "ping"}, timeout_seconds=20.0)

    assert said == "204 No Content"
    (heard,) = receiver.heard
    assert (heard.path, json.loads(heard.body)) == ("/hooks?key=k", {"a": 1})
    assert (heard.headers["Content-Type"], heard.headers["Mailgate-Event"]) == ("application/json", "ping")


@pytest.mark.parametrize("status", [301, 302, 308, 400, 404, 410, 429, 500, 503])
def test_only_2xx_is_a_yes(receiver: Receiver, status: int) -> None:
    receiver.answers = [status]

    with pytest.raises(HookFailed, match=str(status)):
        post(receiver.url, b"{}", headers={}, timeout_seconds=20.0)

    assert len(receiver.heard) == 1  # a redirection is not followed


@pytest.mark.parametrize("answer", [HANGS, DRIPS])
def test_a_server_that_does_not_come_to_an_end_is_left(receiver: Receiver, answer: int) -> None:
    receiver.answers = [answer]

    with pytest.raises(HookFailed, match=r"no answer within 0\.5 seconds"):
        post(receiver.url, b"{}", headers={}, timeout_seconds=0.5)


def test_a_server_that_breaks_off_has_not_answered(receiver: Receiver) -> None:
    receiver.answers = [BREAKS_OFF]

    with pytest.raises(HookFailed, match="no answer"):
        post(receiver.url, b"{}", headers={}, timeout_seconds=20.0)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_nobody_is_there(scheme: str) -> None:
    with pytest.raises(HookFailed, match="no answer"):
        post(f"{scheme}://{LOOPBACK}:{free_port()}/", b"{}", headers={}, timeout_seconds=20.0)


def test_a_certificate_that_nobody_vouches_for_is_no_receiver(receiver: Receiver) -> None:
    with pytest.raises(HookFailed, match="no answer"):
        post(receiver.url.replace("http://", "https://"), b"{}", headers={}, timeout_seconds=5.0)
