"""A check of the archive: large mails can be kept, read and removed where the settings want them."""

import hashlib
import secrets
from dataclasses import replace
from urllib.parse import urlsplit

from mailgate.config.values import is_loopback
from mailgate.errors import MailgateError, Misconfigured
from mailgate.setup.finding import Finding, fail, ok, skipped, warn
from mailgate.setup.site import Site
from store.archive import Directory, objects_of

S3_SECONDS = 2.0
"""For each answer, so that a store that is silent is told of as such within the time of a check."""


def archive(site: Site) -> Finding:
    """A probe goes in, comes out the same, and goes away."""
    s3 = site.settings.s3
    try:
        short = replace(s3, timeout_seconds=min(S3_SECONDS, s3.timeout_seconds))
        objects = objects_of(replace(site.settings, s3=short))
    except Misconfigured as error:
        return fail(str(error), "install what is missing, or empty s3.bucket")
    if isinstance(objects, Directory) and not site.settings.store.archive.is_dir():
        return skipped("its directory is not there")
    raw = b"mailgate doctor: " + secrets.token_bytes(16)
    sha256 = hashlib.sha256(raw).hexdigest()
    try:
        objects.put(sha256, raw)
        try:
            is_same = objects.get(sha256) == raw
        finally:
            objects.remove(sha256)
        is_gone = objects.size(sha256) is None
    except (MailgateError, OSError) as error:
        return fail(str(error), _mend(site))
    if not is_same:
        return fail(f"{objects.place} gives other bytes than it was given", _mend(site))
    if not is_gone:
        return fail(f"{objects.place} still has what was removed", _mend(site))
    if s3.bucket and s3.endpoint.startswith("http://") and not is_loopback(urlsplit(s3.endpoint).hostname or ""):
        words = f"{objects.place}: mails travel to {s3.endpoint} in clear"
        return warn(words, "set s3.endpoint to its https:// address")
    return ok(f"{objects.place}: written, read and removed")


def _mend(site: Site) -> str:
    if site.settings.s3.bucket:
        return "see [s3] in the settings: address, bucket, keys, and whether they may write, read and delete there"
    return f"ls -ld {site.settings.store.archive}, and mount what should be mounted there"
