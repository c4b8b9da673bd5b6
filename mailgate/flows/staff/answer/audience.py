"""Whom a mail to many customers goes to, and why it may go to nobody."""

from datetime import timedelta

from mailgate.flows.staff.answer.read import StaffMail
from mailgate.flows.story.act import Act
from mailgate.people import Contact
from store.post import announcements

EVERYBODY, STOP = "everybody", "stop"
DAY = timedelta(days=1)


def why_not_announced(act: Act, mail: StaffMail) -> str | None:
    """Why this mail goes to nobody; None when it may be asked whether it shall."""
    assert mail.alone is not None
    audience = mail.alone.argument.words.lower()
    rules = act.settings.announcements
    if audience == STOP:
        return None
    if not mail.words:
        return "there are no words of yours below it"
    if mail.incoming.message.attachments:
        return "files do not go to so many people; put them where everybody can fetch them, and send the address"
    if audience != EVERYBODY and not announcements.is_sold(act.conn, audience):
        return f"{audience} is no product; write !announce everybody, or the name of a product as the catalogue has it"
    if announcements.begun_since(act.conn, act.now - DAY) >= rules.per_day:
        return f"{rules.per_day} such mails have begun within a day, which is what announcements.per_day allows"
    people = len(readers_of(act, audience))
    if people > rules.most_readers:
        return f"it would go to {people} people, and announcements.most_readers allows {rules.most_readers}"
    return None if people else "it would go to nobody"


def readers_of(act: Act, audience: str) -> tuple[Contact, ...]:
    """All customers, or those who have a product of this name; each address once."""
    return announcements.whom(act.conn, sku=None if audience == EVERYBODY else audience)
