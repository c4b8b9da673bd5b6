"""`mailgate money check`: a line for each line, whatever stands in it; no settings and no store needed."""

import json
import os
import select
import subprocess
from pathlib import Path
from typing import IO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.program import MAILGATE

QUESTION = b'{"id": "a", "op": "exponent", "currency": "KWD"}\n'
ANSWER = b'{"id": "a", "exponent": 3}\n'
NOT_JSON = b'{"id": null, "error": "json"}\n'
PATIENCE_SECONDS = 60.0


def check(stdin: bytes, cwd: Path, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    """Its whole output for a whole input."""
    return subprocess.run(
        [MAILGATE, "money", "check"],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env={"LC_ALL": "C", **environment},
        check=False,
    )


def test_a_question_is_answered_where_there_is_nothing(tmp_path: Path) -> None:
    question = {
        "id": "a",
        "op": "slice",
        "price_minor": 3000,
        "currency": "EUR",
        "cycle_start": "2031-04-01",
        "cycle_end": "2031-05-01",
        "from": "2031-04-21",
        "to": "2031-05-01",
    }

    done = check(json.dumps(question).encode(), tmp_path)

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == b'{"id": "a", "days": 10, "cycle_days": 30, "amount_minor": 1000}\n'
    assert list(tmp_path.iterdir()) == []


def test_the_example_of_the_manual_is_true(tmp_path: Path) -> None:
    manual = (Path(__file__).parents[2] / "docs" / "running.md").read_text()
    _, _, example = manual.partition("mailgate money check <<'END'\n")
    asked, _, behind = example.partition("END\n")
    told = behind.partition("```json\n")[2].partition("```")[0]

    done = check(asked.encode(), tmp_path)

    assert done.stdout.decode() == told


def read_line(stream: IO[bytes]) -> bytes:
    """The next line, or the end of the test."""
    readable, _, _ = select.select([stream], [], [], PATIENCE_SECONDS)
    assert readable, "no answer came"
    return stream.readline()


def test_an_answer_comes_before_the_next_question(tmp_path: Path) -> None:
    with subprocess.Popen(
        [MAILGATE, "money", "check"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path, bufsize=0
    ) as process:
        assert process.stdin
        assert process.stdout
        for _ in range(3):
            process.stdin.write(QUESTION)
            assert read_line(process.stdout) == ANSWER

        process.stdin.write(QUESTION.rstrip())  # the last line needs no end
        process.stdin.close()
        assert read_line(process.stdout) == ANSWER
        assert process.wait(PATIENCE_SECONDS) == 0


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b" ",
        b"{",
        b"no JSON",
        b"[]",
        b"null",
        b"NaN",
        b"7",
        b'"id"',
        b"\xff\xfe\x00",
        b'{"id": "\xff"}',
        b"9" * 10_000,
        b"[" * 100_000,
        b'{"id":' * 100_000,
        b'{"id": "a"} {"id": "b"}',
        b"\0" * 1000,
        b"x" * 10_000_000,
    ],
    ids=lambda line: repr(line[:20]),
)
def test_a_line_that_is_no_object_has_its_own_line_and_stops_nothing(line: bytes, tmp_path: Path) -> None:
    done = check(QUESTION + line + b"\n" + QUESTION, tmp_path)

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == ANSWER + NOT_JSON + ANSWER


@pytest.mark.parametrize(
    "named", ["", "a", "Größe", "株式会社", "\u2028", "\0", "\ud800", '"\\', "😀" * 10_000, "a\nb\r\nc", 7, -(10**30)]
)
def test_the_id_comes_back_whatever_text_it_is(named: object, tmp_path: Path) -> None:
    question = {"id": named, "op": "exponent", "currency": "KWD"}
    as_they_are = json.dumps(question, ensure_ascii=False).encode("utf-8", "surrogatepass")

    done = check(json.dumps(question).encode() + b"\n" + as_they_are + b"\r\n", tmp_path)

    answers = [json.loads(line) for line in done.stdout.split(b"\n")[:-1]]
    assert answers == [{"id": named, "exponent": 3}] * 2
    assert done.returncode == 0


@pytest.mark.parametrize("named", [b"1e999", b"NaN", b"-Infinity", b"1.5", b"[" * 900 + b"]" * 900, b"{}", b"null"])
def test_what_no_line_could_hold_again_is_no_id(named: bytes, tmp_path: Path) -> None:
    done = check(b'{"id": ' + named + b', "op": "exponent", "currency": "KWD"}\n' + QUESTION, tmp_path)

    assert done.stdout == ANSWER.replace(b'"a"', b"null") + ANSWER
    assert (done.returncode, done.stderr) == (0, b"")


def test_no_line_no_answer(tmp_path: Path) -> None:
    done = check(b"", tmp_path)

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "<&- >&-"])
def test_nobody_asks_or_nobody_listens(closed: str, tmp_path: Path) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f"echo {{}} | ( {MAILGATE} money check {closed} )"],
        capture_output=True,
        cwd=tmp_path,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_settings_that_are_wrong_do_not_matter(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("wrong")

    done = check(QUESTION, tmp_path, MAILGATE_GATE__CURRENCY="wrong", PYTHONIOENCODING="ascii")

    assert (done.returncode, done.stdout, done.stderr) == (0, ANSWER, b"")


def test_answers_in_a_file_are_the_same(tmp_path: Path) -> None:
    with (tmp_path / "answers").open("wb") as answers:
        done = subprocess.run(
            [MAILGATE, "money", "check"], input=QUESTION * 1000, stdout=answers, cwd=tmp_path, check=False
        )

    assert done.returncode == 0
    assert (tmp_path / "answers").read_bytes() == ANSWER * 1000


def test_who_stops_to_listen_ends_it(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)

    done = subprocess.run(
        [MAILGATE, "money", "check"], input=QUESTION, stdout=write, stderr=subprocess.PIPE, cwd=tmp_path, check=False
    )

    os.close(write)
    assert b"Traceback" not in done.stderr


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.binary().map(lambda raw: raw.replace(b"\n", b"")), min_size=200, max_size=400))
def test_any_bytes_have_as_many_lines_of_answers(lines: list[bytes], tmp_path: Path) -> None:
    done = check(b"".join(line + b"\n" for line in lines), tmp_path)

    assert (done.returncode, done.stderr) == (0, b"")
    answers = [json.loads(line) for line in done.stdout.split(b"\n")[:-1]]
    assert len(answers) == len(lines)
    assert all(answer["error"] in ("json", "op") for answer in answers)
