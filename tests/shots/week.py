"""What has happened in the demo's company before its pages are looked at: a bit of everything that they show."""

import struct
import zlib
from datetime import timedelta
from email.message import EmailMessage
from random import Random

from sqlalchemy import insert

from mailgate.demo import letter
from mailgate.demo.company import ANN, BOB, JANE, OWEN, PAUL, Person
from mailgate.demo.wire import submit
from mailgate.tickets.ticket import Direction, EntryKind, Event, State
from store.engine import transaction
from store.schema import entries, tickets
from tests.demo.place import SUPPORT, Place
from tests.webview.story import nasty_mail

_PAST_TICKETS = 80
_SEED = 7


def happen(place: Place) -> None:
    """Customers write and staff answer, by mail as everybody does; behind them lie some weeks of closed tickets."""
    _past(place)
    _write(place, PAUL, "Certificate warning", "Hello,\n\nour shop shows a certificate warning since this morning.")
    _write(place, OWEN, "Cron job", "The nightly job did not run twice, and its log is empty.\n\nOwen")
    _write(place, PAUL, "Invoice for March", "Could you send me the invoice as PDF, please?", "billing@support.example")
    pictured = letter.new(ANN, SUPPORT, "No mail since Monday", "Since Monday every mail comes back, see below.\n\nAnn")
    pictured.add_attachment(
        drawn(900, 420), maintype="image", subtype="png", filename="bounce.png", cid="<shot@ann>", disposition="inline"
    )
    pictured.add_attachment(drawn(300, 600), maintype="image", subtype="png", filename="phone.png")
    pictured.add_attachment(b"%PDF-1.7\n", maintype="application", subtype="pdf", filename="contract.pdf")
    _send(place, ANN, pictured)
    warning, cron = place.mail_with(BOB.address, "certificate warning"), place.mail_with(JANE.address, "nightly job")
    place.reply(BOB.address, warning, "!take\n!priority urgent\n!tag tls shop\nPaul, the new certificate is in place.")
    place.mail_with(PAUL.address, "new certificate")
    place.reply(JANE.address, cron, "!priority high\n!tag web3\n!note The clock of web3 was wrong.")
    place.reply(JANE.address, cron, "!follow")
    thanks = place.mail_with(PAUL.address, "new certificate")
    place.reply(PAUL.address, thanks, "Thank you! Does it renew by itself now?")
    place.mail_with(BOB.address, "renew by itself")
    monday = place.mail_with(BOB.address, "every mail comes back")
    place.reply(BOB.address, monday, "Hello Ann,\n\nthe disk was full; it works again. Is all well?\n\nBob")
    place.mail_with(ANN.address, "the disk was full")
    place.send_by_hand(nasty_mail(), "evil@stranger.example")
    place.mail_with(BOB.address, "evil@stranger.example")
    place.step("hour")


def drawn(width: int, height: int) -> bytes:
    """A PNG of that size, with stripes."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    dark, light = b"\x17\x59\x9c" * width, b"\xe6\xee\xf7" * width
    rows = b"".join(b"\0" + (dark if row // 30 % 2 else light) for row in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def _write(place: Place, who: Person, subject: str, text: str, to: str = SUPPORT) -> None:
    _send(place, who, letter.new(who, to, subject, text))


def _send(place: Place, who: Person, mail: EmailMessage) -> None:
    submit(mail.as_bytes(), who.address, [str(mail["To"])], port=place.demo.ports.smtp)


def _past(place: Place) -> None:
    """Tickets of the last weeks, opened and closed on some days more than on others."""
    chance, now = Random(_SEED), place.demo.clock()
    with transaction(place.demo.running.parts.engine) as conn:
        for number in range(_PAST_TICKETS):
            opened = now - timedelta(days=chance.triangular(1, 60, 1), hours=chance.random() * 9)
            answered = opened + timedelta(hours=chance.expovariate(1 / 7))
            closed = min(answered + timedelta(hours=36), now)
            row = {
                "desk": "support",
                "customer_id": 1 + number % 5,
                "subject": f"Question {number + 1}",
                "state": State.CLOSED,
                "messages": 2,
                "opened_at": opened,
                "updated_at": closed,
            }
            ticket_id = conn.execute(insert(tickets).values(row).returning(tickets.c.id)).scalar_one()
            said = (
                (EntryKind.MESSAGE, opened, "Ann Miller", Direction.IN, None, "How do I do this?"),
                (EntryKind.MESSAGE, answered, "Bob Jones", Direction.OUT, None, "Like this."),
                (EntryKind.EVENT, closed, "mailgate", None, Event.AUTO_CLOSED, "closed"),
            )
            for kind, at, author, direction, event, text in said:
                conn.execute(
                    insert(entries).values(
                        ticket_id=ticket_id,
                        kind=kind,
                        at=min(at, now),
                        author_name=author,
                        direction=direction,
                        event=event,
                        text=text,
                        automatic=False,
                    )
                )
