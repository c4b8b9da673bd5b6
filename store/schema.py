"""Every table, constraint and index. Instants are UTC, digests lower-case hex; addresses keep their case and a key."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    text,
)

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


class Utc(TypeDecorator[datetime]):
    """An aware datetime in UTC. SQLite forgets the zone of a DateTime, so it is taken off and put back here."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


blobs = Table(
    "blobs",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary),  # null: a file in the archive directory
)

keys = Table(
    "keys",
    metadata,
    Column("kid", Integer, primary_key=True, autoincrement=False),
    Column("secret", LargeBinary, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("retired_at", Utc),  # verifies, signs no more
)

customers = Table(
    "customers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("country", String(2)),
    Column("currency", String(3), nullable=False),
    Column("timezone", String, nullable=False),
    Column("language", String, nullable=False),
    Column("epoch", Integer, nullable=False, server_default="0"),  # raised: all sign-in links and sessions end
    Column("created_at", Utc, nullable=False),
    Column("removed_at", Utc),  # no longer a customer; the row stays, since history refers to it
    Column("external_id", String),  # its name in the system that it was moved from
    Index("uq_customers_external_id", "external_id", unique=True),
    sqlite_autoincrement=True,
)

contacts = Table(
    "contacts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("name", String, nullable=False),
    Column("address", String, nullable=False),
    Column("address_key", String, nullable=False),
    Column("roles", JSON, nullable=False),
    Column("active_at", Utc, nullable=False),  # last mail; of several accounts with one address the latest is meant
    Column("removed_at", Utc),  # found by no address any more; whoever registers it again revives the row
    Index("uq_contacts_address_key_customer_id", "address_key", "customer_id", unique=True),
    sqlite_autoincrement=True,
)

staff = Table(
    "staff",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("address", String, nullable=False),
    Column("address_key", String, nullable=False, unique=True),
    Column("epoch", Integer, nullable=False, server_default="0"),
    Column("created_at", Utc, nullable=False),
    Column("away_until", Utc),
    Column("removed_at", Utc),  # as of contacts
    sqlite_autoincrement=True,
)

erasures = Table(
    "erasures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("erased_at", Utc, nullable=False),
    Column("erased_by", String, nullable=False),
    sqlite_autoincrement=True,
)

spool = Table(
    "spool",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("received_at", Utc, nullable=False),
    Column("door", String, nullable=False),
    Column("peer", String),
    Column("helo", String),
    Column("tls", Boolean, nullable=False),
    Column("reverse_path", String),  # null: the door knows none; "": the null path
    Column("forward_paths", JSON, nullable=False),
    Column("fallback_path", String),  # for whom it is when neither envelope nor header names an address of ours
    Column("sha256", ForeignKey("blobs.sha256"), nullable=False),
    # leases (store.leases): due_at is when the sweep looks next; null when nothing is left to do
    Column("due_at", Utc),
    Column("lease", String),
    Column("attempts", Integer, nullable=False),
    Column("last_error", Text),
    Column("released", Boolean, nullable=False),  # a person let it out of quarantine
    Column("decided_by", Text),  # who released or refused it, and how he said so
    Column("held_for", ForeignKey("staff.id")),  # held for its writer alone: nobody else is told
    # the outcome
    Column("disposition", String, nullable=False),
    Column("finished_at", Utc),
    Column("reason", Text),
    Column("ticket_id", ForeignKey("tickets.id")),
    Column("evidence", String),
    Column("evidence_reasons", JSON),
    Column("spam_score", Float),
    Column("author", String),
    Column("subject", Text),
    Column("message_id", String),
    Column("digest", String(64)),  # of the message less its trace fields
    Index(
        "ix_spool_due_at",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    Index("ix_spool_disposition_id", "disposition", "id"),
    Index(
        "ix_spool_digest",
        "digest",
        sqlite_where=text("digest IS NOT NULL"),
        postgresql_where=text("digest IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)

lessons = Table(
    "lessons",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("spool_id", ForeignKey("spool.id"), nullable=False),
    Column("is_spam", Boolean, nullable=False),
    Column("due_at", Utc),  # null: told, or given up
    Column("lease", String),
    Column("attempts", Integer, nullable=False),
    Index(
        "ix_lessons_due_at",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)

allowed_senders = Table(
    "allowed_senders",
    metadata,
    Column("address_key", String, primary_key=True),
    Column("address", String, nullable=False),
    Column("allowed_by", String, nullable=False),
    Column("allowed_at", Utc, nullable=False),
)

imap_folders = Table(
    "imap_folders",
    metadata,
    Column("name", String, primary_key=True),
    Column("uidvalidity", BigInteger),  # both are unsigned 32-bit numbers; null: not opened yet
    Column("uid", BigInteger, nullable=False),  # up to here each mail is stored or left; rows below tell what remains
    Column("known_below", BigInteger, nullable=False),  # UIDs were given anew: mail below this may be stored already
    Column("fetched_at", Utc),  # when the last look into it came to its end
    Column("problem", Text),
    Column("problem_since", Utc),
)

imap_mails = Table(
    "imap_mails",
    metadata,
    Column("folder", ForeignKey("imap_folders.name"), primary_key=True),
    Column("uidvalidity", BigInteger, primary_key=True),
    Column("uid", BigInteger, primary_key=True),
    Column("left_because", String),  # null: stored, its mark or move has yet to be made
    Column("size", BigInteger, nullable=False),
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", Integer, primary_key=True),  # the number that people see; never reused
    Column("desk", String, nullable=False),
    Column("customer_id", ForeignKey("customers.id")),  # null: a stranger's
    Column("subject", Text, nullable=False),
    Column("state", String, nullable=False),
    Column("waiting_since", Utc),  # of an open ticket: since its customer's first words after our last answer
    Column("assignee_id", ForeignKey("staff.id")),
    Column("linked_to", ForeignKey("tickets.id")),
    Column("messages", Integer, nullable=False),
    Column("opened_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    Column("thread_index", String),  # Outlook's name of the thread, as the mail that began it gave it
    Column("silent_since", Utc),  # of an answered ticket: when the last answer left us
    Column("warned_at", Utc),  # of an answered ticket: its customer knows that it will be closed
    Column("wait_until", Utc),  # of a waiting ticket
    Column("merged_into", ForeignKey("tickets.id")),  # the end of the chain, always: one step leads there
    Index("ix_tickets_state_updated_at", "state", "updated_at"),
    Index("ix_tickets_state_waiting_since", "state", "waiting_since"),
    Index("ix_tickets_customer_id_state_updated_at", "customer_id", "state", "updated_at"),
    Index("ix_tickets_customer_id_updated_at", "customer_id", "updated_at"),
    *(
        Index(
            f"ix_tickets_{'_'.join(columns)}",
            *columns,
            sqlite_where=text(f"{columns[0]} IS NOT NULL"),
            postgresql_where=text(f"{columns[0]} IS NOT NULL"),
        )
        for columns in (("silent_since", "warned_at"), ("wait_until",), ("merged_into",))
    ),
    sqlite_autoincrement=True,
)

participants = Table(
    "participants",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("address_key", String, primary_key=True),
    Column("contact_id", ForeignKey("contacts.id")),  # null: a stranger whose ticket it is
    Column("name", String, nullable=False),
    Column("address", String, nullable=False),
    Index("ix_participants_contact_id_ticket_id", "contact_id", "ticket_id"),
)

entries = Table(
    "entries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False),
    Column("kind", String, nullable=False),
    Column("at", Utc, nullable=False),
    Column("author_name", String, nullable=False),
    Column("author_address", String),
    Column("contact_id", ForeignKey("contacts.id")),
    Column("staff_id", ForeignKey("staff.id")),
    Column("direction", String),  # in, out; null for notes and events
    Column("text", Text, nullable=False),
    Column("message_id", String),
    Column("spool_id", ForeignKey("spool.id")),
    Column("evidence", String),
    Column("automatic", Boolean, nullable=False),
    Column("left_out", JSON(none_as_null=True)),  # files that are in the mail alone: name, size, reason
    Column("event", String),  # what the entry did to the ticket; null: nothing that has a name
    Column("cut_away", Text),  # quotes and signature of the mail that `text` is from; for staff alone
    Index("ix_entries_ticket_id_id", "ticket_id", "id"),
    sqlite_autoincrement=True,
)

attachments = Table(
    "attachments",
    metadata,
    Column("entry_id", ForeignKey("entries.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("filename", String),
    Column("content_type", String, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", ForeignKey("blobs.sha256"), nullable=False),
    Column("inline", Boolean, nullable=False),
    Column("content_id", String),
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("address_key", String, primary_key=True),
    Column("address", String, nullable=False),
    Column("reason", Text, nullable=False),  # what the mail server said
    Column("since", Utc, nullable=False),
    Column("until", Utc, nullable=False),
)

staff_acts = Table(
    "staff_acts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("at", Utc, nullable=False),
    Column("done", JSON, nullable=False),  # words of `acts.Deed`
    Column("entry_id", ForeignKey("entries.id")),  # the words that were written
    Column("last_entry_id", ForeignKey("entries.id"), nullable=False),  # of the ticket, when all was done
    Column("before", JSON, nullable=False),  # how the ticket stood
    Column("outbox_ids", JSON, nullable=False),  # the mails that came of it
    Column("undone_at", Utc),
    Index("ix_staff_acts_ticket_id_id", "ticket_id", "id"),
    sqlite_autoincrement=True,
)

message_ids = Table(
    "message_ids",
    metadata,
    Column("message_id", String, primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("referenced", Boolean, nullable=False),  # only seen in somebody's References, never had
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("created_at", Utc, nullable=False),
    Column("template", String, nullable=False),
    Column("notice", JSON, nullable=False),  # the whole Notice, frozen at the event
    Column("to_address", String, nullable=False),
    Column("to_key", String, nullable=False),
    Column("reverse_path", String, nullable=False),
    Column("message_id", String, nullable=False, unique=True),
    Column("customer_id", ForeignKey("customers.id")),
    Column("ticket_id", ForeignKey("tickets.id")),
    Column("entry_id", ForeignKey("entries.id")),
    Column("state", String, nullable=False),
    Column("phase", String),  # "data" from just before DATA until its reply is saved
    Column("due_at", Utc),
    Column("lease", String),
    Column("attempts", Integer, nullable=False),
    Column("last_reply", Text),
    Column("subject", Text),  # null until composed
    Column("text", Text),
    Column("sha256", ForeignKey("blobs.sha256")),
    Column("secret", JSON),  # live links and codes, and the bytes that hold them: only until sent or failed
    Column("live", LargeBinary),
    Column("sent_at", Utc),
    Index(
        "ix_outbox_due_at",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    Index("ix_outbox_state_id", "state", "id"),
    Index("ix_outbox_customer_id_id", "customer_id", "id"),
    Index("ix_outbox_ticket_id_to_key_id", "ticket_id", "to_key", "id"),  # staff get a mail of nearly every ticket
    Index("ix_outbox_to_key_id", "to_key", "id"),
    Index("ix_outbox_to_key_template_created_at", "to_key", "template", "created_at"),
    Index("ix_outbox_template_created_at_to_key", "template", "created_at", "to_key"),  # budgets count in it alone
    sqlite_autoincrement=True,
)

unsent = Table(
    "unsent",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Utc, nullable=False, index=True),
    Column("template", String, nullable=False),
    Column("to_address", String, nullable=False),
    Column("reason", Text, nullable=False),
)

search_documents = Table(
    "search_documents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("row_id", Integer, nullable=False),  # of the entry, mail, customer or article that it was made from
    Column("ticket_id", Integer, index=True),
    Column("customer_id", Integer),
    Column("at", Utc, nullable=False),
    Column("has_file", Boolean, nullable=False),
    Column("people", Text, nullable=False),  # words of who wrote it, or of whose it is
    Column("words", Text, nullable=False),  # normalised; what the full-text index is made of (store.search)
    Index("uq_search_documents_kind_row_id", "kind", "row_id", unique=True),
    Index("ix_search_documents_kind_at_id", "kind", "at", "id"),
    sqlite_autoincrement=True,
)

search_marks = Table(  # rows that are not in the index yet, or are no longer what it says
    "search_marks",
    metadata,
    Column("kind", String, primary_key=True),
    Column("row_id", Integer, primary_key=True, autoincrement=False),
)

articles = Table(
    "articles",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("slug", String, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("markdown", Text, nullable=False),
    Column("changed_at", Utc, nullable=False),
    sqlite_autoincrement=True,
)

confirmations = Table(
    "confirmations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("details", JSON, nullable=False),  # frozen when it was asked
    Column("statement", Text, nullable=False),  # the sentence that was read
    Column("cost", String, nullable=False),
    Column("customer_id", ForeignKey("customers.id")),  # whose budget it counts in; null: a staff member's
    Column("contact_id", ForeignKey("contacts.id")),
    Column("staff_id", ForeignKey("staff.id")),
    Column("ticket_id", ForeignKey("tickets.id")),
    Column("spool_id", ForeignKey("spool.id"), nullable=False),  # the mail that asked for it
    Column("evidence", String, nullable=False),
    Column("nonce_sha256", String(64), nullable=False, unique=True),  # the nonce itself is in the mail alone
    Column("state", String, nullable=False),
    Column("returned", Boolean, nullable=False),  # an unclear answer has gone back once
    Column("asked_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("answered_at", Utc),
    Column("answer_spool_id", ForeignKey("spool.id")),
    Index("ix_confirmations_customer_id_asked_at", "customer_id", "asked_at"),
    Index("ix_confirmations_staff_id_asked_at", "staff_id", "asked_at"),
    Index("ix_confirmations_state_expires_at", "state", "expires_at"),
    sqlite_autoincrement=True,
)
