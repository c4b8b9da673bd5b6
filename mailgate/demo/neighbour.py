"""The store in earnest that the demo would stand beside: who plays there may take one for the other."""

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from mailgate.config import ConfigErrors, load
from mailgate.config.environment import variable_for
from store.engine import UnusableStoreUrl, connect, read_url, reading
from store.post import outbox, spool

VARIABLE = variable_for("store", "url")


def store_beside(config_path: Path, environ: Mapping[str, str], *, named: bool) -> str | None:
    """The store that forbids the demo to start, as a URL without its password; None when there is none.

    One that somebody names, by the environment or by a `named` config file, counts when it exists; that of a file
    that merely lies in the directory counts when mail is in it. Raises ConfigErrors for a broken file that is named.
    """
    url = environ.get(VARIABLE)
    try:
        if named or config_path.is_file():
            url = load(config_path, environ).store.url
    except ConfigErrors:
        if named:
            raise  # another program may have a config.toml too, but not one that we are told to read
    if url is None or not _exists(url) or not (named or VARIABLE in environ or _has_mail(url)):
        return None
    return read_url(url).render_as_string(hide_password=True)


def _exists(url: str) -> bool:
    try:
        parsed = read_url(url)
    except UnusableStoreUrl:
        return False  # it names none, and every other command says so
    return parsed.get_backend_name() != "sqlite" or Path(parsed.database or "").is_file()


def _has_mail(url: str) -> bool:
    try:
        engine = connect(url, read_only=True)
    except UnusableStoreUrl:
        return True  # for want of its driver: nobody here can say that it is empty
    try:
        with reading(engine) as conn:
            return bool(spool.listing(conn, limit=1) or outbox.listing(conn, limit=1))
    except DBAPIError:
        return True  # of another version, or out of reach: nobody can say that it is empty
    finally:
        engine.dispose()
