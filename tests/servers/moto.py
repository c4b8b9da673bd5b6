"""A private S3-compatible store on loopback: moto's server, as the projects around boto3 use it in their tests."""

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from botocore.session import Session

from mailgate.config import S3
from tests.servers.process import LOOPBACK, free_port, port_answers, private_directory, process_group, wait_until_ready

ACCESS_KEY, SECRET_KEY = "AKIAMAILGATE", "a secret of the tests"


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """Where the store of the tests listens."""

    port: int

    @property
    def endpoint(self) -> str:
        """Its address."""
        return f"http://{LOOPBACK}:{self.port}"

    def new_bucket(self, directory: Path) -> S3:
        """An empty bucket, as settings name it; the files of the keys are put into the directory."""
        name = f"mailgate-{secrets.token_hex(4)}"
        self.client().create_bucket(Bucket=name)
        access, secret = directory / "access.key", directory / "secret.key"
        access.write_text(ACCESS_KEY)
        secret.write_text(SECRET_KEY)
        for path in (access, secret):
            path.chmod(0o600)
        return S3(
            bucket=name, endpoint=self.endpoint, prefix="mailgate/", access_key_file=access, secret_key_file=secret
        )

    @staticmethod
    def section(s3: S3) -> dict[str, object]:
        """The same as a section of config.toml."""
        return {key: str(value) for key, value in asdict(s3).items() if isinstance(value, str | Path)}

    def client(self) -> Any:
        """Another client than ours, to look at what ours did."""
        return Session().create_client(
            "s3",
            region_name="us-east-1",
            endpoint_url=self.endpoint,
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET_KEY,
        )


@contextmanager
def running_moto() -> Iterator[ObjectStore]:
    """Start the server, yield it when it answers, and end it."""
    with private_directory("moto") as directory:
        port, log = free_port(), directory / "log"
        command = [sys.executable, "-m", "moto.server", "-H", LOOPBACK, "-p", str(port)]
        with process_group(command, log=log, directory=directory) as process:
            request = b"GET /moto-api/ HTTP/1.0\r\n\r\n"
            wait_until_ready(process, lambda: port_answers(port, begins=b"HTTP/1.1 200", request=request), log=log)
            yield ObjectStore(port)
