"""Paths are relative to the config file."""

from pathlib import Path

import pytest

from mailgate.config import load
from mailgate.config.reading import anchored_url
from tests.config.conftest import Loader


def test_relative_paths_start_at_the_directory_of_the_file(loaded: Loader, config_file: Path) -> None:
    settings = loaded(
        """
        [store]
        url = "sqlite:///data/x.db?timeout=3"
        archive = "../archive"
        [smtp]
        certificate = "tls/cert.pem"
        key = "/etc/tls/key.pem"
        [smarthost]
        user = "gate"
        password_file = "secret"
        [spam]
        spamd = "run/spamd.sock"
        """
    )

    home = config_file.parent
    assert settings.store.url == f"sqlite:///{home}/data/x.db?timeout=3"
    assert settings.store.archive == home / "../archive"
    assert settings.smtp.certificate == home / "tls/cert.pem"
    assert settings.smtp.key == Path("/etc/tls/key.pem")
    assert settings.smarthost.password_file == home / "secret"
    assert settings.spam.spamd == home / "run/spamd.sock"


def test_file_named_relative_to_the_working_directory_has_absolute_paths(
    loaded: Loader, config_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded("")
    monkeypatch.chdir(config_file.parent)

    settings = load(Path("config.toml"), {})

    assert settings.store.archive == config_file.parent / "var/archive"


@pytest.mark.parametrize(
    ("url", "absolute"),
    [
        ("sqlite:///var/x.db", "sqlite:////etc/mailgate/var/x.db"),
        ("sqlite:////var/x.db", "sqlite:////var/x.db"),
        ("postgresql+psycopg://gate@db/gate", "postgresql+psycopg://gate@db/gate"),
    ],
)
def test_three_slashes_are_relative_and_four_absolute(url: str, absolute: str) -> None:
    assert anchored_url(url, Path("/etc/mailgate")) == absolute
