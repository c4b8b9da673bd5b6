"""Values that settings take, as the rest of the program gets them."""

import dataclasses
from pathlib import Path

import pytest

from mailgate.config import HostPort, Settings
from tests.config.conftest import Loader


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("127.0.0.1:25", HostPort("127.0.0.1", 25)),
        ("mx-1.example.org:587", HostPort("mx-1.example.org", 587)),
        ("mail_relay:25", HostPort("mail_relay", 25)),
        ("[2001:DB8::0:1]:25", HostPort("2001:db8::1", 25)),
        ("", None),
    ],
)
def test_address_is_host_and_port_or_off(loaded: Loader, text: str, value: HostPort | None) -> None:
    settings = loaded(f'smarthost.address = "{text}"')

    assert settings.smarthost.address == value


@pytest.mark.parametrize("text", ["127.0.0.1:25", "[::1]:25"])
def test_address_is_written_as_it_is_read(loaded: Loader, text: str) -> None:
    settings = loaded(f'smtp.listen = "{text}"')

    assert str(settings.smtp.listen) == text


@pytest.mark.parametrize(
    ("host", "is_loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("LocalHost", True),
        ("gate.localhost.", True),
        ("0.0.0.0", False),
        ("::", False),
        ("localhost.example.org", False),
        ("192.0.2.1", False),
    ],
)
def test_loopback_is_told_by_the_name(host: str, is_loopback: bool) -> None:
    assert HostPort(host, 25).is_loopback is is_loopback


def test_web_view_may_be_public_under_a_public_name(loaded: Loader) -> None:
    settings = loaded('[web]\nlisten = "0.0.0.0:80"\npublic_url = "https://support.example/desk/"')

    assert settings.web.public_url == "https://support.example/desk"


def test_port_zero_is_a_free_port_for_every_listener(loaded: Loader) -> None:
    settings = loaded('smtp.listen = "127.0.0.1:0"\nlmtp.listen = "127.0.0.1:0"\nweb.listen = "127.0.0.1:0"')

    assert settings.smtp.listen == settings.lmtp.listen == HostPort("127.0.0.1", 0)


def test_zone_of_the_gate_is_ready_for_use(loaded: Loader) -> None:
    assert loaded('gate.timezone = "Asia/Kathmandu"').gate.zone.key == "Asia/Kathmandu"


def test_settings_cannot_be_changed() -> None:
    settings = Settings()

    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.workers.threads = 5  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "prefix"), [("", ""), ("mailgate", "mailgate/"), ("/a/b/", "a/b/"), ("a/b", "a/b/"), ("/", "")]
)
def test_the_beginning_of_keys_ends_as_a_directory_does(loaded: Loader, text: str, prefix: str) -> None:
    settings = loaded(f's3.prefix = "{text}"')

    assert settings.s3.prefix == prefix


def test_the_disk_that_fills_with_mail_is_where_the_settings_send_it(loaded: Loader, config_file: Path) -> None:
    bucket, server = '[s3]\nbucket = "mails"', '[store]\nurl = "postgresql+psycopg://gate@db/mailgate"'

    found = [loaded(text).disk_of_mail for text in ("", server, bucket, f"{server}\n{bucket}")]

    home = config_file.parent
    assert found == [home / "var/archive", home / "var/archive", home / "var", None]
