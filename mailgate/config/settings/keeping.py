"""Where mail and rows are kept."""

from dataclasses import dataclass
from pathlib import Path

from mailgate.config import kinds


@dataclass(frozen=True, slots=True)
class Store:
    """Where mail and rows are kept."""

    url: kinds.StoreUrl = "sqlite:///var/mailgate.db"
    archive: kinds.Directory = Path("var/archive")

    @property
    def is_embedded(self) -> bool:
        """A file on this host rather than a database server."""
        return self.url.startswith(kinds.SQLITE)
