"""`mailgate template` as operators use it: copies, what differs, how much there is, and `serve` says what is wrong."""

import json
from pathlib import Path

import pytest

from tests.program import Program, configured


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Settings with a directory for words."""
    return configured(tmp_path / "gate", {"templates": {"directory": "words"}})


def test_a_copy_is_made_changed_and_compared(program: Program) -> None:
    made = program.ask("template", "copy", "reply", "--locale", "fr")
    again = program.run("template", "copy", "reply", "--locale", "fr", "--json")
    unknown = program.run("template", "copy", "relpy", "--json")
    program.ask("template", "copy", "history", "--locale", "de")
    Path(made["file"]).write_text("Subject: Re: x\n\nBonjour {{ staff_nmae }}\n")

    assert made == {"file": str(program.directory / "words/mail/fr/reply.md"), "copied": "mail/en/reply.md"}
    assert again.exit_code == 73
    assert "--force" in json.loads(again.stdout)["error"]["hint"]
    assert unknown.exit_code == 65
    assert [one["file"] for one in program.ask("template", "diff")] == ["history/de.toml", "mail/fr/reply.md"]
    assert program.ask("template", "diff", "reply", "--locale", "fr")[0]["shipped"] == "mail/en/reply.md"
    assert program.run("template", "diff", "closed").exit_code == 65
    assert "begun from mail/en/reply.md" in program.run("template", "diff", "--locale", "fr").stdout
    checked = program.run("template", "check")
    assert (checked.exit_code, "did you mean 'staff_name'?" in checked.stderr) == (65, True)
    previewed = program.run("template", "preview", "reply", "--locale", "fr")
    assert "Bonjour" in previewed.stdout
    assert "no value for 'staff_nmae'" in previewed.stderr


def test_coverage_counts_each_language(program: Program) -> None:
    program.ask("template", "copy", "reply", "--locale", "fr")

    found = {(one["locale"], one["words"]): one for one in program.ask("template", "coverage")}
    french = program.ask("template", "coverage", "--locale", "fr")

    listed = {one["name"]: one for one in program.ask("template", "list")}
    assert listed["left-out"] == {"name": "left-out", "shipped": ["de", "en"], "own": []}
    assert listed["reply"]["own"] == ["fr"]
    assert found["en", "mails"]["percent"] == found["de", "history"]["percent"] == 100
    assert found["fr", "mails"]["own"] == found["fr", "mails"]["there"] == 1
    assert "closed" in french[0]["missing"]
    assert program.run("template", "coverage", "--locale", "xx").exit_code == 65


def test_without_a_directory_the_setting_is_named(tmp_path: Path) -> None:
    done = configured(tmp_path / "gate").run("template", "copy", "reply", "--json")

    assert done.exit_code == 65
    assert "templates.directory" in json.loads(done.stdout)["error"]["hint"]


def test_serve_starts_in_spite_of_mistakes_and_logs_each(program: Program) -> None:
    for name, text in {"mail/de/clsoed.md": "x", "history/de.toml": "[event\n"}.items():
        (program.directory / "words" / name).parent.mkdir(parents=True)
        (program.directory / "words" / name).write_text(text)

    with program.serve() as serving:
        said = serving.log.read_text()

    assert "did you mean 'closed'?" in said
    assert "history/de.toml: " in said
