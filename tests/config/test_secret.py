"""Secrets in files."""

from pathlib import Path

import pytest

from mailgate.config import SecretUnavailable, read_secret


@pytest.mark.parametrize("written", [b"p\xc3\xa4ss word", b"p\xc3\xa4ss word\n", b"p\xc3\xa4ss word\r\n"])
def test_secret_is_the_line_without_its_end(tmp_path: Path, written: bytes) -> None:
    file = tmp_path / "secret"
    file.write_bytes(written)

    assert read_secret(file) == "päss word"


@pytest.mark.parametrize("written", [b"", b"\n", b"geheim\ntwo\n", b"geheim\n\n", b"a\0b", b"\xff\xfe"])
def test_file_that_holds_no_secret_is_named_without_its_content(tmp_path: Path, written: bytes) -> None:
    file = tmp_path / "secret"
    file.write_bytes(written)

    with pytest.raises(SecretUnavailable) as raised:
        read_secret(file)

    assert str(file) in str(raised.value)
    assert "geheim" not in str(raised.value)


@pytest.mark.parametrize("name", ["missing", "."])
def test_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(SecretUnavailable, match=r"secret file .*: (No such file|Is a directory)"):
        read_secret(tmp_path / name)
