"""One entry of a statement, and the payments that a bank has booked together in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from mailgate.billing.money.currencies import EXPONENTS
from mailgate.billing.payment.bank_line import BadStatement, BankLine
from mailgate.billing.payment.camt.elements import Element, amount, child, children, day, parts, size, word

_RETURNS = frozenset({"RRTN", "RPCR", "UPDD", "PRDD", "UPCT", "UPCQ", "CQRV"})
"""Sub-families of bank transaction codes (ISO 20022, external code sets): returned, reversed, unpaid."""


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment of an entry. `amount_minor`: None where the bank does not say it in the entry's currency."""

    amount_minor: int | None
    charges_minor: int
    party: str
    party_account: str
    references: tuple[str, ...]
    text: str
    end_to_end: str
    bank_reference: str
    is_return: bool
    sent: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One booked entry; debits are negative."""

    account: str
    currency: str
    amount_minor: int
    is_credit: bool
    booked_on: date | None
    bank_reference: str
    text: str
    is_return: bool
    payments: tuple[Payment, ...]
    charges_minor: int = 0  # that it names itself, not its payments
    page: int = 1  # of its statement, which a bank may have cut in several
    between: tuple[int, int] | None = None  # the balances of its statement, where they stand before it

    @property
    def references(self) -> tuple[str, ...]:
        """The creditor references of its payments."""
        return tuple(one for payment in self.payments for one in payment.references)

    def lines(self) -> tuple[BankLine, ...]:
        """A line for each payment, if their amounts, or what charges left of them, add up to the entry's; else one.

        So the lines always come to what the bank has booked. Raises BadStatement for an entry of no day.
        """
        booked_on = self.booked_on
        if booked_on is None:
            raise BadStatement(f"an entry of account {self.account or 'without a number'} has no date")
        shares = self._shares()
        if shares:
            return tuple(
                self._line(one, share, booked_on) for one, share in zip(self.payments, shares, strict=True) if share
            )
        if not self.amount_minor:
            return ()
        whole = _together(self.payments)
        return (self._line(whole, self.amount_minor, booked_on),)

    def _shares(self) -> list[int]:
        if len(self.payments) < 2 or any(one.amount_minor is None for one in self.payments):
            return []
        gross = [one.amount_minor or 0 for one in self.payments]
        net = [minor - one.charges_minor for minor, one in zip(gross, self.payments, strict=True)]
        return next((found for found in (gross, net) if sum(found) == self.amount_minor), [])

    def _line(self, one: Payment | None, amount_minor: int, booked_on: date) -> BankLine:
        if one is None:
            one = Payment(None, 0, "", "", (), "", "", "", is_return=False, sent="")
        return BankLine(
            self.account,
            self.currency,
            amount_minor,
            booked_on,
            one.party,
            one.party_account,
            one.references,
            one.text or self.text,
            one.end_to_end,
            one.bank_reference or self.bank_reference,
            one.is_return or self.is_return,
            one.sent,
            max(0, one.charges_minor or (self.charges_minor if len(self.payments) < 2 else 0)),
        )


def read_entry(
    found: Element,
    account: str,
    *,
    page: int,
    otherwise_on: date | None,
    between: tuple[int, int] | None = None,
) -> Entry:
    """Read it. `otherwise_on`: the day of an entry that names none. Raises BadStatement."""
    has = parts(found)
    minor, currency = amount(found)
    is_credit = word(has.get("CdtDbtInd")) == "CRDT"
    payments = tuple(
        _payment(one, currency, is_credit=is_credit)
        for details in children(found, "NtryDtls")
        for one in children(details, "TxDtls")
    )
    return Entry(
        account,
        currency,
        minor,
        is_credit,
        day(has.get("BookgDt")) or day(has.get("ValDt")) or otherwise_on,
        word(has.get("AcctSvcrRef")),
        word(has.get("AddtlNtryInf")),
        word(has.get("RvslInd")) in {"true", "1"} or _is_return(has.get("BkTxCd")),
        payments,
        _charges(found, currency) if "Chrgs" in has else 0,
        page,
        between,
    )


def _payment(found: Element, currency: str, *, is_credit: bool) -> Payment:
    has = parts(found)
    people, refs = parts(has.get("RltdPties")), parts(has.get("Refs"))
    remittance = has.get("RmtInf")
    structured = () if remittance is None else tuple(children(remittance, "Strd"))
    references = (word(one, "CdtrRefInf", "Ref").replace(" ", "") for one in structured)
    unstructured = () if remittance is None else (word(one) for one in children(remittance, "Ustrd"))
    documents = (word(one, "RfrdDocInf", "Nb") for one in structured)
    more = (word(one, "AddtlRmtInf") for one in structured)
    mark = word(has.get("CdtDbtInd"))
    minor = _amount(has, currency)
    is_turned = bool(mark) and (mark == "CRDT") != is_credit
    names, account = _OTHER_SIDE[is_credit]
    identifier = child(people.get(account), "Id")
    return Payment(
        minor if minor is None or is_credit != is_turned else -minor,
        _charges(found, currency) if "Chrgs" in has else 0,
        next((name for one in names if one in people and (name := _name(people[one]))), ""),
        (word(identifier, "IBAN") or word(identifier, "Othr", "Id")).replace(" ", "").upper(),
        tuple(one for one in references if one),
        " ".join(one for one in (*unstructured, *documents, *more) if one) or word(has.get("AddtlTxInf")),
        word(refs.get("EndToEndId")),
        word(refs.get("AcctSvcrRef")),
        "RtrInf" in has or _is_return(has.get("BkTxCd")),
        _sent(has.get("AmtDtls"), currency),
    )


_OTHER_SIDE = {True: (("Dbtr", "UltmtDbtr"), "DbtrAcct"), False: (("Cdtr", "UltmtCdtr"), "CdtrAcct")}
"""Who is on the other side of money that came, and of money that went."""


def _name(party: Element) -> str:
    """Since version 8 a party has one more level."""
    return word(party, "Nm") or word(party, "Pty", "Nm")


def _amount(has: Mapping[str, Element], currency: str) -> int | None:
    """In an element of its own since version 3; before that among the details of amounts, as it still may be."""
    details = has.get("AmtDtls")
    for one in (has.get("Amt"), child(details, "TxAmt", "Amt"), child(details, "InstdAmt", "Amt")):
        minor = size(one, currency)
        if minor is not None:
            return minor
    return None


def _charges(found: Element, currency: str) -> int:
    """What was taken off on the way: records inside an element since version 4, elements by themselves before."""
    total = 0
    for one in children(found, "Chrgs"):
        for record in (one, *children(one, "Rcrd")):
            minor = size(child(record, "Amt"), currency) or 0
            total += -minor if word(record, "CdtDbtInd") == "CRDT" else minor
    return total


def _sent(details: Element | None, currency: str) -> str:
    """What the payer has sent, where it is not in the currency of the account."""
    instructed = child(details, "InstdAmt", "Amt")
    sent_in = "" if instructed is None else instructed.get("Ccy", "")
    return f"{word(instructed)} {sent_in}" if sent_in in EXPONENTS and sent_in != currency else ""


def _is_return(code: Element | None) -> bool:
    return word(code, "Domn", "Fmly", "SubFmlyCd") in _RETURNS


def _together(payments: tuple[Payment, ...]) -> Payment | None:
    """Several that cannot be told apart by their amounts, as one; None where there is none."""
    if len(payments) < 2:
        return payments[0] if payments else None
    return Payment(
        None,
        0,
        _the_one({one.party for one in payments}),
        _the_one({one.party_account for one in payments}),
        tuple(dict.fromkeys(reference for one in payments for reference in one.references)),
        " ".join(dict.fromkeys(one.text for one in payments if one.text)),
        _the_one({one.end_to_end for one in payments}),
        "",
        any(one.is_return for one in payments),
        "",
    )


def _the_one(words: set[str]) -> str:
    return next(iter(words)) if len(words) == 1 else ""
