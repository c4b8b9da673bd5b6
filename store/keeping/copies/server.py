"""The database of a PostgreSQL in pg_dump's own format: made and put back by the programs that it comes with.

A password is handed to them by their environment, never on a command line, where every user of the host could read it.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile

from sqlalchemy import Connection, func, select, text

from mailgate.errors import Misconfigured, Permanent, Temporary
from store.engine import connect, read_url, reading
from store.keeping.copies.contents import COUNTED, NothingThere, Progress, Snapshot, sync, write_private
from store.migrations import current, refuse_unfinished
from store.schema import blobs, metadata

DEBIAN = Path("/usr/lib/postgresql")
"""Where Debian and Ubuntu keep each version of the programs."""

_LOCK_WAIT = "60s"
"""For a table that somebody holds alone, as a migration does; then the backup is given up."""

_ERRORS_TOLD = 3

_SECONDS = 60.0
"""For a program that asks no server."""

_OTHERS = text("""
    SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
      AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
      AND NOT EXISTS (SELECT FROM pg_depend d  -- neither of an extension nor the counter of a table's column
                      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('e', 'a', 'i')
                        AND (d.deptype = 'e' OR c.relkind = 'S'))
    ORDER BY 1
""")
_IS_SCHEMA = re.compile(r" (?:SCHEMA - public|(?:TABLE|TABLE DATA|CONSTRAINT) \S+ alembic_version) ")
"""Lines of a dump's list that are not put back: who restores it says himself what schema the store has, and when."""

_DATA_OF = re.compile(r": (?:dumping contents of|processing data for) table ")


class ProgramMissing(Misconfigured):
    """A program of PostgreSQL is not installed here, or too old for the server."""


class ProgramFailed(Temporary):
    """A program of PostgreSQL did not do what it was asked for; in its own words."""


class NotEmpty(Permanent):
    """There is something in the database that should be filled."""


def dump(url: str, target: Path, progress: Progress, *, places: Sequence[Path] | None = None) -> Snapshot:
    """Have pg_dump write the database into a new file, and read what it holds in the same snapshot.

    `places`: directories to look for the program in. Raises NothingThere, StoreUnfinished, ProgramMissing,
    ProgramFailed, OSError, and what SQLAlchemy raises.
    """
    engine = connect(url, read_only=True)
    try:
        with reading(engine) as conn:
            snapshot = conn.execute(select(func.pg_export_snapshot())).scalar_one()
            revision = current(conn)
            if revision is None:
                raise NothingThere("the store has no schema yet: mailgate db upgrade")
            refuse_unfinished(revision)
            program = find_program("pg_dump", _version_of(conn), places)
            counts = {
                name: int(conn.execute(select(func.count()).select_from(metadata.tables[table])).scalar_one())
                for name, table in COUNTED.items()
            }
            write_private(target, b"")
            arguments = ["--format=custom", f"--file={target}", f"--snapshot={snapshot}"]
            arguments += ["--no-owner", "--no-privileges", f"--lock-wait-timeout={_LOCK_WAIT}"]
            _run(program, url, arguments, progress)
            large = tuple(named_large(conn))
    finally:
        engine.dispose()
    sync(target)
    return Snapshot(revision, counts, large)


def load(url: str, source: Path, progress: Progress, *, places: Sequence[Path] | None = None) -> None:
    """Have pg_restore put a dump into the database, all of it or nothing, but for the table that tells its schema.

    Raises ProgramMissing, ProgramFailed, OSError, and what SQLAlchemy raises.
    """
    engine = connect(url)
    try:
        with reading(engine) as conn:
            program = find_program("pg_restore", _version_of(conn), places)
    finally:
        engine.dispose()
    with NamedTemporaryFile("w", prefix="mailgate-", suffix=".list") as chosen:
        chosen.writelines(line for line in _listed(program, source) if not _IS_SCHEMA.search(line))
        chosen.flush()
        arguments = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
        _run(program, url, [*arguments, f"--use-list={chosen.name}", str(source)], progress)


