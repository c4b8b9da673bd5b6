"""An operator's own words: mistakes are named with the nearest name, copies keep what they were copied from."""

from pathlib import Path

import pytest

from mailgate.outbound.templates import built_in_directory
from mailgate.setup import host
from mailgate.setup.finding import Status
from mailgate.setup.words.copies import CopyThere, NothingToCopy, copy, differences
from mailgate.setup.words.coverage import coverage
from mailgate.setup.words.library import LAYOUT, Library
from mailgate.setup.words.mistakes import mistakes
from tests.setup.sites import site_in

LAYOUT_OF_DOCUMENTS = (built_in_directory() / "documents" / "document.typ").read_text("utf-8")
SHIPPED = {
    "mail/base.html": "{{ body }}",
    "mail/en/closed.md": "Subject: Closed\n\nIt is closed.\n",
    "mail/en/parts/actions.md": "To close: write.\n",
    "web/en.po": 'msgid "Sign in"\nmsgstr ""\n',
    "history/en.toml": '[event]\n"closed" = "closed by {by}"\n',
}


def put(directory: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text, "utf-8")
    return directory


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """A small one, whose shipped side can change."""
    (tmp_path / "own").mkdir()
    return Library(put(tmp_path / "shipped", SHIPPED), tmp_path / "own")


def mistakes_in(directory: Path, files: dict[str, str]) -> tuple[str, ...]:
    return mistakes(Library(built_in_directory(), put(directory, files)))


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("mail/de/clsoed.md", "Subject: x\n\ny\n", "no mail has this name; did you mean 'closed'?"),
        ("mail/de/closed.md", "Subject: x\n\n{{ compny }}\n", "'compny' is undefined; did you mean 'company'?"),
        ("mail/de/closed.md", "Subject: x\n\n{% if %}\n", "mail/de/closed.md:3: "),
        ("mail/de/parts/misraed.md", "x\n", "nothing is called so; did you mean 'mail/de/parts/misread.md'?"),
        (
            "mail/de_AT/closed.md",
            "Subject: x\n\ny\n",
            "'de_AT' is not a language tag, such as de or pt-BR; did you mean",
        ),
        ("mails/de/closed.md", "Subject: x\n\ny\n", "mails/de/closed.md: nothing is called so"),
        ("mail/bsae.html", "{{ body }}", "nothing is called so; did you mean 'mail/base.html'?"),
        ("mail/base.html", "{{ bdoy }}", "mail/base.html:1: 'bdoy' is undefined"),
        ("history/de.toml", '[event]\n"clsoed" = "x"\n', "history/de.toml: event.clsoed: nothing is called so"),
        ("history/de.toml", '[event]\n"closed" = "{who}"\n', "history/de.toml: event.closed: there is no {who} here"),
        ("history/de.toml", "[event\n", "history/de.toml: "),
        ("web/de.po", 'msgid "Sing in"\nmsgstr "x"\n', "web/de.po: no page says 'Sing in'; did you mean 'Sign in'?"),
        ("web/de.po", 'msgid "Sign in"\nmsgstr "<b>x"\n', "web/de.po: 'Sign in': its tags must be none"),
        ("web/de.po", 'msgid "To %(address)s"\nmsgstr "An"\n', "'To %(address)s': %(address)s is missing"),
        ("web/de.po", 'msgid "Sign in\n', "web/de.po: "),
        ("web/ed.po", 'msgid "Sign in"\nmsgstr "x"\n', "'ed' is not a language tag"),
        ("web/singin.html", "x", "web/singin.html: nothing is called so; did you mean 'web/sign-in.html'?"),
        ("web/sign-in.html", "fine\n{% if %}", "web/sign-in.html:2: "),
        ("history/de.toml", "event = 3\n", "history/de.toml: "),
        ("documents/document.typ", "#let doc = (\n", "documents/document.typ:1: unclosed delimiter"),
        ("documents/document.typ", "#sys.inputs.docment\n", "documents/document.typ:1: "),
        ("documents/docment.typ", "x", "nothing is called so; did you mean 'documents/document.typ'?"),
        ("documents/words/de.toml", 'totl = "x"\n', "documents/words/de.toml: no document has 'totl'"),
        ("documents/words/de.toml", "total = \n", "documents/words: "),
        ("documents/words/de.toml", 'invoice = "Nr. {nummer}"\n', "documents/words: 'nummer' (in 'de')"),
    ],
)
def test_a_mistake_in_a_file_or_in_its_name_is_named(tmp_path: Path, file: str, text: str, said: str) -> None:
    (problem,) = mistakes_in(tmp_path, {file: text})

    assert said in problem


