"""What README and docs say is so: commands, paths, settings, words and links are looked up, quoted mails replayed."""

import asyncio
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import click
import pytest

from mailgate.billing.catalogue.products import OPTION_KEYS, PRODUCT_KEYS
from mailgate.billing.catalogue.reading import CatalogueErrors, read_catalogue
from mailgate.billing.catalogue.rules import PROMOTION_KEYS, TAX_KEYS
from mailgate.billing.ledger.kinds import SIDES
from mailgate.billing.payment.bank_line import BankLine
from mailgate.billing.payment.table.reading import read_table
from mailgate.billing.payment.table.table_map import read_map
from mailgate.cli.main import mailgate
from mailgate.cli.web import web_view
from mailgate.commands.place import Place as Here
from mailgate.commands.place import Where
from mailgate.config import load
from mailgate.config.sections import setting_names
from mailgate.demo.playground import invite
from mailgate.demo.script import play_story
from mailgate.mail.disposition import Disposition
from mailgate.mail.sender.evidence import Level
from mailgate.setup.doctor import CHECKS
from mailgate.setup.next_steps import steps
from mailgate.setup.snippets import Place, snippets
from mailgate.tickets.ticket import State
from mailgate.tickets.verbs.customers import CUSTOMERS
from mailgate.tickets.verbs.staff import STAFF
from store.post.outbox import OutState
from store.schema import metadata

ROOT = Path(__file__).parents[1]
PAGES = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", *(f"docs/{path.name}" for path in ROOT.glob("docs/*.md")))
WIDTH = 120

_FENCE = re.compile(r"^(?P<indent> *)```(?P<kind>\w*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]\n]+\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_SETTING = re.compile(r"([a-z_]+)\.(?!json\Z)([a-z_]+)\Z")  # `documents.json` is a file
_VARIABLE = re.compile(r"MAILGATE_([A-Z_]+?)__([A-Z_]+)")
_PATH = re.compile(r"(?P<file>[\w./-]+?)(?::(?P<name>\w+))?\Z")
_COMMAND = re.compile(r"(?:ExecStart=|runuser -u mailgate -- )*(?:\S*/)?mailgate (?=[a-z…-])(?P<words>.*)")
_COMMIT = re.compile(r"`(?P<hash>[0-9a-f]{7,40})` (?P<subject>[^|\n]+?) *\|$", re.MULTILINE)
_TABLES = re.compile(r"^\| (`[a-z_]+`(?:, `[a-z_]+`)*) \|", re.MULTILINE)
_END_OF_COMMAND = re.compile(r" (?:\|\||&&|[|;<>#]|2>) ?")


@dataclass(frozen=True, slots=True)
class Page:
    """One page, its code blocks apart from its prose."""

    name: str
    text: str

    @property
    def prose(self) -> str:
        """The page without its code blocks."""
        return _FENCE.sub("", self.text)

    @property
    def spans(self) -> Iterator[str]:
        """What stands in code font in the prose."""
        return iter(_SPAN.findall(self.prose))

    def blocks(self, *kinds: str) -> Iterator[str]:
        """The code blocks of these kinds; of all when none is named."""
        for found in _FENCE.finditer(self.text):
            if not kinds or found["kind"] in kinds:
                yield re.sub(rf"^{found['indent']}", "", found["text"], flags=re.MULTILINE)

    def table_below(self, heading: str) -> list[str]:
        """The first column, in code font, of the first table below a heading."""
        _, found, below = self.text.partition(f"\n## {heading}\n")
        assert found, f"{self.name} has no heading {heading!r}"
        section = below.partition("\n## ")[0]
        return re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)


@pytest.fixture(params=sorted(PAGES))
def page(request: pytest.FixtureRequest) -> Page:
    """Each page in turn."""
    return page_named(str(request.param))


def page_named(name: str) -> Page:
    return Page(name, (ROOT / name).read_text("utf-8"))


def commands_in(text: str) -> Iterator[list[str]]:
    """The words behind each `mailgate` that begins a command, continued lines joined."""
    for line in text.replace("\\\n", " ").splitlines():
        if found := _COMMAND.match(line.strip()):
            yield shlex.split(_END_OF_COMMAND.split(found["words"], maxsplit=1)[0].rstrip("'"))


