"""What is wrong with the words of pages: translations that do not fit, and templates that are none."""

from collections.abc import Iterator

from jinja2 import TemplateError, TemplateSyntaxError

from mailgate.language.tags import FALLBACK
from mailgate.setup.words.library import Library
from webview.page_templates import PageTemplates
from webview.words import Catalogues


def page_mistakes(library: Library) -> Iterator[str]:
    """Those of the shipped words and the operator's."""
    shipped = library.shipped / "web"
    if library.own is None:
        yield from Catalogues((shipped,)).problems
        return
    own = library.own / "web"
    catalogues = Catalogues((own, shipped))
    yield from catalogues.problems
    pages = PageTemplates((own, shipped), catalogues.of(FALLBACK), {})
    for path in sorted(own.rglob("*.html")):
        name = path.relative_to(own).as_posix()
        try:
            pages.compile(name)
        except TemplateSyntaxError as error:
            yield f"web/{name}:{error.lineno}: {error.message}"
        except (TemplateError, UnicodeDecodeError) as error:
            yield f"web/{name}: {error}"
