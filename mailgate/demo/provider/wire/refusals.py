"""What is said instead of an answer, in the shape of Stripe's errors."""

from typing import Any

DOCS = "https://docs.stripe.com/error-codes"

Object = dict[str, Any]
"""Something as it is answered: JSON."""


class Refusal(Exception):
    """A request that is refused.

    `is_kept`: the refusal belongs to the idempotency key, as the request had begun; one that was wrong by its form had
    not, and its key is free.
    """

    def __init__(
        self, status: int, kind: str, message: str, *, is_kept: bool = True, code: str = "", param: str | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.is_kept = status, is_kept
        self.error: Object = {"type": kind, "message": message}
        if code:
            self.error |= {"code": code, "doc_url": f"{DOCS}/{code.replace('_', '-')}"}
        if param is not None:
            self.error["param"] = param

    def about(self, **things: Any) -> "Refusal":
        """The same, with what it is about."""
        self.error |= {name: thing for name, thing in things.items() if thing is not None}
        return self

    @property
    def body(self) -> Object:
        """The answer."""
        return {"error": self.error}


def wrong(message: str, *, param: str | None = None, code: str = "") -> Refusal:
    """A request that cannot be done as things are."""
    return Refusal(400, "invalid_request_error", message, code=code, param=param)


def malformed(message: str, *, param: str, code: str = "") -> Refusal:
    """A request that is wrong by its form, whatever the state of things."""
    return Refusal(400, "invalid_request_error", message, code=code, param=param, is_kept=False)


def missing(what: str, ident: str, *, param: str = "id", status: int = 404) -> Refusal:
    """Nothing of that kind has this id."""
    return Refusal(
        status,
        "invalid_request_error",
        f"No such {what}: '{ident}'",
        code="resource_missing",
        param=param,
        is_kept=False,
    )


def card_error(message: str, *, code: str, **more: Any) -> Refusal:
    """A card that does not pay."""
    return Refusal(402, "card_error", message, code=code).about(**more)
