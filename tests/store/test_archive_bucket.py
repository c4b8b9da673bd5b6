"""A bucket as the place of large blobs: how it fails, and that it tells nobody its keys."""

import hashlib
import logging
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mailgate.config import S3, Settings
from mailgate.config.secret import SecretUnavailable
from mailgate.errors import Temporary
from store.archive import ArchiveUnavailable, Directory, MissingBlob, objects_of
from store.archive.bucket import Bucket
from tests.servers.moto import SECRET_KEY, ObjectStore
from tests.servers.process import LOOPBACK, free_port

RAW = b"a large mail"
DIGEST = hashlib.sha256(RAW).hexdigest()


@pytest.fixture
def s3(object_store: ObjectStore, tmp_path: Path) -> S3:
    """An empty bucket."""
    return object_store.new_bucket(tmp_path)


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Somebody who takes connections and never answers."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        yield listener.getsockname()[1]


def test_without_a_bucket_large_mails_are_in_the_directory(tmp_path: Path) -> None:
    settings = Settings()

    assert isinstance(objects_of(settings), Directory)
    assert isinstance(objects_of(replace(settings, s3=S3(bucket="mails"))), Bucket)


def test_an_object_is_named_as_a_file_is(object_store: ObjectStore, s3: S3, tmp_path: Path) -> None:
    Bucket(s3).put(DIGEST, RAW)
    Directory(tmp_path / "archive").put(DIGEST, RAW)

    [found] = object_store.client().list_objects_v2(Bucket=s3.bucket)["Contents"]

    assert found["Key"] == f"mailgate/{DIGEST[:2]}/{DIGEST}"
    assert (tmp_path / "archive" / found["Key"].removeprefix("mailgate/")).read_bytes() == RAW


def test_two_prefixes_of_one_bucket_are_two_archives(object_store: ObjectStore, s3: S3) -> None:
    ours, other = Bucket(s3), Bucket(replace(s3, prefix="mailgate/other/"))
    ours.put(DIGEST, RAW)
    object_store.client().put_object(Bucket=s3.bucket, Key="mailgate/README", Body=b"of the operator")

    assert [one.sha256 for one in ours.listing()] == [DIGEST]
    assert list(other.listing()) == []
    with pytest.raises(MissingBlob):
        other.get(DIGEST)


def test_bytes_that_are_there_are_not_sent_again(object_store: ObjectStore, s3: S3) -> None:
    Bucket(s3).put(DIGEST, RAW)
    [first] = object_store.client().list_objects_v2(Bucket=s3.bucket)["Contents"]
    object_store.client().put_object(Bucket=s3.bucket, Key=first["Key"], Body=b"A LARGE MAIL")

    Bucket(s3).put(DIGEST, RAW)

    assert Bucket(s3).get(DIGEST) == b"A LARGE MAIL"


def test_an_object_of_another_length_is_written_anew(object_store: ObjectStore, s3: S3) -> None:
    object_store.client().put_object(Bucket=s3.bucket, Key=f"mailgate/{DIGEST[:2]}/{DIGEST}", Body=b"cut")

    Bucket(s3).put(DIGEST, RAW)

    assert Bucket(s3).get(DIGEST) == RAW


def test_more_objects_than_one_answer_lists_are_all_listed(object_store: ObjectStore, s3: S3) -> None:
    client = object_store.client()
    digests = sorted(hashlib.sha256(bytes([number % 256, number // 256])).hexdigest() for number in range(1100))
    for sha256 in digests:
        client.put_object(Bucket=s3.bucket, Key=f"mailgate/{sha256[:2]}/{sha256}", Body=b"x")

    assert [one.sha256 for one in Bucket(s3).listing()] == digests


def every_use(bucket: Bucket) -> Iterator[Exception]:
    """What each method raises."""
    for use in (
        lambda: bucket.put(DIGEST, RAW),
        lambda: bucket.get(DIGEST),
        lambda: bucket.size(DIGEST),
        lambda: bucket.remove(DIGEST),
        lambda: list(bucket.listing()),
    ):
        with pytest.raises(Temporary) as raised:
            use()
        yield raised.value


def test_a_store_that_is_away_is_no_reason_to_lose_a_mail(s3: S3) -> None:
    away = Bucket(replace(s3, endpoint=f"http://{LOOPBACK}:{free_port()}"))

    for error in every_use(away):
        assert isinstance(error, ArchiveUnavailable)
        assert f"s3://{s3.bucket}/mailgate/" in str(error)


def test_a_store_that_is_silent_is_waited_for_no_longer_than_the_settings_say(s3: S3, silent_port: int) -> None:
    silent = Bucket(replace(s3, endpoint=f"http://{LOOPBACK}:{silent_port}", timeout_seconds=0.2))

    assert all("timeout" in str(error).lower() for error in every_use(silent))


def test_a_bucket_that_does_not_exist_may_be_made(s3: S3) -> None:
    absent = Bucket(replace(s3, bucket="never-made"))

    with pytest.raises(ArchiveUnavailable, match="NoSuchBucket"):
        absent.put(DIGEST, RAW)
    with pytest.raises(ArchiveUnavailable, match="NoSuchBucket"):
        absent.get(DIGEST)


def test_a_file_with_a_key_that_is_not_there_is_named_and_may_be_mended(s3: S3) -> None:
    assert s3.secret_key_file is not None
    bucket = Bucket(s3)
    s3.secret_key_file.unlink()
    with pytest.raises(SecretUnavailable, match=r"secret\.key"):
        bucket.put(DIGEST, RAW)

    s3.secret_key_file.write_text(SECRET_KEY)
    bucket.put(DIGEST, RAW)

    assert bucket.get(DIGEST) == RAW


def test_no_log_line_and_no_error_has_a_key(s3: S3, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    Bucket(s3).put(DIGEST, RAW)
    away = Bucket(replace(s3, endpoint=f"http://{LOOPBACK}:{free_port()}"))

    said = [caplog.text, *(f"{error!r} {error.__cause__!r}" for error in every_use(away))]

    assert not any(SECRET_KEY in words for words in (*said, caplog.text))


def test_the_environment_does_not_send_mails_elsewhere(s3: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://{LOOPBACK}:{free_port()}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "another")

    Bucket(s3).put(DIGEST, RAW)

    assert Bucket(s3).size(DIGEST) == len(RAW)


def test_without_its_library_a_bucket_is_refused_with_the_way_to_it() -> None:
    without = (
        "import sys; sys.modules['botocore'] = None\n"
        "from dataclasses import replace\n"
        "from mailgate.config import S3, Settings\n"
        "from store.archive import UnusableArchive, archive_of\n"
        "archive_of(Settings())\n"
        "try:\n"
        "    archive_of(replace(Settings(), s3=S3(bucket='mails')))\n"
        "except UnusableArchive as error:\n"
        "    print(error)\n"
    )

    said = subprocess.run([sys.executable, "-c", without], capture_output=True, text=True, check=True, timeout=60)

    assert said.stdout == "s3.bucket needs botocore, which is not installed: pip install botocore\n"
