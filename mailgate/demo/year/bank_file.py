"""A file as the company's bank writes it (camt.053): one transfer that came in."""

from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

from mailgate.billing.money.amount import written


@dataclass(frozen=True, slots=True)
class Transfer:
    """What somebody has sent."""

    payer: str
    iban: str
    reference: str
    amount_minor: int
    on: date


def bank_file(one: Transfer, *, account: str) -> bytes:
    """The statement of that day, of the company's account."""
    number = f"B{one.on:%Y%m%d}"
    amount = f'<Amt Ccy="EUR">{written(one.amount_minor, "EUR")}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
    nothing = '<Amt Ccy="EUR">0.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
    day = f"<Dt><Dt>{one.on}</Dt></Dt>"
    return f"""\
<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>{number}</MsgId><CreDtTm>{one.on}T06:00:00+02:00</CreDtTm></GrpHdr>
<Stmt><Id>{number}</Id>
<FrToDt><FrDtTm>{one.on}T00:00:00</FrDtTm><ToDtTm>{one.on}T23:59:59</ToDtTm></FrToDt>
<Acct><Id><IBAN>{account}</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp>{nothing}{day}</Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp>{amount}{day}</Bal>
<Ntry>{amount}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{one.on}</Dt></BookgDt>
<AcctSvcrRef>{number}</AcctSvcrRef>
<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>
<RltdPties><Dbtr><Pty><Nm>{escape(one.payer)}</Nm></Pty></Dbtr>
<DbtrAcct><Id><IBAN>{one.iban}</IBAN></Id></DbtrAcct></RltdPties>
<RmtInf><Strd><CdtrRefInf><Ref>{one.reference}</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls>
</Ntry></Stmt></BkToCstmrStmt></Document>
""".encode()
