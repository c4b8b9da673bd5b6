"""The first mail to somebody new: to customers and their people where to write, to staff how the desk is worked."""

from mailgate.desks import ServiceMailbox
from mailgate.flows.post.notify import notify
from mailgate.flows.post.sheet import sheet_for, staff_page
from mailgate.flows.story.act import Act
from mailgate.letters.kind import Template
from mailgate.letters.letter import Sheet, letter
from mailgate.people import Contact, Customer, Staff
from store import people
from store.desk.welcomes import was_welcomed


def welcome(act: Act, reader: Customer | Contact) -> bool:
    """Write to a customer's owner, or to one of its contacts; False when they had such a mail before."""
    customer_id = reader.id if isinstance(reader, Customer) else reader.customer_id
    if was_welcomed(act.conn, customer_id, reader.address):
        return False
    account = people.get_customer(act.conn, customer_id) if isinstance(reader, Contact) else None
    sheet = sheet_for(act, reader)
    values = {**where_to(act, sheet), "account": account.name if account else None}
    before = len(act.outgoing)
    notify(act, [letter(Template.WELCOME, sheet, values)], cause=None)
    return bool(act.queued_since(before))


def where_to(act: Act, sheet: Sheet) -> dict[str, object]:
    """Where somebody new writes, and signs in."""
    return {
        "support_address": sheet.answer_to,
        "sign_in_address": _sign_in(act),
        "pages": act.settings.page(),
    }


def welcome_staff(act: Act, member: Staff) -> bool:
    """Tell somebody who answers from now on how that is done, with something to try."""
    values = {
        "sign_in_address": _sign_in(act),
        "pages": staff_page(act, ""),
        "undo_seconds": act.settings.desk_rules.undo_seconds,
        "colleague": next((one.name for one in act.staff if one.id != member.id), None),
    }
    before = len(act.outgoing)
    notify(act, [letter(Template.STAFF_WELCOME, sheet_for(act, member, subject=""), values)], cause=None)
    return bool(act.queued_since(before))


def _sign_in(act: Act) -> str:
    return f"{ServiceMailbox.SIGN_IN.value}@{act.settings.gate.domain}"
