"""Idempotency keys: the same call again is answered as the first time, and forgotten after a day.

What is kept is the answer of a call that had begun, a decline and a failure of the server's own included.
"""

from dataclasses import dataclass, field

from mailgate.demo.provider.wire.refusals import Object, Refusal

LIFETIME_SECONDS = 24 * 3600
_LONGEST = 255


@dataclass
class Keys:
    """The keys that were used: what was asked with each, and what was answered."""

    kept: dict[str, Object] = field(default_factory=dict)
    in_flight: set[str] = field(default_factory=set)

    def begin(self, key: str, request: str, now: int) -> Object | None:
        """The answer of an earlier call, with its `status` and the text of its `body`; nothing when this is the first.

        Raises Refusal when the key was used for something else, or is being used just now.
        """
        if len(key) > _LONGEST:
            raise Refusal(400, "invalid_request_error", "Idempotency keys have at most 255 characters", is_kept=False)
        if key in self.in_flight:
            message = f"There is currently another in-progress request using this Idempotent Key: {key}"
            raise Refusal(409, "idempotency_error", message, code="idempotency_key_in_use", is_kept=False)
        earlier = self.kept.get(key)
        if earlier is not None and now - earlier["at"] >= LIFETIME_SECONDS:
            del self.kept[key]
            earlier = None
        if earlier is not None and earlier["request"] != request:
            message = (
                "Keys for idempotent requests can only be used with the same parameters they were first used with. "
                f"Try using a key other than '{key}' if you meant to execute a different request."
            )
            raise Refusal(400, "idempotency_error", message, is_kept=False)
        if earlier is None:
            self.in_flight.add(key)
        return earlier

    def keep(self, key: str, request: str, status: int, body: str, now: int) -> None:
        """Remember what was answered, and forget what is over."""
        while self.kept and now - self.kept[oldest := next(iter(self.kept))]["at"] >= LIFETIME_SECONDS:
            del self.kept[oldest]
        self.kept[key] = {"request": request, "status": status, "body": body, "at": now}

    def end(self, key: str) -> None:
        """The call is over."""
        self.in_flight.discard(key)
