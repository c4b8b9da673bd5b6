"""The demo's company has services and a year of invoices, and the books of it are whole."""

from datetime import timedelta

from mailgate.billing.document.invoice import DocumentState
from mailgate.billing.service import State
from store import people
from store.billing import invoices, services
from store.engine import reading
from tests.demo.place import Place


def test_there_is_a_year_of_invoices_and_paul_is_late(place: Place) -> None:
    with reading(place.demo.running.parts.engine) as conn:
        issued = invoices.listing(conn)
        names = {one.id: one.name for one in people.list_customers(conn)}

    assert max(one.issued_on for one in issued) - min(one.issued_on for one in issued) > timedelta(330)
    assert len(issued) > 25
    states = {(names[one.customer_id], one.state) for one in issued if one.due_on < max(o.issued_on for o in issued)}
    assert ("Paul Stone", DocumentState.ISSUED) in states
    assert ("Ann Miller", DocumentState.ISSUED) not in states


def test_services_are_of_every_usual_kind(place: Place) -> None:
    with reading(place.demo.running.parts.engine) as conn:
        found = services.listing(conn)

    assert {one.state for one in found} == {State.ACTIVE, State.SUSPENDED}
    assert any(one.parent_id for one in found)
    assert any(one.options == (("mailboxes", 60),) for one in found)
