"""Text whose charset nobody declared, or declared wrongly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.mail.parse import parse
from mailgate.mail.wire.charset import decode
from mailgate.mail.wire.sniff import sniff

RUSSIAN = "Здравствуйте, почта не работает со вчерашнего дня."
JAPANESE = "お世話になっております。メールが届きません。"
TEXTS = [
    ("cp1252", "Die Straße ist gesperrt – „morgen“ wieder."),
    ("cp1252", "It doesn’t work"),
    ("cp1252", "Müller"),
    ("cp1252", "José Muñoz"),
    ("cp1252", "12 € für Größe 5"),
    ("cp1252", "FRAU MÜLLER"),
    ("cp1250", "Dzień dobry, moja skrzynka nie działa. Proszę o pomoc."),
    ("iso-8859-2", "Dobrý den, moje schránka od včerejška nefunguje, žluťoučký kůň."),
    ("cp1251", RUSSIAN),
    ("koi8-r", RUSSIAN),
    ("koi8-r", "Иван Петров"),
    ("cp1251", "Иван Петров"),
    ("iso-8859-5", RUSSIAN),
    ("cp866", RUSSIAN),
    ("koi8-u", "Доброго дня, пошта не працює з учорашнього вечора."),
    ("cp1253", "Καλημέρα, δεν λειτουργεί το ταχυδρομείο μου."),
    ("cp1255", "שלום, הדואר שלי לא עובד מאתמול."),
    ("cp1256", "مرحبا، بريدي لا يعمل منذ أمس."),
    ("cp874", "สวัสดีครับ อีเมลของผมใช้งานไม่ได้"),
    ("cp932", JAPANESE),
    ("euc-jp", JAPANESE),
    ("gb18030", "您好，我的邮箱从昨天开始无法收到邮件。"),
    ("big5", "您好，我的信箱從昨天開始無法收到郵件。"),
    ("cp949", "안녕하세요. 어제부터 메일이 오지 않습니다."),
    ("utf-16", "Guten Tag"),
]


@pytest.mark.parametrize(("codec", "text"), TEXTS)
@pytest.mark.parametrize("declared", [None, "us-ascii", "x-unknown", "utf-8"])
def test_the_charset_that_makes_sense_is_taken(codec: str, text: str, declared: str | None) -> None:
    assert decode(text.encode(codec), declared) == (text, False)


@pytest.mark.parametrize("declared", [None, "us-ascii", "utf-8", "iso-8859-1", "x-unknown"])
@pytest.mark.parametrize(("codec", "text"), [("iso-2022-jp", JAPANESE), ("iso2022_kr", "안녕하세요 메일")])
def test_escape_sequences_are_no_text(codec: str, text: str, declared: str | None) -> None:
    assert decode(text.encode(codec), declared) == (text, False)


def test_utf_8_that_is_declared_as_latin_1_is_utf_8() -> None:
    assert decode("Größe".encode(), "iso-8859-1") == ("Größe", False)
    assert decode("Größe".encode("latin-1"), "iso-8859-1") == ("Größe", True)


def test_a_declared_charset_that_fits_is_believed() -> None:
    assert decode(RUSSIAN.encode("koi8-r"), "koi8-r") == (RUSSIAN, True)
    assert decode(RUSSIAN.encode("koi8-r"), "windows-1251")[0] != RUSSIAN


@pytest.mark.parametrize("codec", ["koi8-r", "cp1251", "utf-8"])
def test_raw_headers_are_read_by_what_makes_sense(codec: str) -> None:
    message = parse(b"From: " + "Иван".encode(codec) + b" <i@in.example>\nSubject: " + RUSSIAN.encode(codec) + b"\n\nx")

    assert message.subject == RUSSIAN
    assert message.author is not None
    assert message.author.name == "Иван"


def test_a_raw_header_in_iso_2022_jp_is_read() -> None:
    assert parse(b"Subject: " + JAPANESE.encode("iso-2022-jp") + b"\n\nx").subject == JAPANESE


@given(st.binary(max_size=300))
def test_whatever_is_sniffed_is_a_codec_that_reads_the_bytes(data: bytes) -> None:
    charset = sniff(data)

    assert charset is None or isinstance(data.decode(charset, "replace"), str)
