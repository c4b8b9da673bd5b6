"""`mailgate kb` as scripts rely on it."""

import json
from pathlib import Path

from tests.knowledge.shelf import ARTICLES, fill
from tests.program import configured


def test_articles_are_listed_and_broken_files_named(tmp_path: Path) -> None:
    folder = fill(tmp_path / "kb")
    program = configured(tmp_path / "gate", {"knowledge_base": {"folder": str(folder)}})

    listed = program.ask("kb", "list")
    sound = program.run("kb", "check", "--json")
    (folder / "broken.md").write_text("no title")
    (folder / "full-mailbox.md").write_text("# Full\n\n[x](gone)")
    broken = program.run("kb", "check", "--json")

    assert [one["slug"] for one in listed] == sorted(ARTICLES)
    assert listed[1]["url"].endswith("/kb/" + listed[1]["slug"])
    assert [one["slug"] for one in program.ask("kb", "list", "--after", "1", "--limit", "1")] == [listed[1]["slug"]]
    assert (sound.exit_code, json.loads(sound.stdout)) == (0, [])
    assert broken.exit_code == 65
    assert [(one["file"], one["shown"]) for one in json.loads(broken.stdout)] == [
        ("broken.md", False),
        ("full-mailbox.md", True),
    ]


def test_without_a_folder_that_can_be_read_the_setting_is_named(tmp_path: Path) -> None:
    none = configured(tmp_path / "one", {}).run("kb", "list", "--json")
    away = configured(tmp_path / "two", {"knowledge_base": {"folder": str(tmp_path / "away")}}).run("kb", "check")

    assert none.exit_code == 65
    assert "knowledge_base.folder" in json.loads(none.stdout)["error"]["hint"]
    assert away.exit_code == 66
    assert "away cannot be read" in away.stderr
