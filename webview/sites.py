"""The address of a customer's site, by the domain of a service: text that staff typed becomes a link or stays text."""

import re
from collections.abc import Iterable, Mapping

from store.views.services import ServiceLine

_NAME = re.compile(r"(?=.{1,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]\Z")


def site_of(domain: str) -> str:
    """Where the site is; "" for text that is no domain.

    By HTTP, which every site answers: one that has a certificate leads on to HTTPS by itself.
    """
    try:
        name = domain.strip().rstrip(".").lower().encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    return f"http://{name}/" if _NAME.match(name) else ""


def sites_of(found: Iterable[ServiceLine]) -> Mapping[int, str]:
    """Those of services, by their numbers; one that has none is left out."""
    return {one.id: address for one in found if (address := site_of(one.domain))}
