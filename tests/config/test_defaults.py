"""The shipped config.toml and the dataclasses say the same."""

import re
import tomllib
from pathlib import Path

import pytest

from mailgate.config import Settings, load
from mailgate.config.sections import LISTS, keys_of, sections, setting_names
from mailgate.config.settings import NOT_BUILT
from tests.config.conftest import Loader

SHIPPED = Path(__file__).parents[2] / "config.toml"
TEXT = SHIPPED.read_text(encoding="utf-8")

OF_THE_CONTRACT = """
gate.company gate.domain gate.timezone gate.currency store.url store.archive smtp.listen smtp.certificate smtp.key
lmtp.listen web.listen web.public_url smarthost.address smarthost.tls smarthost.user smarthost.password_file
spam.spamd spam.hold_score authentication.trusted_authserv_ids authentication.verify workers.broker desk imap
desk_rules.undo_seconds desk_rules.autoclose_hours desk_rules.autoclose_warning_hours desk_rules.unknown_sender
billing.invoice_days_before_due
"""


def comment_above(line: str) -> str:
    """The comment lines right above a line of the shipped file, or above the settings that share it."""
    lines = TEXT.split("\n")
    index = lines.index(line)
    while not lines[index - 1].startswith(("#", "[")) and lines[index - 1]:
        index -= 1
    start = index
    while lines[start - 1].startswith("#"):
        start -= 1
    return "\n".join(lines[start:index])


def test_shipped_file_and_dataclasses_have_the_same_settings() -> None:
    document = tomllib.loads(TEXT)

    in_file = {(section, key) for section in document if section not in LISTS for key in document[section]}

    assert in_file == set(setting_names())


def test_shipped_file_and_dataclasses_have_the_same_defaults(loaded: Loader, config_file: Path) -> None:
    empty = loaded("")

    config_file.write_text(TEXT, encoding="utf-8")
    shipped = load(config_file, {})

    assert shipped == empty


def test_settings_made_in_code_differ_from_loaded_ones_by_their_paths_alone(loaded: Loader, config_file: Path) -> None:
    made, read = Settings(), loaded("")

    assert read.store.url == f"sqlite:///{config_file.parent}/var/mailgate.db"
    assert read.store.archive == config_file.parent / made.store.archive
    for section in sections():
        if section != "store":
            assert getattr(read, section) == getattr(made, section)
    assert (read.desks, read.imap) == (made.desks, made.imap)


@pytest.mark.parametrize(("section", "key"), list(setting_names()))
def test_every_setting_of_the_shipped_file_has_a_reason(section: str, key: str) -> None:
    body = TEXT[TEXT.index(f"\n[{section}]\n") :]

    line = re.search(rf"^{key} = .*$", body, re.MULTILINE)

    assert line is not None
    assert len(comment_above(line[0])) > 20


@pytest.mark.parametrize(("section", "key"), [(section, key) for section, key, _ in NOT_BUILT])
def test_what_is_not_built_says_so_in_the_shipped_file(section: str, key: str) -> None:
    body = TEXT[TEXT.index(f"\n[{section}]\n") :]

    line = re.search(rf"^{key} = .*$", body, re.MULTILINE)

    assert line is not None
    assert "Not built yet" in comment_above(line[0])


def test_what_is_built_does_not_say_otherwise() -> None:
    marks = TEXT.count("# Not built yet")

    assert marks == len(NOT_BUILT)


def test_commented_example_of_a_list_is_right(loaded: Loader) -> None:
    example = re.sub(r"(?m)^# (\[\[|\w+ = )", r"\1", TEXT[TEXT.index("# [[imap]]") : TEXT.index("[billing]")])

    settings = loaded(example)

    assert set(tomllib.loads(example)["imap"][0]) == set(keys_of(LISTS["imap"]))
    assert settings.imap[0].folder == "INBOX"
    assert settings.imap[0].password_file.is_absolute()


def test_commented_example_of_a_second_smarthost_is_right(loaded: Loader) -> None:
    commented = TEXT[TEXT.index("# [[fallback_smarthost]]\n") : TEXT.index("# When nothing is sent to a customer")]
    example = re.sub(r"(?m)^# ", "", commented)

    settings = loaded(f'[smarthost]\naddress = "smtp.support.example:587"\n{example}')

    assert set(tomllib.loads(example)["fallback_smarthost"][0]) == set(keys_of(LISTS["fallback_smarthost"]))
    [second] = settings.fallback_smarthost
    assert str(second.address) == "smtp2.support.example:587"
    assert second.password_file is not None
    assert second.password_file.is_absolute()


def test_nothing_is_unbuilt_in_the_shipped_file(loaded: Loader) -> None:
    settings = loaded(TEXT)

    assert settings.unbuilt() == ()


def test_settings_without_effect_are_told_in_words(loaded: Loader) -> None:
    settings = loaded(
        """
        store.url = "postgresql+psycopg://db/gate"
        billing.change_waits_for_payment = true
        web.listen = ""
        smarthost.address = "mx.example.org:25"
        """
    )

    assert [words.partition(":")[0] for words in settings.unbuilt()] == ["billing.change_waits_for_payment"]


def test_settings_of_the_contract_are_known() -> None:
    names = {f"{section}.{key}" for section, key in setting_names()} | set(LISTS)

    assert names >= set(OF_THE_CONTRACT.split())


def test_commented_example_of_a_hook_is_right(loaded: Loader) -> None:
    commented = TEXT[TEXT.index("# [[hook]]\n") : TEXT.index("# One table for all doors")]
    example = re.sub(r"(?m)^# ", "", commented)

    settings = loaded(example)

    assert set(tomllib.loads(example)["hook"][0]) == set(keys_of(LISTS["hook"]))
    [hook] = settings.hook
    assert (hook.event, hook.name) == ("ticket.opened", "chat.support.example")
    assert hook.secret_file is not None
    assert hook.secret_file.is_absolute()
