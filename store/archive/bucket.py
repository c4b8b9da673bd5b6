"""A bucket of an S3-compatible store as the place of large blobs, by botocore.

Its keys are the names that files have in a directory, `<prefix>ab/abcd…`: any tool can copy one into the other.
"""

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

from mailgate.config import S3, read_secret
from mailgate.config.settings import Addressing
from store.archive.objects import ArchiveUnavailable, MissingBlob, Stored

ATTEMPTS = 2
"""A request that met no answer or a busy server is sent once more at once; all further patience is its caller's."""

CONNECTIONS = 32
"""Kept open for the threads of one process."""

_KEY = re.compile(r"([0-9a-f]{2})/(\1[0-9a-f]{62})\Z")
_ABSENT = frozenset({"404", "NoSuchKey", "NotFound"})

for _name in ("botocore", "urllib3"):  # in detail they tell of each request, its headers among it
    logging.getLogger(_name).setLevel(logging.ERROR)


class Bucket:
    """Each blob is one object, written by one request: it is whole or not there. Implements `Objects`."""

    def __init__(self, settings: S3) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._client: Any = None  # made by the first request, so that a part without large mails needs no secret

    @property
    def place(self) -> str:
        """As tools name it."""
        return f"s3://{self._settings.bucket}/{self._settings.prefix}"

    def put(self, sha256: str, raw: bytes) -> None:
        """Upload the bytes, unless they are there. The request is signed with their digest, which the store compares.

        Raises ArchiveUnavailable.
        """
        if self.size(sha256) == len(raw):
            return
        with self._told(f"keep blob {sha256}"):
            self._call("put_object", sha256, Body=raw, ContentType="application/octet-stream")

    def get(self, sha256: str) -> bytes:
        """Download the bytes. Raises MissingBlob, ArchiveUnavailable."""
        try:
            with self._told(f"read blob {sha256}"):
                raw: bytes = self._call("get_object", sha256)["Body"].read()
                return raw
        except _Absent as error:
            raise MissingBlob(f"no object for blob {sha256} in {self.place}") from error

    def size(self, sha256: str) -> int | None:
        """As the store says. Raises ArchiveUnavailable."""
        try:
            with self._told(f"look at blob {sha256}"):
                return int(self._call("head_object", sha256)["ContentLength"])
        except _Absent:
            return None

    def remove(self, sha256: str) -> None:
        """Delete the object; one that is not there is no mistake in S3. Raises ArchiveUnavailable."""
        with self._told(f"remove blob {sha256}"):
            self._call("delete_object", sha256)

    def listing(self) -> Iterator[Stored]:
        """A thousand a request. Raises ArchiveUnavailable."""
        prefix = self._settings.prefix
        with self._told("list"):
            pages = (
                self._connected().get_paginator("list_objects_v2").paginate(Bucket=self._settings.bucket, Prefix=prefix)
            )
            for page in pages:
                for one in page.get("Contents", ()):
                    named = _KEY.match(one["Key"].removeprefix(prefix))
                    if named:
                        yield Stored(named[2], one["Size"], one["LastModified"])

    def remove_unfinished(self) -> int:
        """There is never one: what was not uploaded whole is not kept."""
        return 0

    def _call(self, operation: str, sha256: str, **more: Any) -> Any:
        key = f"{self._settings.prefix}{sha256[:2]}/{sha256}"
        return getattr(self._connected(), operation)(Bucket=self._settings.bucket, Key=key, **more)

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """All that may go wrong is one of two things: the object is not there, or the store did not answer well."""
        try:
            yield
        except ClientError as error:
            code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
            if code in _ABSENT:
                raise _Absent(str(error)) from error
            if status in (401, 403):
                self._forget_client()  # the files with the keys may have been mended
            raise ArchiveUnavailable(f"{self.place}: cannot {what}: {error}") from error
        except (BotoCoreError, OSError, ValueError) as error:
            raise ArchiveUnavailable(f"{self.place}: cannot {what}: {error}") from error

    def _connected(self) -> Any:
        with self._lock:
            if self._client is None:
                self._client = _client(self._settings)
            return self._client

    def _forget_client(self) -> None:
        with self._lock:
            self._client = None


class _Absent(Exception):
    """There is no such object."""


def _client(settings: S3) -> Any:
    """Raises SecretUnavailable."""
    keys = {}
    if settings.access_key_file and settings.secret_key_file:
        keys["aws_access_key_id"] = read_secret(settings.access_key_file)
        keys["aws_secret_access_key"] = read_secret(settings.secret_key_file)
    session = Session()
    session.set_config_variable("metadata_service_timeout", int(max(1, settings.timeout_seconds)))
    return session.create_client(
        "s3",
        region_name=settings.region,
        endpoint_url=settings.endpoint or None,
        verify=str(settings.ca_file) if settings.ca_file else True,
        config=Config(
            connect_timeout=settings.timeout_seconds,
            read_timeout=settings.timeout_seconds,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            max_pool_connections=CONNECTIONS,
            ignore_configured_endpoint_urls=True,  # what the settings say holds, whatever the environment says
            # Signed payloads are checked by every store; the newer checksums are not known to all that call
            # themselves compatible.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={
                "addressing_style": "path" if settings.addressing is Addressing.PATH else "virtual",
                "payload_signing_enabled": True,
            },
        ),
        **keys,
    )
