"""Signed words in links and cookies: who may look, at what, until when. What they open only shows."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from itsdangerous import BadData, URLSafeSerializer

from mailgate.mail.address_token import Key

CODE_WINDOW = timedelta(minutes=30)
_CODE_LETTERS = 8  # 40 bits: enough for half an hour behind a limit on tries


CONSOLE = "console"
"""In the place of a nonce: the operator made the link on the gate's machine, where he could read the store as well."""


class LinkPurpose(StrEnum):
    """What a word is good for; one is never taken for another."""

    SIGN_IN = "sign-in"  # in a mail; opens a session
    SESSION = "session"  # in a cookie
    FEED = "feed"  # in the address of a feed


class Viewer(StrEnum):
    """Whose eyes."""

    CONTACT = "contact"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class LinkToken:
    """What the word says. Whoever holds it is believed, so it only ever goes to the stored address.

    `epoch` is the account's when the word was made: raising it ends all words made before. `nonce` binds a staff
    link to the browser that asked for it, "" where nothing is bound.
    """

    purpose: LinkPurpose
    viewer: Viewer
    person_id: int
    epoch: int
    nonce: str
    expires_at: datetime  # UTC, whole seconds


def seal_link(token: LinkToken, key: Key) -> str:
    """The word for a URL or a cookie: URL-safe ASCII."""
    claims = [token.viewer.value, token.person_id, token.epoch, token.nonce, int(token.expires_at.timestamp())]
    return f"{key.id}.{_serializer(token.purpose, key.secret).dumps(claims)}"


def unseal_link(word: str, keys: Mapping[int, bytes], *, purpose: LinkPurpose, now: datetime) -> LinkToken | None:
    """Read a word; None when it is forged, of another purpose, expired, or nonsense: nobody is told which."""
    kid, _, signed = word.partition(".")
    secret = keys.get(int(kid)) if kid.isascii() and kid.isdigit() and len(kid) < 4 else None
    if secret is None:
        return None
    try:
        viewer, person_id, epoch, nonce, expires = _serializer(purpose, secret).loads(signed)
    except (BadData, ValueError, TypeError):
        return None
    token = LinkToken(purpose, Viewer(viewer), person_id, epoch, nonce, datetime.fromtimestamp(expires, UTC))
    # Base64 has several spellings of the same bytes: only the one that was sealed is taken.
    is_as_sealed = seal_link(token, Key(int(kid), secret)) == word
    return token if is_as_sealed and now < token.expires_at else None


def sign_in_code(staff_id: int, epoch: int, key: Key, *, at: datetime) -> str:
    """The code that a staff member may type instead of following the link: good in this half hour and the next."""
    window = int(at.timestamp() // CODE_WINDOW.total_seconds())
    mac = hmac.digest(key.secret, f"mailgate sign-in code 1 {staff_id} {epoch} {window}".encode(), hashlib.sha256)
    return base64.b32encode(mac)[:_CODE_LETTERS].decode().lower()


def is_sign_in_code(typed: str, staff_id: int, epoch: int, keys: Mapping[int, bytes], *, now: datetime) -> bool:
    """The code was made for this person in this half hour or the one before, with any key; case and blanks fold."""
    word = "".join(typed.replace("-", "").split()).lower().encode("utf-8", "replace")
    good = False
    for kid, secret in keys.items():
        for at in (now, now - CODE_WINDOW):
            code = sign_in_code(staff_id, epoch, Key(kid, secret), at=at)
            good |= hmac.compare_digest(word, code.encode())
    return good


def _serializer(purpose: LinkPurpose, secret: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(
        secret, salt=f"mailgate {purpose.value} 1", signer_kwargs={"digest_method": hashlib.sha256}
    )
