"""Lines of a bank's file: read from any version and in any pieces, known again by their keys, and whose they may be."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.billing.document.frozen import reference_of
from mailgate.billing.payment.bank import Bill, Known, Proposed, Sure, judge
from mailgate.billing.payment.bank_line import BadStatement, BankLine, Facts, Keys
from mailgate.billing.payment.bank_words import name_key, numbers_in, references_in, said
from mailgate.billing.payment.camt import read_camt
from mailgate.billing.payment.keyed import Keyed, keyed
from tests.billing.statements import OURS, Books, Pays, Says, camt

LINE = BankLine(OURS, "EUR", 1190, date(2027, 4, 2))
BILL = Bill(7, "2027-0031", 12, "EUR", reference_of("2027-0031"), 1190)
OTHER = Bill(8, "2027-0032", 13, "EUR", reference_of("2027-0032"), 2400)
NAMED = {one.reference: (one,) for one in (BILL, OTHER)}


def read(raw: bytes, size: int = 65_536) -> tuple[list[BankLine], list[Facts]]:
    """The lines of a file that comes in pieces, and what its statements say of themselves."""
    found = list(keyed(read_camt(raw[at : at + size] for at in range(0, len(raw), size))))
    return [one.line for one in found if isinstance(one, Keyed)], [one for one in found if isinstance(one, Facts)]


ENTRY = Books(
    "30.00",
    [
        Pays("10.00", "Anne Miller", "DE75512108001245126199", "Invoice 7", end_to_end="E1", bank_reference="B1"),
        Pays("20.00", "Miller & Sons", reference="RF18 5390 0754 7034"),
    ],
    bank_reference="B0",
)


@pytest.mark.parametrize("version", range(2, 14))
def test_each_version_of_the_message_says_the_same(version: int) -> None:
    lines, (facts,) = read(camt(Says([ENTRY, Books("4.00", mark="DBIT", text="Fee")], opening="5.00"), version=version))

    first = BankLine(
        OURS, "EUR", 1000, date(2026, 4, 2), "Anne Miller", "DE75512108001245126199", (), "Invoice 7", "E1", "B1"
    )
    second = replace(
        first, amount_minor=2000, party="Miller & Sons", party_account="", references=("RF18539007547034",), text="",
        end_to_end="NOTPROVIDED", bank_reference="B0",
    )  # fmt: skip
    assert lines == [first, second, BankLine(OURS, "EUR", -400, date(2026, 4, 2), text="Fee")]
    assert (facts.opening_minor, facts.sum_minor, facts.closing_minor, facts.is_balanced) == (500, 2600, 3100, True)
    assert (facts.from_on, facts.to_on) == (date(2026, 4, 1), date(2026, 4, 2))


@pytest.mark.parametrize("size", [1, 7, 100])
def test_it_does_not_matter_in_which_pieces_a_file_comes(size: int) -> None:
    raw = camt(Says([ENTRY] * 3))

    assert read(raw, size) == read(raw)


def test_several_statements_are_told_apart() -> None:
    other = "DE75512108001245126199"

    lines, facts = read(camt(Says([Books("1")]), Says([Books("2", currency="USD")], account=other, currency="USD")))

    assert [(line.account, line.currency, line.amount_minor) for line in lines] == [
        (OURS, "EUR", 100), (other, "USD", 200),
    ]  # fmt: skip
    assert [one.account for one in facts] == [OURS, other]


@pytest.mark.parametrize(
    ("entry", "amounts"),
    [
        (Books("30", [Pays("10"), Pays("20")]), [1000, 2000]),
        (Books("30", [Pays("10"), Pays("20")], "DBIT"), [-1000, -2000]),
        (Books("29", [Pays("10", charges="1"), Pays("20")]), [900, 2000]),
        (Books("30", [Pays("10"), Pays("21")]), [3000]),
        (Books("30", [Pays("10"), Pays()]), [3000]),
        (Books("98.50", [Pays("100", charges="1.50")]), [9850]),
        (Books("30", []), [3000]),
        (Books("0", []), []),
        (Books("30", [Pays("30")], state="PDNG"), []),
        (Books("5", [Pays()], "CRDT", reversal=True), [500]),
        (Books("5", [Pays()], "DBIT", reversal=True), [-500]),
    ],
)
def test_a_batch_is_parted_where_its_parts_add_up(entry: Books, amounts: Sequence[int]) -> None:
    lines, _ = read(camt(Says([entry])))

    assert [line.amount_minor for line in lines] == amounts


@pytest.mark.parametrize("version", [2, 8])
def test_charges_that_were_taken_off_on_the_way_are_told(version: int) -> None:
    entries = [
        Books("98.50", [Pays("98.50", charges="1.50")]),
        Books("98.50", [Pays("100", charges="1.50")]),
        Books("28.50", [Pays("10", charges="1.50"), Pays("20")]),
        Books("5", [Pays("5")]),
        Books("98.50", [Pays("98.50")], charges="1.50"),
    ]

    lines, _ = read(camt(Says(entries), version=version))

    assert [(line.amount_minor, line.charges_minor) for line in lines] == [
        (9850, 150), (9850, 150), (850, 150), (2000, 0), (500, 0), (9850, 150),
    ]  # fmt: skip


AMOUNTS = st.decimals(0, 1000, places=2)


@given(st.lists(st.tuples(AMOUNTS, AMOUNTS, st.booleans()), max_size=4), AMOUNTS, st.sampled_from(["CRDT", "DBIT"]))
def test_whatever_is_in_an_entry_its_lines_come_to_what_was_booked(
    parts: Sequence[tuple[Decimal, Decimal, bool]], booked: Decimal, mark: str
) -> None:
    pays = [Pays(f"{amount}" if is_said else "", charges=f"{charges}") for amount, charges, is_said in parts]

    lines, (facts,) = read(camt(Says([Books(f"{booked}", pays, mark)])))

    sign = 1 if mark == "CRDT" else -1
    assert sum(line.amount_minor for line in lines) == facts.sum_minor == sign * int(booked * 100)


def test_what_was_sent_in_another_currency_is_kept() -> None:
    (line,), _ = read(camt(Says([Books("100", [Pays("100", instructed=("120.00", "USD"))])])))

    assert line.sent == "120.00 USD"


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"<a/>",
        camt(Says([Books("1")]))[:-30],
        camt(Says([Books("1")])).replace(b">1<", b">1,0<"),
        camt(Says([Books("1", on="2026-02-31")])),
        camt(Says([Books("1")])).replace(b"?>\n", b'?>\n<!DOCTYPE Document SYSTEM "http://127.0.0.1/x">'),
        camt(Says([Books("1")])).replace(b"?>\n", b'?>\n<!DOCTYPE Document [<!ENTITY a "1">]>'),
    ],
)
def test_what_is_no_such_file_is_refused(bad: bytes) -> None:
    with pytest.raises(BadStatement):
        read(bad)


def test_a_line_has_the_same_key_in_each_file_and_none_has_that_of_another() -> None:
    differing = [
        LINE,
        replace(LINE, amount_minor=-1190),
        replace(LINE, booked_on=date(2027, 4, 3)),
        replace(LINE, account="X"),
        replace(LINE, text="x"),
        replace(LINE, bank_reference="B1"),
        replace(LINE, bank_reference="B1", amount_minor=150),
    ]
    keys, again = Keys(), Keys()

    first = [keys.key(one) for one in differing]

    assert len(set(first)) == len(differing)
    assert [again.key(one) for one in reversed(differing)] == first[::-1]
    assert again.key(LINE) not in first
    assert Keys().key(replace(LINE, bank_reference="NONREF", text="A  b")) == Keys().key(replace(LINE, text="a B"))
    assert Keys().key(replace(differing[5], text="other")) == first[5]


NUMBER = reference_of("2027-0031")


@pytest.mark.parametrize(
    "text",
    [
        "2027-0031", "Rechnung 2027-0031", "RE2027-0031", "RE-Nr. 2027-0031", "Invoice no. 2027/0031, thanks",
        "20270031", "2027 0031", "RG-NR 2027-0031", "Rechnungsnummer: 2027-0031", "zu 2027-0031, 2027-0032",
        "Kunde 12 Rechnung 2027-0031", "from 02.04.2027: 2027-0031", "inv 20270031 and inv 20270032",
    ],
)  # fmt: skip
def test_the_number_of_an_invoice_is_found_as_people_write_it(text: str) -> None:
    assert NUMBER in numbers_in(replace(LINE, text=text))


@pytest.mark.parametrize(
    "text",
    [
        "Bestellung 2027-0031", "Order no. 2027-0031", "PO 2027-0031", "Tel. 2027-0031", "030 2027-0031",
        "+49 2027-0031", "Tel 030/2027-0031", "Kundennr. 20270031", "Kd.-Nr. 2027-0031", "Vertrag Nr 2027-0031",
        "12027-0031", "2027-00311", "2027-0031-4", "Contract 20270031", "IBAN 20270031",
    ],
)  # fmt: skip
def test_the_number_of_something_else_is_none(text: str) -> None:
    assert NUMBER not in numbers_in(replace(LINE, text=text))


@pytest.mark.parametrize("text", ["2027-11-30", "vom 2027.11.30", "20271130", "2027/11/30"])
def test_a_date_is_no_number(text: str) -> None:
    assert reference_of("2027-1130") not in numbers_in(replace(LINE, text=text))
    assert reference_of("2027-1130") in numbers_in(replace(LINE, text="Rechnung 20271130"))


def test_an_amount_is_no_number() -> None:
    assert reference_of("2027-1") not in numbers_in(replace(LINE, text="202.71 EUR, 202,71"))


@pytest.mark.parametrize(
    "text",
    [
        "{0}", "Danke {1} Rechnung", "ref:{0}", "RF18 5390 0754 7034 {0}", "{0} RF18539007547034", "{2}",
        "{0}.", "x {1}",
    ],
)  # fmt: skip
def test_a_reference_is_found_in_a_text(text: str) -> None:
    blanks = f"{NUMBER[:4]} {NUMBER[4:8]} {NUMBER[8:]}"

    assert NUMBER in references_in(replace(LINE, text=text.format(NUMBER, blanks, NUMBER.lower())))


@pytest.mark.parametrize("text", ["X{0}", "{0}9", "R F{1}", "{0}X", "RF00{1}", "RF98{1}"])
def test_what_is_glued_to_others_or_has_wrong_digits_is_no_reference(text: str) -> None:
    assert NUMBER not in references_in(replace(LINE, text=text.format(NUMBER, NUMBER[4:])))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jörg Müller", "MUELLER, JOERG"), ("Herr Dr. Jörg Müller", "Jörg Müller"), ("Café Noir", "CAFE NOIR"),
        ("Miller & Sons GmbH", "Miller Sons"), ("Anne  Miller", "Miller Anne"),
    ],
)  # fmt: skip
def test_names_are_compared_as_banks_write_them(one: str, other: str) -> None:
    assert name_key(one) == name_key(other) != ""


def test_names_of_others_differ_and_a_legal_form_is_no_name() -> None:
    assert name_key("Anne Miller") != name_key("Ann Miller")
    assert name_key("GmbH & Co. KG") == name_key("") == name_key("&") == ""


def whose(line: BankLine, known: Known) -> list[tuple[int, str, list[str]]]:
    """Customer, number and reasons of each candidate."""
    found = judge(line, said(line), known)
    assert isinstance(found, Proposed)
    return [
        (one.customer_id, one.bill.number if one.bill else "", [reason.value for reason in one.reasons])
        for one in found.candidates
    ]


@pytest.mark.parametrize("amount", [1, 1190, 99_999])
def test_a_reference_is_sure_whatever_the_amount(amount: int) -> None:
    line = replace(LINE, references=(BILL.reference,), amount_minor=amount)

    assert judge(line, said(line), Known(NAMED)) == Sure(BILL)


def test_a_reference_in_another_currency_or_of_two_is_proposed() -> None:
    other_currency = replace(LINE, references=(BILL.reference,), currency="USD")
    both = replace(LINE, text=f"{BILL.reference} {OTHER.reference}")

    assert whose(other_currency, Known(NAMED)) == [(12, "2027-0031", ["reference", "other-currency"])]
    assert whose(both, Known(NAMED)) == [
        (12, "2027-0031", ["reference", "several", "amount"]),
        (13, "2027-0032", ["reference", "several"]),
    ]
    assert whose(replace(LINE, references=("RF18539007547034",)), Known(NAMED)) == []


def test_names_accounts_and_amounts_are_reasons_and_the_likeliest_comes_first() -> None:
    line = replace(LINE, party="Anne Miller", party_account="DE1", text="2027-0032")
    known = Known(NAMED, {"DE1": frozenset({12})}, {name_key("Anne Miller"): frozenset({12, 14})}, {12: (BILL,)})

    assert whose(line, known) == [
        (12, "2027-0031", ["account", "name", "amount"]),
        (13, "2027-0032", ["number"]),
        (14, "", ["name"]),
    ]


def test_what_is_open_less_the_charges_of_banks_is_a_reason() -> None:
    line = replace(LINE, party="Anne", amount_minor=1190 - 150, charges_minor=150)
    known = Known(by_name={"anne": frozenset({12})}, open_of={12: (BILL, replace(OTHER, customer_id=12))})

    assert whose(line, known) == [(12, "2027-0031", ["name", "charges"])]
    assert whose(replace(line, charges_minor=0), known) == [(12, "", ["name"])]


def test_the_sum_of_all_that_is_open_is_a_reason() -> None:
    theirs = (BILL, replace(OTHER, customer_id=12))
    line = replace(LINE, party="Anne", amount_minor=1190 + 2400)

    assert whose(line, Known(by_name={"anne": frozenset({12})}, open_of={12: theirs})) == [
        (12, "", ["name", "all-open"])
    ]


def test_of_an_invoice_that_is_settled_it_is_said() -> None:
    settled = replace(BILL, open_minor=0)

    assert whose(replace(LINE, text="2027-0031"), Known({BILL.reference: (settled,)})) == [
        (12, "2027-0031", ["number", "nothing-open"])
    ]
