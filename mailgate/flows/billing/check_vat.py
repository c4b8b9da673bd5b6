"""A customer's VAT id is proven: by VIES, or by what a member of staff has seen."""

from typing import Protocol

from sqlalchemy import Connection, Engine

from mailgate.billing.party import Account, Proof
from mailgate.billing.tax.vat_id import country_of, is_in_eu
from mailgate.errors import Permanent, Temporary
from store.billing import accounts
from store.engine import reading, transact


class Vies(Protocol):
    """Whoever can say whether somebody has a VAT id."""

    def ask(self, vat_id: str) -> Proof:
        """What is known of it now. Raises Temporary when nothing can be found out, Permanent when it never will."""


class NothingToProve(Permanent):
    """The customer has no VAT id, or another than the one that was proven, or one that VIES does not know of."""


class ChangedMeanwhile(Temporary):
    """The customer got another VAT id while VIES was asked."""


def check_vat(customer_id: int, *, engine: Engine, vies: Vies) -> Proof:
    """Ask VIES about the VAT id of a customer, who there is, and keep its answer, also a no.

    Raises NothingToProve, ChangedMeanwhile, and what `vies` raises; then nothing is written, and the last proof counts
    as long as it is good.
    """
    with reading(engine) as conn:
        vat_id = _vat_id_of(accounts.account(conn, customer_id))
    if not is_in_eu(country_of(vat_id)) and not vat_id.startswith("XI"):
        raise NothingToProve(f"VIES knows VAT ids of the European Union alone, and {vat_id!r} is none")
    proof = vies.ask(vat_id)

    def keep(conn: Connection) -> None:
        if accounts.lock(conn, (customer_id,))[customer_id].vat_id != vat_id:
            raise ChangedMeanwhile(f"customer {customer_id} got another VAT id meanwhile: check that one")
        accounts.add_proof(conn, customer_id, proof)

    transact(engine, keep)
    return proof


def record_proof(conn: Connection, customer_id: int, proof: Proof) -> None:
    """Keep what somebody has seen about the VAT id of a customer, who there is. Raises NothingToProve."""
    vat_id = _vat_id_of(accounts.lock(conn, (customer_id,))[customer_id])
    if proof.vat_id != vat_id:
        raise NothingToProve(f"{proof.vat_id!r} is not the VAT id of customer {customer_id}, which is {vat_id}")
    accounts.add_proof(conn, customer_id, proof)


def _vat_id_of(account: Account) -> str:
    if not account.vat_id:
        raise NothingToProve(
            f"customer {account.customer_id} has no VAT id: `mailgate customer edit {account.customer_id} --vat-id`"
        )
    return account.vat_id
