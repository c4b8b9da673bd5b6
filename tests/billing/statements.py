"""Files as banks write them, in the shapes that ISO 20022 gives as examples, for made-up people."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from xml.sax.saxutils import escape

OURS = "DE02120300000000202051"


@dataclass(frozen=True)
class Pays:
    """One payment inside an entry."""

    amount: str = ""
    name: str = ""
    iban: str = ""
    text: str = ""
    reference: str = ""
    end_to_end: str = "NOTPROVIDED"
    bank_reference: str = ""
    returned: bool = False
    instructed: tuple[str, str] | None = None
    charges: str = ""


@dataclass(frozen=True)
class Books:
    """One entry, with the payments in it."""

    amount: str
    pays: Sequence[Pays] = ()
    mark: str = "CRDT"
    on: str = "2026-04-02"
    currency: str = "EUR"
    state: str = "BOOK"
    bank_reference: str = ""
    reversal: bool = False
    text: str = ""
    charges: str = ""  # of the entry, not of its payments
    entry_reference: str = ""  # that tells it from others of its statement alone


@dataclass(frozen=True)
class Says:
    """One statement."""

    entries: Sequence[Books] = field(default_factory=tuple)
    opening: str = "0"
    closing: str = ""  # what follows from the entries, if none is given
    account: str = OURS
    currency: str = "EUR"
    page: int = 0

    @property
    def ends_with(self) -> str:
        """The closing balance."""
        booked = [one for one in self.entries if one.state == "BOOK"]
        came = sum((Decimal(one.amount) * (1 if one.mark == "CRDT" else -1) for one in booked), Decimal(self.opening))
        return self.closing or f"{came:f}"


def camt(*statements: Says, version: int = 8) -> bytes:
    """A whole file, in one version of the message from 2 to 13."""
    told = "".join(_statement(one, version) for one in statements)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version:02}"><BkToCstmrStmt>'
        f"<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-04-03T06:00:00+02:00</CreDtTm></GrpHdr>{told}"
        "</BkToCstmrStmt></Document>"
    ).encode()


def _statement(one: Says, version: int) -> str:
    page = f"<StmtPgntn><PgNb>{one.page}</PgNb><LastPgInd>false</LastPgInd></StmtPgntn>" if one.page else ""
    span = "<FrToDt><FrDtTm>2026-04-01T00:00:00</FrDtTm><ToDtTm>2026-04-02T23:59:59</ToDtTm></FrToDt>"
    account = f"<Acct><Id><IBAN>{one.account}</IBAN></Id><Ccy>{one.currency}</Ccy></Acct>"
    balances = _balance("OPBD", one.opening, one.currency) + _balance("CLBD", one.ends_with, one.currency)
    entries = "".join(_entry(entry, version) for entry in one.entries)
    return f"<Stmt><Id>S1</Id>{page}{span}{account}{balances}{entries}</Stmt>"


def _balance(code: str, amount: str, currency: str) -> str:
    mark, size = ("DBIT", amount[1:]) if amount.startswith("-") else ("CRDT", amount)
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{size}</Amt>'
        f"<CdtDbtInd>{mark}</CdtDbtInd><Dt><Dt>2026-04-02</Dt></Dt></Bal>"
    )


def _entry(one: Books, version: int) -> str:
    state = f"<Cd>{one.state}</Cd>" if version >= 4 else one.state
    details = "".join(_payment(each, one, version) for each in one.pays)
    return (
        f"<Ntry>{f'<NtryRef>{one.entry_reference}</NtryRef>' if one.entry_reference else ''}"
        f'<Amt Ccy="{one.currency}">{one.amount}</Amt><CdtDbtInd>{one.mark}</CdtDbtInd>'
        f"{'<RvslInd>true</RvslInd>' if one.reversal else ''}<Sts>{state}</Sts><BookgDt><Dt>{one.on}</Dt></BookgDt>"
        f"{f'<AcctSvcrRef>{one.bank_reference}</AcctSvcrRef>' if one.bank_reference else ''}"
        f"{_charges(one.charges, one.currency, version)}"
        f"{f'<NtryDtls>{details}</NtryDtls>' if details else ''}"
        f"{f'<AddtlNtryInf>{one.text}</AddtlNtryInf>' if one.text else ''}</Ntry>"
    )


def _charges(size: str, currency: str, version: int) -> str:
    told = f'<Amt Ccy="{currency}">{size}</Amt><CdtDbtInd>DBIT</CdtDbtInd>'
    told = f"<Rcrd>{told}</Rcrd>" if version >= 4 else told
    return f"<Chrgs>{told}</Chrgs>" if size else ""


def _payment(one: Pays, entry: Books, version: int) -> str:
    references = f"<EndToEndId>{one.end_to_end}</EndToEndId>"
    if one.bank_reference:
        references = f"<AcctSvcrRef>{one.bank_reference}</AcctSvcrRef>{references}"
    written = f'<Amt Ccy="{entry.currency}">{one.amount}</Amt>' if one.amount else ""
    amount = f"{written}<CdtDbtInd>{entry.mark}</CdtDbtInd>" if version >= 3 and written else ""
    inside = f"<TxAmt>{written}</TxAmt>" if version < 3 and written else ""
    if one.instructed:
        inside = f'<InstdAmt><Amt Ccy="{one.instructed[1]}">{one.instructed[0]}</Amt></InstdAmt>{inside}'
    side = "Dbtr" if entry.mark == "CRDT" else "Cdtr"
    name = f"<Nm>{escape(one.name)}</Nm>"
    name = f"<Pty>{name}</Pty>" if version >= 8 else name
    parties = f"<{side}>{name}</{side}>" if one.name else ""
    if one.iban:
        parties += f"<{side}Acct><Id><IBAN>{one.iban}</IBAN></Id></{side}Acct>"
    remittance = f"<Ustrd>{escape(one.text)}</Ustrd>" if one.text else ""
    if one.reference:
        remittance += f"<Strd><CdtrRefInf><Ref>{one.reference}</Ref></CdtrRefInf></Strd>"
    return (
        f"<TxDtls><Refs>{references}</Refs>{amount}{f'<AmtDtls>{inside}</AmtDtls>' if inside else ''}"
        f"{_charges(one.charges, entry.currency, version)}{f'<RltdPties>{parties}</RltdPties>' if parties else ''}"
        f"{f'<RmtInf>{remittance}</RmtInf>' if remittance else ''}"
        f"{'<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>' if one.returned else ''}</TxDtls>"
    )
