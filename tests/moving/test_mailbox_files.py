"""Mails in files: where one ends and the next begins, and that each is as it was before it was put there."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.inbound.mailbox_files import Kind, NoMailbox, places, read
from mailgate.mail.digest import content_digest
from tests.moving.mailbox import letter, mbox


def mails_in(path: Path, kind: Kind = Kind.MBOX) -> list[bytes]:
    return [read(place) for place in places(kind, path)]


def test_the_mails_of_an_mbox_are_what_was_put_in(tmp_path: Path) -> None:
    mails = [letter(1, text="From the start\n>From here\n>>From there"), letter(2, text=""), letter(3, text="\n\n")]

    assert mails_in(mbox(tmp_path / "old", *mails)) == mails


def test_a_text_is_not_cut_at_an_unquoted_line_that_begins_with_from(tmp_path: Path) -> None:
    path = tmp_path / "old"
    text = b"Hello,\n\nFrom what I saw at 10:30 on 6 Jan 2020\nit was broken.\n\nFrom me\n"
    path.write_bytes(b"From a@b.example Mon Jan  6 10:00:00 2020\nFrom: a@b.example\n\n" + text)

    [mail] = mails_in(path)

    assert mail.endswith(text)


def test_windows_line_ends_make_no_difference(tmp_path: Path) -> None:
    path = mbox(tmp_path / "old", letter(1), letter(2))
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert mails_in(path) == [letter(number).replace(b"\n", b"\r\n") for number in (1, 2)]


def test_a_postmark_tells_when_a_mail_came(tmp_path: Path) -> None:
    [place] = places(Kind.MBOX, mbox(tmp_path / "old", letter(1)))

    assert place.posted_at == datetime(2020, 1, 6, 10, tzinfo=UTC)


def test_an_empty_mbox_has_no_mails(tmp_path: Path) -> None:
    (tmp_path / "old").touch()

    assert mails_in(tmp_path / "old") == []


@pytest.mark.parametrize("kind", [Kind.MBOX, Kind.MAILDIR])
def test_what_is_no_mailbox_is_refused_by_name(tmp_path: Path, kind: Kind) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Dear diary,\n")

    with pytest.raises(NoMailbox, match=r"notes\.txt"):
        mails_in(path, kind)


def test_a_maildir_gives_what_was_delivered_and_no_drafts(tmp_path: Path) -> None:
    for folder in ("cur", "new", "tmp"):
        (tmp_path / folder).mkdir()
    (tmp_path / "cur" / "1.host:2,S").write_bytes(letter(1))
    (tmp_path / "cur" / "2.host:2,DS").write_bytes(letter(2))
    (tmp_path / "cur" / "3.host:2,T").write_bytes(letter(3))
    (tmp_path / "new" / "4.host").write_bytes(letter(4))
    (tmp_path / "tmp" / "5.host").write_bytes(letter(5))

    assert mails_in(tmp_path, Kind.MAILDIR) == [letter(1), letter(4)]


def test_a_directory_of_files_gives_each_of_them(tmp_path: Path) -> None:
    (tmp_path / "2020").mkdir()
    (tmp_path / "2020" / "a.eml").write_bytes(letter(1))
    (tmp_path / "b.eml").write_bytes(letter(2))
    (tmp_path / "notes.txt").write_text("x")

    assert mails_in(tmp_path, Kind.EML) == [letter(1), letter(2)]


LINES = st.lists(st.sampled_from([b"From x", b">From y", b"", b"a", b"From a@b Mon Jan  6 10:00:00 2020"]), max_size=8)


@given(st.lists(LINES, min_size=1, max_size=4))
def test_whatever_the_text_a_mail_is_the_same_after_an_mbox(
    tmp_path_factory: pytest.TempPathFactory, texts: list[list[bytes]]
) -> None:
    mails = [b"From: a@b.example\n\n" + b"\n".join(text) + b"\n" for text in texts]
    path = tmp_path_factory.getbasetemp() / "any.mbox"

    found = mails_in(mbox(path, *mails))

    assert [content_digest(mail) for mail in found] == [content_digest(mail) for mail in mails]
