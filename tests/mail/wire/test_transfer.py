"""Transfer encodings as they are named, and what stands in them."""

from base64 import b64encode

import pytest

from mailgate.mail.wire.transfer import decode_transfer

TEXT = b"Guten Tag, seit heute Morgen kommt keine Mail mehr an. Woran liegt das?\n"
CODED = b64encode(TEXT * 3).replace(b"\n", b"")

PLAIN = [
    TEXT,
    b"Hello\n\nthe mail list is broken since noon and nobody answers\nAnne\n",
    b"Dear\nall\n\nplease come to the party on the roof at nine\n",
    "Добрый день, почта не работает.\n".encode(),
    "メールが届きません。\n".encode("cp932"),
    b"SERVER DOWN SINCE NOON PLEASE CALL\n",
    b"<html><body><p>The list is broken.</p></body></html>\n",
]


@pytest.mark.parametrize("text", PLAIN)
def test_words_that_nobody_encoded_are_no_base64(text: bytes) -> None:
    assert decode_transfer(text, "base64") == (text, False)


CODES = {
    "one line": CODED,
    "lines": b"\r\n".join(CODED[at : at + 76] for at in range(0, len(CODED), 76)) + b"\r\n",
    "blanks amid": b" ".join(CODED[at : at + 4] for at in range(0, len(CODED), 4)),
    "quoted": b"".join(b"> " + CODED[at : at + 60] + b"\n" for at in range(0, len(CODED), 60)),
}


@pytest.mark.parametrize("coded", CODES.values(), ids=CODES)
def test_base64_is_decoded_with_what_came_between(coded: bytes) -> None:
    assert decode_transfer(coded, "base64")[0] == TEXT * 3


def test_base64_of_random_bytes_is_never_taken_for_words() -> None:
    for seed in range(200):
        content = bytes((seed * 7 + at * at * 31 + at) % 256 for at in range(40 + seed))

        assert decode_transfer(b64encode(content), "base64") == (content, True)


def test_words_that_a_gateway_put_below_base64_are_kept() -> None:
    coded = b64encode(TEXT) + b"\r\n\r\n"
    footer = b"-- \r\nThis list is kept by Anne, who reads all mail.\r\n"

    assert decode_transfer(coded + footer, "base64") == (TEXT + footer, False)


@pytest.mark.parametrize("name", ["base64", "base-64", "base 64"])
def test_an_encoding_is_known_by_its_letters(name: str) -> None:
    assert decode_transfer(b64encode(TEXT), name) == (TEXT, True)
