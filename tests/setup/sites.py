"""Gates for the doctor to look at: a directory with a store of its own, and no server that a test did not start."""

from collections.abc import Mapping
from pathlib import Path

from mailgate.config import HostPort
from mailgate.jobs import Job
from mailgate.setup.site import Site
from mailgate.wiring import build
from tests.gate import settings_for

NO_SMARTHOST: Mapping[str, object] = {"address": None}


def site_in(directory: Path, *, store: bool = True, **overrides: Mapping[str, object]) -> Site:
    """A gate in `directory`, by default with a store and without a smarthost."""
    directory.chmod(0o700)
    sections = {"smarthost": NO_SMARTHOST, **overrides}
    site = Site(directory / "config.toml", settings_for(directory, 1, **sections))
    if store:
        build(site.settings, _no_job).close()
    return site


def smarthost_at(port: int, **more: object) -> Mapping[str, object]:
    """The section of a smarthost on loopback."""
    return {"address": HostPort("127.0.0.1", port), **more}


def _no_job(job: Job, row_id: int) -> None:
    """Nothing runs here."""
