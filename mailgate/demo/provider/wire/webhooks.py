"""Signed calls that tell of events: https://docs.stripe.com/webhooks/signature"""

import hashlib
import hmac
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

_TIMEOUT_SECONDS = 10.0


def signature(body: bytes, secret: str, at: int) -> str:
    """The header `Stripe-Signature` of a body."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


def send(url: str, secret: str, body: bytes, *, at: int) -> int:
    """Call the receiver, and return its status; 0 when there is none. `at` is the time of the signature."""
    where = urlsplit(url)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": signature(body, secret, at),
        "User-Agent": "Stripe/1.0 (a double)",
    }
    kind = HTTPSConnection if where.scheme == "https" else HTTPConnection
    connection = kind(where.hostname or "", where.port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.request("POST", where._replace(scheme="", netloc="").geturl() or "/", body, headers)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()
