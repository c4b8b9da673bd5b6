"""`!reply NAME`: the text of a file in the folder of saved replies, before the writer's own words."""

from collections.abc import Mapping
from pathlib import Path

from mailgate.flows.story.act import Act
from mailgate.people import Staff
from mailgate.tickets.saved_reply import MAX_BYTES, NoSavedReply, chosen, filled, is_name
from mailgate.tickets.ticket import Ticket
from store import people


def saved_reply(act: Act, writer: Staff, ticket: Ticket, name: str) -> str:
    """What it says to whoever takes part in this ticket, in the language of its customer. Raises NoSavedReply."""
    language = act.settings.gate.language
    if ticket.customer_id is not None:
        language = people.tongue_of(act.conn, ticket.customer_id).language
    known = files(act.settings.saved_replies.folder)
    path = known[chosen(name, language, known)]
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise NoSavedReply(f"{path.name} cannot be read: {error}") from None
    if len(raw) > MAX_BYTES or not text.strip():
        raise NoSavedReply(f"{path.name} is {'longer than 50 kB' if text.strip() else 'empty'}")
    reader = next((one.name for one in ticket.participants if one.name), "")
    values = {
        "name": reader,
        "ticket": str(ticket.id),
        "subject": ticket.subject,
        "staff": writer.name,
        "company": act.settings.gate.company,
    }
    return filled(text, values)


def files(folder: Path | None) -> Mapping[str, Path]:
    """The saved replies there are, by the names of their files without `.md`; of a folder that is away, none."""
    try:
        found = sorted(folder.glob("*.md")) if folder else []
    except OSError:
        return {}
    return {path.name.removesuffix(".md").lower(): path for path in found if _is_reply(path)}


def _is_reply(path: Path) -> bool:
    name, _, language = path.name.removesuffix(".md").lower().partition(".")
    return is_name(name) and (not language or is_name(language)) and path.is_file()
