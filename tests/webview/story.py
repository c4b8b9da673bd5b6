"""A small company in the middle of a week: what the pages of the tests show."""

import struct
import zlib
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

from mailgate.letters.kind import Template
from store.engine import transaction
from store.post.outbox import OutState
from store.schema import outbox
from tests.gate import Gate, Person
from tests.webview.trade import Trade, trade

NOTE = "The disk of web3 is too small: move her to web4 before Friday."

NASTY_HTML = """<html><head><meta http-equiv=refresh content="0;url=//evil.example/"><base href="//evil.example/">
<style>@import url(//evil.example/x.css); p { color: red }</style><title>x</title></head><body onload=alert(1)>
<svg/onload=alert(1)><script>alert(1)</script><form action="//evil.example/"><input name=x><button>Win</button></form>
<p style="color: #174f8a; background: url(http://evil.example/p); position: fixed">Dear <b>customer</b>,</p>
<p>your <a href="javascript:alert(1)">script</a>, <a href="data:text/html,<script>alert(1)</script>">data</a>
and <a href="https://shop.example/pay?id=1">honest</a> link.</p>
<img src="http://169.254.169.254/latest/" alt="metadata"><img src="file:///etc/passwd" alt="passwd">
<img src="php://filter/x" alt="php"><img src="cid:other@elsewhere" alt="other"><img src="cid:logo@here" alt="Our logo">
<img src="/mails/1" onerror="alert(1)" alt="own"><iframe src="//evil.example/"></iframe>
<object data="//evil.example/"></object><video src="//evil.example/v"></video>
<table background="//evil.example/bg"><tr><td bgcolor="#eef">A table</td></tr></table></body></html>"""


@dataclass(frozen=True, slots=True)
class Story:
    """Who and what there is."""

    anne: Person  # owner of customer 1
    dora: Person  # a contact of Anne's company, support only
    paul: Person  # owner of customer 2
    bart: Person  # staff
    mail_ticket: int  # Anne's: question, answer, thanks, a note, an event
    disk_ticket: int  # Anne's, closed
    dora_ticket: int  # Dora's: a file, right-to-left words
    paul_ticket: int
    held_mail: int  # of a stranger, with nasty HTML
    trade: Trade


def tell(gate: Gate) -> Story:
    """Make it happen."""
    anne = gate.customer("Anne Miller", "anne@customer.example")
    dora = gate.contact(1, "Dora Klein", "dora@customer.example")
    paul = gate.customer("Paul Stone", "paul@stone.example")
    bart = gate.staff("Bart Jones", "bart@hosting.example")

    question = "Hello,\n\nsince Monday every mail to info@customer.example comes back with “mailbox full”.\n\nAnne"
    asked = gate.deliver(anne.writes(question, subject="No mail since Monday"))
    gate.later(minutes=50)
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "Hello Anne,\n\nthe disk was full; it works again.\n\nBart"))
    gate.later(minutes=20)
    gate.deliver(anne.replies(gate.mailbox(anne)[-1], "Yes, mail comes in again. Thank you!\n\nWill it last?"))
    gate.later(minutes=5)
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], f"!note\n{NOTE}"))

    disk = gate.deliver(anne.writes("May I have 10 GB more?", subject="More disk space"))
    gate.later(hours=1)
    about_disk = gate.mailbox(bart)[-1]
    gate.deliver(bart.replies(about_disk, "Done: you have 20 GB now.\n\nBart"))
    gate.deliver(bart.replies(about_disk, "!close"))

    files = (
        ("screen shot.png", "image/png", picture()),
        ("<script>.txt", "text/html", b"<script>1</script>"),
    )
    words = "مرحبا، الموقع لا يعمل منذ الصباح.\n\nThe page says 503, see the picture."
    shown = gate.deliver(dora.writes(words, subject="Error 503 <script>alert(1)</script>", files=files))
    gate.later(hours=3)
    pauls = gate.deliver(paul.writes("My domain stone.example has not been renewed?", subject="Domain renewal"))
    gate.later(minutes=10)
    gate.deliver(bart.replies(gate.mailbox(bart)[-1], "Hello Paul,\n\nit was renewed on Sunday.\n\nBart"))

    held = gate.deliver(nasty_mail(), to="support@support.example")
    gate.deliver(Person("Lottery", "win@stranger.example").writes("You won.", subject="You won 1,000,000 EUR"))
    with transaction(gate.parts.engine) as conn:  # the way of a mail that its reader's server refused
        row = gate.outbox(Template.CLOSED)[0]
        refusal = "550 5.1.1 <anne@customer.example>: no such user"
        conn.execute(outbox.update().where(outbox.c.id == row.id).values(state=OutState.FAILED, last_reply=refusal))
    gate.later(hours=20)
    a, b, c, d = (one.outcome.ticket_id or 0 for one in (asked, disk, shown, pauls))
    return Story(anne, dora, paul, bart, a, b, c, d, held.id, trade(gate, 1, 2))


def picture() -> bytes:
    """A PNG, 24 by 24, of one colour."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", 24, 24, 8, 2, 0, 0, 0)
    rows = (b"\0" + b"\x17\x59\x9c" * 24) * 24
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def nasty_mail() -> bytes:
    """A stranger's mail whose HTML tries everything."""
    message = EmailMessage(policy=SMTP)
    message["From"] = '"<script>alert(1)</script>" <evil@stranger.example>'
    message["To"] = "support@support.example"
    message["Subject"] = "Invoice <img src=x onerror=alert(1)>"
    message["Message-ID"] = "<nasty@stranger.example>"
    message.set_content("Dear customer, please look at the HTML.")
    message.add_alternative(NASTY_HTML, subtype="html")
    logo = picture()
    html = message.get_payload(1)
    assert isinstance(html, EmailMessage)
    html.add_related(logo, maintype="image", subtype="png", cid="<logo@here>", filename="logo.png")
    message.add_attachment(b"MZ", maintype="application", subtype="octet-stream", filename="../../\u200b.htaccess")
    return message.as_bytes()
