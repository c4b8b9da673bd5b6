"""A config file in a directory of its own."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from mailgate.config import ConfigErrors, Settings, load

Loader = Callable[..., Settings]
Refuser = Callable[..., ConfigErrors]


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    """Where the file is; it has yet to be written."""
    return tmp_path / "config.toml"


@pytest.fixture
def loaded(config_file: Path) -> Loader:
    """The settings that a text and an environment make."""

    def settings(text: str = "", environ: Mapping[str, str] | None = None) -> Settings:
        config_file.write_text(text, encoding="utf-8")
        return load(config_file, environ or {})

    return settings


@pytest.fixture
def refused(config_file: Path) -> Refuser:
    """The errors that a text and an environment make."""

    def errors(text: str = "", environ: Mapping[str, str] | None = None) -> ConfigErrors:
        config_file.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigErrors) as raised:
            load(config_file, environ or {})
        return raised.value

    return errors
