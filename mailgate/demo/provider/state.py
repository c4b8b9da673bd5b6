"""All that it knows, and its clock. It is in memory; with a file, it is written there after each change."""

import json
import secrets
import string
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mailgate.demo.provider.wire.faults import Faults
from mailgate.demo.provider.wire.idempotency import Keys
from mailgate.demo.provider.wire.refusals import Object, missing

API_VERSION = "2026-10-28.clover"
_MOST_CALLS = 20_000
_LETTERS = string.ascii_letters + string.digits  # of hexadecimal ones some would look like a card's number
_ID_LENGTH = 24


@dataclass
class State:
    """One account at the provider. Only its own event loop touches it."""

    base_url: str = ""  # where payers find its pages
    file: Path | None = None
    clock: Callable[[], float] = time.time
    offset_seconds: int = 0  # its own doors move it away from that clock
    objects: dict[str, dict[str, Object]] = field(default_factory=lambda: defaultdict(dict))
    secrets: dict[str, Object] = field(default_factory=dict)  # what is never answered, by id: how a card behaves
    keys: Keys = field(default_factory=Keys)
    faults: Faults = field(default_factory=Faults)
    webhook: Object = field(default_factory=dict)  # url, secret, is_held
    expiring: dict[str, int] = field(default_factory=dict)  # checkout sessions that are open, and until when
    to_send: list[str] = field(default_factory=list)  # ids of events
    is_calling: bool = False  # they are being sent
    calls: list[Object] = field(default_factory=list)
    search_lag_seconds: int = 0
    are_fees_late: bool = False  # what comes now has no entry in the books for all to see until a door says so
    request: Object = field(default_factory=lambda: {"id": None, "idempotency_key": None})  # that is being done

    @property
    def now(self) -> int:
        """The moment, in seconds."""
        return int(self.clock()) + self.offset_seconds

    @property
    def has_told_all(self) -> bool:
        """No event is on its way. Another thread may ask."""
        waits = self.to_send and self.webhook and not self.webhook["is_held"]
        return not (self.is_calling or waits)

    def new_id(self, prefix: str) -> str:
        """An id that was never used, not even by another one of us."""
        return f"{prefix}_{''.join(secrets.choice(_LETTERS) for _ in range(_ID_LENGTH))}"

    def put(self, thing: Object) -> Object:
        """Keep something new."""
        self.objects[thing["object"]][thing["id"]] = thing
        return thing

    def all(self, kind: str) -> list[Object]:
        """All of a kind, oldest first."""
        return list(self.objects[kind].values())

    def find(self, kind: str, ident: str, *, param: str | None = None) -> Object:
        """The one with this id. Raises Refusal: 404 where the path names it, 400 where a field does."""
        thing = self.objects[kind].get(ident)
        if thing is None:
            words = kind.replace(".", " ")
            raise missing(words, ident) if param is None else missing(words, ident, param=param, status=400)
        return thing

    def tell(self, name: str, thing: Object, previous: Object | None = None) -> None:
        """Make an event of what has happened to something, as it is now."""
        data: Object = {"object": thing}
        if previous:
            data["previous_attributes"] = previous
        event: Object = {
            "id": self.new_id("evt"),
            "object": "event",
            "account": None,
            "api_version": API_VERSION,
            "context": None,
            "created": self.now,
            "data": json.dumps(data),  # as text, which is small: there are several events to a charge
            "livemode": False,
            "pending_webhooks": 1 if self.webhook else 0,
            "request": dict(self.request),
            "type": name,
        }
        self.put(event)
        if self.webhook:
            self.to_send.append(event["id"])

    def reset(self) -> None:
        """Forget everything, the clock too."""
        fresh = State()
        for name in _KEPT_IN_FILE:
            setattr(self, name, getattr(fresh, name))
        self.keys, self.faults, self.calls = fresh.keys, fresh.faults, fresh.calls

    def save(self) -> None:
        """Write what is known to the file, if there is one."""
        if self.file is not None:
            kept: dict[str, Any] = {name: getattr(self, name) for name in _KEPT_IN_FILE}
            draft = self.file.with_suffix(".new")
            draft.write_text(json.dumps({**kept, "keys": self.keys.kept}), encoding="utf-8")
            draft.replace(self.file)

    def load(self) -> None:
        """Take up what an earlier run has written."""
        if self.file is not None and self.file.exists():
            kept = json.loads(self.file.read_text(encoding="utf-8"))
            self.keys.kept = kept.pop("keys")
            objects = kept.pop("objects")
            for name, value in kept.items():
                setattr(self, name, value)
            self.objects = defaultdict(dict, objects)

    def heard(self, call: Object) -> None:
        """Count a call; the oldest are forgotten."""
        self.calls.append(call)
        if len(self.calls) > _MOST_CALLS:
            del self.calls[: _MOST_CALLS // 2]


_KEPT_IN_FILE = (
    "offset_seconds",
    "objects",
    "secrets",
    "expiring",
    "webhook",
    "to_send",
    "search_lag_seconds",
    "are_fees_late",
)
