"""The doctor's look at the archive: a probe goes in, comes out, and goes away."""

from dataclasses import asdict, replace
from pathlib import Path

from mailgate.config import S3
from mailgate.setup.archive import archive
from mailgate.setup.finding import Status
from mailgate.setup.host import secrets
from store.archive import objects_of
from tests.servers.moto import ObjectStore
from tests.servers.process import LOOPBACK, free_port
from tests.setup.sites import site_in


def section(s3: S3) -> dict[str, object]:
    return asdict(s3)


def test_a_directory_is_written_and_left_as_it_was(tmp_path: Path) -> None:
    site = site_in(tmp_path)

    found = archive(site)

    assert found.status is Status.OK
    assert [path for path in site.settings.store.archive.rglob("*") if path.is_file()] == []


def test_a_bucket_is_written_and_left_as_it_was(object_store: ObjectStore, tmp_path: Path) -> None:
    site = site_in(tmp_path, s3=section(object_store.new_bucket(tmp_path)))

    found = archive(site)

    assert (found.status, found.detail.startswith("s3://")) == (Status.OK, True)
    assert list(objects_of(site.settings).listing()) == []


def test_a_bucket_that_does_not_exist_is_told_with_a_way_out(object_store: ObjectStore, tmp_path: Path) -> None:
    s3 = replace(object_store.new_bucket(tmp_path), bucket="never-made")

    found = archive(site_in(tmp_path, s3=section(s3)))

    assert found.status is Status.FAIL
    assert "NoSuchBucket" in found.detail
    assert found.fix.startswith("see [s3] in the settings")


def test_a_store_that_is_away_is_told(object_store: ObjectStore, tmp_path: Path) -> None:
    s3 = replace(object_store.new_bucket(tmp_path), endpoint=f"http://{LOOPBACK}:{free_port()}")

    found = archive(site_in(tmp_path, s3=section(s3)))

    assert found.status is Status.FAIL


def test_files_with_keys_are_secrets(object_store: ObjectStore, tmp_path: Path) -> None:
    s3 = object_store.new_bucket(tmp_path)
    assert s3.secret_key_file is not None
    s3.secret_key_file.chmod(0o644)

    found = secrets(site_in(tmp_path, s3=section(s3)))

    assert found.status is Status.FAIL
    assert str(s3.secret_key_file) in found.detail
