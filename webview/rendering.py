"""Templates compiled once, and the responses that are made from them, each for its reader: in his language and zone.

Pages are not compressed here: mail of anybody and signed words of the visitor stand side by side on them, and their
lengths must not be compared (BREACH). A reverse proxy may be told otherwise. The style sheet is.
"""

import gzip
import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

import mailgate
from mailgate.log_events import LogEvent
from webview.files import is_known
from webview.page_templates import PageTemplates
from webview.reader import SOMEBODY, Reader
from webview.words import Catalogues, Words

log = logging.getLogger(__name__)

STATIC_PATH = "/static/"
_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file that is the same for everybody; its name changes with its content."""

    name: str
    content: bytes
    compressed: bytes
    content_type: str

    @property
    def path(self) -> str:
        """Its URL."""
        return STATIC_PATH + self.name


class Rendering:
    """Renders pages; may be used by many threads at once.

    Of two templates with one name that of the first directory counts. Those of `own`, the operator's, stand before all
    others; a page that fails with one of them is rendered without. `bill_suspended`: services that rest are due, too.
    """

    def __init__(self, company: str, *directories: Path, own: Path | None = None, bill_suspended: bool = False) -> None:
        ours = directories or (built_in_directory(),)
        everything = (own, *ours) if own else ours
        self.catalogues = Catalogues(everything)
        for problem in self.catalogues.problems:
            log.warning(LogEvent.WORDS_PROBLEM(problem=problem))
        paths = [path for place in everything for suffix in _TYPES for path in sorted(place.glob(f"*{suffix}"))]
        static = [_static(path) for path in paths]
        self.static = {file.name: file for file in static}
        fixed: dict[str, object] = {"company": company, "bill_suspended": bill_suspended}
        fixed |= {"static": {file.name.partition(".")[0]: file.path for file in reversed(static)}}
        words = [self.catalogues.of(language) for language in self.catalogues.languages]
        self._ours = {one.language: PageTemplates(ours, one, fixed) for one in words}
        for pages in self._ours.values():
            pages.compile_all()
        has_own = own is not None and any(own.rglob("*.html"))
        self._own = {one.language: PageTemplates(everything, one, fixed) for one in words} if has_own else {}

    def words_for(self, reader: Reader) -> Words:
        """What the reader's page says."""
        return self.catalogues.of(reader.language)

    def html(self, template: str, reader: Reader = SOMEBODY, **values: object) -> bytes:
        """A page as bytes."""
        language = self.words_for(reader).language
        if self._own:
            try:
                return self._own[language].render(template, reader, values)
            except Exception as error:  # noqa: BLE001 - an operator's expression may raise anything; it is reported
                log.warning(LogEvent.WORDS_PROBLEM(problem=f"web/{template}: {error}"))
        return self._ours[language].render(template, reader, values)

    def page(self, template: str, reader: Reader = SOMEBODY, *, status: int = 200, **values: object) -> Response:
        """A response without a version: answers to forms, and refusals."""
        return Response(self.html(template, reader, **values), status, media_type="text/html")

    def versioned(self, request: Request, template: str, reader: Reader = SOMEBODY, **values: object) -> Response:
        """A page, or 304 when the browser has the same one."""
        html = self.html(template, reader, **values)
        etag = f'"{hashlib.blake2b(html, digest_size=16).hexdigest()}"'
        if is_known(request, etag):
            return Response(status_code=304, headers={"ETag": etag})
        return Response(html, media_type="text/html", headers={"ETag": etag})

    def static_response(self, request: Request, name: str) -> Response | None:
        """A static file; None when there is none of this name."""
        file = self.static.get(name)
        if file is None:
            return None
        headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
        content = file.content
        if "gzip" in request.headers.get("accept-encoding", ""):
            content = file.compressed
            headers["Content-Encoding"] = "gzip"
        return Response(content, headers={**headers, "Content-Type": file.content_type})


def built_in_directory(kind: str = "web") -> Path:
    """Where the templates of pages stand: inside the installed package, or beside it in a checkout."""
    package = Path(mailgate.__file__).parent
    installed = package / "_templates"
    return (installed if installed.is_dir() else package.parent / "templates") / kind


def _static(path: Path) -> StaticFile:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:16]
    compressed = gzip.compress(content, mtime=0)
    return StaticFile(f"{path.stem}.{digest}{path.suffix}", content, compressed, _TYPES[path.suffix])
