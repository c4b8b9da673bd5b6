"""Mail in and mail out, its bytes, and what is done about it by jobs."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)

from store.schema.columns import Number, Utc, metadata

blobs = Table(
    "blobs",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary),  # null: an object of the archive
)

erased_blobs = Table(
    "erased_blobs",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("erased_at", Utc, nullable=False),
)

keys = Table(
    "keys",
    metadata,
    Column("kid", Integer, primary_key=True, autoincrement=False),
    Column("secret", LargeBinary, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("retired_at", Utc),  # verifies, signs no more
)

signing_keys = Table(
    "signing_keys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("selector", String, nullable=False, unique=True),
    Column("algorithm", String, nullable=False),
    Column("private", LargeBinary),  # null: retired
    Column("public", LargeBinary, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("enabled_at", Utc),  # null: waits for its record in the DNS
    Column("retired_at", Utc),
    sqlite_autoincrement=True,
)

spool = Table(
    "spool",
    metadata,
    Column("id", Number, primary_key=True),
    Column("received_at", Utc, nullable=False),
    Column("door", String, nullable=False),
    Column("peer", String),
    Column("helo", String),
    Column("tls", Boolean, nullable=False),
    Column("reverse_path", String),  # null: the door knows none; "": the null path
    Column("forward_paths", JSON, nullable=False),
    Column("fallback_path", String),  # for whom it is when neither envelope nor header names an address of ours
    Column("sha256", ForeignKey("blobs.sha256"), nullable=False),
    # leases (store.post.leases): due_at is when the sweep looks next; null when nothing is left to do
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

seals = Table(
    "seals",
    metadata,
    Column("seal", String(64), primary_key=True),  # of what a signature signs: whoever has it is the mail itself
    Column("spool_id", ForeignKey("spool.id"), nullable=False),
)

lessons = Table(
    "lessons",
    metadata,
    Column("id", Number, primary_key=True),
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
    Column("fetcher", String),  # the process that looks into it, where several work on the store
)

smarthosts = Table(
    "smarthosts",
    metadata,
    Column("address", String, primary_key=True),  # host:port; a row while it does not answer, none while it does
    Column("failures", Integer, nullable=False),  # one after the other
    Column("since", Utc, nullable=False),
    Column("rests_until", Utc, nullable=False),
    Column("reason", Text, nullable=False),  # of the last failure
)

processes = Table(
    "processes",
    metadata,
    Column("name", String, primary_key=True),  # its leases begin with it
    Column("does", String, nullable=False),
    Column("sweeps", Boolean, nullable=False),  # it may lead
    Column("host", String, nullable=False),
    Column("place", String, nullable=False),  # within which a pid is one process; empty: not known
    Column("pid", Integer, nullable=False),
    Column("begun_at", Utc, nullable=False),  # by the clock of the database, as seen_at
    Column("seen_at", Utc, nullable=False),
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

outbox = Table(
    "outbox",
    metadata,
    Column("id", Number, primary_key=True),
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
    Column(
        "about_kind", String
    ),  # a ticket, a list that staff answer, a mail that came: `mailgate.letters.kind.Matter`
    Column("about_id", Number),
    Column("gist", String(64)),  # of what need not be said to the same reader again
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
    Column("late_told_at", Utc),  # staff were told that it is long on its way
    Index(
        "ix_outbox_due_at",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
    Index("ix_outbox_state_id", "state", "id"),
    Index("ix_outbox_customer_id_id", "customer_id", "id"),
    Index(
        "ix_outbox_about_invoice",
        "about_id",
        sqlite_where=text("about_kind = 'invoice'"),
        postgresql_where=text("about_kind = 'invoice'"),
    ),
    Index("ix_outbox_ticket_id_to_key_id", "ticket_id", "to_key", "id"),  # staff get a mail of nearly every ticket
    Index("ix_outbox_to_key_id", "to_key", "id"),
    Index("ix_outbox_to_key_template_created_at", "to_key", "template", "created_at"),
    Index("ix_outbox_template_created_at_to_key", "template", "created_at", "to_key"),  # budgets count in it alone
    sqlite_autoincrement=True,
)

lists = Table(
    "lists",
    metadata,
    Column("id", Number, primary_key=True),  # it stands in the address that an answer goes to
    Column("kind", String, nullable=False),  # the template of its mail
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("morning", Utc),  # of a list of each day: the hour that it is for
    Column("ids", JSON, nullable=False),  # what it names, in its order: held mails or tickets
    Column("old_number", BigInteger),  # in that address, when the mail is older than this table
    Index("uq_lists_kind_staff_id_morning", "kind", "staff_id", "morning", unique=True),
    Index("ix_lists_kind_created_at", "kind", "created_at"),
    sqlite_autoincrement=True,
)

unsent = Table(
    "unsent",
    metadata,
    Column("id", Number, primary_key=True),
    Column("at", Utc, nullable=False, index=True),
    Column("template", String, nullable=False),
    Column("to_address", String, nullable=False),
    Column("reason", Text, nullable=False),
)
