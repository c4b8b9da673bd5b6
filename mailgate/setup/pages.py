"""Check of the pages: they read what they show, by a user of the database who can do nothing else."""

from mailgate.config.kinds import POSTGRESQL
from mailgate.setup.finding import Finding, fail, ok, skipped, warn
from mailgate.setup.site import Site
from store.engine import connect_for_pages, read_url, reading
from store.web_role import Rights, rights_of


def web_role(site: Site) -> Finding:
    """The pages' own user may read every table that they show, and nothing lets it write."""
    if site.database is not None:
        return skipped("the pages open the store's file for reading alone")
    rights = _rights(site)
    if rights.unreadable:
        some = ", ".join(rights.unreadable[:3])
        return fail(f"{rights.role} cannot read {some}: these pages fail", _grant(site, rights.role))
    if not site.settings.web.store_url:
        fix = f"{_grant(site, 'mailgate_web')}; then set web.store_url to {POSTGRESQL}mailgate_web@…"
        return warn(f"the pages read as {rights.role}, who works on the store", fix)
    if rights.beyond:
        fix = f"{_grant(site, 'mailgate_web')}; then name that user in web.store_url"
        return fail(f"web.store_url: {rights.role} {'; '.join(rights.beyond)}", fix)
    return ok(f"{rights.role} reads, and nothing else")


def _grant(site: Site, role: str) -> str:
    database = read_url(site.settings.store.url).database or "DATABASE"
    return f"{site.command} db web-role --name {role} | runuser -u postgres -- psql {database}"


def _rights(site: Site) -> Rights:
    engine = connect_for_pages(site.settings.pages_url, at_once=1)
    try:
        with reading(engine) as conn:
            return rights_of(conn)
    finally:
        engine.dispose()
