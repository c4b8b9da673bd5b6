"""A question that cannot be answered: the first key that is missing or unusable is named, and nothing is raised."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailgate.billing.question import answer
from tests.billing.asking import Keys, ask_of

LINE: Keys = {"net_minor": 100, "rate": "19", "category": "S"}
AMOUNT: Keys = {"amount_minor": 100, "rate": "19", "category": "S"}
IBAN = "DE02120300000000202051"
STATEMENT = """<Document><BkToCstmrStmt><Stmt>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
</Stmt></BkToCstmrStmt></Document>"""

NEEDED: dict[str, Keys] = {
    "slice": {
        "price_minor": 3000,
        "currency": "EUR",
        "cycle_start": "2031-04-01",
        "cycle_end": "2031-05-01",
        "from": "2031-04-21",
        "to": "2031-05-01",
    },
    "change": {
        "old_price_minor": 1000,
        "new_price_minor": 2000,
        "currency": "EUR",
        "cycle_start": "2031-04-01",
        "cycle_end": "2031-05-01",
        "on": "2031-04-16",
    },
    "first": {"start": "2031-04-21", "bill_day": 1, "months": 1},
    "cycles": {"start": "2031-01-15", "end": "2031-04-11", "bill_day": 1, "months": 1},
    "bill_dates": {"start": "2031-01-31", "bill_day": 30, "months": 1, "count": 3},
    "nth": {"anchor": "2031-01-31", "months": 1, "n": 2},
    "sequence": {"anchor": "2031-01-31", "months": 1, "count": 3},
    "period": {"anchor": "2031-01-31", "months": 1, "on": "2031-02-27"},
    "whole_periods": {"start": "2031-01-31", "end": "2031-02-28", "months": 1},
    "local_date": {"at": "2031-04-01T00:00:00Z", "zone": "Europe/Berlin"},
    "local_start": {"date": "2031-04-01", "zone": "Europe/Berlin"},
    "local_time": {"date": "2031-04-01", "time": "08:00", "zone": "Europe/Berlin"},
    "tax": {"currency": "EUR", "inclusive": False, "lines": [LINE]},
    "invoice": {"currency": "EUR", "lines": [LINE]},
    "line": {"unit_price": "1.005", "quantity": "3", "currency": "EUR"},
    "round": {"amount": "1.005", "currency": "EUR"},
    "minor": {"amount": "1.005", "currency": "EUR"},
    "split": {"total_minor": 100, "weights": [1, 1, 1]},
    "exponent": {"currency": "EUR"},
    "reference_make": {"base": "AB2G5"},
    "reference_check": {"reference": "RF68AB2G5"},
    "epc": {"name": "Anne", "iban": IBAN, "amount": "12.30"},
    "statement": {"camt": STATEMENT},
}
"""For each operation the keys that it cannot do without, in the order of the contract."""

OPTIONAL: dict[str, Keys] = {
    "slice": {"credit": True},
    "first": {"price_minor": 3000, "currency": "EUR"},
    "local_date": {"plus_days": 3},
    "invoice": {"allowances": [AMOUNT], "charges": [AMOUNT], "prepaid_minor": 1, "rounding_minor": 1},
    "epc": {"text": "Invoice 7", "bic": "BYLADEM1001", "purpose": "GDDS", "charset": 2},
}
DAYS: Keys = {"days": 10, "cycle_days": 30}

QUESTIONS = [(op, {**keys, **OPTIONAL.get(op, {})}) for op, keys in NEEDED.items()]
BY_DAYS: list[tuple[str, Keys]] = [
    ("slice", {"price_minor": 3000, "currency": "EUR", **DAYS}),
    ("change", {"old_price_minor": 1000, "new_price_minor": 2000, "currency": "EUR", **DAYS}),
]
EACH_NEEDED = [(op, keys, key) for op, keys in (*NEEDED.items(), *BY_DAYS) for key in keys]
EACH_KEY = [(op, keys, key) for op, keys in (*QUESTIONS, *BY_DAYS) for key in keys]
UNUSABLE: tuple[object, ...] = (1.5, {}, [None], 10**400)
"""What no key takes."""

NO_FORM = ("base", "reference", "name", "text", "camt")
"""Keys that take any text, or look at it themselves."""


@pytest.mark.parametrize(("op", "keys"), [*QUESTIONS, *BY_DAYS])
def test_a_whole_question_is_answered(op: str, keys: Keys) -> None:
    assert "error" not in ask_of({"op": op, **keys})


@pytest.mark.parametrize(("op", "keys", "key"), EACH_NEEDED)
def test_a_key_that_is_missing_is_named(op: str, keys: Keys, key: str) -> None:
    others = {name: value for name, value in keys.items() if name != key}

    assert ask_of({"op": op, **others}) == {"error": key}
    assert ask_of({"op": op, **others, key: None}) == {"error": key}


@pytest.mark.parametrize(("op", "keys"), NEEDED.items())
def test_the_first_of_several_keys_that_are_missing_is_named(op: str, keys: Keys) -> None:
    for at, key in enumerate(keys):
        assert ask_of({"op": op, **dict(list(keys.items())[:at])}) == {"error": key}


@pytest.mark.parametrize(("op", "keys", "key"), EACH_KEY)
def test_the_first_key_that_is_unusable_is_named(op: str, keys: Keys, key: str) -> None:
    behind = list(keys)[list(keys).index(key) :]

    for value in UNUSABLE:
        assert ask_of({"op": op, **keys, key: value}) == {"error": key}
        assert ask_of({"op": op, **keys, **dict.fromkeys(behind, value)}) == {"error": key}


@pytest.mark.parametrize(("op", "keys", "key"), [one for one in EACH_KEY if one[2] not in NO_FORM])
def test_a_text_without_meaning_is_named(op: str, keys: Keys, key: str) -> None:
    for value in ("\ud800", "\0", "x" * 100_000):
        assert ask_of({"op": op, **keys, key: value}) == {"error": key}


@pytest.mark.parametrize(
    ("op", "change", "key"),
    [
        ("slice", {"currency": "eur"}, "currency"),
        ("slice", {"currency": "XAU"}, "currency"),  # gold has no minor units
        ("slice", {"currency": "XXX"}, "currency"),
        ("slice", {"price_minor": True}, "price_minor"),
        ("slice", {"price_minor": "3000"}, "price_minor"),
        ("slice", {"price_minor": 3000.0}, "price_minor"),
        ("slice", {"cycle_start": "2031-02-29"}, "cycle_start"),
        ("slice", {"cycle_start": "20310401"}, "cycle_start"),
        ("slice", {"cycle_start": "2031-W14-2"}, "cycle_start"),
        ("slice", {"cycle_start": "2031-4-1"}, "cycle_start"),
        ("slice", {"cycle_start": " 2031-04-01"}, "cycle_start"),
        ("slice", {"cycle_start": "２０３１-04-01"}, "cycle_start"),
        ("slice", {"cycle_start": "0000-04-01"}, "cycle_start"),
        ("slice", {"cycle_end": "2031-04-01"}, "cycle_end"),
        ("slice", {"from": "2031-03-31"}, "from"),
        ("slice", {"from": "2031-05-02"}, "from"),
        ("slice", {"to": "2031-04-20"}, "to"),
        ("slice", {"to": "2031-05-02"}, "to"),
        ("slice", {"credit": "yes"}, "credit"),
        ("slice", {"days": 10, "cycle_days": 0}, "cycle_days"),
        ("slice", {"days": 10, "cycle_days": -30}, "cycle_days"),
        ("slice", {"days": -1, "cycle_days": 30}, "days"),
        ("slice", {"days": 10}, "cycle_days"),
        ("slice", {"cycle_days": 30}, "days"),
        ("change", {"on": "2031-03-31"}, "on"),
        ("change", {"on": "2031-05-02"}, "on"),
        ("change", {"days": 1, "cycle_days": 0}, "cycle_days"),
        ("first", {"bill_day": 0}, "bill_day"),
        ("first", {"bill_day": 32}, "bill_day"),
        ("first", {"months": 0}, "months"),
        ("first", {"months": -1}, "months"),
        ("first", {"start": "20227-01-01"}, "start"),
        ("first", {"price_minor": 3000, "currency": "EUX"}, "currency"),
        ("first", {"price_minor": 3000}, "currency"),
        ("cycles", {"end": "2031-01-14"}, "end"),
        ("whole_periods", {"end": "2031-01-30"}, "end"),
        ("bill_dates", {"count": -1}, "count"),
        ("bill_dates", {"count": 10**9}, "count"),
        ("bill_dates", {"start": "9999-12-01"}, "count"),
        ("nth", {"n": 10**9}, "n"),
        ("nth", {"n": 95_628}, "n"),
        ("nth", {"n": -24_373}, "n"),
        ("sequence", {"anchor": "9999-12-01"}, "count"),
        ("period", {"on": "9999-12-31"}, "on"),
        ("local_date", {"at": "2031-04-01"}, "at"),
        ("local_date", {"at": "2031-04-01T00:00:00"}, "at"),  # of which zone?
        ("local_date", {"at": "2031-04-01T24:00:00Z"}, "at"),
        ("local_date", {"at": "2031-04-01T00:00:00+25:00"}, "at"),
        ("local_date", {"at": "20310401T000000Z"}, "at"),
        ("local_date", {"at": "2031-W14-2T00:00:00Z"}, "at"),
        ("local_date", {"at": "0001-01-01T00:00:00+14:00"}, "at"),
        ("local_date", {"at": "9999-12-31T23:59:59-12:00"}, "at"),
        ("local_date", {"at": "9999-12-31T23:59:59Z"}, "at"),  # in Berlin it is another year
        ("local_date", {"plus_days": 10**9}, "plus_days"),
        ("local_date", {"plus_days": -(10**29)}, "plus_days"),
        ("local_date", {"zone": "Europe"}, "zone"),
        ("local_date", {"zone": "Europe/Bonn"}, "zone"),
        ("local_date", {"zone": ""}, "zone"),
        ("local_date", {"zone": "+01:00"}, "zone"),
        ("local_date", {"zone": "../zoneinfo/UTC"}, "zone"),
        ("local_date", {"zone": "/usr/share/zoneinfo/UTC"}, "zone"),
        ("local_date", {"zone": "zone.tab"}, "zone"),
        ("local_date", {"zone": "a" * 5000}, "zone"),
        ("local_date", {"zone": "Etc/UTC\0"}, "zone"),
        ("local_start", {"date": "0001-01-01"}, "date"),
        ("local_time", {"date": "0001-01-01", "time": "00:00"}, "date"),
        ("local_time", {"date": "9999-12-31", "time": "23:00", "zone": "America/Bogota"}, "date"),
        ("local_time", {"time": "24:00"}, "time"),
        ("local_time", {"time": "8:00"}, "time"),
        ("local_time", {"time": "08:00Z"}, "time"),
        ("tax", {"inclusive": 1}, "inclusive"),
        ("tax", {"inclusive": True}, "lines"),  # its lines have `gross_minor`
        ("tax", {"lines": {}}, "lines"),
        ("tax", {"lines": [1]}, "lines"),
        ("tax", {"lines": [{"net_minor": 1}]}, "lines"),
        ("tax", {"lines": [LINE | {"rate": 19}]}, "lines"),
        ("tax", {"lines": [LINE | {"rate": "-1"}]}, "lines"),
        ("tax", {"lines": [LINE | {"rate": "19 %"}]}, "lines"),
        ("tax", {"lines": [LINE | {"net_minor": "1"}]}, "lines"),
        ("invoice", {"lines": [LINE | {"category": 1}]}, "lines"),
        ("invoice", {"allowances": [LINE]}, "allowances"),
        ("invoice", {"charges": [LINE]}, "charges"),
        ("line", {"unit_price": "1,005"}, "unit_price"),
        ("line", {"quantity": "three"}, "quantity"),
        ("round", {"amount": "1e3"}, "amount"),
        ("round", {"amount": 1}, "amount"),
        ("round", {"amount": "NaN"}, "amount"),
        ("round", {"amount": "٢"}, "amount"),
        ("round", {"amount": "1\n"}, "amount"),
        ("round", {"amount": "1_000"}, "amount"),
        ("round", {"amount": "9" * 5000}, "amount"),
        ("split", {"weights": []}, "weights"),
        ("split", {"weights": [0, 0]}, "weights"),
        ("split", {"weights": [2, -1]}, "weights"),
        ("split", {"weights": [1.0]}, "weights"),
        ("exponent", {"currency": "EURO"}, "currency"),
        ("reference_make", {"base": ""}, "base"),
        ("reference_make", {"base": "A" * 22}, "base"),
        ("reference_make", {"base": "A-1"}, "base"),
        ("reference_make", {"base": "Ä1"}, "base"),
    ],
)
def test_what_cannot_be_used(op: str, change: Keys, key: str) -> None:
    found = ask_of({"op": op, **NEEDED[op], **change})

    assert found.get("error", "") == key


@pytest.mark.parametrize(
    "question", [None, True, 1, "slice", [], [{"id": "a", "op": "exponent", "currency": "EUR"}], float("nan")]
)
def test_what_is_no_object_has_no_id(question: object) -> None:
    assert answer(question) == {"id": None, "error": "json"}


@pytest.mark.parametrize("op", ["", "Slice", " slice", "nothing", None, 1, [], {}])
def test_an_operation_that_nobody_knows(op: object) -> None:
    assert answer({"id": "a", "op": op}) == {"id": "a", "error": "op"}
    assert answer({"id": "a"}) == {"id": "a", "error": "op"}


@pytest.mark.parametrize("given", ["", "a", "Ä\u2028", "\0", "\ud800", "😀" * 1000, '"', 7, None])
def test_the_id_is_given_back(given: str) -> None:
    assert answer({"id": given, "op": "exponent", "currency": "EUR"}) == {"id": given, "exponent": 2}
    assert answer({"id": given, "op": "slice"}) == {"id": given, "error": "price_minor"}


def test_a_question_without_an_id_is_answered() -> None:
    assert answer({"op": "exponent", "currency": "EUR"}) == {"id": None, "exponent": 2}


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
USABLE = [value for _, keys in QUESTIONS for value in keys.values()]
NEAR = st.sampled_from(
    [*USABLE, -1, 0, 31, 10**30, 10**30 + 1, "0001-01-01", "9999-12-31", "9999-12-31T23:59:59-14:00"]
)
KEYS = sorted({key for _, keys in QUESTIONS for key in (*keys, *DAYS)})


@given(
    st.sampled_from(list(NEEDED)),
    st.dictionaries(st.sampled_from(KEYS), NEAR | ANY_JSON, max_size=6),
    st.sets(st.sampled_from(KEYS), max_size=2),
    ANY_JSON,
)
def test_no_question_raises_and_every_answer_is_json(op: str, change: Keys, missing: set[str], named: object) -> None:
    keys = {**NEEDED[op], **change}

    found = answer({"id": named, "op": op, **{key: value for key, value in keys.items() if key not in missing}})

    assert json.dumps(found, allow_nan=False)
    error = found.get("error", KEYS[0])
    assert error in KEYS


@given(ANY_JSON)
def test_whatever_is_asked_there_is_an_answer(question: object) -> None:
    assert json.dumps(answer(question), allow_nan=False)