def test_a_sentence_or_a_mail_alone_is_no_mistake_and_what_lies_beside_is_not_read(tmp_path: Path) -> None:
    found = mistakes_in(
        tmp_path,
        {
            "README": "ours",
            ".git/config": "x",
            "mail/de/closed.md~": "of an editor",
            "mail/de/closed.md": 'Subject: Zu\n\n{% include "greeting.md" %}\n',
            "mail/de/parts/greeting.md": "Guten Tag\n",
            "history/de.toml": '[event]\n"closed" = "zu"\n',
            "documents/words/fr.toml": 'invoice = "Facture {number}"\n',
            "documents/document.typ": f'// "logo.svg"\n{LAYOUT_OF_DOCUMENTS}',
            "documents/logo.svg": "<svg/>",
        },
    )

    assert found == ()


def test_the_doctor_names_mistakes_and_a_directory_that_is_not_there(tmp_path: Path) -> None:
    own = put(tmp_path / "own", {"mail/de/clsoed.md": "Subject: x\n\ny\n"})

    wrong = host.templates(site_in(tmp_path, templates={"directory": own}))
    away = host.templates(site_in(tmp_path, templates={"directory": tmp_path / "away"}))

    assert (wrong.status, wrong.fix) == (Status.FAIL, "mailgate template check")
    assert "did you mean 'closed'?" in wrong.detail
    assert "away is not a directory" in away.detail


def test_a_copy_says_what_the_shipped_file_says_and_is_never_written_over_unasked(library: Library) -> None:
    path, source = copy(library, "mail/en/closed.md")
    path.write_text("mine")

    with pytest.raises(CopyThere):
        copy(library, "mail/en/closed.md")
    assert (source, path.read_text()) == ("mail/en/closed.md", "mine")
    copy(library, "mail/en/closed.md", force=True)
    assert path.read_text() == SHIPPED["mail/en/closed.md"]


def test_a_copy_in_another_language_begins_with_english(library: Library) -> None:
    path, source = copy(library, "mail/fr/closed.md")

    assert (path.relative_to(library.own or path).as_posix(), source) == ("mail/fr/closed.md", "mail/en/closed.md")
    with pytest.raises(NothingToCopy):
        copy(library, "mail/fr/clsoed.md")
    with pytest.raises(NothingToCopy):
        copy(library, "../mail/en/closed.md")


def test_differences_tell_what_is_mine_and_what_changed_in_the_shipped_file_since(library: Library) -> None:
    path, _ = copy(library, "mail/en/closed.md")
    copy(library, "mail/fr/closed.md")
    copy(library, LAYOUT)
    path.write_text("Subject: Closed\n\nDone.\n")
    put(library.shipped, {"mail/en/closed.md": "Subject: Closed\n\nIt is closed now.\n"})

    layout, mine, french = differences(library)

    assert mine.mine.splitlines()[-2:] == ["-It is closed now.", "+Done."]
    assert (mine.since or "").splitlines()[-2:] == ["-It is closed.", "+It is closed now."]
    assert (french.shipped, french.mine, french.since) == ("mail/en/closed.md", "", (mine.since or ""))
    assert (layout.mine, layout.since) == ("", "")


def test_of_a_file_that_was_not_copied_by_us_nobody_knows_what_changed(library: Library) -> None:
    put(library.own or library.shipped, {"mail/en/closed.md": "Subject: Closed\n\nDone.\n"})

    (found,) = differences(library)

    assert found.since is None


def test_coverage_counts_what_is_shipped_and_own_together_and_names_what_is_missing(library: Library) -> None:
    put(library.own or library.shipped, {"mail/fr/closed.md": "x", "history/fr.toml": '[event]\n"closed" = "fermé"\n'})
    put(library.own or library.shipped, {"mail/fr/nothing.md": "x", "history/de.toml": "broken"})

    found = {(one.locale, one.words): one for one in coverage(library)}

    english, french = found["en", "mails"], found["fr", "mails"]
    assert (english.there, english.total, english.own, english.percent) == (2, 2, 0, 100)
    assert (french.there, french.own, french.percent, french.missing) == (1, 1, 50, ("parts/actions",))
    assert (found["fr", "history"].percent, found["de", "history"].percent) == (100, 0)
