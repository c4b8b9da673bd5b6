"""A text by itself, as its reader's browser shows any text."""

from starlette.responses import Response

from webview.files import DOWNLOAD_CSP


def plain(text: str) -> Response:
    """The text as text/plain, which no browser takes for anything else."""
    content = text.encode("utf-8", "replace")
    return Response(content, media_type="text/plain", headers={"Content-Security-Policy": DOWNLOAD_CSP})
