"""Servers that cannot MOVE, or cannot remove one mail by its UID: nothing is lost, and nobody's mail is removed."""

from collections.abc import Iterator

import pytest

from mailgate.config.settings import After
from tests.fetching.conftest import Post
from tests.gate import Person
from tests.servers.dovecot import Dovecot, running_dovecot
from tests.servers.fixtures import needed

pytestmark = pytest.mark.server

OLD = "IMAP4rev1 IDLE NAMESPACE"


@pytest.fixture
def capability(request: pytest.FixtureRequest) -> str:
    """What the server says that it can."""
    return str(request.param)


@pytest.fixture
def dovecot(capability: str) -> Iterator[Dovecot]:
    """A server that says that it can less than it could."""
    with needed(), running_dovecot(capability=capability) as server:
        yield server


@pytest.mark.parametrize(
    ("capability", "left"),
    [(f"{OLD} UIDPLUS", [{"\\Deleted"}]), (OLD, [{"\\Deleted"}, {"\\Deleted"}, {"\\Deleted"}])],
    ids=["with UIDPLUS", "without"],
    indirect=["capability"],
)
def test_stored_mail_is_copied_and_no_other_is_removed(post: Post, anne: Person, left: list[set[str]]) -> None:
    post.change(after=After.MOVE, move_to="done")
    post.raise_limit(3_000)
    post.put(anne.writes("x" * 4_000), anne.writes("It is broken."), anne.writes("Still broken.", subject="Again"))
    with post.server.client(post.user) as somebody:
        somebody.add_flags([1], [b"\\Deleted"])

    post.fetch(2, uid=3)

    assert post.server.count(post.user, folder="done") == 2
    assert b"MOVE" not in post.link.asked
    assert post.server.flags(post.user) == left


@pytest.mark.parametrize("capability", [OLD], indirect=True)
def test_what_stays_in_the_folder_is_not_fetched_again(post: Post, anne: Person) -> None:
    post.change(after=After.MOVE, move_to="done")
    post.put(anne.writes("It is broken."))
    post.fetch(1)

    post.put(anne.writes("Still broken.", subject="Again"))
    post.fetch(2)

    assert len(post.mails()) == 2
    assert post.server.count(post.user, folder="done") == 2
    assert post.server.count(post.user) == 2
