"""Checks of the ways in: is a gate running, does it answer, may it listen, can folders be opened."""

import dataclasses
import socket

from mailgate.config import HostPort, ImapFolder, read_secret
from mailgate.errors import Temporary
from mailgate.inbound.imap import ImapSession
from mailgate.setup.finding import Finding, fail, ok, skipped, warn, worst
from mailgate.setup.site import Site
from store.keeping import serving
from workers.listeners import ListenerState, ask_listeners

IMAP_SECONDS = 4.0
_LISTENERS = ("smtp", "lmtp", "web", "metrics")


def serve(site: Site) -> Finding:
    """A gate works on the store."""
    if serving.is_taken(site.settings.store.archive):
        return ok("a `mailgate serve` works on the store")
    return warn("no `mailgate serve` works on the store", f"{site.command} serve, or systemctl start mailgate")


def listeners(site: Site) -> Finding:
    """The ports of the settings: a running gate answers on them, else they are free for one."""
    if serving.is_taken(site.settings.store.archive):
        found = [_answers(one) for one in ask_listeners(site.settings)]
    else:
        places = ((name, getattr(site.settings, name).listen) for name in _LISTENERS)
        found = [_free(name, address) for name, address in places if address is not None]
    return worst(found) if found else skipped("every `listen` is empty")


def imap(site: Site) -> Finding:
    """Each folder can be reached, logged in to and opened."""
    folders = site.settings.imap
    return worst([_opens(folder) for folder in folders]) if folders else skipped("there is no [[imap]]")


def _answers(one: ListenerState) -> Finding:
    if one.answers:
        return ok(f"{one.name} {one.address} answers")
    return fail(f"{one.name} {one.address} does not answer: {one.detail}", "see the log of `mailgate serve`")


def _free(name: str, address: HostPort) -> Finding:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except OSError as error:
            fix = f"ss -ltnp 'sport = :{address.port}' shows who has it; or change {name}.listen"
            return fail(f"{name} {address}: {error.strerror or error}", fix)
    return ok(f"{name} {address} is free")


def _opens(folder: ImapFolder) -> Finding:
    seconds = min(folder.timeout_seconds, IMAP_SECONDS)
    where = f"[[imap]] {folder.name}"
    try:
        session = ImapSession(dataclasses.replace(folder, timeout_seconds=seconds), read_secret(folder.password_file))
        try:
            place = session.select()
        finally:
            session.close()
    except Temporary as error:
        return fail(f"{where}: {error}", f"mend {folder.server}, or the settings of this [[imap]]")
    if place.read_only:
        return warn(f"{where} is read-only: mail cannot be marked", f"give {folder.user} the right to write there")
    return ok(f"{where} opens")
