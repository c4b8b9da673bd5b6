"""What Bob does at the command line in the year, by the flows of its commands."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from mailgate.billing.service import Service
from mailgate.demo.company import Person
from mailgate.demo.year.scene import BY, Scene
from mailgate.flows.billing.back import refund_by_hand
from mailgate.flows.billing.books import Deal, Today, deal_with
from mailgate.flows.billing.service import add, ending, terms
from store.billing import accounts
from store.billing.invoices import Issued
from store.billing.refunds import Refund
from store.engine import transaction


@dataclass(frozen=True, slots=True)
class CommandLine:
    """For customers who have one service each."""

    scene: Scene

    def address(self, customer: Person, *, street: str, postcode: str, city: str) -> None:
        """`mailgate customer edit`."""
        with self._deal(customer) as deal:
            accounts.edit(deal.conn, replace(deal.payer.account, street=street, postcode=postcode, city=city))

    def sell(self, customer: Person, sku: str, domain: str) -> Issued:
        """`mailgate service add`: the invoice that it makes."""
        with self._deal(customer) as deal:
            _, (document, *_) = add.add(deal, add.Sold(sku, 1, domain=domain))
        return self.scene.invoice(document.number)

    def change(self, customer: Person, sku: str) -> None:
        """`mailgate service change`."""
        with self._deal(customer) as deal:
            terms.refuse_past_due(deal)
            terms.change(deal, _service(deal), *terms.quote_new_terms(deal, _service(deal), sku=sku))

    def cancel(self, customer: Person, reason: str) -> None:
        """`mailgate service cancel --now`."""
        with self._deal(customer) as deal:
            ending.carry_out(deal, ending.end_of(deal, _service(deal), at_end=False, reason=reason))

    def record(self, customer: Person, tasks: Sequence[Refund]) -> None:
        """`mailgate refund record --method check`."""
        with self._deal(customer) as deal:
            for number, task in enumerate(tasks, 1):
                refund_by_hand.record(deal, task, method="check", reference=f"check {number}")

    @contextmanager
    def _deal(self, customer: Person) -> Iterator[Deal]:
        parts, number = self.scene.parts, self.scene.number(customer)
        with transaction(parts.engine) as conn:
            found = deal_with(conn, parts.settings, number, Today(self.scene.clock()), by=BY)
            assert found is not None
            yield found


def _service(deal: Deal) -> Service:
    (service,) = deal.payer.services
    return service
