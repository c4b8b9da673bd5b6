"""The e-invoice: a frozen document in the terms of EN 16931, or why the standard has no place for it.

Each amount is the one that the document says, as text; nothing is reckoned here. The terms have the names that the
standard gives them (BT-1, BG-25 …), in the shape that `factur-x` reads: parties by plain words, days as text.
Source: EN 16931-1:2017, and the rules that go with it (BR-…), by which the conditions below are named.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from mailgate.billing.document.invoice import DocumentKind
from mailgate.billing.money.amount import decimal, written
from mailgate.billing.money.currencies import exponent
from mailgate.billing.tax.countries import COUNTRIES
from mailgate.billing.tax.vat import EXEMPT, NOT_SUBJECT, REVERSE_CHARGE, STANDARD, ZERO_RATED
from mailgate.billing.tax.vat_id import country_of

Model = Mapping[str, Any]
"""The JSON of a document, as `freeze` makes it."""

Terms = dict[str, Any]

_SUPPLIED_WITHIN, _EXPORTED, _CANARIES, _CEUTA = "K", "G", "L", "M"
_CATEGORIES: Final = frozenset(
    (STANDARD, ZERO_RATED, EXEMPT, REVERSE_CHARGE, NOT_SUBJECT, _SUPPLIED_WITHIN, _EXPORTED, _CANARIES, _CEUTA)
)
_WITHOUT_REASON: Final = frozenset((STANDARD, ZERO_RATED, _CANARIES, _CEUTA))  # BR-S-10, BR-Z-10: none may stand there
_OF_BOTH_REGISTERED: Final = frozenset((REVERSE_CHARGE, _SUPPLIED_WITHIN))
_REASON_CODES: Final = {  # VATEX: what the law says where the document gives no words
    REVERSE_CHARGE: "VATEX-EU-AE",
    NOT_SUBJECT: "VATEX-EU-O",
    _SUPPLIED_WITHIN: "VATEX-EU-IC",
    _EXPORTED: "VATEX-EU-G",
}
_INVOICE, _CREDIT_NOTE = "380", "381"  # UNTDID 1001
_ONE: Final = "C62"  # UN/ECE recommendation 20
_TRANSFER, _SEPA_TRANSFER, _CHECK, _CLEARED = "30", "58", "20", "97"  # UNTDID 4461
_BY_MAIL: Final = "EM"  # an electronic address that is one of mail (EAS)


_UNLISTED_CURRENCIES: Final = frozenset(("STN",))  # of ISO 4217, and in the lists of the rules not yet (BR-CL-04)
_NO_PREFIXES: Final = frozenset(("SS", "XK"))  # nor are these, as prefixes of VAT ids (BR-CO-09)
_LISTED_AS: Final = {"XK": "1A"}  # Kosovo has no code of ISO 3166-1


class Lacking(StrEnum):
    """Why there can be no e-invoice of a document."""

    CURRENCY = "currency"  # it has more than two digits behind the point (BR-DEC), or is not in the standard's list
    SELLER_COUNTRY = "seller-country"  # BR-09
    SELLER_ID = "seller-id"  # neither a VAT id nor a number of a register (BR-CO-26)
    SELLER_TAX_ID = "seller-tax-id"  # neither a VAT id nor a tax number, and tax is named (BR-S-02)
    SELLER_VAT_ID = "seller-vat-id"  # a reverse charge is between two that have one (BR-AE-02)
    BUYER_COUNTRY = "buyer-country"  # BR-11
    BUYER_VAT_ID = "buyer-vat-id"  # BR-AE-02
    MIXED = "mixed"  # what is not subject to tax stands beside what is (BR-O-11)
    CATEGORY = "category"  # a tax that the standard does not know

    @property
    def is_of_buyer(self) -> bool:
        """Something about the customer would have to change, and not about the company."""
        return self in (Lacking.BUYER_COUNTRY, Lacking.BUYER_VAT_ID)


def terms(model: Model) -> Terms | Lacking:
    """The document in terms of the standard, or why there are none for it."""
    because = lacking(model)
    if because is not None:
        return because
    is_invoice = model["kind"] == DocumentKind.INVOICE
    period = _whole_period(model)
    return {
        "BT-1": _text(model["number"]),
        "BT-2": model["issued_on"],
        "BT-3": _INVOICE if is_invoice else _CREDIT_NOTE,
        "BT-5": model["currency"],
        **_tax_at_home(model),
        # A credit note is due as soon as it is there: it is set against what is open (BR-CO-25 asks for a day).
        "BT-9": model["due_on"] if is_invoice else model["issued_on"],
        # Without a day of delivery the CII is invalid: the last of the services, else that of issue.
        "BT-72": period[1] if period else model["issued_on"],
        **({"BT-73": period[0], "BT-74": period[1]} if period else {}),
        **_payment(model, is_invoice=is_invoice),
        "BG-3": [{"BT-25": _text(number)} for number in model["originals"]],
        "BG-4": _seller(model),
        "BG-7": _buyer(model),
        **_delivered_to(model),
        "BG-23": [_tax(tax, model["currency"]) for tax in model["taxes"]],
        "BG-25": [_line(at, line, model["currency"]) for at, line in enumerate(model["lines"], 1)],
        "BT-106": _amount(model, "net_minor"),
        "BT-109": _amount(model, "net_minor"),
        "BT-110": _amount(model, "tax_minor"),
        "BT-112": _amount(model, "total_minor"),
        "BT-115": _amount(model, "total_minor"),
    }


def lacking(model: Model) -> Lacking | None:
    """What the standard asks for and the document has not; None when it has all."""
    return next(_lacking(model), None)


def _lacking(model: Model) -> Iterator[Lacking]:
    seller, buyer = model["seller"], model["buyer"]
    categories = {tax["category"] for tax in model["taxes"]}
    is_untaxed = NOT_SUBJECT in categories
    if exponent(model["currency"]) > 2 or model["currency"] in _UNLISTED_CURRENCIES:
        yield Lacking.CURRENCY
    if not categories <= _CATEGORIES or any(map(_is_odd, model["taxes"])):
        yield Lacking.CATEGORY
    if is_untaxed and len(categories) > 1:
        yield Lacking.MIXED
    if seller.get("country") not in COUNTRIES:
        yield Lacking.SELLER_COUNTRY
    vat_id = "" if is_untaxed else _vat_id(seller)
    if not vat_id and not _text(seller.get("register_id", "")):
        yield Lacking.SELLER_ID
    if not is_untaxed and not vat_id and not _text(seller.get("tax_number", "")):
        yield Lacking.SELLER_TAX_ID
    if categories & (_OF_BOTH_REGISTERED | {_EXPORTED}) and not vat_id:
        yield Lacking.SELLER_VAT_ID
    if buyer.get("country") not in COUNTRIES:
        yield Lacking.BUYER_COUNTRY
    if categories & _OF_BOTH_REGISTERED and not _vat_id(buyer):
        yield Lacking.BUYER_VAT_ID


def _is_odd(tax: Model) -> bool:
    """A tax of the Canary Islands, Ceuta or Melilla that is none (BR-AF-05, BR-AG-05)."""
    return tax["category"] in (_CANARIES, _CEUTA) and not decimal(tax["rate"]).numerator


def _tax_at_home(model: Model) -> Terms:
    """The tax in the seller's own currency as well, where a rate was known at issue."""
    home = model.get("home")
    if not home or exponent(home["currency"]) > 2 or home["currency"] in _UNLISTED_CURRENCIES:
        return {}
    return {"BT-6": home["currency"], "BT-111": written(home["tax_minor"], home["currency"])}


