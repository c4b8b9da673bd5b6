"""`mailgate customer note` and `notes`."""

import json
from pathlib import Path

import pytest

from tests.program import Program, configured


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """A gate with one customer and one of the staff."""
    program = configured(tmp_path)
    program.prints("customer", "add", "Anne Miller", "anne@customer.example")
    program.prints("staff", "add", "Bart Jones", "bart@hosting.example")
    return program


def test_notes_are_kept_and_shown_with_who_wrote_them(program: Program) -> None:
    kept = json.loads(
        program.prints("customer", "note", "anne@customer.example", "--as", "bart", "--text", "Pays late.", "--json")
    )
    program.prints("customer", "note", "1", "--as", "1", "--text", "Calls on Mondays.")

    assert (kept["customer"], kept["author"], kept["text"]) == (1, "Bart Jones", "Pays late.")
    assert [row["text"] for row in program.rows("customer", "notes", "1")] == ["Pays late.", "Calls on Mondays."]


def test_a_note_has_words_and_somebody_who_wrote_it(program: Program) -> None:
    for refused in (("--as", "bart", "--text", "  "), ("--as", "carl", "--text", "Pays late.")):
        assert program.run("customer", "note", "1", *refused).exit_code == 65

    assert program.rows("customer", "notes", "1") == []
