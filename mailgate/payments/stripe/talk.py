"""One account at Stripe, spoken to by its SDK: answers as plain mappings, failures as Temporary or Permanent.

The SDK takes a third of a second to load, so it is imported by whoever speaks, not by whoever could. Nothing is tried
again by itself: what came of a call that got no answer is looked up by those who know what they wanted.
"""

import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ParamSpec, TypeAlias

from mailgate.errors import Permanent, Temporary
from mailgate.payments.provider import Unfit

if TYPE_CHECKING:
    from requests import Session
    from stripe import ListObject, RequestOptions, StripeClient, StripeError, StripeObject

logging.getLogger("stripe").setLevel(logging.WARNING)  # it would log what is sent, and each answer, line by line

P = ParamSpec("P")
Object: TypeAlias = Mapping[str, Any]

STRIPE = "https://api.stripe.com"
CONNECT_SECONDS = 10.0
PAGE = 100  # the most that one answer lists

_KEYS = re.compile(r"\b[rs]k_(?:live|test)_[\w*]+")
_UNFIT = frozenset(("amount_too_small", "amount_too_large", "invalid_charge_amount"))


class Away(Temporary):
    """No answer, or none that tells what came of the call."""


class FailedAgain(Away):
    """The provider had failed for this idempotency key, and now only repeats that: with this key nothing ever works."""


class Refused(Permanent):
    """The provider will not do that; `code` is its word for why, perhaps "", and `status` that of HTTP."""

    def __init__(self, message: str, code: str, status: int) -> None:
        super().__init__(f"Stripe refuses: {message}")
        self.code, self.status = code, status


class KeyRefused(Refused):
    """The provider does not know the key, or the key may not do that."""


class OtherWish(Refused):
    """Something else was asked for with this idempotency key before."""


class _Answer(dict[str, Any]):
    """An object of theirs, or whatever stands between us and them has answered: then it lacks what theirs have."""

    def __missing__(self, key: str) -> Any:
        raise Away(f"Stripe answers in a way that is not understood, without {key!r}")


def connect(key: str, *, url: str, timeout_seconds: float, at_once: int) -> "StripeClient":
    """A client for the account of a key; url: "" for Stripe's own."""
    import stripe

    stripe.enable_telemetry = False  # it would tell them of this machine, and how long the last call took
    timeout = min(CONNECT_SECONDS, timeout_seconds), timeout_seconds
    return stripe.StripeClient(
        key,
        base_addresses={"api": url.rstrip("/")} if url else None,
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=timeout, session=_session(url or STRIPE, at_once)),
    )


def _session(url: str, at_once: int) -> "Session":
    """So many connections for all threads: who finds none free waits for one.

    The environment says once which proxy there is; asking it costs as much as a call. Nothing else of it counts: no
    password of a .netrc file goes there in the place of the key.
    """
    from requests import Session
    from requests.adapters import HTTPAdapter
    from requests.utils import get_environ_proxies

    session = Session()
    session.proxies.update(get_environ_proxies(url))
    session.trust_env = False
    for scheme in ("https://", "http://"):
        session.mount(scheme, HTTPAdapter(pool_maxsize=at_once, pool_block=True))
    return session


def by_key(key: str) -> "RequestOptions":
    """What makes a second call with this key the same as the first, for a day."""
    return {"idempotency_key": key}


def answer(call: "Callable[P, StripeObject]", *args: P.args, **kwargs: P.kwargs) -> Object:
    """What a call answers. Raises Away, Refused and Unfit."""
    with _translated():
        return _object(call(*args, **kwargs))


def listed(call: "Callable[P, ListObject[Any]]", *args: P.args, **kwargs: P.kwargs) -> Iterator[Object]:
    """All that a call lists, page after page. Raises Away, Refused and Unfit."""
    with _translated():
        for one in call(*args, **kwargs).auto_paging_iter():
            yield _object(one)


def once(key: str, make: Callable[[str], Object], find: Callable[[], Object | None] = lambda: None) -> Object:
    """Make something by its key. Where Stripe has failed for the key, it is looked for, or made with a key beside it.

    Their failures are kept and told again for a day, like all answers: https://docs.stripe.com/api/idempotent_requests.
    """
    try:
        return make(key)
    except FailedAgain:
        return find() or make(f"{key}-again")


def _object(answered: object) -> Object:
    import stripe

    if not isinstance(answered, stripe.StripeObject):
        raise Away("Stripe answers in a way that is not understood")
    return _Answer(answered.to_dict())


@contextmanager
def _translated() -> Iterator[None]:
    import stripe

    try:
        yield
    except stripe.StripeError as error:
        failure = _failure(error)
        raise failure from None  # the cause would bring the whole answer along


def _failure(error: "StripeError") -> Exception:
    import stripe

    status = error.http_status or 0
    if isinstance(error, stripe.APIConnectionError):
        return Away(f"Stripe does not answer: {type(error.__cause__ or error).__name__}")
    if isinstance(error, stripe.RateLimitError):
        return Away("Stripe wants fewer calls for now")
    if isinstance(error, stripe.APIError) or status >= HTTPStatus.INTERNAL_SERVER_ERROR:  # 409, too: one is under way
        is_repeated = status >= HTTPStatus.INTERNAL_SERVER_ERROR and _is_repeated(error)
        return (FailedAgain if is_repeated else Away)(f"Stripe answers with status {status}")
    code, message = error.code or "", _told(error)
    if isinstance(error, stripe.AuthenticationError | stripe.PermissionError):
        return KeyRefused(f"the key in payments.secret_key_file: {message}", code, status)
    if isinstance(error, stripe.IdempotencyError):
        return OtherWish(message, code, status)
    if code in _UNFIT:
        return Unfit(f"Stripe does not take this amount: {message}")
    return Refused(message, code, status)


def _is_repeated(error: "StripeError") -> bool:
    return any(
        name.lower() == "idempotent-replayed" and value == "true" for name, value in (error.headers or {}).items()
    )


def _told(error: "StripeError") -> str:
    """Their sentence, as one line and without keys."""
    sentence = error.user_message or error.code or "no reason given"
    text = "".join(sign if sign.isprintable() else " " for sign in sentence)
    return _KEYS.sub("…", text)[:300]
