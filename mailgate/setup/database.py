"""Checks of the store: SQLite itself, the schema, the log, and the pages on the disk."""

import sqlite3
import time
from contextlib import closing

from mailgate.setup.finding import Finding, fail, ok, skipped, warn
from mailgate.setup.site import Site
from store.engine import NoStore, UnusableStoreUrl
from store.migrations import HEAD, current, unfinished

LEAST_SQLITE = (3, 35, 0)  # RETURNING, which SQLAlchemy uses
INTEGRITY_SECONDS = 4.0
_STEPS = 10_000
"""Instructions of SQLite's machine between two looks at the clock."""


def sqlite(site: Site) -> Finding:
    """The library is new enough and can search."""
    if site.database is None:
        return skipped("the store is a database server")
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info < LEAST_SQLITE:
        return fail(f"SQLite {version} is too old", "use a Python with SQLite 3.35 or newer")
    with closing(sqlite3.connect(":memory:")) as conn:
        options = {row[0] for row in conn.execute("PRAGMA compile_options")}
    if "ENABLE_FTS5" not in options:
        return warn(f"SQLite {version} without FTS5: there is no full-text search", "use a Python whose SQLite has it")
    return ok(f"{version}, FTS5")


def schema(site: Site) -> Finding:
    """The store has the schema of this version."""
    upgrade = f"{site.command} db upgrade"
    try:
        with site.reading() as conn:
            revision = current(conn)
    except NoStore as error:
        return fail(str(error), upgrade)
    except UnusableStoreUrl as error:
        return fail(str(error), f"edit {site.config_path}")
    if revision == HEAD:
        return ok(revision)
    if (reason := unfinished(revision)) is not None:
        return fail(reason, f"run it again, or name a whole store in {site.config_path}")
    if revision is not None and revision > HEAD:  # they are numbered
        return fail(f"{revision}, this version of mailgate knows {HEAD}", "install the newer version")
    return fail(f"{revision or 'none'}, this version of mailgate has {HEAD}", upgrade)


def journal(site: Site) -> Finding:
    """Readers and the writer do not wait for each other."""
    if site.database is None:
        return skipped("the store is a database server")
    with site.reading() as conn:
        mode = conn.exec_driver_sql("PRAGMA journal_mode").scalar()
    if mode != "wal":
        return fail(f"journal mode {mode}", f"{site.command} db upgrade")
    return ok("WAL")


def integrity(site: Site) -> Finding:
    """The pages of the database fit together; of a large one, as many as can be looked at in the time."""
    if site.database is None:
        return skipped("the store is a database server")
    deadline = time.monotonic() + INTEGRITY_SECONDS
    with closing(sqlite3.connect(f"{site.database.as_uri()}?mode=ro", uri=True)) as conn:
        conn.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
        try:
            said = [row[0] for row in conn.execute("PRAGMA quick_check(3)")]
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
            fix = f"sqlite3 {site.database} 'PRAGMA quick_check'"
            return warn(f"not finished within {INTEGRITY_SECONDS:g} s, no damage so far", fix)
        except sqlite3.DatabaseError as error:
            said = [str(error)]
    if said == ["ok"]:
        return ok("ok")
    return fail("; ".join(said), "stop the gate, keep a copy of the file, and restore: mailgate restore --help")
