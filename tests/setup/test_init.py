"""`mailgate init`: what it makes, what it refuses, and that what it prints works."""

import json
import shutil
import smtplib
import stat
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from shutil import which

import dns.zone
import pytest
from click.testing import CliRunner, Result

from mailgate.cli.main import mailgate
from mailgate.config import HostPort, Settings, load
from mailgate.config.shipped import filled_in, shipped_text
from mailgate.setup.answers import guessed_zone
from mailgate.setup.snippets import Place, snippets
from tests.gate import Person
from tests.program import Program, configured
from tests.servers.postfix import StartPostfix
from tests.servers.process import private_directory, wait_until

ANSWERS = {
    "company": 'Müller "Hosting" \\ Söhne',
    "domain": "support.hosting.net",
    "staff-name": "Bart Jones",
    "staff-email": "bart@hosting.net",
}
NOBODY = "nobody"
ANNE = Person("Anne Miller", "anne@customer.example")


def init(directory: Path, *more: str, **changed: str) -> Result:
    """Run it without a terminal; `changed` answers, "" leaves one out."""
    answers = {**ANSWERS, **{name.replace("_", "-"): value for name, value in changed.items()}}
    options = [word for name, value in answers.items() if value for word in (f"--{name}", value)]
    return CliRunner().invoke(mailgate, ["init", str(directory), *options, *more])


def snippet(settings: Settings, name: str, directory: Path = Path("/var/lib/mailgate")) -> str:
    place = Place(directory, Path(sys.executable).with_name("mailgate"), "mailgate")
    return next(one.text for one in snippets(settings, place) if one.name == name)


def test_a_new_gate_has_settings_a_store_and_somebody_who_answers(tmp_path: Path) -> None:
    directory = tmp_path / "gate"

    done = init(directory, "--smarthost", "smtp.hosting.net:587", "--timezone", "Europe/Paris")

    assert done.exit_code == 0, done.output
    settings = load(directory / "config.toml", {})
    assert (settings.gate.company, settings.gate.domain) == (ANSWERS["company"], ANSWERS["domain"])
    assert settings.seller.name == ANSWERS["company"]
    assert (settings.gate.timezone, settings.gate.currency) == ("Europe/Paris", "EUR")
    assert str(settings.smarthost.address) == "smtp.hosting.net:587"
    assert Program(directory, 0, 0).rows("staff", "list") == [
        {"id": 1, "name": "Bart Jones", "email": "bart@hosting.net", "desks": [], "hours": []}
    ]


def test_the_settings_keep_every_comment_and_every_other_value(tmp_path: Path) -> None:
    init(tmp_path / "gate")

    written = (tmp_path / "gate" / "config.toml").read_text("utf-8").splitlines()
    shipped = shipped_text().splitlines()
    changed = [old for old, new in zip(shipped, written, strict=True) if old != new]
    assert {line.partition(" ")[0] for line in changed} <= {"company", "domain", "timezone", "currency", "name"}
    assert [line for line in changed if line.startswith("name")] == ['name = "Example Hosting GmbH"']


def test_nobody_else_can_read_what_it_makes(tmp_path: Path) -> None:
    init(tmp_path / "gate")

    made = [tmp_path / "gate", *(tmp_path / "gate").rglob("*")]
    assert [path for path in made if stat.S_IMODE(path.stat().st_mode) & 0o077] == []
    assert (tmp_path / "gate" / "setup" / "mailgate-pipe").stat().st_mode & stat.S_IXUSR


