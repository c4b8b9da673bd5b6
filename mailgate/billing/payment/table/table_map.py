"""The map of a bank's table: how its file is written, and which of its columns is what. Read from a TOML file."""

import codecs
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from mailgate.billing.catalogue.findings import Findings
from mailgate.billing.catalogue.table import Given, Table, told
from mailgate.billing.money.currencies import EXPONENTS
from mailgate.toml_text.document import parse
from mailgate.toml_text.problems import BadValue, Problem, Problems


class MapErrors(Problems):
    """The file is no map of a table; holds every problem, in the order of their places."""


@dataclass(frozen=True, slots=True)
class TableMap:
    """How a bank writes its tables. Of columns it keeps the names that stand in their header."""

    encoding: str
    delimiter: str
    skip_lines: int  # before the header
    date_format: str
    decimal: str
    thousands: str
    account: str  # of ours, where no column names it
    currency: str  # where no column names it
    credit_words: tuple[str, ...]
    debit_words: tuple[str, ...]
    date: str
    amount: str  # with its sign, or the sign by the column `sign`; "" where there are two columns
    sign: str
    credit: str
    debit: str
    payer: str
    payer_account: str
    text: tuple[str, ...]
    reference: str
    end_to_end: str
    bank_reference: str
    account_column: str
    currency_column: str

    @property
    def needed(self) -> tuple[str, ...]:
        """Columns that a table must have: all that the map names."""
        named = (
            self.date, self.amount, self.sign, self.credit, self.debit, self.payer, self.payer_account, *self.text,
            self.reference, self.end_to_end, self.bank_reference, self.account_column, self.currency_column,
        )  # fmt: skip
        return tuple(dict.fromkeys(one for one in named if one))


_PLAIN = (
    "encoding", "delimiter", "skip_lines", "date_format", "decimal", "thousands", "account", "currency",
    "credit_words", "debit_words",
)  # fmt: skip
_COLUMNS = (
    "date", "amount", "sign", "credit", "debit", "payer", "payer_account", "text", "reference", "end_to_end",
    "bank_reference", "account", "currency",
)  # fmt: skip
_CREDIT, _DEBIT = ("+", "C", "CR", "CRDT", "H"), ("-", "D", "DR", "DBIT", "S")


def read_map(raw: bytes, file: str) -> TableMap:
    """Read a whole file, whose name is `file` as the operator gave it. Raises MapErrors."""
    document = parse(raw, file)
    if isinstance(document, Problem):
        raise MapErrors([document])
    findings = Findings(document)
    whole = Table(findings, (), document.values)
    whole.refuse_unknown((*_PLAIN, "columns"))
    columns = whole.inner("columns", "[columns]")
    columns.refuse_unknown(_COLUMNS)
    found = _read(whole, columns)
    _check(findings, columns, found)
    if findings.problems:
        raise MapErrors(sorted(findings.problems, key=lambda one: one.place.order))
    return found


def _read(whole: Table, columns: Table) -> TableMap:
    def column(name: str) -> str:
        return columns.take(name, _text, "")

    return TableMap(
        whole.take("encoding", _encoding, "utf-8-sig"),
        whole.take("delimiter", _sign, ";"),
        whole.take("skip_lines", _count, 0),
        whole.take("date_format", _date_format, "%Y-%m-%d"),
        whole.take("decimal", _one_of(".", ","), "."),
        whole.take("thousands", _one_of("", ".", ",", " ", "'", "’"), ""),
        whole.take("account", _text, "").replace(" ", "").upper(),
        whole.take("currency", _currency, ""),
        tuple(value for _, value in whole.texts("credit_words", _text)) or _CREDIT,
        tuple(value for _, value in whole.texts("debit_words", _text)) or _DEBIT,
        columns.need("date", _text, "", example='"Date"'),
        column("amount"),
        column("sign"),
        column("credit"),
        column("debit"),
        column("payer"),
        column("payer_account"),
        columns.take("text", _texts, ()),
        column("reference"),
        column("end_to_end"),
        column("bank_reference"),
        column("account"),
        column("currency"),
    )


def _check(findings: Findings, columns: Table, found: TableMap) -> None:
    """What does not fit together."""
    path = columns.path
    if not found.amount and not found.credit:
        findings.lacks(path, "amount", '"Amount"')
    if found.amount and (found.credit or found.debit):
        findings.clash((*path, "amount"), "stands beside credit and debit: amounts are in one column or in two")
    if found.sign and not found.amount:
        findings.clash((*path, "sign"), "is of the column amount, which is not named")
    if not found.currency and not found.currency_column:
        findings.lacks((), "currency", '"EUR"')
    if found.decimal and found.decimal == found.thousands:
        findings.clash(("thousands",), "is the same as decimal")


def _text(given: Given) -> str:
    if not isinstance(given.value, str) or not given.value.strip():
        raise BadValue(f"must be a text in quotes, not {told(given)}")
    return given.value.strip()


def _texts(given: Given) -> tuple[str, ...]:
    """One name, or a list of them."""
    values = given.value if isinstance(given.value, list) else [given.value]
    return tuple(_text(Given(one, given.written)) for one in values)


def _encoding(given: Given) -> str:
    name = _text(given)
    try:
        "".encode(name)  # some codecs are of bytes alone
        found = codecs.lookup(name)
    except LookupError:
        raise BadValue(f"{given.written} is no encoding of text that is known here: most use utf-8 or cp1252") from None
    return "utf-8-sig" if found.name == "utf-8" else found.name


def _sign(given: Given) -> str:
    if not isinstance(given.value, str) or len(given.value) != 1 or given.value in '"\r\n':
        raise BadValue(f'must be one sign, such as ";" or "\\t", not {told(given)}')
    return given.value


def _count(given: Given) -> int:
    if not isinstance(given.value, int) or isinstance(given.value, bool) or not 0 <= given.value <= 1000:
        raise BadValue(f"must be a whole number up to 1000, not {told(given)}")
    return given.value


def _date_format(given: Given) -> str:
    text = _text(given)
    if not ("%d" in text and ("%m" in text or "%b" in text) and ("%Y" in text or "%y" in text)):
        raise BadValue('must have day, month and year, such as "%d.%m.%Y"')
    try:
        date(2031, 4, 1).strftime(text)
    except ValueError:
        raise BadValue(f"{given.written} is no form of dates") from None
    return text


def _one_of(*signs: str) -> Callable[[Given], str]:
    def read(given: Given) -> str:
        if not isinstance(given.value, str) or given.value not in signs:
            raise BadValue(f"must be one of {', '.join(repr(one) for one in signs)}, not {told(given)}")
        return given.value

    return read


def _currency(given: Given) -> str:
    code = _text(given)
    if code not in EXPONENTS:
        raise BadValue(f"{given.written} is no currency of ISO 4217")
    return code
