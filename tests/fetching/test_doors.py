"""One mail by SMTP, LMTP and IMAP, through the program itself: one entry, and a receipt for each (F12)."""

from pathlib import Path

import pytest

from tests.fetching.conftest import fetching_program
from tests.gate import Person
from tests.inbound.door import Address
from tests.servers.dovecot import Dovecot
from tests.servers.process import wait_until

ANNE = Person("Anne Miller", "anne@customer.example")
USER = "doors"

pytestmark = pytest.mark.server


def test_the_same_mail_by_every_door_is_one_entry(tmp_path: Path, dovecot: Dovecot) -> None:
    program = fetching_program(tmp_path / "gate", dovecot, USER, {})
    program.prints("customer", "add", ANNE.name, ANNE.address)
    raw = ANNE.writes("It is broken.")

    with program.serve() as serving:
        with Address(program.smtp_port).client() as client:
            client.deliver(b"Received: from a.example by mx.example; Mon, 2 Mar 2026 09:00:00 +0000\r\n" + raw)
        with Address(program.lmtp_port).client("LHLO") as client:
            client.deliver(b"Received: from b.example by mx.example; Mon, 2 Mar 2026 09:00:01 +0000\r\n" + raw)
        dovecot.put(USER, [b"Return-Path: <anne@customer.example>\r\nDelivered-To: support@support.example\r\n" + raw])
        wait_until(
            lambda: [row["disposition"] != "waiting" for row in program.rows("inbox", "list")] == [True] * 3,
            what="three settled mails",
        )
        log = serving.log.read_text()

    rows = program.rows("inbox", "list")
    assert {row["door"] for row in rows} == {"smtp", "lmtp", "imap"}
    assert sorted(row["disposition"] for row in rows) == ["duplicate", "duplicate", "opened"]
    assert {row["ticket"] for row in rows} == {1}
    assert [ticket["messages"] for ticket in program.rows("ticket", "list")] == [1]
    assert [f"evidence door={door} best=" in log for door in ("smtp", "lmtp", "pipe", "imap")] == [True] * 4
