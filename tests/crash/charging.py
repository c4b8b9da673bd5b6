"""A gate whose customers' cards are charged by a provider of the test's own."""

from collections.abc import Sequence
from pathlib import Path

from mailgate.config import Settings
from mailgate.config.settings import ProviderName
from tests.gate import settings_for
from tests.servers.provider import KEY


def payments_of(directory: Path, url: str) -> dict[str, object]:
    """The section of the settings."""
    key = directory / "provider.key"
    key.write_text(KEY)
    key.chmod(0o600)
    return {"provider": ProviderName.STRIPE, "secret_key_file": key, "api_url": url}


def settings_of(directory: Path, port: int, url: str, store: Sequence[str] = ()) -> Settings:
    """Those of a gate in this directory; `store`: the URL of its store, where that is not there."""
    return settings_for(directory, port, payments=payments_of(directory, url), **kept_in(store))


def kept_in(store: Sequence[str]) -> dict[str, dict[str, object]]:
    """The section of the settings, if there is a URL to stand in it."""
    return {"store": {"url": store[0]}} if store else {}
