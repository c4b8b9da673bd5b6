"""The bounce notification of Amazon SES, which comes by mail as a JSON object (SNS)."""

import json

from mailgate.mail.bounces.finding import BounceAction, Finding, addresses_in

_MAX_JSON = 200_000  # characters
_MAX_RECIPIENTS = 1000


def read_notification(text: str) -> tuple[list[Finding], str | None] | None:
    """Whom a notification names, and the Message-ID of the mail; None for any other text, and other notifications."""
    start = text.find("{")
    if start < 0 or '"bouncedRecipients"' not in text:
        return None
    try:
        whole, _ = json.JSONDecoder(strict=False).raw_decode(text[start : start + _MAX_JSON].replace("\n", ""))
    except (ValueError, RecursionError):
        return None
    bounce, mail = _object(whole, "bounce"), _object(whole, "mail")
    named = bounce.get("bouncedRecipients")
    found = [one for entry in (named if isinstance(named, list) else [])[:_MAX_RECIPIENTS] if (one := _finding(entry))]
    message_id = _text(_object(mail, "commonHeaders"), "messageId").strip("<> ")
    return found, message_id or None


def _finding(entry: object) -> Finding | None:
    if not isinstance(entry, dict):
        return None
    address = next(iter(addresses_in(_text(entry, "emailAddress"))), None)
    if address is None:
        return None
    action = BounceAction.DELAYED if _text(entry, "action") == BounceAction.DELAYED else BounceAction.FAILED
    return Finding(address, action, _text(entry, "status") or None, _text(entry, "diagnosticCode"))


def _object(value: object, name: str) -> dict[str, object]:
    inner = value.get(name) if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else {}


def _text(value: dict[str, object], name: str) -> str:
    found = value.get(name)
    return found[:4000] if isinstance(found, str) else ""
