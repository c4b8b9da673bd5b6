"""What is wrong with the words, a line for each mistake: the shipped ones, and the operator's in front of them."""

from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import PurePosixPath

from mailgate.config.codes import CODES
from mailgate.language.tags import FALLBACK
from mailgate.outbound.templates import Templates
from mailgate.people import BadDetails, checked_details
from mailgate.phrases import Phrasebook
from mailgate.setup.words.documents import document_mistakes
from mailgate.setup.words.library import Library, area_of
from mailgate.setup.words.pages import page_mistakes


def mistakes(library: Library) -> tuple[str, ...]:
    """All of them: names that nothing looks for, and what stands in files that cannot be used as it is."""
    if library.own is not None and not library.own.is_dir():
        return (f"templates.directory: {library.own} is not a directory",)
    history = Phrasebook(library.shipped / "history", library.own and library.own / "history")
    mails = Templates(library.own, library.shipped).check()
    found = (*_names(library), *mails, *page_mistakes(library), *history.problems, *document_mistakes(library))
    return tuple(dict.fromkeys(found))


def _names(library: Library) -> Iterator[str]:
    """Own files that no program will ever look for."""
    files = library.own_files
    for file in files:
        area = area_of(file)
        locale = area.locale_of(file) if area else None
        if locale is not None and (correct := _language(locale)) != locale:
            yield f"{file}: {locale!r} is not a language tag, such as de or pt-BR{_hint(correct)}"
        elif _is_mail(file):
            continue  # `Templates.check` knows their names
        elif library.behind(file) is None and not _is_included(file, library):
            yield f"{file}: nothing is called so{_hint(_nearest(file, library))}"


def _is_mail(file: str) -> bool:
    return file.startswith("mail/") and file.endswith(".md") and file.count("/") == 2


def _is_included(file: str, library: Library) -> bool:
    """A part that the operator's own templates share: of mails by its name alone, of pages by its path.

    So are pictures and parts that a layout of documents names.
    """
    path = PurePosixPath(file)
    if path.parent.name == "parts":
        said, ending = f'"{path.name}"', ".md"
    elif file.startswith("web/"):
        said, ending = f'"{path.relative_to("web")}"', ".html"
    elif file.startswith("documents/"):
        said, ending = f'"{path.relative_to("documents")}"', ".typ"
    else:
        return False
    templates = (one for one in library.own_files if one.endswith(ending) and one != file)
    return any(said in library.own_text(one).replace("'", '"') for one in templates)


def _nearest(file: str, library: Library) -> str | None:
    """Of all names that there are, those of the same locale first."""
    known = list(library.shipped_files)
    area = area_of(file)
    if area and (locale := area.locale_of(file)):
        known = [
            one if area.locale_of(one) is None else area.in_locale(one, locale) for one in known if area_of(one) is area
        ]
    near = get_close_matches(file, known, 1)
    return near[0] if near else None


def _language(tag: str) -> str | None:
    """The tag as files have it; None for what is none."""
    try:
        return checked_details({"language": tag.replace("_", "-")}, CODES)["language"]
    except BadDetails:
        near = get_close_matches(tag, (FALLBACK, "de"), 1)
        return near[0] if near else None


def _hint(word: str | None) -> str:
    return f"; did you mean {word!r}?" if word else ""
