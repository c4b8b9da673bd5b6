"""`mailgate inspect`: one object for each mail, whatever it is; no settings and no store needed."""

import json
import resource
import subprocess
from pathlib import Path

import pytest

from tests.mail.contract import assert_fulfils
from tests.program import MAILGATE

MAIL = "From: Anne <anne@ash.example>\nSubject: Größe\n\nVoll.\u2028Sehr.\n".encode()


def inspect(*arguments: str, stdin: bytes = b"", cwd: Path) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [MAILGATE, "inspect", *arguments], input=stdin, capture_output=True, cwd=cwd, env={"LC_ALL": "C"}, check=False
    )


def test_a_mail_on_standard_input_is_one_object_in_utf_8(tmp_path: Path) -> None:
    done = inspect(stdin=MAIL, cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, b"")
    facts = json.loads(done.stdout.decode("utf-8"))
    assert_fulfils(facts)
    assert (facts["subject"], facts["text"]) == ("Größe", "Voll.\u2028Sehr.\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "raw",
    [b"", b"\n", b"Subject", b"Subject: x", b"\0\xff\xfe" * 999, b"Content-Type: multipart/mixed; boundary=b\n\n--b\n"],
)
def test_there_is_no_mail_that_is_no_mail(raw: bytes, tmp_path: Path) -> None:
    done = inspect(stdin=raw, cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, b"")
    assert_fulfils(json.loads(done.stdout))


def test_files_are_a_line_each_in_their_order(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.eml").write_bytes(b"Subject: %d\n\n\x00\xff" % number)

    done = inspect("--jsonl", "2.eml", "0.eml", "1.eml", cwd=tmp_path)

    assert (done.returncode, done.stderr) == (0, b"")
    assert [json.loads(line)["subject"] for line in done.stdout.splitlines()] == ["2", "0", "1"]


def test_a_file_that_is_not_there_has_its_line_and_is_told_at_the_end(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(MAIL)

    done = inspect("--jsonl", "gone.eml", "a.eml", cwd=tmp_path)

    rows = [json.loads(line) for line in done.stdout.decode("utf-8").split("\n")[:-1]]
    assert [row["subject"] for row in rows] == ["", "Größe"]
    assert rows[0]["defects"] == ["unreadable"]
    assert done.returncode == 66
    assert done.stderr == b"mailgate: gone.eml: No such file or directory\n"


def test_no_files_are_no_lines(tmp_path: Path) -> None:
    done = inspect("--jsonl", stdin=MAIL, cwd=tmp_path)

    assert (done.returncode, done.stdout) == (0, b"")


def test_files_without_the_flag_are_a_mistake(tmp_path: Path) -> None:
    done = inspect("a.eml", cwd=tmp_path)

    assert done.returncode == 64
    assert b"--jsonl" in done.stderr


@pytest.mark.parametrize("kind", ["file", "html", "uuencoded"])
def test_the_largest_mail_takes_ten_seconds_and_256_mib_at_most(kind: str, tmp_path: Path) -> None:
    head, piece = {
        "file": (b"Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n", b"QUJD" * 18 + b"\n"),
        "html": (b"Content-Type: text/html\n\n", b"<p>x"),
        "uuencoded": (b"Content-Transfer-Encoding: x-uuencode\n\nbegin 644 x\n", b"!\n"),
    }[kind]
    (tmp_path / "large.eml").write_bytes(head + piece * (36 * 2**20 // len(piece)))

    before = computed_seconds()
    done = subprocess.run(
        [MAILGATE, "inspect", "--jsonl", "large.eml"],
        capture_output=True,
        cwd=tmp_path,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (256 * 2**20, 256 * 2**20)),
    )

    assert done.returncode == 0, done.stderr
    assert "message-too-long" in json.loads(done.stdout)["defects"]
    assert "unreadable" not in json.loads(done.stdout)["defects"]
    assert computed_seconds() - before < 10


def computed_seconds() -> float:
    """What programs that were started here and have ended took of the processor."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
