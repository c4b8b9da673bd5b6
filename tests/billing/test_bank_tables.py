"""Tables in the shapes of banks of several countries, for made-up people."""

from datetime import date

import pytest

from mailgate.billing.payment.bank_line import BadStatement, BankLine, Facts
from mailgate.billing.payment.table.reading import fits, read_table
from mailgate.billing.payment.table.table_map import TableMap, read_map

MARKED = (
    """
encoding = "latin-1"
skip_lines = 3
date_format = "%d.%m.%Y"
decimal = ","
thousands = "."
[columns]
account = "IBAN Auftragskonto"
date = "Buchungstag"
payer = "Name Zahlungsbeteiligter"
payer_account = "IBAN Zahlungsbeteiligter"
text = ["Buchungstext", "Verwendungszweck"]
amount = "Umsatz"
sign = "Soll/Haben"
currency = "Waehrung"
""",
    (
        "Umsatzanzeige\nZeitraum;01.04.2026 - 30.04.2026\n\n"
        "IBAN Auftragskonto;Buchungstag;Name Zahlungsbeteiligter;IBAN Zahlungsbeteiligter;Buchungstext;"
        "Verwendungszweck;Umsatz;Waehrung;Soll/Haben\n"
        "DE02 1203 0000 0000 2020 51;02.04.2026;Jörg Müller;DE75 5121 0800 1245 1261 99;Gutschrift;Rechnung 2026-0001;"
        "1.234,56;EUR;H\n"
        "DE02 1203 0000 0000 2020 51;03.04.2026;Stadtwerke;;Lastschrift;Strom;80,00;EUR;S\n"
        ";;;;;;;;\n"
        "Anfangssaldo;\n"
    ),
    "latin-1",
    [
        ("EUR", 123_456, 2, "Jörg Müller", "Gutschrift Rechnung 2026-0001"),
        ("EUR", -8000, 3, "Stadtwerke", "Lastschrift Strom"),
    ],
)
TWO_COLUMNS = (
    """
encoding = "cp1252"
date_format = "%d.%m.%y"
decimal = ","
thousands = "."
currency = "EUR"
[columns]
date = "Valuta"
payer = "Name"
text = "Zweck"
debit = "Soll"
credit = "Haben"
""",
    (
        'Valuta;Name;Zweck;Soll;Haben\n02.04.26;"Weiß & Söhne; Köln";"RF70 2027 0031";;"16,66"\n'
        "02.04.26;Finanzamt;USt;-1.000,00;\n"
    ),
    "cp1252",
    [("EUR", 1666, 2, "Weiß & Söhne; Köln", "RF70 2027 0031"), ("EUR", -100_000, 2, "Finanzamt", "USt")],
)
DUTCH = (
    """
delimiter = ","
date_format = "%Y%m%d"
decimal = ","
currency = "EUR"
credit_words = ["Bij"]
debit_words = ["Af"]
[columns]
date = "Datum"
payer = "Naam / Omschrijving"
payer_account = "Tegenrekening"
account = "Rekening"
amount = "Bedrag (EUR)"
sign = "Af Bij"
text = "Mededelingen"
""",
    (
        '"Datum","Naam / Omschrijving","Rekening","Tegenrekening","Code","Af Bij","Bedrag (EUR)","Mededelingen"\n'
        '"20260402","P. de Vries","NL91ABNA0417164300","NL02ABNA0123456789","OV","Bij","16,66","Factuur 2026-0001"\n'
        '"20260402","Energie","NL91ABNA0417164300","","IC","Af","80,00","April"\n'
    ),
    "utf-8",
    [("EUR", 1666, 2, "P. de Vries", "Factuur 2026-0001"), ("EUR", -8000, 2, "Energie", "April")],
)
BRITISH = (
    """
delimiter = ","
date_format = "%d %b %Y"
thousands = ","
currency = "GBP"
[columns]
date = "Date"
text = ["Type", "Description"]
credit = "Paid in"
debit = "Paid out"
""",
    (
        "\ufeffDate,Type,Description,Paid out,Paid in,Balance\r\n"
        '02 Apr 2026,FPI,ANNE MILLER INV 2026-0001,,"1,016.66","2,016.66"\r\n'
        "03 Apr 2026,DD,POWER CO,80.00,,\r\n"
    ),
    "utf-8",
    [("GBP", 101_666, 2, "", "FPI ANNE MILLER INV 2026-0001"), ("GBP", -8000, 3, "", "DD POWER CO")],
)
AMERICAN = (
    """
delimiter = ","
date_format = "%m/%d/%Y"
currency = "USD"
account = "000123"
[columns]
date = "Posting Date"
text = "Description"
amount = "Amount"
bank_reference = "Transaction ID"
""",
    (
        "Posting Date,Transaction ID,Description,Amount\n04/02/2026,T1,ACH CREDIT MILLER,16.66\n"
        "04/13/2026,T2,WIRE FEE,-15.00\n"
    ),
    "utf-8",
    [("USD", 1666, 2, "", "ACH CREDIT MILLER"), ("USD", -1500, 13, "", "WIRE FEE")],
)
ALL = {"marked": MARKED, "two": TWO_COLUMNS, "dutch": DUTCH, "british": BRITISH, "american": AMERICAN}


def chart(name: str) -> TableMap:
    return read_map(ALL[name][0].encode(), f"{name}.toml")


def lines(raw: bytes, found: TableMap) -> list[BankLine]:
    return [one for one in read_table([raw], found) if not isinstance(one, Facts)]


@pytest.mark.parametrize("name", ALL)
def test_tables_of_banks_are_read(name: str) -> None:
    _, text, encoding, wanted = ALL[name]

    read = lines(text.encode(encoding), chart(name))

    assert [(one.currency, one.amount_minor, one.booked_on.day, one.party, one.text) for one in read] == wanted
    assert {one.booked_on.replace(day=1) for one in read} == {date(2026, 4, 1)}


@pytest.mark.parametrize("name", ALL)
def test_a_table_fits_its_own_map_alone(name: str) -> None:
    raw = ALL[name][1].encode(ALL[name][2])

    assert [one for one in ALL if fits(raw, chart(one))] == [name]


def test_what_is_no_table_fits_no_map() -> None:
    for raw in (b"", b"\n\n", b"\x00\x01\xff", b"<Document/>", b'"Date,'):
        assert not any(fits(raw, chart(name)) for name in ALL)


@pytest.mark.parametrize(
    ("name", "before", "after", "why"),
    [
        ("marked", ";EUR;H", ";EUR;?", "line 5, column \"Soll/Haben\": '?' says neither"),
        ("marked", "1.234,56", "1.234.56", "is no amount"),
        ("two", ';;"16,66"', ';2,00;"16,66"', "line 2, column \"Haben\": '16,66' stands beside '2,00'"),
        ("dutch", "20260402", "02-04-2026", "line 2, column \"Datum\": '02-04-2026' is no date"),
        ("british", "1,016.66", "1.016,66", "is no amount"),
        ("american", "04/13/2026", "13/04/2026", "line 3, column \"Posting Date\": '13/04/2026' is no date"),
        ("american", "Description,Amount", "Amount,Amount", 'has no column "Description"'),
        ("american", "Transaction ID,Description", "Description,Description", 'has no column "Transaction ID"'),
    ],
)
def test_a_table_that_is_written_otherwise_than_its_map_says_is_refused(
    name: str, before: str, after: str, why: str
) -> None:
    _, text, encoding, _ = ALL[name]
    assert before in text

    with pytest.raises(BadStatement) as error:
        lines(text.replace(before, after, 1).encode(encoding), chart(name))

    assert why in str(error.value)
