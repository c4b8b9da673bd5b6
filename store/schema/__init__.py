"""Every table, constraint and index. Instants are UTC, digests lower-case hex; addresses keep their case and a key."""

from store.schema.columns import Utc, metadata
from store.schema.found import articles, search_documents, search_marks
from store.schema.mail import (
    blobs,
    imap_folders,
    imap_mails,
    keys,
    lessons,
    lists,
    outbox,
    seals,
    signing_keys,
    smarthosts,
    spool,
    unsent,
)
from store.schema.people import (
    allowed_senders,
    askees,
    confirmations,
    contacts,
    customers,
    erasures,
    staff,
    suppressions,
)
from store.schema.tickets import attachments, entries, message_ids, participants, proposals, staff_acts, tickets

__all__ = [
    "Utc",
    "allowed_senders",
    "articles",
    "askees",
    "attachments",
    "blobs",
    "confirmations",
    "contacts",
    "customers",
    "entries",
    "erasures",
    "imap_folders",
    "imap_mails",
    "keys",
    "lessons",
    "lists",
    "message_ids",
    "metadata",
    "outbox",
    "participants",
    "proposals",
    "seals",
    "search_documents",
    "search_marks",
    "signing_keys",
    "smarthosts",
    "spool",
    "staff",
    "staff_acts",
    "suppressions",
    "tickets",
    "unsent",
]
