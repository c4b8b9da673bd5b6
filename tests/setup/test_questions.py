"""What `mailgate init` asks about pages and staff, what it makes of the answers, and what it says comes next."""

import getpass
import json
import os
import pty
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from mailgate.config import Settings, load
from mailgate.setup.next_steps import about_staff_mail, steps
from mailgate.setup.snippets import Place, snippets
from tests.servers.process import private_directory
from tests.setup.test_init import ANSWERS, NOBODY, init

PUBLIC = replace(Settings(), web=replace(Settings().web, public_url="https://desk.hosting.net"))
PLACE = Place(Path("/var/lib/mailgate"), Path("/opt/mailgate/bin/mailgate"), "mailgate")


def test_the_address_of_the_pages_is_where_links_lead_and_proxies_stand(tmp_path: Path) -> None:
    made = json.loads(init(tmp_path / "gate", "--pages", "https://desk.hosting.net/", "--json").stdout)

    web = load(tmp_path / "gate" / "config.toml", {}).web
    assert (web.public_url, str(web.listen)) == ("https://desk.hosting.net", "127.0.0.1:8025")
    names = {Path(path).name for path in made["files"]}
    assert {"nginx.conf", "Caddyfile", "mailgate"} <= names
    assert "certbot --nginx" in made["next"]


def test_without_an_address_there_are_no_pages_and_no_proxy(tmp_path: Path) -> None:
    said = init(tmp_path / "gate", "--pages", "")
    again = json.loads(init(tmp_path / "gate", "--pages", "", "--force", "--json").stdout)

    assert load(tmp_path / "gate" / "config.toml", {}).web.listen is None
    assert "There are no pages, and no mail has a link to one" in said.stdout
    assert not {"nginx.conf", "Caddyfile"} & {Path(path).name for path in again["files"]}
    assert not any("nginx" in command for command in again["next"])


def test_a_script_that_says_nothing_of_pages_has_them_as_they_are_shipped(tmp_path: Path) -> None:
    said = init(tmp_path / "gate")

    web = load(tmp_path / "gate" / "config.toml", {}).web
    assert web == Settings().web
    assert "for this machine alone" in said.stdout
    assert not (tmp_path / "gate" / "setup" / "nginx.conf").exists()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"pages": "desk.hosting.net"}, "--pages"),
        ({"pages": "ftp://desk.hosting.net"}, "--pages"),
        ({"staff_signs": "perhaps"}, "write yes, no or unknown"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(tmp_path: Path, changed: Mapping[str, str], reason: str) -> None:
    done = init(tmp_path / "gate", **changed)

    assert done.exit_code == 64
    assert reason in done.stderr
    assert not (tmp_path / "gate").exists()


@pytest.mark.parametrize(
    ("signs", "said", "unsaid"),
    [
        ("yes", "go out by themselves, as mail of hosting.net is signed", "said yes to a question"),
        ("no", "waits until its writer has said yes to a question by mail", "by themselves"),
        ("unknown", "Where it is not, each mail of bart@hosting.net", "As mail of"),
    ],
)
def test_what_follows_from_how_staff_mail_is_signed_is_said(signs: str, said: str, unsaid: str) -> None:
    words = " ".join(about_staff_mail("bart@hosting.net", signs))

    assert said in words
    assert unsaid not in words
    assert "mailgate doctor --only staff-mail" in words


def test_as_json_it_says_what_comes_next_and_what_follows_for_staff(tmp_path: Path) -> None:
    made = json.loads(init(tmp_path / "gate", "--staff-signs", "no", "--json").stdout)

    assert "systemctl enable --now mailgate" in made["next"]
    assert any("said yes to a question" in sentence for sentence in made["staff_mail"])


def test_whatever_the_next_commands_install_has_been_written(tmp_path: Path) -> None:
    place = Place(tmp_path, tmp_path / "mailgate", "mailgate")
    told = [word for step in steps(PUBLIC, place, by_root=True) for line in step.commands for word in shlex.split(line)]

    used = {Path(word).name for word in told if word.startswith(f"{tmp_path}/setup/")}

    assert used == {"mailgate", "mailgate.service", "postfix-main.cf", "nginx.conf"}
    assert used <= {one.name for one in snippets(PUBLIC, place)}


def test_only_root_gives_its_files_to_the_gate_s_user() -> None:
    for by_root in (True, False):
        told = [line for step in steps(PUBLIC, PLACE, by_root=by_root) for line in step.commands]

        assert ("chown -R mailgate: /var/lib/mailgate" in told) is by_root


def test_the_command_for_the_path_names_the_settings_and_passes_everything_on(tmp_path: Path) -> None:
    told = _called(tmp_path, getpass.getuser(), "ticket", "reply", "7", "--text", "two  words")

    assert told == [
        getpass.getuser(),
        "--config",
        f"{tmp_path}/config.toml",
        *("ticket", "reply", "7"),
        "--text",
        "two  words",
    ]


@pytest.mark.usefixtures("root")
def test_the_command_of_root_is_done_by_the_gate_s_user() -> None:
    with private_directory("gate", owner=NOBODY) as home:
        told = _called(home, NOBODY, "status")

    assert told == [NOBODY, "--config", f"{home}/config.toml", "status"]


@pytest.mark.usefixtures("root")
def test_a_third_user_is_told_whose_gate_it_is() -> None:
    with private_directory("gate", owner=NOBODY) as home:
        wrapper = _wrapper(home, "mailgate")
        done = subprocess.run(["runuser", "-u", NOBODY, "--", str(wrapper), "status"], capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (
        77,
        b"mailgate: this gate belongs to mailgate; give the command as root\n",
    )


def test_on_a_terminal_each_question_is_asked_and_an_empty_answer_is_what_is_usual(tmp_path: Path) -> None:
    config = tmp_path / "gate" / "config.toml"
    answers = [ANSWERS["company"], ANSWERS["domain"], ANSWERS["staff-name"], ANSWERS["staff-email"]]
    ours, theirs = pty.openpty()
    os.write(ours, "\n".join([*answers, "Europe/Paris", "", "", "", "maybe", "no", ""]).encode())

    program = Path(sys.executable).with_name("mailgate")
    done = subprocess.run(
        [str(program), "init", str(config.parent)],
        stdin=theirs,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
    )
    os.close(ours)
    os.close(theirs)

    assert done.returncode == 0, done.stderr
    assert "Address of the pages" in done.stderr
    assert "write yes, no or unknown" in done.stderr
    settings = load(config, {})
    assert (settings.gate.timezone, settings.gate.currency, settings.web.listen) == ("Europe/Paris", "EUR", None)
    assert "As mail of hosting.net is not signed" in done.stdout


def _wrapper(home: Path, user: str) -> Path:
    program, wrapper = home / "program", home / "mailgate"
    program.write_text('#!/bin/sh\nid -un\nfor word in "$@"; do echo "$word"; done\n')
    wrapper.write_text(
        next(one.text for one in snippets(Settings(), Place(home, program, user)) if one.name == "mailgate")
    )
    for path in (program, wrapper):
        path.chmod(0o755)
    return wrapper


def _called(home: Path, user: str, *words: str) -> list[str]:
    """What the command of this user's gate calls, and as whom."""
    done = subprocess.run([str(_wrapper(home, user)), *words], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()