def parse(words: list[str], *, whole: bool) -> None:
    """Parse as the program would, without running anything; raises click's errors.

    `whole`: all that the command requires must be there, and of the right type.
    """
    command: click.Command = mailgate
    context: click.Context | None = None
    while True:
        arguments = list(words)
        if isinstance(command, click.Group):
            context = click.Context(command, info_name=command.name, parent=context)
            _, rest, _ = command.make_parser(context).parse_args(arguments)
            if not rest:
                return
            found = command.get_command(context, rest[0])
            if found is None:
                raise click.UsageError(f"no command {rest[0]!r} in {context.command_path!r}")
            command, words = found, rest[1:]
            continue
        if whole:
            command.make_context(command.name, arguments, parent=context)
        else:
            context = click.Context(command, info_name=command.name, parent=context, resilient_parsing=True)
            command.make_parser(context).parse_args(arguments)
        return


def fault_of(words: list[str], *, whole: bool) -> str:
    """What the program says against it; "" when it takes it."""
    try:
        parse(words, whole=whole)
    except click.ClickException as error:
        return f"{' '.join(words)}: {error.format_message()}"
    return ""


def test_each_table_of_the_store_has_its_row() -> None:
    described = [
        name for cell in _TABLES.findall(page_named("docs/architecture.md").text) for name in _SPAN.findall(cell)
    ]

    assert sorted(name for name in described if name in metadata.tables) == sorted(metadata.tables)


def test_every_command_in_a_block_can_be_given_as_it_stands(page: Page) -> None:
    given = [words for block in page.blocks("sh", "ini") for words in commands_in(block)]

    assert [fault for words in given if (fault := fault_of(words, whole=True))] == []


def test_every_command_that_is_mentioned_exists_with_its_options(page: Page) -> None:
    mentioned = [words for span in page.spans for words in commands_in(span) if words != ["…"]]

    assert [fault for words in mentioned if (fault := fault_of(words, whole=False))] == []


@pytest.mark.parametrize(
    "line",
    ["mailgate bogus", "mailgate inbox bogus", "mailgate inbox list --bogus", "mailgate inbox show seven"],
)
def test_a_command_that_does_not_exist_would_be_noticed(line: str) -> None:
    [words] = commands_in(line)

    assert fault_of(words, whole=True).startswith(line.removeprefix("mailgate "))


def test_every_path_exists_and_every_name_stands_in_its_file(page: Page) -> None:
    ours = {path.name for path in ROOT.iterdir()}
    for span in page.spans:
        found = _PATH.match(span)
        if not found or found["file"].split("/")[0] not in ours or not re.search(r"/|\.\w+\Z", found["file"]):
            continue
        path = ROOT / found["file"]
        assert path.exists(), f"{page.name}: {span}"
        if name := found["name"]:
            defined = rf"^\s*(?:(?:async )?def|class) {name}\b|^{name}\b.*="
            assert re.search(defined, path.read_text("utf-8"), re.MULTILINE), f"{page.name}: {span}"


def test_every_setting_exists(page: Page) -> None:
    known = set(setting_names())
    sections = {section for section, _ in known}

    named = [found.groups() for span in page.spans if (found := _SETTING.match(span)) and found[1] in sections]
    variables = [(section.lower(), key.lower()) for section, key in _VARIABLE.findall(page.text) if key != "KEY"]

    assert [name for name in (*named, *variables) if name not in known] == []