def _payment(model: Model, *, is_invoice: bool) -> Terms:
    seller = model["seller"]
    if not is_invoice:
        return {"BT-81": _CLEARED}
    if not model["total_minor"]:
        return {}
    if seller.get("iban"):
        account = {"BT-84": seller["iban"].replace(" ", ""), "BT-85": _text(seller["name"])}
        bank = {"BT-86": seller["bic"].replace(" ", "")} if seller.get("bic") else {}
        means = _SEPA_TRANSFER if model["currency"] == "EUR" else _TRANSFER
        return {"BT-81": means, "BT-83": model["reference"], **account, **bank}
    if seller.get("check_payable_to"):
        return {"BT-81": _CHECK, "BT-83": model["reference"]}
    return {}


def _seller(model: Model) -> Terms:
    seller = model["seller"]
    reached = {"name": seller["name"], "phone": seller.get("phone", ""), "email": seller.get("email", "")}
    contact = _filled({name: _text(value) for name, value in reached.items()})
    return {
        **_party(model, seller, seller["name"]),
        **_filled(
            {
                "legal_identifier": _text(seller.get("register_id", "")),
                "tax_identifier": _text(seller.get("tax_number", "")),
            }
        ),
        **({"contacts": [contact]} if len(contact) > 1 else {}),
    }


