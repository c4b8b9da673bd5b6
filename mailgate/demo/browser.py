"""Somebody's browser, as far as the demo's story needs one: it follows redirects and keeps cookies."""

from collections.abc import Mapping
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from mailgate.mail.words.html_text import html_text


class Browser:
    """One browser with its own cookies."""

    def __init__(self) -> None:
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def read(self, url: str, form: Mapping[str, str] | None = None) -> str:
        """The text that a page shows, or the answer to a form that is sent there.

        Raises OSError, which urllib's errors are, for anything but a page.
        """
        with self._opener.open(url, urlencode(form).encode() if form else None, timeout=10) as response:
            return html_text(response.read().decode())
