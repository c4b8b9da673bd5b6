"""Where mail and rows are kept."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from mailgate.config import kinds
from mailgate.config.kinds import one_of


class Addressing(StrEnum):
    """Where the name of a bucket stands in the requests to an S3-compatible store."""

    PATH = "path"  # https://endpoint/bucket/…
    HOST = "host"  # https://bucket.endpoint/…


@dataclass(frozen=True, slots=True)
class Store:
    """Where mail and rows are kept."""

    url: kinds.StoreUrl = "sqlite:///var/mailgate.db"
    archive: kinds.Directory = Path("var/archive")

    @property
    def is_embedded(self) -> bool:
        """A file on this host rather than a database server."""
        return self.url.startswith(kinds.SQLITE)


@dataclass(frozen=True, slots=True)
class S3:
    """The S3-compatible store that has the large mails in place of the directory; without `bucket` there is none.

    `access_key_file` and `secret_key_file` are both set or both None.
    """

    bucket: kinds.Bucket = ""
    endpoint: kinds.OptionalWebUrl = ""  # no slash at its end; empty: Amazon's own in the region
    region: kinds.Name = "us-east-1"
    prefix: kinds.KeyPrefix = ""  # with a slash at its end, unless it is empty
    addressing: Annotated[Addressing, one_of(Addressing)] = Addressing.PATH
    access_key_file: kinds.OptionalFile = None
    secret_key_file: kinds.OptionalFile = None
    ca_file: kinds.OptionalFile = None
    timeout_seconds: kinds.Timeout = 10.0
