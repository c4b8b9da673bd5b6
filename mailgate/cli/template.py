"""`mailgate template`: the words of our mails, pages and histories, and the operator's own in place of them."""

from collections.abc import Iterable
from datetime import UTC, datetime

import click
from click.core import ParameterSource

from mailgate.cli.context import Context
from mailgate.cli.gate import settings, told_errors
from mailgate.cli.group import Group
from mailgate.cli.output import (
    EX_CANTCREAT,
    EX_DATAERR,
    EX_USAGE,
    fail,
    found_or_fail,
    json_option,
    print_object,
    print_rows,
    say,
    wants_json,
)
from mailgate.language.tags import FALLBACK
from mailgate.letters.kind import Template as Name
from mailgate.letters.notice import Notice
from mailgate.outbound.compose import compose
from mailgate.outbound.frame import PLAIN, Frame
from mailgate.outbound.samples import SAMPLES
from mailgate.outbound.templates import Templates, built_in_directory
from mailgate.setup.words import copies
from mailgate.setup.words.coverage import coverage as find_coverage
from mailgate.setup.words.library import AREAS, Library, file_for
from mailgate.setup.words.mistakes import mistakes
from mailgate.wiring.drawing import frame_of

PREVIEWED_AT = datetime(2026, 1, 2, 9, 30, tzinfo=UTC)
HINT = "see templates.directory in the settings"

locale_option = click.option("--locale", metavar="TAG", help="A language, such as de or pt-BR.")


@click.group(cls=Group)
def template() -> None:
    """The words of our mails, and your own in place of them."""


@template.command("list")
@json_option
def list_() -> None:
    """All templates of mails, and the languages in which there are shipped and own ones."""
    library = _library()
    print_rows(
        [
            {
                "name": name.value,
                "shipped": _locales(name, library.shipped_files),
                "own": _locales(name, library.own_files),
            }
            for name in Name
        ],
        ("name", "shipped", "own"),
    )


@template.command()
@json_option
def check() -> None:
    """Render every template strictly with sample values, look at every name; exit 65 when there is a mistake."""
    library = _library()
    problems = mistakes(library)
    if wants_json():
        print_rows([{"problem": problem} for problem in problems], ("problem",), is_cut=False)
    for problem in problems:
        say(problem)
    if problems:
        raise SystemExit(EX_DATAERR)
    say(f"{len(library.own_files)} files of your own, {len(Name)} templates, no mistakes")


@template.command()
@click.argument("name")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "html", "eml"]),
    default="text",
    show_default=True,
    help="The text part, the HTML part, or the whole mail.",
)
@click.option("--sample", type=click.IntRange(min=1), default=1, show_default=True, help="Which set of sample values.")
@locale_option
def preview(name: str, form: str, sample: int, locale: str | None) -> None:
    """One template with sample values."""
    if name not in set(Name):
        fail(f"there is no template {name!r}", code=EX_USAGE, hint=", ".join(one.value for one in Name))
    samples = SAMPLES[Name(name)]
    if sample > len(samples):
        fail(f"{name} has {len(samples)} samples", code=EX_USAGE)
    values = samples[sample - 1]
    templates = Templates(_library().own, frame=_frame())
    with told_errors():
        rendered = templates.render(Name(name), locale or FALLBACK, values)
    for problem in rendered.problems:
        say(problem)
    if form == "eml":
        notice = Notice(
            template=Name(name),
            to_address="ann@example.org",
            to_name="Ann Miller",
            from_name="Example Hosting",
            from_address="support@support.example",
            values=values,
            locale=locale or FALLBACK,
        )
        composed = compose(
            notice,
            message_id="o.1.preview@support.example",
            at=PREVIEWED_AT,
            reverse_path="",
            attachments=(),
            templates=templates,
        )
        click.echo(composed.raw.decode("ascii"), nl=False)
        return
    click.echo(f"Subject: {rendered.subject}\n\n{rendered.text}" if form == "text" else rendered.html)