def _buyer(model: Model) -> Terms:
    buyer = model["buyer"]
    name, organisation = _text(buyer.get("name", "")), _text(buyer.get("organisation", ""))
    person = [{"name": name}] if organisation and name and name != organisation else []
    return {
        **_party(model, buyer, organisation or name),
        "identifiers": {None: str(buyer["customer_id"])},
        **({"contacts": person} if person else {}),
    }


def _party(model: Model, party: Model, name: str) -> Terms:
    is_untaxed = any(tax["category"] == NOT_SUBJECT for tax in model["taxes"])
    email = _text(party.get("email", ""))
    return _filled(
        {
            "name": _text(name) or email or str(party.get("customer_id", "")),
            "vat_identifier": "" if is_untaxed else _vat_id(party),  # BR-O-02
            "addr_l1": _text(party.get("street", "")),
            "postcode": _text(party.get("postcode", "")),
            "city": _text(party.get("city", "")),
            "country_subdivision": _text(party.get("region", "")),
            "country_code": _country(party),
            "einvoicing_addr": email,
            "einvoicing_addr_schemeid": _BY_MAIL if email else "",
        }
    )


def _delivered_to(model: Model) -> Terms:
    """Where to: asked for where something is supplied within the Union (BR-IC-12)."""
    if not any(tax["category"] == _SUPPLIED_WITHIN for tax in model["taxes"]):
        return {}
    return {"BG-13": {"name": _buyer(model)["name"], "country_code": _country(model["buyer"])}}


def _tax(tax: Model, currency: str) -> Terms:
    category = tax["category"]
    reason = "" if category in _WITHOUT_REASON else _text(tax["reason"])
    code = _REASON_CODES.get(category, "")
    return {
        "BT-116": written(tax["net_minor"], currency),
        "BT-117": written(tax["tax_minor"], currency),
        "BT-118": category,
        **_rate("BT-119", category, tax["rate"]),
        **_filled({"BT-120": reason or ("" if code or category in _WITHOUT_REASON else "Exempt"), "BT-121": code}),
    }


def _line(at: int, line: Model, currency: str) -> Terms:
    """A price is never below zero (BR-27): what is given back is bought minus once."""
    net = line["net_minor"]
    days = {"BT-134": line["period_start"], "BT-135": line["period_end"]} if line["period_start"] else {}
    return {
        "BT-126": str(at),
        "BT-129": "-1" if net < 0 else "1",
        "BT-130": _ONE,
        "BT-131": written(net, currency),
        **days,
        "BT-146": written(abs(net), currency),
        "BT-151": line["tax_category"],
        **_rate("BT-152", line["tax_category"], line["tax_rate"]),
        "BT-153": _text(line["text"]) or line["kind"],
    }


def _rate(term: str, category: str, rate: str) -> Terms:
    """What is not subject to a tax has no rate of it, not even 0 (BR-O-05)."""
    return {} if category == NOT_SUBJECT else {term: rate}


def _whole_period(model: Model) -> tuple[str, str] | None:
    """From the first day of all lines to the last; None where nothing lasts."""
    lasting = [line for line in model["lines"] if line["period_start"]]
    if not lasting:
        return None
    return min(line["period_start"] for line in lasting), max(line["period_end"] for line in lasting)


def _vat_id(party: Model) -> str:
    """One that says whose country it is (BR-CO-09); elsewhere they have none, and it stands on the PDF alone."""
    vat_id = str(party.get("vat_id", ""))
    return vat_id if country_of(vat_id) in COUNTRIES - _NO_PREFIXES else ""


def _country(party: Model) -> str:
    country = str(party["country"])
    return _LISTED_AS.get(country, country)


def _amount(model: Model, name: str) -> str:
    return written(model[name], model["currency"])


def _text(value: str) -> str:
    """Without what XML cannot hold, and without blanks around it."""
    return "".join(sign for sign in value if _is_xml(ord(sign))).strip()


def _is_xml(point: int) -> bool:
    """A character of XML 1.0."""
    return (
        point in (0x9, 0xA, 0xD) or 0x20 <= point <= 0xD7FF or 0xE000 <= point <= 0xFFFD or 0x10000 <= point <= 0x10FFFF
    )


def _filled(values: Mapping[str, str]) -> Terms:
    return {name: value for name, value in values.items() if value}
