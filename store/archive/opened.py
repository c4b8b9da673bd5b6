"""The archive that the settings name."""

from mailgate.config import Settings
from mailgate.errors import Misconfigured
from mailgate.jobs import Aside, at_hand
from store.archive.blobs import Archive
from store.archive.directory import Directory
from store.archive.objects import Objects


class UnusableArchive(Misconfigured):
    """The place that the settings name for large mails cannot be asked for here."""


def archive_of(settings: Settings, aside: Aside = at_hand) -> Archive:
    """The archive of these settings, with what is entered while it waits. Raises UnusableArchive."""
    return Archive(objects_of(settings), aside)


def objects_of(settings: Settings) -> Objects:
    """Where its large blobs are. Raises UnusableArchive."""
    if not settings.s3.bucket:
        return Directory(settings.store.archive)
    try:
        from store.archive.bucket import Bucket  # only who has a bucket needs its library, which takes 20 MB
    except ModuleNotFoundError as error:
        missing = (error.name or "its library").partition(".")[0]
        raise UnusableArchive(f"s3.bucket needs {missing}, which is not installed: pip install {missing}") from error
    return Bucket(settings.s3)
