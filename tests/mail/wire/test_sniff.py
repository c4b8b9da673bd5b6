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


TRUE = [
    ("iso-8859-1", "Müller"),
    ("iso-8859-1", "25°C, 5 £, ½ Zoll"),
    ("iso-8859-1", "ÄÖÜ"),
    ("windows-1250", "Łódź, Zażółć"),
    ("koi8-r", RUSSIAN),
    ("koi8-r", "СРОЧНО: ОПЛАТА"),
    ("windows-1251", "СРОЧНО: ОПЛАТА"),
    ("gb2312", "张伟"),
    ("big5", "陳大文"),
    ("shift_jis", "ﾊﾝｶｸ"),
    ("shift_jis", "会議資料"),
    ("euc-kr", "김철수"),
    ("cp437", "naïve"),
]


@pytest.mark.parametrize(("charset", "text"), TRUE)
def test_a_declared_charset_that_may_be_right_is_believed(charset: str, text: str) -> None:
    assert decode(text.encode(charset), charset) == (text, True)


FALSE = [
    ("windows-1251", "koi8-r", RUSSIAN),
    ("koi8-r", "cp1251", "доступ к сайту закрыт"),
    ("iso-8859-1", "koi8-r", "Не приходит счёт"),
    ("iso-8859-1", "cp1251", "Счёт за март"),
    ("iso-8859-15", "gb18030", "服务器今天不能连接"),
    ("iso-8859-1", "big5", "網站從昨天開始無法連線"),
    ("gb2312", "big5", "請問發票什麼時候寄出"),
    ("us-ascii", "cp949", "서버 접속이 안 됩니다"),
    ("iso-8859-1", "cp949", "견적서를 다시 보내 주세요"),
    ("iso-2022-jp", "cp932", "サーバーが止まっています"),
    ("utf-8", "cp932", "ドメインの更新について"),
    ("iso-8859-1", "euc-jp", "請求書をお送りください"),
    ("windows-1250", "cp1251", "Почта не работает"),
    ("iso-8859-1", "cp1253", "Δεν ανοίγει η σελίδα μας"),
    ("gb2312", "cp1252", "Müller & Söhne"),
    ("iso-8859-15", "cp1252", "it doesn’t – “work”"),
    ("utf-16", "ascii", "plain words"),
    ("euc-kr", "gb18030", "网站打不开了"),
    ("iso-8859-1", "gb18030", "上海市浦东新区"),
    ("iso-8859-1", "iso-8859-2", "Naše stránka nefunguje, přišla výpověď"),
    ("iso-8859-1", "cp1250", "Źródło błędu już znalazłem"),
]


@pytest.mark.parametrize(("charset", "codec", "text"), FALSE)
def test_another_charset_is_taken_when_it_wins_clearly(charset: str, codec: str, text: str) -> None:
    assert decode(text.encode(codec), charset) == (text, False)


JAPANESE_OF_WINDOWS = [
    (b"\x1b$B\x7c\x62\x3a\x6a\x1b(B", "髙崎"),
    (b'\x1b$B-!-"\x1b(B', "①②"),
    (b"\x1b(I3B\x1b(B no", "ｳﾂ no"),
    (b"\x1b$BF|K\x5c\n\x1b$B8l\x1b(B.", "日本\n語."),
    (b"\x1b$B!A!]\x1b(B", "〜−"),
]


@pytest.mark.parametrize(("data", "text"), JAPANESE_OF_WINDOWS)
@pytest.mark.parametrize("charset", ["iso-2022-jp", "csISO2022JP"])
def test_iso_2022_jp_is_read_with_the_characters_of_windows(data: bytes, text: str, charset: str) -> None:
    assert decode(data, charset) == (text, True)


def test_a_name_that_is_no_charset_is_never_looked_up() -> None:
    for name in ("nope", "zlib", "hex", "os", "x" * 200, "..", "utf-8\0", "base64"):
        assert decode(b"words", name) == ("words", False)


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("gb18030", "发票.pdf"),
        ("big5", "帳單.pdf"),
        ("cp932", "請求書.pdf"),
        ("cp949", "계약서.hwp"),
        ("koi8-r", "счёт.doc"),
    ],
)
def test_the_name_of_a_file_is_read_by_what_makes_sense(codec: str, name: str) -> None:
    message = parse(b'Content-Disposition: attachment; filename="' + name.encode(codec) + b'"\n\nx')

    assert [file.filename for file in message.attachments] == [name]


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