def find_program(name: str, server: int, places: Sequence[Path] | None = None) -> Path:
    """The program in the version of the server, or the next later one that there is. Raises ProgramMissing.

    `server`: its major version. A program writes for servers of its own version and later ones, and reads older ones.
    """
    if places is None:
        on_path = (Path(one) for one in os.environ.get("PATH", os.defpath).split(os.pathsep) if one)
        places = (*sorted(DEBIAN.glob("*/bin")), *on_path)
    found = {path: _major(path) for path in (place / name for place in places) if shutil.which(path)}
    package = f"postgresql-client-{server} of Debian and Ubuntu has it"
    if not found:
        raise ProgramMissing(f"the program {name} of PostgreSQL is not installed here: {package}")
    fitting = [path for path, version in found.items() if version >= server]
    if not fitting:
        newest = max(found.values())
        raise ProgramMissing(f"{name} {newest} is older than the server, which is PostgreSQL {server}: {package}")
    return min(fitting, key=lambda path: found[path])


def objects_in(conn: Connection) -> tuple[str, ...]:
    """What there is in the database besides PostgreSQL's own: tables, views and sequences, as schema.name."""
    return tuple(conn.execute(_OTHERS).scalars())


def named_large(conn: Connection) -> tuple[str, ...]:
    """Digests of the blobs that stand in the archive."""
    large = select(blobs.c.sha256).where(blobs.c.content.is_(None)).order_by(blobs.c.sha256)
    return tuple(conn.execute(large).scalars())


def _version_of(conn: Connection) -> int:
    return int(conn.exec_driver_sql("SHOW server_version_num").scalar_one()) // 10_000


def _major(program: Path) -> int:
    """Of `pg_dump (PostgreSQL) 15.14 (Debian …)`; 0 when it says nothing of the kind."""
    said = _output(program, "--version").stdout
    found = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(found[1]) if found else 0


def _listed(program: Path, source: Path) -> Sequence[str]:
    """The table of contents of a dump, in the order in which it is put back. Raises ProgramFailed."""
    done = _output(program, "--list", str(source))
    if done.returncode:
        raise ProgramFailed(f"pg_restore cannot read {source}: {_told(done.stderr.splitlines())}")
    return done.stdout.splitlines(keepends=True)


def _output(program: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603 - one of the programs looked for above
        [program, *arguments], capture_output=True, text=True, errors="replace", check=False, timeout=_SECONDS
    )


def _run(program: Path, url: str, arguments: Sequence[str], progress: Progress) -> None:
    """Run one of the programs on the database to its end. Raises ProgramFailed."""
    place, secrets = _place_of(url)
    command = [str(program), "--verbose", "--no-password", f"--dbname={place}", *arguments]
    environment = {**os.environ, **secrets, "LC_ALL": "C"}  # what it says is looked at
    errors: list[str] = []
    tables, done = len(metadata.tables) + 1, 0
    with subprocess.Popen(  # noqa: S603 - the same
        command, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace"
    ) as running:
        assert running.stderr is not None
        try:
            for line in running.stderr:
                if _DATA_OF.search(line):
                    done += 1
                    progress("database", min(done, tables - 1), tables)
                errors = [*errors, line][-50:]
        except BaseException:
            running.kill()
            raise
    if running.returncode:
        raise ProgramFailed(f"{program.name} failed: {_told(errors) or running.returncode}")
    progress("database", tables, tables)


def _told(lines: Sequence[str]) -> str:
    wrong = [line.strip() for line in lines if re.search(r"error:|detail:|hint:", line)]
    return "; ".join(wrong[:_ERRORS_TOLD])


def _place_of(url: str) -> tuple[str, dict[str, str]]:
    """Where the database is, as libpq has it, and apart from it what nobody may see. Raises Misconfigured."""
    engine = connect(url)  # looks whether there is a driver, too
    from psycopg.conninfo import make_conninfo

    try:
        _, given = engine.dialect.create_connect_args(read_url(url))
    finally:
        engine.dispose()
    given.pop("context", None)  # of the driver alone
    if "sslpassword" in given:
        raise ProgramMissing(
            "pg_dump and pg_restore take no sslpassword from store.url: use a key without one for them"
        )
    password = given.pop("password", None)
    return make_conninfo(**given), {} if password is None else {"PGPASSWORD": str(password)}
