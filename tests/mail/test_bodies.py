"""Which parts of a message are its words."""

import base64
import subprocess
from pathlib import Path

import pytest

from mailgate.mail.parse import parse
from tests.mail.mails import from_corpus

HTML = "Content-Type: text/html; charset=utf-8\n\n"
PLAIN = "Content-Type: text/plain; charset=utf-8\n\n"


def multipart(kind: str, *parts: str, boundary: str = "b") -> str:
    inside = "".join(f"--{boundary}\n{part}\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n{inside}--{boundary}--\n'


PAGE = "<h1>Offer of March</h1><p>The new discs arrive on Tuesday, and every customer gets one of them for free.</p>"

READ = {
    "HTML above the footer of a list": (
        multipart("mixed", f"{HTML}<p>Der Server steht.</p>", f"{PLAIN}-- \nListe der Kunden"),
        ["Der Server steht."],
    ),
    "plain words, then others in HTML": (
        multipart("mixed", f"{PLAIN}See the table below.", f"{HTML}<table><tr><td>a</td><td>1</td></tr></table>"),
        ["See the table below.", "a 1"],
    ),
    "alternatives inside, a footer behind": (
        multipart(
            "mixed", multipart("alternative", f"{PLAIN}One", f"{HTML}<p>One</p>", boundary="c"), f"{PLAIN}Checked."
        ),
        ["One", "Checked."],
    ),
    "alternatives of which the plain one is empty": (
        multipart("alternative", f"{PLAIN}\n", f"{HTML}<p>Only here</p>"),
        ["Only here"],
    ),
    "an empty plain part and a footer": (
        multipart(
            "mixed", multipart("alternative", f"{PLAIN} ", f"{HTML}<p>Only here</p>", boundary="c"), f"{PLAIN}Checked."
        ),
        ["Only here", "Checked."],
    ),
    "alternatives of which the plain one is a stub": (
        multipart("alternative", f"{PLAIN}Your program cannot show this mail.\nhttps://x.example/7", HTML + PAGE),
        ["Offer of March", "for free"],
    ),
    "alternatives that say different things": (
        multipart(
            "alternative", f"{PLAIN}Call me tomorrow.", f"{HTML}<p>Der Server antwortet nicht mehr, bitte neu starten."
        ),
        ["Call me tomorrow.", "Der Server"],
    ),
    "a stub in German": (
        multipart(
            "alternative",
            f"{PLAIN}Diese Nachricht ist nur in HTML lesbar.",
            f"{HTML}<p>Bitte den Vertrag zum Ende des Jahres aufheben.",
        ),
        ["Bitte den Vertrag"],
    ),
    "only an address": (
        multipart("alternative", f"{PLAIN}https://x.example/read?7", f"{HTML}<p>Please end our contract.</p>"),
        ["Please end our contract."],
    ),
    "a picture between two texts": (
        multipart("mixed", f"{PLAIN}Above", "Content-Type: image/png\n\nx", f"{HTML}<p>Below</p>"),
        ["Above", "Below"],
    ),
    "markdown alone": ("Content-Type: text/markdown\n\nIt is *down*.\n", ["It is *down*."]),
    "enriched": (
        "Content-Type: text/enriched\n\n<bold>It</bold> is <color><param>red</param>down</color>, 1 << 2.\n",
        ["It is down, 1 < 2."],
    ),
    "richtext": ("Content-Type: text/richtext\n\nIt is<nl>down<comment>no</comment>.<lt>\n", ["It is\ndown.<"]),
    "a kind that nobody knows": ("Content-Type: text/x-note\n\nIt is down.\n", ["It is down."]),
}


@pytest.mark.parametrize(("mail", "words"), READ.values(), ids=READ)
@pytest.mark.parametrize("render_html", [True, False])
def test_words_are_read_part_after_part(mail: str, words: list[str], render_html: bool) -> None:
    message = parse(mail.encode(), render_html=render_html)

    assert all(one in message.text and one in message.reply_text for one in words if "Liste" not in one)
    assert [message.text.index(one) for one in words] == sorted(message.text.index(one) for one in words)


ONCE = {
    "alternatives": multipart("alternative", f"{PLAIN}The shop is down.", f"{HTML}<p>The shop is down.</p>"),
    "alternatives deep inside": multipart(
        "alternative",
        f"{PLAIN}The shop is down.",
        multipart("related", f"{HTML}<p>The shop is down.</p>", "Content-Type: image/png\n\nx", boundary="c"),
    ),
    "alternatives that are called mixed": multipart(
        "mixed", f"{PLAIN}The shop is down.", f"{HTML}<p>The <b>shop</b> is down.</p>"
    ),
    "three of them": multipart(
        "alternative",
        f"{PLAIN}The shop is down.",
        "Content-Type: text/markdown\n\nThe **shop** is down.",
        f"{HTML}<p>The shop is down.</p>",
    ),
    "a short answer beside its page": multipart(
        "alternative",
        f"{PLAIN}The shop is down.",
        f"{HTML}<p>The shop is down.</p><blockquote>{PAGE}</blockquote>",
    ),
    "a stub": multipart(
        "alternative", f"{PLAIN}This mail has to be read as HTML.", f"{HTML}<p>The shop is down.</p><p></p>"
    ),
}


@pytest.mark.parametrize("mail", ONCE.values(), ids=ONCE)
def test_what_is_said_twice_is_read_once(mail: str) -> None:
    message = parse(mail.encode())

    assert message.reply_text == message.text.strip() == "The shop is down."


@pytest.mark.parametrize("kind", ["calendar", "csv", "vcard", "xml", "rfc822-headers"])
def test_text_that_is_data_is_a_file(kind: str) -> None:
    message = parse(f"Content-Type: text/{kind}\n\nBEGIN:X\n".encode())

    assert message.text == ""
    assert [file.content_type for file in message.attachments] == [f"text/{kind}"]


def test_a_kind_of_text_that_nobody_knows_is_a_file_as_well() -> None:
    message = parse(b"Content-Type: text/x-note\n\nIt is down.\n")

    assert [file.content_type for file in message.attachments] == ["text/x-note"]


def test_the_words_of_an_opaque_signature_are_read() -> None:
    message = parse(from_corpus("smime_text_inside_its_own_signature"))

    assert message.text.startswith("Please change the owner of ash.example")
    assert [file.filename for file in message.attachments] == ["smime.p7m"]


@pytest.mark.parametrize("way", [[], ["-stream"]], ids=["at once", "in pieces"])
def test_openssl_s_opaque_signatures_are_read(tmp_path: Path, way: list[str]) -> None:
    words = b"Content-Type: text/plain; charset=utf-8\r\n\r\nBitte \xc3\xa4ndern.\r\n"
    new_key = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    files = ["-keyout", "key.pem", "-out", "cert.pem", "-subj", "/CN=Anne"]
    subprocess.run([*new_key, *files], cwd=tmp_path, check=True, capture_output=True)
    sign = ["openssl", "cms", "-sign", "-nodetach", "-binary", "-outform", "DER", "-signer", "cert.pem"]
    signed = subprocess.run(
        [*sign, "-inkey", "key.pem", *way], cwd=tmp_path, check=True, capture_output=True, input=words
    ).stdout
    head = b"Content-Type: application/pkcs7-mime; smime-type=signed-data\nContent-Transfer-Encoding: base64\n\n"

    message = parse(head + base64.encodebytes(signed))

    assert message.reply_text == "Bitte ändern."


@pytest.mark.parametrize("content", [b"", b"\x30", b"\x30\x80\x06\x80", b"\x30\x84\xff\xff\xff\xff", b"x" * 100])
def test_what_is_no_signature_stays_a_file(content: bytes) -> None:
    message = parse(b"Content-Type: application/pkcs7-mime\n\n" + content)

    assert message.text == ""
    assert len(message.attachments) == 1
