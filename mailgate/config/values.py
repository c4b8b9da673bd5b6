"""Shapes that values have in TOML and in environment variables, and HostPort, a value of our own."""

import ipaddress
import math
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from mailgate.toml_text.problems import BadValue


class Shape(Enum):
    """What a value is in TOML, in words for people."""

    TEXT = "text in quotes"
    WHOLE = "a whole number"
    NUMBER = "a number"
    LIST = "a list of texts"
    WHOLES = "a list of whole numbers"
    TRUTH = "true or false"


@dataclass(frozen=True, slots=True)
class Kind:
    """How one setting is read: `check` gets a value of the right shape and returns ours, or raises BadValue."""

    shape: Shape
    check: Callable[[Any], object]


@dataclass(frozen=True, slots=True)
class HostPort:
    """A TCP address. `host` is a name or an IP address without brackets."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Only this machine can connect to it, as far as the name tells."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """The host is `localhost`, a name under it (RFC 6761 §6.3), or a loopback address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        name = host.lower().rstrip(".")
        return name == "localhost" or name.endswith(".localhost")


def shaped(shape: Shape, raw: object) -> object:
    """Take a TOML value as this shape; a whole number is also a number. Raises BadValue."""
    match shape, raw:
        case (Shape.TEXT, str()):
            return raw
        case (Shape.WHOLE | Shape.NUMBER, int()) if not isinstance(raw, bool):
            return raw
        case (Shape.NUMBER, float()) if math.isfinite(raw):
            return raw
        case (Shape.TRUTH, bool()):
            return raw
        case (Shape.LIST, list()) if all(isinstance(item, str) for item in raw):
            return raw
        case (Shape.WHOLES, list()) if all(type(item) is int for item in raw):
            return raw
    if isinstance(raw, list) and shape in _ITEMS:
        odd = next(item for item in raw if type(item) is not _ITEMS[shape])
        raise BadValue(f"must be {shape.value}, but one item is {_in_words(odd)}")
    raise BadValue(f"must be {shape.value}, not {_in_words(raw)}")


def from_text(shape: Shape, text: str) -> object:
    """Read an environment variable's text as this shape; a list is TOML or separated by commas. Raises BadValue."""
    if shape is Shape.TEXT:
        return text
    if shape is Shape.LIST and not text.lstrip().startswith("["):
        return [item.strip() for item in text.split(",") if item.strip()]
    if shape is Shape.WHOLES and not text.lstrip().startswith("["):
        text = f"[{text}]"
    try:
        raw = tomllib.loads(f"value = {text.strip()}")
    except ValueError:  # TOMLDecodeError is one
        raw = {}
    if list(raw) != ["value"]:
        raise BadValue(f'must be {shape.value}, not "{text}"')
    return shaped(shape, raw["value"])


_ITEMS: Mapping[Shape, type] = {Shape.LIST: str, Shape.WHOLES: int}

_WORDS = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a fraction",
    dict: "a section",
    list: "a list",
}


def _in_words(raw: object) -> str:
    if isinstance(raw, float) and not math.isfinite(raw):
        return str(raw)
    return _WORDS.get(type(raw), "a date or time")
