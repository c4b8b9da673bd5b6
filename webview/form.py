"""Reading the one form: fields that occur once, of a page of ours, and no more bytes than they need."""

from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

_MAX_BODY = 4_096
_MAX_DRAINED = 2_000_000  # read and thrown away, so that the sender gets to see the answer
_FORM = "application/x-www-form-urlencoded"


async def read_fields(request: Request, *, max_bytes: int = _MAX_BODY) -> dict[str, str] | None:
    """The fields of a form; None for anything else: too long, another type, broken, or a field that comes twice."""
    body = bytearray()
    length = 0
    async for chunk in request.stream():
        length += len(chunk)
        if length <= max_bytes:
            body += chunk
        if length > _MAX_DRAINED:
            break
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if length > max_bytes or content_type != _FORM:
        return None
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=10)
    except ValueError:
        return None
    return dict(pairs) if len({name for name, _ in pairs}) == len(pairs) else None


def is_from_elsewhere(request: Request, public_url: str) -> bool:
    """The form was sent by a page of another site.

    Browsers say so by Sec-Fetch-Site, where they trust the connection. `Origin: null` is no sign: our own pages send
    it too, because they give no referrer.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin", "null")
    if origin == "null":
        return False
    sent, ours = urlsplit(origin), urlsplit(public_url)
    return (sent.scheme, sent.netloc.lower()) not in (
        (ours.scheme, ours.netloc.lower()),
        (ours.scheme, request.headers.get("host", "").lower()),  # one of ours: nothing else comes as far as this
    )
