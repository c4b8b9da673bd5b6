"""What the object that `mailgate inspect` prints must be, whatever the mail was."""

import json
from datetime import datetime
from typing import Any

from mailgate.mail.bounces.finding import BounceAction
from mailgate.mail.wire.defects import Defect

KEYS = (
    "message_id", "date", "from", "to", "cc", "reply_to", "subject", "in_reply_to", "references",
    "is_mailing_list", "text", "html_text", "reply_text", "attachments", "auto_submitted", "bounce",
    "defects",
)  # fmt: skip


def assert_fulfils(facts: dict[str, object]) -> None:
    """Every key is there and of its type, and all of it can be written as JSON in UTF-8."""
    assert json.loads(json.dumps(facts, ensure_ascii=False).encode("utf-8")) == facts
    assert set(facts) >= set(KEYS)
    _all(facts, ("subject", "text", "reply_text"), str)
    _all(facts, ("message_id", "date", "html_text"), str, type(None))
    assert "\n" not in str(facts["subject"])
    assert facts["date"] is None or datetime.fromisoformat(str(facts["date"])).tzinfo
    assert type(facts["is_mailing_list"]) is bool
    for key in ("in_reply_to", "references"):
        assert all(one and not set("<> \n") & set(one) for one in _list(facts[key], str))
    authors = [] if facts["from"] is None else [facts["from"]]
    for box in [*authors, *(one for key in ("to", "cc", "reply_to") for one in _list(facts[key], dict))]:
        assert isinstance(box, dict)
        _all(box, ("name", "address"), str)
        assert "@" in box["address"]
    for one in _list(facts["attachments"], dict):
        _all(one, ("filename", "content_id"), str, type(None))
        _all(one, ("content_type", "sha256"), str)
        assert "/" in one["content_type"]
        assert one["content_type"] == one["content_type"].lower()
        assert (type(one["size"]), type(one["inline"])) == (int, bool)
        assert "/" not in (one["filename"] or "")
    auto = facts["auto_submitted"]
    assert isinstance(auto, dict)
    assert type(auto["is_auto"]) is bool
    assert isinstance(auto["reason"], str) is auto["is_auto"]
    _assert_bounce(facts["bounce"])
    assert set(_list(facts["defects"], str)) <= set(Defect)


def _assert_bounce(bounce: object) -> None:
    assert isinstance(bounce, dict)
    assert type(bounce["is_bounce"]) is bool
    _all(bounce, ("original_message_id",), str, type(None))
    for one in _list(bounce["recipients"], dict):
        _all(one, ("address",), str)
        _all(one, ("status",), str, type(None))
        assert one["action"] in set(BounceAction)
        assert type(one["hard"]) is bool


def _all(row: dict[str, object], keys: tuple[str, ...], *types: type) -> None:
    for key in keys:
        assert isinstance(row[key], types), (key, row[key])


def _list(value: object, kind: type) -> list[Any]:
    assert isinstance(value, list)
    assert all(isinstance(one, kind) for one in value)
    return value
