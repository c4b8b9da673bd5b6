"""Downloads: never shown by the browser, never guessed at, under a name that is safe on any computer."""

import re
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from webview.raster import raster_type


class NotAPicture(Exception):
    """These bytes are none that a page shows."""


DOWNLOAD_CSP = "sandbox; default-src 'none'; frame-ancestors 'none'"

_UNSAFE = re.compile(r"[^\w .()\[\]@=+,-]|[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|\Z)", re.IGNORECASE)
_MAX_NAME = 120


def safe_name(name: str | None, *, fallback: str) -> str:
    """A name without path, hidden characters, leading dots, or the names of devices; its ending survives."""
    base = (name or "").replace("\\", "/").rpartition("/")[2]
    clean = " ".join(_UNSAFE.sub("_", base).split()).lstrip(". ").rstrip(". ")
    if len(clean) > _MAX_NAME:
        stem, dot, ending = clean.rpartition(".")
        clean = f"{stem[: _MAX_NAME - 11]}.{ending}" if dot and len(ending) <= 10 else clean[:_MAX_NAME]
    if not clean.strip("_"):
        return fallback
    return f"_{clean}" if _DEVICES.match(clean) else clean


def download(request: Request, content: bytes, *, name: str, digest: str, content_type: str = "") -> Response:
    """The bytes as a file to be saved. `name` is safe already; `digest` tells whether the browser has them."""
    headers = {
        "Content-Security-Policy": DOWNLOAD_CSP,
        # RFC 6266 §4.3: the plain form for old clients, the other one for all letters.
        "Content-Disposition": f"attachment; filename=\"{_ascii(name)}\"; filename*=UTF-8''{quote(name, safe='')}",
        "ETag": f'"{digest[:32]}"',
    }
    if is_known(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=content_type or "application/octet-stream", headers=headers)


def picture(request: Request, content: bytes, *, digest: str) -> Response:
    """The bytes as a picture for a page, or by itself: of a kind that is known to be one. Raises NotAPicture."""
    content_type = raster_type(content)
    if content_type is None:
        raise NotAPicture
    headers = {
        "Content-Security-Policy": DOWNLOAD_CSP,
        "Content-Disposition": "inline",
        "ETag": f'"picture-{digest[:32]}"',
    }
    if is_known(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type=content_type, headers=headers)


def is_known(request: Request, etag: str) -> bool:
    """The browser has this version already (RFC 9110 §13.1.2)."""
    known = request.headers.get("if-none-match", "")
    return known.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in known.split(","))


def _ascii(name: str) -> str:
    return name.encode("ascii", "replace").decode().replace("?", "_")
