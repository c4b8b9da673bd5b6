"""Signed calls that tell of events: https://docs.stripe.com/webhooks/signature"""

import hashlib
import hmac
import time
import urllib.error
import urllib.request

_TIMEOUT_SECONDS = 10.0


def signature(body: bytes, secret: str, at: int) -> str:
    """The header `Stripe-Signature` of a body."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def send(url: str, secret: str, body: bytes, *, age_seconds: int = 0) -> int:
    """Call the receiver, and return its status; 0 when there is none. The signature is of the world's time."""
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": signature(body, secret, int(time.time()) - age_seconds),
        "User-Agent": "Stripe/1.0 (a double)",
    }
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")  # noqa: S310 the player's own url
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