def test_every_sample_of_settings_is_valid(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    for block in page.blocks("toml"):
        path.write_text(block, "utf-8")

        settings = load(path, {})

        assert all(hasattr(settings, section) for section in tomllib.loads(block)), block


def test_what_init_prints_is_what_the_operator_reads(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[gate]\ndomain = "support.example.net"\n[web]\npublic_url = "https://desk.example.net"\n')
    place = Place(Path("/var/lib/mailgate"), Path("/opt/mailgate/bin/mailgate"), "mailgate")

    shown = set(page_named("docs/running.md").blocks())

    assert [one.name for one in snippets(load(config, {}), place) if one.text not in shown] == []


def test_what_init_says_comes_next_is_what_the_operator_reads(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[gate]\ndomain = "support.example.net"\n[web]\npublic_url = "https://desk.example.net"\n')
    place = Place(Path("/var/lib/mailgate"), Path("/opt/mailgate/bin/mailgate"), "mailgate")
    shown = [line for block in page_named("docs/running.md").blocks("sh") for line in block.splitlines()]

    told = [command for step in steps(load(config, {}), place, by_root=False) for command in step.commands]

    assert len(told) > 10
    assert [command for command in told if command not in shown and "/var/backups" not in command] == []


def test_the_readme_installs_with_the_commands_of_the_operator_s_page() -> None:
    [block] = [block for block in page_named("README.md").blocks("sh") if "useradd" in block]
    shown = {line.strip() for block in page_named("docs/running.md").blocks("sh") for line in block.splitlines()}

    assert [line for line in block.splitlines() if line.partition("  #")[0].strip() not in shown] == []


def test_the_operator_is_told_of_every_check_of_the_doctor() -> None:
    _, _, below = page_named("docs/running.md").text.partition("\n## What is wrong, and how to mend it\n")
    rows = [line.split("|")[1] for line in below.partition("\n## ")[0].splitlines() if line.startswith("| `")]

    assert [word for row in rows for word in _SPAN.findall(row)] == [check.name for check in CHECKS]


@pytest.mark.parametrize(
    ("heading", "words"),
    [("Dispositions", Disposition), ("Ticket states", State), ("Outbox states", OutState), ("Evidence", Level)],
)
def test_the_glossary_has_exactly_the_words_of_the_program(heading: str, words: type[StrEnum]) -> None:
    assert page_named("docs/glossary.md").table_below(heading) == [word.value for word in words]


def test_the_operator_is_told_what_each_disposition_means() -> None:
    text = page_named("docs/running.md").text
    _, found, below = text.partition("### What each disposition means to you")
    rows = [line.split("|")[1] for line in below.partition("\n#")[0].splitlines() if line.startswith("| `")]

    assert found
    assert [word for row in rows for word in _SPAN.findall(row)] == [word.value for word in Disposition]


@pytest.mark.parametrize(
    ("heading", "keys"),
    [("Product", PRODUCT_KEYS), ("Option", OPTION_KEYS), ("Tax", TAX_KEYS), ("Promotion", PROMOTION_KEYS)],
)
def test_the_operator_is_told_of_every_key_of_a_catalogue(heading: str, keys: tuple[str, ...]) -> None:
    assert page_named("docs/catalogue.md").table_below(heading) == list(keys)


def test_every_sample_of_a_catalogue_can_be_imported() -> None:
    samples = [*page_named("docs/catalogue.md").blocks("catalogue"), (ROOT / "docs/catalogue.toml").read_text("utf-8")]

    found = [read_catalogue(sample.encode(), "catalogue.toml") for sample in samples]

    first, second = found[0].products
    assert first.prices == second.prices
    assert len(found) == 4


def test_the_sample_of_a_map_reads_a_table() -> None:
    [sample] = page_named("docs/bank.md").blocks("map")
    header = "Buchungstag;Betrag;Auftraggeber;IBAN;Verwendungszweck;Info"
    table = f"Kontoauszug\n\n\n\n{header}\n02.04.2027;1.234,50;Müller;;x;y\n"

    chart = read_map(sample.encode(), "map.toml")
    line, facts = read_table([table.encode("cp1252")], chart)

    assert isinstance(line, BankLine)
    assert (line.amount_minor, line.party, line.text) == (123_450, "Müller", "x y")
    assert (line.account, facts.currency) == ("DE02120300000000202051", "EUR")


def test_a_mistake_in_a_catalogue_is_told_as_the_operator_reads_it() -> None:
    [shown] = page_named("docs/catalogue.md").blocks("")
    sample = (ROOT / "docs/catalogue.toml").read_text("utf-8")

    with pytest.raises(CatalogueErrors) as raised:
        read_catalogue(sample.replace('EUR = { monthly = "4.90"', "EUR = { monthly = 4.9").encode(), "catalogue.toml")

    assert str(raised.value) == shown.rstrip()


def test_who_keeps_the_books_is_told_what_each_event_books() -> None:
    _, _, below = page_named("docs/ledger.md").text.partition("\n## What is booked\n")
    rows = [
        line.strip("| ").split(" | ") for line in below.partition("\n## ")[0].splitlines() if line.startswith("| `")
    ]

    assert rows == [[f"`{kind.value}`", sides.debit, sides.credit] for kind, sides in SIDES.items()]


def test_staff_are_told_of_every_command() -> None:
    told = page_named("docs/staff.md").table_below("Commands")
    here = Here(Where.TICKET, datetime(2026, 12, 17, tzinfo=UTC), UTC)
    assert told == [STAFF.example(verb, here) for verb in STAFF.verbs]


def test_staff_are_told_of_every_command_of_customers() -> None:
    told = page_named("docs/staff.md").table_below("What customers do by mail")

    assert told == [verb.example for verb in CUSTOMERS.verbs]


def test_every_link_within_the_project_resolves(page: Page) -> None:
    for target in _LINK.findall(page.prose):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        path = (ROOT / page.name).parent / name if name else ROOT / page.name
        assert path.exists(), f"{page.name}: {target}"
        if anchor:
            headings = {slug(heading) for heading in _HEADING.findall(path.read_text("utf-8"))}
            assert anchor in headings, f"{page.name}: {target}"


def test_every_page_is_reached_from_the_readme() -> None:
    linked = {target.partition("#")[0] for target in _LINK.findall(page_named("README.md").prose)}

    assert {name for name in PAGES if name != "README.md"} <= linked


def test_prose_is_wrapped(page: Page) -> None:
    prose = [line for line in page.prose.splitlines() if not line.startswith("|")]

    assert [line for line in prose if len(line) > WIDTH] == []


def test_the_demo_says_what_the_readme_shows(tmp_path: Path) -> None:
    said: list[str] = []
    ended = asyncio.Event()
    ended.set()
    asyncio.run(invite(tmp_path, web_view, "mailgate", said.append, ended))

    [shown] = page_named("README.md").blocks("demo")

    assert unsaid(shown.splitlines(), "\n".join(said).splitlines()) == []


def test_the_mails_of_the_readme_are_those_of_the_demo(tmp_path: Path) -> None:
    asyncio.run(play_story(tmp_path, web_view, lambda line: None))
    sent = "\n".join(path.read_text() for path in tmp_path.glob("mailboxes/*/*.eml"))
    known = sent.replace("=\n", "").replace("=20\n", " \n").splitlines()  # as quoted-printable is read

    first, *written = page_named("README.md").blocks("mail")

    assert len(written) == 2
    assert unsaid(first.partition("\n\n")[2].splitlines(), known) == []
    for mail in written:
        assert unsaid(mail.splitlines(), known) == []


def unsaid(shown: Iterable[str], said: Iterable[str]) -> list[str]:
    """The lines that nobody said; `…` in a line stands for anything."""
    lines = set(said)
    patterns = ((line, re.compile(".*".join(map(re.escape, line.split("…"))))) for line in shown)
    return [line for line, pattern in patterns if not any(pattern.fullmatch(other) for other in lines)]


def slug(heading: str) -> str:
    """The anchor of a heading, as repository hosts make it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_the_commits_that_are_examples_are_in_the_history() -> None:
    named = _COMMIT.findall((ROOT / "CONTRIBUTING.md").read_text())
    said = subprocess.run(("git", "log", "--format=%H %s"), cwd=ROOT, capture_output=True, text=True, check=False)
    if said.returncode or said.stdout.count("\n") < 100:
        pytest.skip("not a whole clone")
    history = dict(line.split(" ", 1) for line in said.stdout.splitlines())

    found = [(short, next((text for one, text in history.items() if one.startswith(short)), "")) for short, _ in named]

    assert len(found) == 4
    assert found == named
