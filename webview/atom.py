"""Feeds as programs read them (Atom, RFC 4287)."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

_ATOM = "http://www.w3.org/2005/Atom"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a feed; `id` is an IRI that it keeps for ever."""

    id: str
    title: str
    updated_at: datetime
    author: str
    url: str
    text: str


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed says of itself."""

    id: str
    title: str
    updated_at: datetime
    own_url: str
    page_url: str


def as_atom(feed: Feed, items: Sequence[Item]) -> bytes:
    """The feed with its items in their order; letters that XML cannot have are replaced."""
    root = ET.Element("feed", {"xmlns": _ATOM})
    _child(root, "id", feed.id)
    _child(root, "title", feed.title)
    _child(root, "updated", _instant(feed.updated_at))
    ET.SubElement(root, "link", {"rel": "self", "href": feed.own_url})
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": feed.page_url})
    for item in items:
        entry = ET.SubElement(root, "entry")
        _child(entry, "id", item.id)
        _child(entry, "title", item.title)
        _child(entry, "updated", _instant(item.updated_at))
        _child(ET.SubElement(entry, "author"), "name", item.author)
        ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": item.url})
        _child(entry, "content", item.text).set("type", "text")
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _child(parent: ET.Element, name: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, name)
    child.text = _NOT_XML.sub("\ufffd", text)
    return child


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
