"""Each line of a module is counted once, as what it is."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.lines import Lines, of_rooms, of_source


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("", Lines(files=1)),
        ("a = 1\nb = 2\n", Lines(1, lines=2, code=2)),
        ("a = 1  # why\n", Lines(1, lines=1, code=1)),
        ("# why\na = 1\n", Lines(1, lines=2, code=1, comments=1)),
        ('a = "# no comment"\n', Lines(1, lines=1, code=1)),
        ('"""What.\n\nMore.\n"""\n', Lines(1, lines=4, docstrings=4)),
        ('LIMIT = 3\n"""Tries."""\n', Lines(1, lines=2, code=1, docstrings=1)),
        ('a = """\n\nno docstring"""\n', Lines(1, lines=3, code=2, blank=1)),
        ("import os\n\nfrom a import (\n    b,  # why\n    c,\n)\n", Lines(1, lines=6, imports=5, blank=1)),
        ("def f():\n    import os\n    return os\n", Lines(1, lines=3, code=2, imports=1)),
    ],
)
def test_a_line_is_code_docstring_import_comment_or_blank(source: str, lines: Lines) -> None:
    counted = of_source(source)

    assert counted == lines
    assert counted.lines == sum((counted.code, counted.docstrings, counted.imports, counted.comments, counted.blank))


def test_a_room_is_named_by_as_many_folders_as_asked(tmp_path: Path) -> None:
    (tmp_path / "a" / "b" / "c").mkdir(parents=True)
    files = [tmp_path / name for name in ("a/one.py", "a/b/two.py", "a/b/c/three.py")]
    for file in files:
        file.write_text("x = 1\n")

    assert {room: lines.code for room, lines in of_rooms(files, root=tmp_path, depth=2).items()} == {"a": 1, "a/b": 2}
    assert {room: lines.code for room, lines in of_rooms(files, root=tmp_path, depth=1).items()} == {"a": 3}


def test_the_rooms_of_the_program_are_counted() -> None:
    command = [sys.executable, "-m", "bench.lines", "mailgate", "--depth", "1", "--json"]

    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)

    assert set(found) == {"mailgate"}
    assert 0 < found["mailgate"]["code"] < found["mailgate"]["lines"]
