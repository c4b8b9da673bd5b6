"""The bounces among the event notifications of Amazon SES."""

from mailgate.mail.bounces.finding import BounceAction, Finding, addresses_in
from mailgate.mail.notification import object_in

_MAX_RECIPIENTS = 1000


def read_notification(whole: dict[str, object]) -> tuple[list[Finding], str | None]:
    """Whom a notification names as not reached, and the Message-ID of the mail."""
    found: list[Finding] = []
    for event, named, action in (
        ("bounce", "bouncedRecipients", BounceAction.FAILED),
        ("deliveryDelay", "delayedRecipients", BounceAction.DELAYED),
    ):
        entries = object_in(whole, event).get(named)
        for entry in (entries if isinstance(entries, list) else [])[:_MAX_RECIPIENTS]:
            found.extend(_findings(entry, action))
    message_id = _text(object_in(object_in(whole, "mail"), "commonHeaders"), "messageId").strip("<> ")
    return found, message_id or None


def _findings(entry: object, action: BounceAction) -> list[Finding]:
    if not isinstance(entry, dict):
        return []
    if _text(entry, "action") == BounceAction.DELAYED:
        action = BounceAction.DELAYED
    named = addresses_in(_text(entry, "emailAddress"))[:1]
    return [Finding(one, action, _text(entry, "status") or None, _text(entry, "diagnosticCode")) for one in named]


def _text(value: dict[str, object], name: str) -> str:
    found = value.get(name)
    return found[:4000] if isinstance(found, str) else ""
