"""The shipped config.toml: every setting with its default and its reason, as it stands or with answers filled in."""

import json
from collections.abc import Mapping
from pathlib import Path

import mailgate
from mailgate.toml_text.positions import KeyPath, find_positions


def shipped_text() -> str:
    """The file inside the installed package, or beside it in a checkout."""
    package = Path(mailgate.__file__).parent
    installed = package / "_config.toml"
    return (installed if installed.is_file() else package.parent / "config.toml").read_text("utf-8")


def filled_in(text: str, values: Mapping[KeyPath, str]) -> str:
    """The text with these values in place of what stands there; comments and all the rest stay.

    The values are checked already, so none has control characters: what JSON makes of them is a text of TOML, too.
    """
    spans = find_positions(text).values
    for path in sorted(values, key=lambda path: spans[path].start, reverse=True):
        span = spans[path]
        text = text[: span.start] + json.dumps(values[path], ensure_ascii=False) + text[span.end :]
    return text
