"""Card numbers are found by their shape, and masked but for four digits; what only looks like one stays."""

import pytest

from mailgate.mail.card_numbers import masked


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("4242424242424242", "XXXXXXXXXXXX4242"),
        ("Visa 4242 4242 4242 4242, thank you", "Visa XXXX XXXX XXXX 4242, thank you"),
        ("4242-4242-4242-4242", "XXXX-XXXX-XXXX-4242"),
        ("4242.4242.4242.4242.", "XXXX.XXXX.XXXX.4242."),
        ("4242\u00a04242\u20094242\u20114242", "XXXX\u00a0XXXX\u2009XXXX\u20114242"),
        ("4242 4242 4242\r\n4242", "XXXX XXXX XXXX\r\n4242"),
        ("CARD 4242 4242 4242 4242", "CARD XXXX XXXX XXXX 4242"),
        ("card=4242424242424242", "card=XXXXXXXXXXXX4242"),
        ("Card # 4242424242424242", "Card # XXXXXXXXXXXX4242"),
        ("(5555555555554444)", "(XXXXXXXXXXXX4444)"),
        ("4242424242424242, 5555555555554444", "XXXXXXXXXXXX4242, XXXXXXXXXXXX4444"),
        ("Card for invoice 2027-0031: 4242 4242 4242 4242", "Card for invoice 2027-0031: XXXX XXXX XXXX 4242"),
        ("2223003122003222", "XXXXXXXXXXXX3222"),  # Mastercard's newer numbers
        ("3782 822463 10005", "XXXX XXXXXX X0005"),  # American Express
        ("378282246310005", "XXXXXXXXXXX0005"),
        ("3056 9309 0259 04", "XXXX XXXX XX59 04"),  # Diners Club
        ("6011 1111 1111 1117", "XXXX XXXX XXXX 1117"),  # Discover
        ("3566002020360505", "XXXXXXXXXXXX0505"),  # JCB
        ("6205500000000000004", "XXXXXXXXXXXXXXX0004"),  # UnionPay, nineteen digits
        ("6759649826438453", "XXXXXXXXXXXX8453"),  # Maestro
    ],
)
def test_a_card_number_is_masked_however_it_is_written(text: str, kept: str) -> None:
    assert masked(text) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("5555555555554444 12/28 123", "XXXXXXXXXXXX4444 12/28 XXX"),
        ("4242 4242 4242 4242 1228 123", "XXXX XXXX XXXX 4242 1228 XXX"),
        ("378282246310005 exp. 03/2028, 1234", "XXXXXXXXXXX0005 exp. 03/2028, XXXX"),
        ("4242424242424242, valid until 12/28, CVC: 123", "XXXXXXXXXXXX4242, valid until 12/28, CVC: XXX"),
        ("4242424242424242\r\nPrüfziffer: 737", "XXXXXXXXXXXX4242\r\nPrüfziffer: XXX"),
        ("Security code 737 for 4242424242424242", "Security code XXX for XXXXXXXXXXXX4242"),
    ],
)
def test_so_is_the_security_code_that_comes_with_it(text: str, kept: str) -> None:
    assert masked(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "4242424242424243",  # its check digit is wrong
        "1234567812345670",  # nobody issues such a number
        "42424242424242421",
        "00424242424242424242",
        "89014103211118510720",  # of a SIM
        "IMEI 490154203237518",
        "35-209900-176148-1",
        "Order 402-4242424-4242424",
        "order number: 4242424242424242",
        "Tracking no. 4242424242424242",
        "Your shipment 4242424242424242 has left",
        "Sendungsnummer 4242424242424242",
        "Bestellung 4242424242424242",
        "Rechnungsnr. 4242424242424242",
        "Kontonummer 4242424242424242",
        "https://parcels.example/t/4242424242424242",
        "https://parcels.example/?id=4242424242424242&x=1",
        "<4242424242424242@mail.example>",
        "4242424242424242@mail.example",
        "ab4242424242424242",
        "4242424242424242cd",
        "4242424242424242-17",
        "+49 151 23456789",
        "+4242424242424242",
        "0049 30 4242 4242 4242 17",
        "DE02 1203 0000 0000 2020 51",
        "DE02120300000000202051",
        "AT61 4242 4242 4242 4242",
        "GB29 NWBK 4242 4242 4242 4242",
        "RF70 4242 4242 4242 4242",
        "4242 4242 4242 4242 4242",
        "2026-11-30 16:04:57.424242",
        "4242\r\n4242\r\n4242\r\n4242",  # a column
        "CVV 123, but no card",
    ],
)
def test_what_is_no_card_number_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("<p>4242<b>4242</b> 4242&nbsp;4242</p>", "<p>XXXX<b>XXXX</b> XXXX&nbsp;4242</p>"),
        (
            '<span style="width:4242px">4242</span><span>4242 4242 4242</span>',
            '<span style="width:4242px">XXXX</span><span>XXXX XXXX 4242</span>',
        ),
        (
            '<a href="tel:4242424242424242">4242 4242 4242 4242</a>',
            '<a href="tel:XXXXXXXXXXXX4242">XXXX XXXX XXXX 4242</a>',
        ),
    ],
)
def test_tags_within_a_line_part_no_number(html: str, kept: str) -> None:
    assert masked(html, is_html=True) == kept


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://parcels.example/4242424242424242">your parcel</a>',
        "<td>4242</td><td>4242</td><td>4242</td><td>4242</td>",
        '<img src="cid:4242424242424242">',
    ],
)
def test_tags_themselves_and_cells_of_tables_stay(html: str) -> None:
    assert masked(html, is_html=True) == html
