"""Lines by room: all, then those of code, without docstrings, imports, blank lines and comments that have a line alone.

    python -m bench.lines [ROOM …] [--depth 2] [--files] [--json]

To be compared before and after a change of the layout: moving a file changes nothing in all.
"""

import argparse
import ast
import io
import json
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
ROOMS = ("mailgate", "store", "workers", "webview", "bench")
LONG = 300
"""A longer file holds more than one idea."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Of one file, or of many together. A line is counted once: what stands in a docstring is not blank."""

    files: int = 0
    lines: int = 0
    code: int = 0
    docstrings: int = 0
    imports: int = 0
    comments: int = 0
    blank: int = 0

    def __add__(self, other: "Lines") -> "Lines":
        return Lines(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


def of_source(source: str) -> Lines:
    """The lines of one module."""
    tree = ast.parse(source)
    docstrings = {line for one in ast.walk(tree) for line in _docstring(one)}
    imports = {line for one in ast.walk(tree) if isinstance(one, ast.Import | ast.ImportFrom) for line in _span(one)}
    taken = docstrings | imports
    comments = {line for line in _comments(source) if line not in taken}
    all_lines = source.splitlines()
    blank = {line for line, words in enumerate(all_lines, 1) if not words.strip() and line not in taken}
    code = len(all_lines) - len(taken) - len(comments) - len(blank)
    return Lines(1, len(all_lines), code, len(docstrings), len(imports), len(comments), len(blank))


def of_rooms(files: Iterable[Path], *, root: Path, depth: int) -> Mapping[str, Lines]:
    """The lines of each room, named by so many folders; a file of an outer room counts there."""
    rooms: dict[str, Lines] = {}
    for file in files:
        room = "/".join(file.relative_to(root).parts[:-1][:depth])
        rooms[room] = rooms.get(room, Lines()) + of_source(file.read_text())
    return rooms


def python_files(rooms: Iterable[str]) -> list[Path]:
    """All modules in these rooms, in order."""
    return [file for room in rooms for file in sorted((ROOT / room).rglob("*.py"))]


def table(rooms: Mapping[str, Lines]) -> str:
    """A line for each room, and one for all."""
    rows = [("room", *(one.name for one in fields(Lines)))]
    for name, lines in (*rooms.items(), ("all", sum(rooms.values(), Lines()))):
        rows.append((name, *(f"{value:,}" for value in asdict(lines).values())))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def _docstring(node: ast.AST) -> Iterable[int]:
    """A string that stands alone explains what is around it, or, below a name, that name."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return _span(node)
    return ()


def _span(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def _comments(source: str) -> Iterator[int]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and not token.line[: token.start[1]].strip():
            yield token.start[0]


def main() -> None:
    """Parse the options, count, print."""
    parser = argparse.ArgumentParser(prog="python -m bench.lines", description=__doc__)
    parser.add_argument("rooms", nargs="*", default=ROOMS, metavar="ROOM", help=f"by default {', '.join(ROOMS)}")
    parser.add_argument("--depth", type=int, default=2, help="folders that name a room")
    parser.add_argument("--files", action="store_true", help="the files that are too long, too")
    parser.add_argument("--json", action="store_true", help="for programs")
    options = parser.parse_args()
    files = python_files(options.rooms)
    rooms = of_rooms(files, root=ROOT, depth=options.depth)
    if options.json:
        print(json.dumps({name: asdict(lines) for name, lines in rooms.items()}, indent=2))
        return
    print(table(rooms))
    sizes = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in files}
    short = sum(1 for size in sizes.values() if 0 < size < 50)
    long = {name: size for name, size in sizes.items() if size > LONG}
    print(
        f"median file {median(size for size in sizes.values() if size):g} lines, largest {max(sizes.values())}; ",
        end="",
    )
    print(f"{short} below 50, {len(long)} above {LONG}")
    if options.files:
        for name, size in sorted(long.items(), key=lambda one: -one[1]):
            print(f"  {size}  {name}")


if __name__ == "__main__":
    main()