def test_without_a_terminal_what_is_missing_is_named_and_nothing_is_made(tmp_path: Path) -> None:
    done = init(tmp_path / "gate", domain="", staff_email="")

    assert done.exit_code == 64
    assert "give --domain, --staff-email" in done.stderr
    assert not (tmp_path / "gate").exists()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"domain": "no domain"}, "--domain"),
        ({"timezone": "Europe/Pariss"}, "--timezone"),
        ({"smarthost": "smtp.hosting.net"}, "write host:port"),
        ({"staff_email": "bart"}, "--staff-email"),
        ({"staff_name": "Bart\nJones"}, "--staff-name"),
        ({"staff_email": "bart@support.hosting.net"}, "in the gate's own domain"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(tmp_path: Path, changed: Mapping[str, str], reason: str) -> None:
    done = init(tmp_path / "gate", **changed)

    assert done.exit_code == 64
    assert reason in done.stderr
    assert not (tmp_path / "gate").exists()


def test_a_directory_that_would_need_quotes_is_refused(tmp_path: Path) -> None:
    assert init(tmp_path / "my gate").exit_code == 64


def test_settings_are_replaced_only_by_force_and_the_store_stays(tmp_path: Path) -> None:
    directory = tmp_path / "gate"
    init(directory)
    Program(directory, 0, 0).prints("customer", "add", ANNE.name, ANNE.address)

    refused = init(directory, company="Other Hosting")
    company = load(directory / "config.toml", {}).gate.company
    forced = init(directory, "--force", company="Other Hosting")

    assert (refused.exit_code, forced.exit_code) == (73, 0)
    assert company == ANSWERS["company"]
    assert load(directory / "config.toml", {}).gate.company == "Other Hosting"
    assert len(Program(directory, 0, 0).rows("customer", "list")) == 1
    assert len(Program(directory, 0, 0).rows("staff", "list")) == 1


def test_as_json_it_names_what_was_made(tmp_path: Path) -> None:
    made = json.loads(init(tmp_path / "gate", "--json").stdout)

    assert made["config"] == str(tmp_path / "gate" / "config.toml")
    assert made["staff"] == {"id": 1, "name": "Bart Jones", "email": "bart@hosting.net"}
    assert all(Path(path).is_file() for path in made["files"])


def test_a_smarthost_on_this_host_is_spoken_to_without_tls(tmp_path: Path) -> None:
    init(tmp_path / "gate", "--smarthost", "127.0.0.1:25")

    assert load(tmp_path / "gate" / "config.toml", {}).smarthost.tls.value == "none"


def test_any_value_that_is_filled_in_is_read_back() -> None:
    odd = 'a "b" \\ ü 😀 # no comment'

    assert tomllib.loads(filled_in(shipped_text(), {("gate", "company"): odd}))["gate"]["company"] == odd


@pytest.mark.parametrize(
    ("environ", "zone"), [({"TZ": "Asia/Tokyo"}, "Asia/Tokyo"), ({"TZ": ":Mars/Olympus"}, "UTC"), ({}, "Europe/Rome")]
)
def test_the_time_zone_is_guessed(tmp_path: Path, environ: Mapping[str, str], zone: str) -> None:
    localtime = tmp_path / "localtime"
    localtime.symlink_to("/usr/share/zoneinfo/Europe/Rome")

    assert guessed_zone(environ, localtime) == zone


def test_the_records_are_a_zone_file() -> None:
    settings = replace(Settings(), smarthost=replace(Settings().smarthost, address=HostPort("smtp.hosting.net", 587)))
    soa = "@ IN SOA ns hostmaster 1 3600 600 86400 60\n@ IN NS ns\n"

    zone = dns.zone.from_text("$TTL 60\n" + soa + snippet(settings, "dns.zone"), "support.example.")

    kinds = {(str(name), record.rdtype.name) for name, record in zone.iterate_rdatasets()}
    assert {("@", "MX"), ("mx", "A"), ("mx", "AAAA"), ("@", "TXT"), ("_dmarc", "TXT")} <= kinds
    assert '"v=spf1 mx a:smtp.hosting.net -all"' in snippet(settings, "dns.zone")


@pytest.mark.server
def test_mail_comes_in_through_a_postfix_with_the_printed_settings(tmp_path: Path, postfix: StartPostfix) -> None:
    gate = configured(tmp_path, has_store=False)
    gate.prints("customer", "add", ANNE.name, ANNE.address)
    front = postfix(main_cf=snippet(load(gate.config, {}), "postfix-main.cf"))

    with gate.serve(), smtplib.SMTP(front.host, front.port) as client:
        client.sendmail(ANNE.address, ["support+phone@support.example"], ANNE.writes("It rings."))
        with pytest.raises(smtplib.SMTPRecipientsRefused, match="User unknown"):
            client.sendmail(ANNE.address, ["nobody@support.example"], ANNE.writes("Is anybody there?"))
        wait_until(lambda: len(gate.rows("ticket", "list")) == 1, what="a ticket")

    [mail] = gate.rows("inbox", "list")
    assert (mail["door"], mail["disposition"]) == ("lmtp", "opened")
    assert mail["forward_paths"] == ["support+phone@support.example"]


@pytest.mark.server
def test_a_postfix_with_the_printed_pipe_hands_over_sender_recipient_and_mail(postfix: StartPostfix) -> None:
    with private_directory("gate", owner=NOBODY) as home:
        program, said, mail = home / "program", home / "said", home / "mail"  # the checkout may be closed to that user
        program.write_text(f"#!/bin/sh\ncat > {mail}\nprintf '%s\\n' \"$@\" > {said}.new\nmv {said}.new {said}\n")
        texts = {one.name: one.text for one in snippets(Settings(), Place(home, program, NOBODY))}
        (home / "setup").mkdir()
        pipe = home / "setup" / "mailgate-pipe"
        pipe.write_text(texts["mailgate-pipe"])
        for path in (home, program, home / "setup", pipe):
            shutil.chown(path, NOBODY)
            path.chmod(0o700)
        by_pipe = texts["postfix-main.cf"].replace("=lmtp:inet:[127.0.0.1]:2424", "=gate:")
        front = postfix(
            main_cf=f"{by_pipe}gate_destination_recipient_limit = 1\n", master_cf=texts["postfix-master.cf"]
        )

        with smtplib.SMTP(front.host, front.port) as client:
            client.sendmail(ANNE.address, ["support+phone@support.example"], ANNE.writes("It rings."))
        wait_until(said.exists, what="the program called")

        words, taken = said.read_text().splitlines(), mail.read_text()
    assert words[:3] == ["--config", f"{home}/config.toml", "receive"]
    assert words[3:] == ["--sender", ANNE.address, "--recipient", "support+phone@support.example"]
    assert "It rings." in taken
    assert not taken.startswith("From ")


def test_the_pipe_takes_a_mail_and_turns_every_failure_into_75(tmp_path: Path) -> None:
    init(tmp_path / "gate")
    pipe = tmp_path / "gate" / "setup" / "mailgate-pipe"
    mail = ANNE.writes("It rings.", to="support@support.hosting.net")
    words = [str(pipe), ANNE.address, "support+phone@support.hosting.net"]

    taken = subprocess.run(words, input=mail, capture_output=True, check=False)
    by_environment = subprocess.run(
        [str(pipe)], input=mail, env={"SENDER": words[1], "RECIPIENT": words[2]}, capture_output=True, check=False
    )
    (tmp_path / "gate" / "config.toml").write_text("broken")
    kept = subprocess.run(words, input=mail, capture_output=True, check=False)

    assert (taken.returncode, by_environment.returncode, kept.returncode) == (0, 0, 75), (taken, by_environment)


@pytest.mark.skipif(which("systemd-analyze") is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("directory", ["/var/lib/mailgate", "/srv/gate", "/home/mailgate"])
def test_systemd_finds_no_mistake_in_the_unit(tmp_path: Path, directory: str) -> None:
    unit = tmp_path / "mailgate.service"
    unit.write_text(snippet(Settings(), "mailgate.service", Path(directory)))

    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)

    assert (done.returncode, [line for line in done.stderr.splitlines() if "mailgate" in line]) == (0, [])


@pytest.mark.skipif(which("exim4") is None, reason="Exim is not installed")
def test_exim_finds_no_mistake_in_its_router_and_transport(tmp_path: Path) -> None:
    router, _, transport = snippet(Settings(), "exim.conf").partition("\n\n")
    whole = tmp_path / "exim.conf"
    whole.write_text(f"begin routers\n{router}\nbegin transports\n{transport}")

    done = subprocess.run(["exim4", "-bV", "-C", str(whole)], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_the_zone_has_the_keys_that_will_sign_which_wait_for_it(tmp_path: Path) -> None:
    directory = tmp_path / "gate"

    init(directory)

    soa = "$TTL 60\n@ IN SOA ns hostmaster 1 3600 600 86400 60\n@ IN NS ns\nns IN A 127.0.0.1\n"
    zone = dns.zone.from_text(soa + (directory / "setup" / "dns.zone").read_text(), "support.hosting.net.")
    keys = Program(directory, 0, 0).ask("keys", "dkim")["keys"]
    assert [(key["selector"], key["state"]) for key in keys] == [("mg1-rsa", "waiting"), ("mg1-ed", "waiting")]
    for key in keys:
        found = zone.find_rdataset(f"{key['selector']}._domainkey", "TXT")
        assert [b"".join(record.strings).decode() for record in found] == [key["records"][0]["text"]]
