"""`!announce`: one mail of staff to many customers, after a yes to how many, and slowly enough to be stopped."""

from mailgate.confirmation import ConfirmKind, Line, Says
from mailgate.flows.confirm.ask import Request, ask
from mailgate.flows.staff.answer.ask import why_not_asked
from mailgate.flows.staff.answer.audience import STOP, readers_of
from mailgate.flows.staff.answer.give_back import hold
from mailgate.flows.staff.answer.read import StaffMail
from mailgate.flows.staff.answer.receipt import told
from mailgate.flows.story.act import Act
from mailgate.flows.story.settled import Settled
from mailgate.mail.disposition import Disposition
from mailgate.tickets.result import Done, item
from mailgate.tickets.verbs import staff
from store.post import announcements


def asks_by_itself(mail: StaffMail) -> bool:
    """It is not done without a yes to how many it goes to, which no other question says."""
    command = mail.alone
    return command is not None and command.verb is staff.ANNOUNCE and command.argument.words.lower() != STOP


def announce(act: Act, mail: StaffMail) -> Settled:
    """Ask its writer whether it shall go to so many; begin after his yes alone, whoever else lets the mail in.

    Whom it goes to is looked up again then: since the question some may have come or left.
    """
    assert mail.alone is not None
    audience = mail.alone.argument.words.lower()
    if audience == STOP:
        stopped, sent, of = announcements.stop_all(act.conn)
        return told(act, mail, item(Done.STOPPED, sent=sent, of=of) if stopped else item(Done.NONE_ON_ITS_WAY))
    readers = readers_of(act, audience)
    incoming, rules = mail.incoming, act.settings.announcements
    minutes = -(-len(readers) // rules.per_minute)
    if not announcements.is_confirmed(act.conn, incoming.lent.spool_id):
        customers = len({one.customer_id for one in readers})
        given = {"subject": incoming.message.subject, "people": str(len(readers)), "customers": str(customers)}
        given["minutes"] = str(minutes)
        request = Request(
            ConfirmKind.STAFF_MAIL,
            (Line(Says.ANNOUNCE, given),),
            {"lines": f"{mail.alone.line}: {incoming.message.subject}", "ticket": ""},
            staff_id=mail.writer.id,
        )
        reason = f"a mail to {len(readers)} people"
        if refused := ask(act, incoming, request):
            return hold(act, incoming, mail.writer, None, reason, why=why_not_asked(incoming, refused))
        return Settled(Disposition.HELD, f"{reason}; its writer was asked for a yes", evidence=incoming.evidence)
    announcements.begin(
        act.conn,
        staff_id=mail.writer.id,
        spool_id=incoming.lent.spool_id,
        desk=incoming.desk.name,
        subject=incoming.message.subject,
        text=mail.words,
        contact_ids=[one.id for one in readers],
        now=act.now,
    )
    return told(act, mail, item(Done.ANNOUNCED, people=len(readers), minutes=minutes), item(Done.HOW_TO_STOP))
