"""Bank statements in camt.053, of several versions of the message, and files that are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.billing.payment.camt import BadStatement, read_statement
from tests.billing.asking import ask

V2 = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"
V8 = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def balance(code: str, amount: str, mark: str = "CRDT", currency: str = "EUR") -> str:
    """What the bank says that the account holds."""
    kind = f"<Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
    day = "<Dt><Dt>2031-04-01</Dt></Dt>"
    return f'<Bal>{kind}<Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd>{day}</Bal>'


def payment(*references: str) -> str:
    """One payment of an entry."""
    told = "".join(
        f"<Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp><Ref>{one}</Ref></CdtrRefInf></Strd>"
        for one in references
    )
    return f"<TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RmtInf>{told}</RmtInf></TxDtls>"


def entry(amount: str, mark: str, *payments: str, state: str = "BOOK", more: str = "", currency: str = "EUR") -> str:
    """What came in or went out; the state as the second version of the message has it."""
    details = f"<NtryDtls>{''.join(payments)}</NtryDtls>" if payments else ""
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd>{more}<Sts>{state}</Sts>'
        f"<BookgDt><Dt>2031-04-01</Dt></BookgDt>{details}</Ntry>"
    )


def statement(*parts: str) -> str:
    """One statement of an account."""
    return f"<Stmt><Id>1</Id><Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct>{''.join(parts)}</Stmt>"


def file(*statements: str, namespace: str = V2) -> str:
    """A whole file."""
    head = "<GrpHdr><MsgId>1</MsgId></GrpHdr>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="{namespace}"><BkToCstmrStmt>{head}{"".join(statements)}</BkToCstmrStmt></Document>'
    )


ENTRIES = (
    entry("119.00", "CRDT", payment("RF18539007547034"), payment("RF68 AB2G 5", "RF96TU06FX")),
    entry("20.5", "DBIT", payment("RF451234512345")),
    entry("7", "CRDT"),
    entry("1000.00", "CRDT", payment("RF18539007547034"), state="PDNG"),
    entry("0.01", "DBIT", payment("RF18539007547034"), more="<RvslInd>true</RvslInd>"),
)
OPENING, CLOSING = balance("OPBD", "100.00"), balance("CLBD", "205.49")
GOOD = file(statement(OPENING, CLOSING, *ENTRIES))
FACTS = {
    "sum_minor": 10_549,
    "computed_closing_minor": 20_549,
    "balanced": True,
    "incoming": [11_900, 700],
    "references": ["RF18539007547034", "RF68AB2G5", "RF96TU06FX"],
}


def newer(text: str) -> str:
    """As the eighth version of the message has it: a state is a code of its own element."""
    return text.replace(V2, V8).replace("<Sts>", "<Sts><Cd>").replace("</Sts>", "</Cd></Sts>")


def with_prefix(text: str) -> str:
    """With names of the namespace spelled out, as some banks write them."""
    return (
        text.replace("</", "<\0")
        .replace("<", "<c:")
        .replace("<c:\0", "</c:")
        .replace("<c:?", "<?")
        .replace("xmlns=", "xmlns:c=")
    )


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        newer(GOOD),
        with_prefix(GOOD),
        GOOD.replace(f' xmlns="{V2}"', ""),
        GOOD.replace('encoding="UTF-8"', 'encoding="ISO-8859-1"'),
        GOOD.replace('encoding="UTF-8"', 'encoding="UTF-16"'),
        GOOD.partition("\n")[2],
        "\ufeff" + GOOD,
        "\ufeff" + GOOD.partition("\n")[2],
        "\n  " + GOOD,
        GOOD.replace("><", ">\r\n\t<"),
        GOOD.replace("119.00", " 119.00\n"),
        GOOD.replace("119.00", "119.00000"),
        GOOD.replace("<Stmt>", "<!-- <Stmt> --><Stmt>"),
        GOOD.replace("OPBD", "PRCD"),
        file(statement(balance("ITBD", "1.00"), balance("CLAV", "9.00"), OPENING, CLOSING, *ENTRIES)),
        file(statement(CLOSING, OPENING, balance("FWAV", "9.00"), *ENTRIES)),
    ],
)
def test_a_statement_is_read_whatever_the_bank_makes_of_the_form(text: str) -> None:
    assert ask("statement", camt=text) == FACTS


@pytest.mark.parametrize(
    ("opening", "closing", "entries", "facts"),
    [
        (OPENING, balance("CLBD", "99.99"), (), (0, 10_000, False)),
        (OPENING, balance("CLBD", "100.00", "DBIT"), (), (0, 10_000, False)),
        (balance("OPBD", "50.00", "DBIT"), balance("CLBD", "49.00", "DBIT"), (entry("1", "CRDT"),), (100, -4900, True)),
        (balance("OPBD", "0"), balance("CLBD", "0.00"), (entry("5", "CRDT", state="INFO"),), (0, 0, True)),
        (balance("OPBD", "0"), balance("CLBD", "0"), (entry("5", "CRDT", state="BOOKED"),), (0, 0, True)),
    ],
)
def test_balances_have_signs_and_must_agree(
    opening: str, closing: str, entries: tuple[str, ...], facts: tuple[int, int, bool]
) -> None:
    found = ask("statement", camt=file(statement(opening, closing, *entries)))

    assert (found["sum_minor"], found["computed_closing_minor"], found["balanced"]) == facts


def test_a_reversal_has_the_sign_of_its_mark() -> None:
    back = entry("5.00", "CRDT", payment("RF18539007547034"), more="<RvslInd>true</RvslInd>")

    found = read_statement(file(statement(OPENING, balance("CLBD", "105.00"), back)))

    assert (found.sum_minor, found.is_balanced) == (500, True)
    assert found.incoming == found.entries
    assert found.entries[0].references == ("RF18539007547034",)


@pytest.mark.parametrize(
    ("currency", "amount", "minor"),
    [("JPY", "1200", 1200), ("JPY", "1200.00", 1200), ("KWD", "1.234", 1234), ("CLF", "0.0001", 1)],
)
def test_amounts_have_the_digits_of_their_currency(currency: str, amount: str, minor: int) -> None:
    text = file(
        statement(
            balance("OPBD", "0", currency=currency),
            balance("CLBD", amount, currency=currency),
            entry(amount, "CRDT", currency=currency),
        )
    )

    found = read_statement(text)

    assert (found.currency, found.sum_minor, found.is_balanced) == (currency, minor, True)


BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE Document [<!ENTITY a "1"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no XML",
        "<Document/>",
        "<Document>",
        GOOD[:-20],
        GOOD + "<more/>",
        GOOD.replace("<Id>1</Id>", "<Id>&nbsp;</Id>"),
        GOOD.replace("<Id>1</Id>", "<Id>\0</Id>"),
        GOOD.replace("<Id>1</Id>", "<Id>\ud800</Id>"),
        BILLION_LAUGHS + GOOD.partition("\n")[2].replace("119.00", "&c;"),
        '<!DOCTYPE Document SYSTEM "http://127.0.0.1/camt.dtd">' + GOOD.partition("\n")[2],
        '<!DOCTYPE Document [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + GOOD.partition("\n")[2].replace("7<", "&f;<"),
        "<!DOCTYPE Document>" + GOOD.partition("\n")[2],
        file(),
        file(statement(OPENING, CLOSING), statement(OPENING, CLOSING)),
        file(statement(OPENING, *ENTRIES)),
        file(statement(CLOSING, *ENTRIES)),
        GOOD.replace("119.00", "119,00"),
        GOOD.replace("119.00", "-119.00"),
        GOOD.replace("119.00", "119.001"),
        GOOD.replace("119.00", "1.19e2"),
        GOOD.replace("119.00", ""),
        GOOD.replace("119.00", "9" * 5000),
        GOOD.replace('Ccy="EUR">119.00', 'Ccy="USD">119.00'),
        GOOD.replace('Ccy="EUR">119.00', 'Ccy="eur">119.00'),
        GOOD.replace(' Ccy="EUR">119.00', ">119.00"),
        GOOD.replace(">DBIT<", ">Debit<"),
        GOOD.replace("<CdtDbtInd>DBIT</CdtDbtInd>", ""),
        "<a>" * 100_000 + "</a>" * 100_000,
    ],
)
def test_what_is_no_statement_is_refused(text: str) -> None:
    assert ask("statement", camt=text) == {"error": "camt"}
    with pytest.raises(BadStatement):
        read_statement(text)


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    for one in (text, f"<Document>{text}</Document>", GOOD.replace("119.00", text)):
        found = ask("statement", camt=one)
        assert found == {"error": "camt"} or set(found) == set(FACTS)
