"""The user of PostgreSQL by whom the pages read: it may read what pages show, and can write nothing."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

from mailgate.errors import Permanent
from store.schema import metadata, signing_keys

KEPT_FROM_PAGES = (signing_keys.name,)
"""No page needs the keys that sign our mail."""

_RIGHTS = text("""
    SELECT c.relname,
           has_table_privilege(c.oid, 'SELECT') AS reads,
           has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
               OR has_any_column_privilege(c.oid, 'INSERT, UPDATE, REFERENCES')
               OR pg_has_role(c.relowner, 'MEMBER') AS writes
    FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
""")
_SEQUENCES = text("""
    SELECT c.relname FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace
      AND CASE c.relkind WHEN 'S' THEN has_sequence_privilege(c.oid, 'USAGE, UPDATE') ELSE false END
    ORDER BY c.relname
""")
_OF_THE_ROLE = text("""
    SELECT rolname, rolsuper, rolcreaterole, rolcreatedb, has_schema_privilege(current_schema(), 'CREATE') AS creates
    FROM pg_roles WHERE rolname = current_user
""")
_WHERE = text("SELECT current_database() AS database, current_schema() AS schema, current_user AS owner")


class NoServer(Permanent):
    """The store is a file: it has no users."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What the user of a connection may do in the store."""

    role: str
    unreadable: tuple[str, ...]  # tables that pages need
    beyond: tuple[str, ...]  # what a page must not be able to do, in words


def sql_for(conn: Connection, role: str) -> str:
    """What an administrator of the database runs, once and after each restore: it makes the role, or puts it right.

    `conn` is of the user to whom the store belongs. Raises NoServer.
    """
    if conn.dialect.name != "postgresql":
        raise NoServer("store.url names a file, which the pages open for reading alone: it needs no user of its own")
    quote = conn.dialect.identifier_preparer.quote_identifier
    where = conn.execute(_WHERE).mappings().one()
    name, database, schema, owner = map(quote, (role, where["database"], where["schema"], where["owner"]))
    literal = role.replace("'", "''")
    return "\n".join(
        (
            "DO $do$ BEGIN",
            f"  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{literal}') THEN",
            f"    CREATE ROLE {name} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION;",
            "  END IF;",
            "END $do$;",
            f"ALTER ROLE {name} IN DATABASE {database} SET default_transaction_read_only = on;",
            f"GRANT CONNECT ON DATABASE {database} TO {name};",
            f"GRANT USAGE ON SCHEMA {schema} TO {name};",
            f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {name};",
            *(f"REVOKE ALL ON TABLE {schema}.{quote(table)} FROM {name};" for table in KEPT_FROM_PAGES),
            f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema} GRANT SELECT ON TABLES TO {name};",
        )
    )


def rights_of(conn: Connection) -> Rights:
    """What the user of this connection to a PostgreSQL may do in it."""
    me = conn.execute(_OF_THE_ROLE).mappings().one()
    tables = {row["relname"]: row for row in conn.execute(_RIGHTS).mappings()}
    needed = (table.name for table in metadata.sorted_tables if table.name not in KEPT_FROM_PAGES)
    unreadable = tuple(name for name in needed if name not in tables or not tables[name]["reads"])

    def beyond() -> Iterator[str]:
        for key, words in (
            ("rolsuper", "is a superuser"),
            ("rolcreaterole", "makes roles"),
            ("rolcreatedb", "makes databases"),
            ("creates", "makes tables"),
        ):
            if me[key]:
                yield words
        for words, names in (
            ("writes to", sorted(name for name, row in tables.items() if row["writes"])),
            ("moves", list(conn.execute(_SEQUENCES).scalars())),
            ("reads", [name for name in KEPT_FROM_PAGES if name in tables and tables[name]["reads"]]),
        ):
            if names:
                yield f"{words} {', '.join(names[:3])}{' and more' if names[3:] else ''}"

    return Rights(str(me["rolname"]), unreadable, tuple(beyond()))
