"""The doors of the provider's double, as the demo goes through them: what its payers and their banks do."""

import json
import urllib.parse
from http.client import HTTPConnection
from typing import Any

USUAL_CARD = "pm_card_visa"
PAYS, FAILS = "pays", "insufficient_funds"
"""What a card can be told to do."""


class NotPaid(Exception):
    """The double refuses."""


def knock(url: str, door: str, **fields: str) -> dict[str, Any]:
    """Go through a door of the double at this url, which is on loopback. Raises NotPaid."""
    return _asked(url, "POST", door, urllib.parse.urlencode(fields))


def look_in(url: str, door: str) -> dict[str, Any]:
    """Look through a door, and change nothing. Raises NotPaid."""
    return _asked(url, "GET", door)


def _asked(url: str, method: str, door: str, body: str | None = None) -> dict[str, Any]:
    where = urllib.parse.urlsplit(url)
    connection = HTTPConnection(str(where.hostname), where.port, timeout=30)
    try:
        connection.request(method, f"/play/{door}", body, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        said: dict[str, Any] = json.load(answer)
    finally:
        connection.close()
    if answer.status >= 400:
        raise NotPaid(str(said["error"]["message"]))
    return said
