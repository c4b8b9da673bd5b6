"""Files become articles, or are named with what is wrong."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.inbound.article_folder import ArticleFolder, read_folder
from mailgate.tickets.article import MAX_BYTES, Article, BrokenArticle, bad_links, linked_slug, read_article
from tests.knowledge.shelf import ARTICLES, fill

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_the_first_heading_is_the_title_and_the_name_the_address() -> None:
    article = read_article("full-mailbox.md", b"\xef\xbb\xbf\r\n# Full mailbox #\r\n\r\nDelete *old* mail.\r\n")

    assert article == Article("full-mailbox", "Full mailbox", "Delete *old* mail.")


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("Full Mailbox.md", b"# T\n\ntext", "its name is no address"),
        ("-x.md", b"# T\n\ntext", "its name is no address"),
        ("../x.md", b"# T\n\ntext", "its name is no address"),
        ("x.md", b"text\n# T", "it does not begin with its title"),
        ("x.md", b"#T\n\ntext", "it does not begin with its title"),
        ("x.md", b"", "it does not begin with its title"),
        ("x.md", b"# T\n\n  \n", "there is nothing below its title"),
        ("x.md", b"# T\n\n\xff", "it is not UTF-8: byte 6 is wrong"),
        ("x.md", b"# T\n\n\0", "it has a NUL character"),
        ("x.md", b"# T\n" + b"x" * MAX_BYTES, f"{MAX_BYTES} are the most"),
    ],
)
def test_a_broken_file_is_named_with_what_is_wrong(name: str, content: bytes, problem: str) -> None:
    broken = read_article(name, content)

    assert isinstance(broken, BrokenArticle)
    assert broken.name == name
    assert problem in broken.problem


@given(st.text(), st.binary())
def test_any_file_is_an_article_or_says_what_is_wrong(name: str, content: bytes) -> None:
    read = read_article(name, content)

    assert read.problem if isinstance(read, BrokenArticle) else read.title and read.slug


@pytest.mark.parametrize(
    ("target", "slug"),
    [
        ("full-mailbox", "full-mailbox"),
        ("/kb/full-mailbox", "full-mailbox"),
        ("full-mailbox.md#quota", "full-mailbox"),
        ("#quota", ""),
        ("https://evil.example/kb/x", None),
        ("//evil.example", None),
        ("javascript:alert(1)", None),
        ("/sign-in", None),
        ("../x", None),
        ("x?y=1", None),
        ("http://[", None),
        ("", None),
    ],
)
def test_links_lead_to_other_articles_only(target: str, slug: str | None) -> None:
    assert linked_slug(target) == slug


def test_links_that_lead_nowhere_and_elsewhere_are_named() -> None:
    article = Article("x", "X", "[a](full-mailbox) [b](gone) [c](https://other.example) ![d](picture.png)")

    assert list(bad_links(article, {"full-mailbox"})) == [
        "it links to gone, and there is no gone.md",
        "the link to https://other.example is not shown: only other articles can be linked to",
        "the image picture.png is not shown: articles are text",
    ]


def test_a_folder_is_read_with_its_broken_files_named(tmp_path: Path) -> None:
    folder = fill(tmp_path / "kb")
    (folder / "broken.md").write_text("no title")
    (folder / "notes.txt").write_text("not an article")

    shelf = read_folder(folder)

    assert [one.slug for one in shelf.articles] == sorted(ARTICLES)
    assert [one.name for one in shelf.broken] == ["broken.md"]


def test_a_folder_is_read_again_after_its_pause_and_told_of_once(tmp_path: Path) -> None:
    path = fill(tmp_path / "kb")
    folder = ArticleFolder(path, reread_seconds=30)
    first = folder.news(NOW)
    assert first is not None
    folder.taken(first)
    (path / "new.md").write_text("# New one\n\nJust written.")

    at_once, later = folder.news(NOW + timedelta(seconds=29)), folder.news(NOW + timedelta(seconds=30))

    assert at_once is None
    assert later is not None
    assert len(later.articles) == len(ARTICLES) + 1
    folder.taken(later)
    assert folder.news(NOW + timedelta(seconds=90)) is None


def test_a_folder_that_cannot_be_read_takes_nothing_away(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = fill(tmp_path / "kb")
    folder = ArticleFolder(path, reread_seconds=30)
    shelf = folder.news(NOW)
    assert shelf is not None
    folder.taken(shelf)
    path.rename(tmp_path / "away")

    assert folder.news(NOW + timedelta(seconds=60)) is None
    assert "articles not read" in caplog.text
    assert ArticleFolder(path, reread_seconds=30).news(NOW) is None


def test_without_a_folder_there_are_no_articles() -> None:
    folder = ArticleFolder(None, reread_seconds=30)

    shelf = folder.news(NOW)

    assert shelf is not None
    assert shelf.articles == ()
    assert folder.best("Mailbox full", "quota exceeded", NOW) is None
