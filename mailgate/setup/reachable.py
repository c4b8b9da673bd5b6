"""Check of the pages' address: links in mails lead to it, so it must lead from anywhere to the pages of this gate."""

import ssl
import urllib.error
import urllib.request
from email.message import Message
from urllib.parse import urlsplit

from mailgate.setup.finding import Finding, fail, ok, skipped, warn
from mailgate.setup.site import Site
from mailgate.setup.zone import has_address, is_reserved
from webview.front import PAGE_CSP

FETCH_SECONDS = 3.0
_PROXY = "the proxy in front of the pages: docs/running.md has one for nginx and one for Caddy"


def pages(site: Site) -> Finding:
    """Whoever follows a link in a mail comes to the pages."""
    web, domain = site.settings.web, site.settings.gate.domain
    if web.listen is None:
        return skipped("web.listen is empty: there are no pages, and no mail has a link to one")
    if not web.is_public and is_reserved(domain):
        return ok(f"{web.public_url}, for this machine alone, as {domain} is to play with")
    if not web.is_public:
        return warn(
            f"web.public_url is {web.public_url}: mails to customers have no link, and one in a mail to staff or in a "
            "sign-in mail leads its reader to a machine of their own",
            'set web.public_url to the address that others have for the pages; for no pages set web.listen = ""',
        )
    named = has_address(urlsplit(web.public_url).hostname or "", site.lookups())
    return fetched(web.public_url, f"{site.command} serve") if not named.fix else named


def fetched(url: str, serve: str) -> Finding:
    """What a browser elsewhere would get there; `serve` starts the gate."""
    request = urllib.request.Request(f"{url.rstrip('/')}/help", method="GET")  # noqa: S310 - http and https alone
    try:
        with urllib.request.urlopen(request, timeout=FETCH_SECONDS) as answer:  # noqa: S310
            status, headers = answer.status, answer.headers
    except urllib.error.HTTPError as error:
        status, headers = error.code, error.headers
    except (OSError, ValueError) as error:
        return _unreached(url, error)
    return _answered(url, status, headers, serve)


def _answered(url: str, status: int, headers: Message, serve: str) -> Finding:
    is_ours = headers.get("Content-Security-Policy") == PAGE_CSP
    if not is_ours and status in {502, 503, 504}:
        return fail(f"{url} answers {status}: its proxy does not reach the pages", f"{serve}; else see {_PROXY}")
    if not is_ours:
        return fail(f"{url} answers {status}, and not with our pages", f"see {_PROXY}")
    if status != 200:
        return fail(f"{url} answers {status}: the pages are asked for by another name", f"pass on Host, see {_PROXY}")
    if urlsplit(url).scheme == "http":
        return warn(
            f"{url} shows the pages, in clear: so do links that sign people in travel", "put TLS in front of it"
        )
    return ok(f"{url} shows the pages")


def _unreached(url: str, error: OSError | ValueError) -> Finding:
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, ssl.SSLError):
        return fail(f"{url}: {cause}", "get a certificate for that name: certbot --nginx")
    return fail(f"{url}: {cause}", f"let the world in to that port, and see {_PROXY}")
