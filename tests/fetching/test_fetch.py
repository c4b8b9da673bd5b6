"""Fetching from a real Dovecot: stored, committed, then marked or moved; each mail once."""

import time

import pytest

from mailgate.config import After, ImapTls
from mailgate.mail.disposition import Disposition
from mailgate.mail.envelope import Door
from tests.fetching.conftest import Post
from tests.gate import Person
from tests.servers.process import wait_until

pytestmark = pytest.mark.server


def test_a_mail_is_stored_byte_for_byte_and_marked(post: Post, anne: Person) -> None:
    first, second = anne.writes("It is broken."), anne.writes("Still broken.", subject="Again")
    post.put(first, second)

    post.fetch(2)

    assert post.bytes() == [first, second]
    assert {mail.door for mail in post.mails()} == {Door.IMAP}
    assert {mail.reverse_path for mail in post.mails()} == {None}
    assert post.server.flags(post.user) == [{"\\Seen", "mailgate"}] * 2


def test_a_mail_becomes_a_ticket_at_the_desk_of_the_folder(post: Post, anne: Person, bart: Person) -> None:
    post.change(desk="billing")
    post.put(anne.writes("It is broken.", to="anybody@elsewhere.example"))

    post.fetch(1)
    post.gate.work()

    [mail] = post.mails()
    assert mail.outcome.disposition is Disposition.OPENED
    assert post.gate.ticket(1).desk == "billing"


def test_the_desk_that_the_mail_names_comes_first(post: Post, anne: Person, bart: Person) -> None:
    post.put(
        b"Delivered-To: domains@support.example\r\n" + anne.writes("It is broken.", to="anybody@elsewhere.example")
    )

    post.fetch(1)
    post.gate.work()

    assert post.gate.ticket(1).desk == "domains"


def test_what_somebody_has_read_is_fetched_too(post: Post, anne: Person) -> None:
    post.put(anne.writes("It is broken."))
    with post.server.client(post.user) as client:
        client.add_flags([1], [b"\\Seen"])

    post.fetch(1)

    assert len(post.mails()) == 1


def test_new_mail_is_announced_and_not_waited_for(post: Post, anne: Person) -> None:
    post.start()
    wait_until(lambda: b"IDLE" in post.link.asked, what="IDLE")

    began = time.monotonic()
    post.put(anne.writes("It is broken."))
    post.fetched(1)

    assert time.monotonic() - began < post.folder.poll_seconds / 5


def test_a_poll_finds_what_a_server_without_idle_does_not_announce(post: Post, anne: Person) -> None:
    post.change(poll_seconds=0.2)
    post.link.hidden = b"IDLE"
    post.start()
    wait_until(lambda: post.state().fetched_at is not None, what="first look")

    post.put(anne.writes("It is broken."))
    post.fetched(1)

    assert b"IDLE" not in post.link.asked


def test_stored_mail_is_moved_to_a_folder_that_is_made_for_it(post: Post, anne: Person) -> None:
    post.change(after=After.MOVE, move_to="mailgate/done")
    post.put(anne.writes("It is broken."), anne.writes("Still broken.", subject="Again"))

    post.fetch(2)

    assert post.server.count(post.user) == 0
    assert post.server.count(post.user, folder="mailgate.done") == 2


def test_another_folder_than_the_inbox_can_be_fetched(post: Post, anne: Person) -> None:
    post.change(folder="Support")
    post.put(anne.writes("It is broken."))

    post.fetch(1)

    assert post.server.flags(post.user, folder="Support") == [{"\\Seen", "mailgate"}]


def test_nothing_is_fetched_again_after_a_restart(post: Post, anne: Person) -> None:
    post.put(anne.writes("It is broken."))
    post.fetch(1)
    asked = len(post.link.asked)
    post.put(anne.writes("Still broken.", subject="Again"))

    post.fetch(2)

    assert len(post.mails()) == 2
    assert b"FETCH 1" not in post.link.asked[asked:]


@pytest.mark.parametrize("tls", [ImapTls.IMPLICIT, ImapTls.STARTTLS])
def test_mail_comes_by_tls_with_a_certificate_that_is_trusted(post: Post, anne: Person, tls: ImapTls) -> None:
    post.change(tls=tls, port=post.server.tls_port if tls is ImapTls.IMPLICIT else post.server.port)
    post.put(anne.writes("It is broken."))
    post.start(trust=post.server.trust)

    post.fetched(1)
    post.put(anne.writes("Still broken.", subject="Again"))  # announced by TLS, too
    post.fetched(2)

    assert len(post.mails()) == 2


def test_bare_line_ends_are_defects_and_no_refusal(post: Post, anne: Person, bart: Person) -> None:
    raw = anne.writes("It is broken.").replace(b"\r\n", b"\n")
    post.put(raw)

    post.fetch(1)
    post.gate.work()

    [mail] = post.mails()
    assert mail.outcome.disposition is Disposition.OPENED
