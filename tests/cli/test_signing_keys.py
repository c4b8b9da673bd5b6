"""`mailgate keys dkim`: two keys are made, published by a person, then sign; the next two take their place."""

import json
from pathlib import Path

import pytest

from tests.program import Program, configured
from tests.servers.fixtures import StartNsd


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return configured(tmp_path / "gate")


def states(program: Program, *options: str) -> dict[str, str]:
    found = program.ask("keys", "dkim", *options)
    return {key["selector"]: key["state"] for key in found["keys"]}


def test_the_first_call_makes_two_keys_and_a_second_one_shows_them(program: Program) -> None:
    made = program.ask("keys", "dkim")

    assert made["signs"] is False
    assert [(key["selector"], key["algorithm"], key["state"]) for key in made["keys"]] == [
        ("mg1-rsa", "rsa-sha256", "waiting"),
        ("mg1-ed", "ed25519-sha256", "waiting"),
    ]
    assert made == program.ask("keys", "dkim")


def test_records_are_printed_as_a_zone_file_has_them_and_what_follows_beside_it(program: Program) -> None:
    done = program.run("keys", "dkim")

    rsa, ed25519 = [line for line in done.stdout.splitlines() if not line.startswith(";")]
    assert rsa.startswith('mg1-rsa._domainkey.support.example. IN TXT "v=DKIM1; k=rsa; p=')
    assert max(len(string) for string in rsa.split('"')[1::2]) == 255
    assert ed25519.startswith('mg1-ed._domainkey.support.example. IN TXT "v=DKIM1; k=ed25519; p=')
    assert "mailgate keys dkim --enable" in done.stderr


def test_no_private_key_is_ever_shown(program: Program) -> None:
    shown = program.prints("keys", "dkim", "--json") + program.prints("keys", "dkim", "--enable", "--unchecked")

    assert b"private" not in shown.lower()
    assert max(len(one) for key in json.loads(program.prints("keys", "dkim", "--json"))["keys"] for one in key) < 20


def test_the_next_keys_wait_beside_those_that_sign_and_then_take_their_place(program: Program) -> None:
    enabled = states(program, "--enable", "--unchecked")
    rotated = states(program, "--rotate")
    again = states(program, "--rotate")
    replaced = states(program, "--enable", "--unchecked")

    assert enabled == {"mg1-rsa": "signing", "mg1-ed": "signing"}
    assert rotated == again == {**enabled, "mg2-rsa": "waiting", "mg2-ed": "waiting"}
    assert replaced == {"mg1-rsa": "retired", "mg1-ed": "retired", "mg2-rsa": "signing", "mg2-ed": "signing"}
    assert states(program, "--enable") == replaced  # nothing waits, so nothing is asked or changed
    assert "mg1-rsa: retired" in program.prints("keys", "dkim").decode()


@pytest.mark.parametrize("enabled", [True, False])
def test_who_signs_no_more_has_no_keys_left_and_begins_again_with_new_ones(program: Program, enabled: bool) -> None:
    states(program, *(["--enable", "--unchecked"] if enabled else []))

    ended = states(program, "--disable")
    again = states(program)

    assert ended == {"mg1-rsa": "retired", "mg1-ed": "retired"}
    assert again == {**ended, "mg2-rsa": "waiting", "mg2-ed": "waiting"}


def test_without_keys_there_is_nothing_to_disable(program: Program) -> None:
    assert program.ask("keys", "dkim", "--disable") == {"signs": False, "keys": []}


def test_two_steps_at_once_are_refused(program: Program) -> None:
    assert program.run("keys", "dkim", "--rotate", "--enable").exit_code == 64


@pytest.mark.server
def test_signing_begins_only_when_the_dns_has_the_keys(tmp_path: Path, nsd: StartNsd) -> None:
    plan = configured(tmp_path / "gate")
    zone = plan.run("keys", "dkim").stdout
    empty = nsd({"support.example": ""})
    full = nsd({"support.example": zone})

    refused = _asking(plan, empty.port).run("keys", "dkim", "--enable", "--json")
    enabled = states(_asking(plan, full.port), "--enable")

    error = json.loads(refused.stdout)["error"]
    assert (refused.exit_code, error["code"]) == (65, "NotInTheDns")
    assert "mg1-rsa: the DKIM signature of support.example has no key in the DNS" in error["message"]
    assert set(enabled.values()) == {"signing"}


@pytest.mark.server
def test_without_an_answer_of_the_dns_one_tries_later(tmp_path: Path, nsd: StartNsd) -> None:
    elsewhere = nsd({"other.example": ""})

    done = _asking(configured(tmp_path / "gate"), elsewhere.port).run("keys", "dkim", "--enable")

    assert done.exit_code == 75


def _asking(program: Program, port: int) -> Program:
    return configured(program.directory, {"authentication": {"nameservers": [f"127.0.0.1:{port}"]}})
