"""What breaks between us and the server, and what does not come of it: no loss, no second copy, no end (F13)."""

import threading
import time

import pytest

from mailgate.config import After, ImapTls
from mailgate.inbound.accept import Limits
from mailgate.mail.disposition import Disposition
from tests.fetching.conftest import Post
from tests.gate import Person
from tests.servers.dovecot import PASSWORD
from tests.servers.process import wait_until

pytestmark = pytest.mark.server


def letters(anne: Person, number: int) -> list[bytes]:
    """So many different mails."""
    return [anne.writes(f"It is broken, {n}.", subject=f"Matter {n}") for n in range(number)]


def test_a_link_that_is_cut_after_the_fetch_costs_nothing(post: Post, anne: Person) -> None:
    mails = letters(anne, 3)
    post.put(*mails)
    post.link.cut_when_asked = b"STORE"
    post.start()
    wait_until(lambda: len(post.mails()) == 3, what="stored mail")
    wait_until(lambda: post.link.taken > 2, what="another attempt")
    assert post.state().unmarked == (1, 2, 3)
    assert post.server.flags(post.user) == [set()] * 3

    post.link.cut_when_asked = None
    post.fetched(3)

    assert post.bytes() == mails
    assert post.server.flags(post.user) == [{"\\Seen", "mailgate"}] * 3


def test_a_link_that_is_cut_within_the_fetch_costs_nothing(post: Post, anne: Person) -> None:
    mails = letters(anne, 3)
    post.put(*mails)
    post.link.cut_when_told = b"It is broken, 2."
    post.start()
    wait_until(lambda: post.link.taken > 2, what="another attempt")
    assert mails[2] not in post.bytes()

    post.link.cut_when_told = None
    post.fetched(3)

    assert post.bytes() == mails


def test_a_move_that_was_cut_is_made_up_for_without_a_second_copy(post: Post, anne: Person) -> None:
    post.change(after=After.MOVE, move_to="done")
    post.put(*letters(anne, 3))
    post.link.cut_when_asked = b"MOVE"
    post.start()
    wait_until(lambda: len(post.mails()) == 3, what="stored mail")
    wait_until(lambda: post.link.taken > 2, what="another attempt")

    post.link.cut_when_asked = None
    post.fetched(3)

    assert len(post.mails()) == 3
    assert post.server.count(post.user) == 0
    assert post.server.count(post.user, folder="done") == 3


def test_a_move_to_where_nothing_may_be_put_keeps_no_mail_from_us(post: Post, anne: Person) -> None:
    post.change(after=After.MOVE, move_to="x" * 300)  # no folder may be called so
    post.put(*letters(anne, 2))
    post.start()

    wait_until(lambda: len(post.mails()) == 2, what="stored mail")
    post.problem("stored mail cannot be moved")
    post.put(anne.writes("And this.", subject="Other"))
    wait_until(lambda: len(post.mails()) == 3, what="mail behind it")

    assert post.state().unmarked == (1, 2, 3)
    assert post.server.count(post.user) == 3


def test_uids_that_are_given_anew_make_no_second_copies(post: Post, anne: Person, bart: Person) -> None:
    post.put(*letters(anne, 5))
    post.fetch(5)
    post.gate.work()
    post.server.give_new_uids(post.user, 4_000_000_000)
    post.gate.later(days=40)  # copies are not recognised by their settling any more
    post.put(anne.writes("It is new.", subject="New"))

    post.fetch(6)
    post.gate.work()

    assert len(post.mails()) == 6
    assert post.state().uidvalidity == 4_000_000_000
    assert [mail.outcome.disposition for mail in post.mails()] == [Disposition.OPENED] * 6


def test_uids_that_are_given_anew_before_anything_was_settled_lose_nothing(
    post: Post, anne: Person, bart: Person
) -> None:
    post.put(*letters(anne, 3))
    post.fetch(3)
    post.server.give_new_uids(post.user, 4_000_000_001)

    post.fetch(6, uid=3)
    post.gate.work()

    outcomes = [mail.outcome.disposition for mail in post.mails()]
    assert outcomes == [Disposition.OPENED] * 3 + [Disposition.DUPLICATE] * 3


def test_a_read_only_folder_is_fetched_and_told_of(post: Post, anne: Person) -> None:
    post.put(*letters(anne, 2))
    with post.server.client(post.user):
        pass  # Dovecot makes its index
    post.server.forbid_marks(post.user)

    post.start()
    post.fetched(2)
    post.problem("read-only")

    assert len(post.mails()) == 2


def test_a_wrong_password_is_told_once_and_tried_again(
    post: Post, anne: Person, caplog: pytest.LogCaptureFixture
) -> None:
    post.put(anne.writes("It is broken."))
    post.folder.password_file.write_text("wrong")
    post.start()
    post.problem("LoginRefused")
    wait_until(lambda: post.link.taken > 2, what="another attempt")
    assert [record.message.split()[0] for record in caplog.records if "imap" not in record.name].count("not") == 1

    post.folder.password_file.write_text(PASSWORD)
    post.fetched(1)
    post.healed()


def test_a_password_file_that_is_missing_is_told(post: Post) -> None:
    post.folder.password_file.unlink()
    post.start()

    post.problem("No such file")

    assert len(post.mails()) == 0
    assert b"LOGIN" not in post.link.asked


def test_a_server_that_is_down_is_waited_for(post: Post, anne: Person) -> None:
    post.put(anne.writes("It is broken."))
    post.link.down = True
    post.start()
    post.problem("Unreachable")

    post.link.down = False
    post.fetched(1)
    post.healed()

    assert len(post.mails()) == 1


def test_a_link_that_is_lost_while_idle_is_made_anew(post: Post, anne: Person) -> None:
    post.start()
    wait_until(lambda: b"IDLE" in post.link.asked, what="IDLE")

    post.link.cut()
    post.put(anne.writes("It is broken."))
    post.fetched(1)

    assert post.link.taken <= 3  # no loop of reconnections


def test_a_certificate_that_is_not_trusted_gets_no_password(post: Post) -> None:
    post.change(tls=ImapTls.STARTTLS)
    post.start()

    post.problem("TlsFailed")
    assert PASSWORD.encode() not in post.link.asked


def test_a_server_without_starttls_gets_no_password(post: Post) -> None:
    post.change(tls=ImapTls.STARTTLS)
    post.link.hidden = b"STARTTLS"
    post.start()

    post.problem("TlsFailed")
    assert PASSWORD.encode() not in post.link.asked


def test_a_store_that_is_full_leaves_the_mail_with_the_server(post: Post, anne: Person) -> None:
    post.limits = Limits(max_message_bytes=1 << 20, max_header_bytes=1 << 18, min_free_bytes=1 << 60)
    post.put(anne.writes("It is broken."))
    post.start()

    post.problem("StorageFull")

    assert post.mails() == ()
    assert post.server.flags(post.user) == [set()]


@pytest.mark.alone
@pytest.mark.parametrize("state", ["idle", "silent"])
def test_a_stop_is_quick(post: Post, state: str) -> None:
    if state == "silent":  # it takes connections and says nothing
        post.link.cut_when_told = None
        post.link.mute = True
    post.start()
    if state == "idle":
        wait_until(lambda: b"IDLE" in post.link.asked, what="IDLE")
    else:
        wait_until(lambda: post.link.taken == 1, what="a connection")

    began = time.monotonic()
    post.stop()

    assert time.monotonic() - began < 2
    assert state == "silent" or not [thread for thread in threading.enumerate() if thread.name.startswith("imap ")]
