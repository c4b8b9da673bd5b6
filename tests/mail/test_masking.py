"""A mail loses its card numbers before it is kept, in whatever its texts are encoded; all else stays byte for byte."""

from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.masking import MASKED_FIELD, may_hold_card, without_card_numbers
from mailgate.mail.parse import parse
from tests.mail.mails import CORPUS

NUMBER = "4242 4242 4242 4242"
MASKED = "XXXX XXXX XXXX 4242"
WORDS = f"Grüße, meine Karte ist {NUMBER}, bitte abbuchen.\nBis bald"


def mail(subject: str = "Karte") -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = "Anne <anne@customer.example>"
    message["To"] = "support@support.example"
    message["Subject"] = subject
    message["Message-ID"] = "<4242424242424242@client.example>"
    return message


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "8bit"])
@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
@pytest.mark.parametrize("subtype", ["plain", "html"])
def test_a_text_is_masked_in_its_own_encoding(encoding: str, charset: str, subtype: str) -> None:
    message = mail()
    message.set_content(WORDS, subtype=subtype, charset=charset, cte=encoding)

    kept = without_card_numbers(message.as_bytes())

    read = parse(kept)
    assert read.header(MASKED_FIELD) == "card number"
    assert read.message_id == "4242424242424242@client.example"
    assert MASKED in read.text
    assert "Grüße" in read.text
    assert NUMBER not in read.text


def test_every_text_of_a_mail_is_and_no_picture() -> None:
    enclosed = mail("Fwd")
    enclosed.set_content(WORDS, cte="base64")
    message = mail()
    message.set_content(WORDS)
    message.add_alternative(f"<p>{WORDS}</p>", subtype="html")
    message.add_attachment(NUMBER, subtype="csv", filename="cards.csv")
    message.add_attachment(NUMBER.encode(), maintype="image", subtype="png", filename="card.png")
    message.add_attachment(enclosed)

    read = parse(without_card_numbers(message.as_bytes()))

    table, picture, forwarded = read.attachments
    assert NUMBER not in read.text
    assert table.content.decode().strip() == MASKED
    assert picture.content == NUMBER.encode()
    assert MASKED in parse(forwarded.content).text


@pytest.mark.parametrize("subject", [f"Karte {NUMBER}", f"Meine Kärte {NUMBER}", f"{NUMBER} " + "lang " * 30])
def test_so_is_the_subject(subject: str) -> None:
    message = mail(subject)
    message.set_content("Hello")

    read = parse(without_card_numbers(message.as_bytes()))

    assert read.subject == subject.replace(NUMBER, MASKED).strip()


@pytest.mark.parametrize("raw", [b"", b"\r\n", b"Subject", b"Subject: 4242 4242 4242 4242"])
def test_fragments_of_mails_are_read_too(raw: bytes) -> None:
    assert b"4242 4242 4242 4242" not in without_card_numbers(raw)


def test_other_mails_stay_as_they_came() -> None:
    for file in CORPUS.glob("*.eml"):
        raw = file.read_bytes()
        assert without_card_numbers(raw) == raw, file.name


@given(st.binary(max_size=400), st.sampled_from([b"", b"base64", b"quoted-printable", b"x-uuencode"]))
def test_masking_never_raises_and_what_is_masked_is_masked_for_good(body: bytes, encoding: bytes) -> None:
    head = b"Content-Type: text/plain; charset=utf-16\r\nContent-Transfer-Encoding: " + encoding + b"\r\n\r\n"
    for raw in (body, head + body, head + b"4242424242424242 " + body):
        once = without_card_numbers(raw)

        assert once == raw or may_hold_card(raw)
        assert once == raw or without_card_numbers(once.split(b"\r\n", 1)[1]) == once.split(b"\r\n", 1)[1]
