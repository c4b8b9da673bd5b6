"""Templates compiled once, and the responses that are made from them. Words stand in `templates/web/`, none here.

Pages are not compressed here: mail of anybody and signed words of the visitor stand side by side on them, and their
lengths must not be compared (BREACH). A reverse proxy may be told otherwise. The style sheet is.
"""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

import jinja2
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

import mailgate
from webview.files import is_known

STATIC_PATH = "/static/"
_TYPES = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
_SIZES = ("B", "kB", "MB", "GB")


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

    Of two templates with one name that of the first directory counts.
    """

    def __init__(self, company: str, *directories: Path) -> None:
        directories = directories or (built_in_directory(),)
        paths = [path for directory in directories for suffix in _TYPES for path in directory.glob(f"*{suffix}")]
        self.static = {file.name: file for file in map(_static, paths)}
        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(directories),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        environment.globals["company"] = company
        environment.globals["static"] = {name.partition(".")[0]: file.path for name, file in self.static.items()}
        environment.filters["size"] = size
        environment.filters["clip"] = clip
        names = {path.relative_to(place).as_posix() for place in directories for path in place.rglob("*.html")}
        self._templates = {name: environment.get_template(name) for name in names}

    def html(self, template: str, **values: object) -> bytes:
        """A page as bytes."""
        return self._templates[template].render(values).encode("utf-8", "replace")

    def page(self, template: str, *, status: int = 200, **values: object) -> Response:
        """A response without a version: answers to forms, and refusals."""
        return Response(self.html(template, **values), status, media_type="text/html")

    def versioned(self, request: Request, template: str, **values: object) -> Response:
        """A page, or 304 when the browser has the same one."""
        html = self.html(template, **values)
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


def instants_in(zone: tzinfo) -> Callable[[datetime], Markup]:
    """A function for templates: an instant as a time in this zone, with its offset for programs."""

    def when(at: datetime) -> Markup:
        local = at.astimezone(zone).isoformat(" ", "minutes")
        return Markup(f'<time datetime="{local.replace(" ", "T")}">{local[:16]}</time>')  # noqa: S704 - digits alone

    return when


def size(count: int) -> str:
    """A number of bytes for people."""
    amount = float(count)
    for unit in _SIZES:
        if amount < 1000 or unit == _SIZES[-1]:
            break
        amount /= 1000
    return f"{amount:.0f}\u00a0{unit}" if amount >= 10 or unit == "B" else f"{amount:.1f}\u00a0{unit}"


def clip(text: str, length: int) -> str:
    """One line, cut when it is longer."""
    line = " ".join(text[: length * 4].split())
    return line if len(line) <= length else f"{line[: length - 1]}…"


def _static(path: Path) -> StaticFile:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:16]
    compressed = gzip.compress(content, mtime=0)
    return StaticFile(f"{path.stem}.{digest}{path.suffix}", content, compressed, _TYPES[path.suffix])
