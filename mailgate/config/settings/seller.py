"""Who bills, as it stands on every document."""

from dataclasses import dataclass

from mailgate.billing import party
from mailgate.config import billing_kinds, kinds


@dataclass(frozen=True, slots=True)
class Seller(party.Seller):
    """The company that bills; what is shipped is an example, which `mailgate doctor` objects to."""

    name: kinds.Name = "Example Hosting GmbH"
    street: kinds.Text = "Example Street 1"
    postcode: kinds.Text = "10115"
    city: kinds.Text = "Berlin"
    region: kinds.Text = ""
    country: billing_kinds.Country = "DE"
    vat_id: billing_kinds.VatId = "DE123456788"
    tax_number: kinds.Text = ""
    register_id: kinds.Text = "HRB 000000"
    email: billing_kinds.MailAddress = "billing@support.example"
    phone: kinds.Text = ""
    iban: billing_kinds.Iban = "DE77100000000000000000"
    bic: billing_kinds.Bic = ""
    check_payable_to: kinds.Text = ""
    check_address: kinds.Text = ""
