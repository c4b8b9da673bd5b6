"""The event notifications of Amazon SES, which come by mail as a JSON object, often in an envelope of SNS."""

import json

_MAX_JSON = 200_000  # characters
_MAX_BLANK = 200


def notification_in(text: str) -> dict[str, object] | None:
    """The object with which a mail begins, out of its envelope (a string that is JSON again); None for other text."""
    if not text[:_MAX_BLANK].lstrip().startswith("{"):
        return None
    start = text.lstrip()[:_MAX_JSON]
    if '"mail"' not in start and r"\"mail\"" not in start:
        return None
    whole = _decoded(start.replace("\n", ""))
    inner = whole.get("Message")
    return _decoded(inner) if isinstance(inner, str) else whole


def object_in(value: dict[str, object], name: str) -> dict[str, object]:
    """The object of this name, {} when there is none."""
    inner = value.get(name)
    return inner if isinstance(inner, dict) else {}


def _decoded(text: str) -> dict[str, object]:
    try:
        whole, _ = json.JSONDecoder(strict=False).raw_decode(text)
    except (ValueError, RecursionError):
        return {}
    return whole if isinstance(whole, dict) else {}
