"""What pages can say, found in templates and code; run as a program it brings the catalogues up to it: `make words`."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import write_po

from mailgate.language.tags import FALLBACK
from webview.rendering import built_in_directory
from webview.translation import first_form, is_whole, read_catalogue

CODE = Path(__file__).parents[2] / "webview"
_METHODS = {"*.html": "jinja2.ext:babel_extract", "*.py": "python"}
_OPTIONS = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}

Message = str | tuple[str, ...]


def said() -> Iterator[Message]:
    """Every message, one with a plural as a pair; some of them several times."""
    for pattern, method in _METHODS.items():
        for place in (built_in_directory(), CODE):
            for path in sorted(place.rglob(pattern)):
                with path.open("rb") as file:
                    for _, message, _, _ in extract(method, file, _KEYWORDS, options=_OPTIONS):
                        yield message


def brought_up(catalogue: Catalog, language: str) -> Catalog:
    """The messages that there are, in their order, with what a catalogue says of them."""
    fresh = Catalog(language.replace("-", "_"), fuzzy=False, header_comment=catalogue.header_comment)
    for message in sorted(set(said()), key=first_form):
        known = catalogue.get(message)
        fresh.add(message, known.string if known else None)
    return fresh


def main() -> None:
    """Rewrite `en.po`, in which nothing is translated, and each other catalogue that is shipped."""
    places = {path.stem: path for path in built_in_directory().glob("*.po")}
    for language in {FALLBACK, *places}:
        path = places.get(language) or built_in_directory() / f"{language}.po"
        catalogue = read_catalogue(path) if path.exists() else Catalog(language)
        fresh = brought_up(catalogue, language)
        with path.open("wb") as file:
            write_po(file, fresh, width=120, omit_header=True, no_location=True)
        lacking = [one.id for one in fresh if one.id and language != FALLBACK and not is_whole(one.string)]
        print(f"{path.name}: {len(fresh)} messages, {len(lacking)} not translated", *lacking, sep="\n  ")


if __name__ == "__main__":
    main()