@template.command()
@click.argument("name")
@locale_option
@click.option("--force", is_flag=True, help="In place of a file that is there already.")
@json_option
def copy(name: str, locale: str | None, force: bool) -> None:
    """Copy what is shipped into templates.directory, to be changed there.

    NAME is that of a mail, `parts/NAME` of what several mails say, `layout` of what stands around a mail's HTML,
    `pages`, `history`, or a path such as web/home.html. Of a language that there is not the nearest is the beginning.
    """
    library = _own_library()
    try:
        path, source = copies.copy(library, file_for(name, locale or FALLBACK), force=force)
    except copies.NothingToCopy as error:
        fail(str(error), code=EX_DATAERR, hint="mailgate template list")
    except copies.CopyThere as error:
        fail(str(error), code=EX_CANTCREAT, hint="--force writes over it; mailgate template diff shows what is yours")
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}", code=EX_CANTCREAT, hint=HINT)
    print_object({"file": str(path), "copied": source})


@template.command()
@click.argument("name", required=False)
@locale_option
@json_option
def diff(name: str | None, locale: str | None) -> None:
    """What your files say otherwise than the shipped ones, and what changed in those since they were copied."""
    library = _own_library()
    found = copies.differences(library)
    if name is not None:
        wanted = file_for(name, locale or FALLBACK)
        found = (
            found_or_fail(
                next((one for one in found if one.file == wanted), None), f"file {wanted} of yours", hint=HINT
            ),
        )
    elif locale is not None:
        found = tuple(one for one in found if f"/{locale}/" in one.file or f"/{locale}." in one.file)
    if wants_json():
        print_rows(
            [{"file": one.file, "shipped": one.shipped, "mine": one.mine, "since": one.since} for one in found], ()
        )
        return
    for one in found:
        click.echo("\n".join(_told(one)))


@template.command()
@locale_option
@json_option
def coverage(locale: str | None) -> None:
    """How much of the words there is in each language; of one language, also what is missing."""
    found = [one for one in find_coverage(_library()) if locale in (None, one.locale)]
    if not found:
        fail(f"there are no words in {locale!r}", code=EX_DATAERR, hint="mailgate template coverage")
    rows = [
        {
            "locale": one.locale,
            "words": one.words,
            "percent": one.percent,
            "there": one.there,
            "total": one.total,
            "own": one.own,
            "missing": one.missing,
        }
        for one in found
    ]
    columns = ("locale", "words", "percent", "there", "total", "own")
    print_rows(rows, columns if locale is None else (*columns, "missing"))


def _library() -> Library:
    """The shipped words and those of the settings; without settings, as in a fresh checkout, the shipped ones."""
    return Library(built_in_directory(), settings().templates.directory if _has_settings() else None)


def _frame() -> Frame:
    return frame_of(settings()) if _has_settings() else PLAIN


def _has_settings() -> bool:
    context = click.get_current_context()
    chosen = context.find_object(Context)
    by_default = context.find_root().get_parameter_source("config_path") is ParameterSource.DEFAULT
    return chosen is None or not by_default or chosen.config_path.exists()


def _own_library() -> Library:
    library = _library()
    if library.own is None:
        fail("there is no directory for words of your own", code=EX_DATAERR, hint=HINT)
    return library


def _locales(name: Name, files: Iterable[str]) -> list[str]:
    mails = AREAS["mails"]
    found = ((file, mails.locale_of(file)) for file in files)
    return [locale for file, locale in found if locale and file == mails.file.format(locale=locale, name=name.value)]


def _told(one: copies.Difference) -> Iterable[str]:
    """For people: what is theirs, and what is new in what we ship."""
    if one.file != one.shipped:
        yield f"{one.file}: begun from {one.shipped}"
    else:
        yield one.mine or f"{one.file}: says what the shipped one says"
    if one.since is None:
        yield f"{one.file}: not copied by mailgate, so nobody knows what the shipped one was"
    elif one.since:
        yield f"{one.file}: the shipped {one.shipped} has changed since it was copied:"
        yield one.since
