"""Mail that stays on the server, named with its reason, and keeps nothing back that is behind it."""

from datetime import timedelta

import pytest

from mailgate.inbound.accept import Limits
from store.post.folders import Left, Remaining
from tests.fetching.conftest import Post
from tests.gate import BeginGate, Gate, Person
from tests.servers.process import wait_until
from workers.status import look

LIMIT = 4_000

pytestmark = pytest.mark.server


@pytest.fixture
def gate(begin: BeginGate) -> Gate:
    """A gate that takes small mails only."""
    closed = {"listen": None}
    return begin(limits={"max_message_bytes": LIMIT, "max_header_bytes": 2_000}, smtp=closed, lmtp=closed, web=closed)


@pytest.fixture
def post(post: Post) -> Post:
    """Its folder."""
    post.limits = Limits(max_message_bytes=LIMIT, max_header_bytes=2_000, min_free_bytes=0)
    return post


def test_what_is_too_large_is_left_and_named(post: Post, anne: Person, caplog: pytest.LogCaptureFixture) -> None:
    large = anne.writes("It is broken. " * 500)
    post.put(anne.writes("It is broken."), large, anne.writes("And this.", subject="Other"))

    post.fetch(2, uid=3)

    assert post.state().left == (Remaining(2, len(large), Left.TOO_LARGE),)
    assert post.server.flags(post.user)[1] == set()
    assert f"uid=2 bytes={len(large)} reason=too-large" in caplog.text


def test_a_header_that_is_too_large_is_left_and_named(post: Post, anne: Person) -> None:
    post.put(anne.writes("It is broken.", headers={"X-Long": "x " * 1200}), anne.writes("And this.", subject="Other"))

    post.fetch(1, uid=2)

    assert [(mail.uid, mail.left_because) for mail in post.state().left] == [(1, Left.HEADER_TOO_LARGE)]


def test_what_was_left_comes_in_when_the_limit_is_raised(begin: BeginGate, post: Post, anne: Person) -> None:
    large = anne.writes("It is broken. " * 500)
    post.put(anne.writes("It is broken."), large)
    post.fetch(1, uid=2)

    post.raise_limit(10_000)
    post.fetch(2)

    assert post.bytes()[1] == large
    assert post.state().remaining == ()
    assert post.server.flags(post.user) == [{"\\Seen", "mailgate"}] * 2


def test_what_was_left_and_then_taken_away_is_forgotten(post: Post, anne: Person) -> None:
    post.change(poll_seconds=0.2)
    post.put(anne.writes("It is broken. " * 500))
    post.start()
    wait_until(lambda: len(post.state().left) == 1, what="a mail that was left")

    with post.server.client(post.user) as client:
        client.delete_messages([1])
        client.expunge()

    wait_until(lambda: post.state().left == (), what="nothing left")
    assert len(post.mails()) == 0


def test_what_the_server_cannot_read_keeps_nothing_back(post: Post, anne: Person) -> None:
    post.put(anne.writes("It is broken."), anne.writes("Lost.", subject="Lost"), anne.writes("Last.", subject="Last"))
    post.server.spoil(post.user, 1)  # Dovecot hangs up when it is asked for it

    post.fetch(2, uid=3)

    assert [(mail.uid, mail.left_because) for mail in post.state().left] == [(2, Left.UNREADABLE)]


def test_status_names_what_was_left_and_what_is_wrong(post: Post, anne: Person) -> None:
    post.put(anne.writes("It is broken. " * 500))
    post.start()
    wait_until(lambda: b"IDLE" in post.link.asked, what="IDLE")
    post.gate.now += timedelta(seconds=1)
    post.link.down = True
    post.link.cut()
    post.problem("Unreachable")
    post.stop()

    parts, gate = post.gate.parts, post.gate
    status = look(post.settings, parts.engine, gate.now)

    [folder] = status.folders
    assert (folder.problem or "").startswith("Unreachable")
    assert [(one.code, one.fault) for one in status.attention] == [("imap", True), ("imap_left", False)]
    assert "UID 1 (too-large" in status.attention[1].message


def test_a_refusal_in_the_middle_of_a_batch_stores_nothing_twice(post: Post, anne: Person) -> None:
    mails = [anne.writes(f"It is broken, {n}.", subject=f"Matter {n}") for n in range(120)]  # three groups
    post.put(*mails)
    spoilt = b"FETCH " + b",".join(b"%d" % uid for uid in range(51, 101)) + b" (BODY"
    post.link.spoil_when_asked = spoilt

    post.fetch(120)

    assert post.bytes() == mails
    assert post.state().remaining == ()
    assert spoilt in post.link.asked


def test_status_names_a_folder_that_nobody_looks_at(post: Post, anne: Person) -> None:
    post.put(anne.writes("It is broken."))
    post.fetch(1)
    post.gate.work()

    soon, later = (look(post.settings, post.gate.parts.engine, post.gate.now + timedelta(minutes=n)) for n in (4, 6))

    assert soon.attention == ()
    assert [(one.code, one.fault) for one in later.attention] == [("imap_late", True)]
