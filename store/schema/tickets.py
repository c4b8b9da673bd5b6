"""Tickets, their history, and what names them."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from store.schema.columns import Number, Utc, metadata

tickets = Table(
    "tickets",
    metadata,
    Column("id", Number, primary_key=True),  # the number that people see; never reused
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
    # Ids of staff, in the ticket's row: each customer's mail asks for them, and they change with it, under its lock.
    Column("staff_ids", JSON(none_as_null=True)),  # who has written on it; null: nobody, here and below
    Column("followers", JSON(none_as_null=True)),  # who wants to hear of it, whoever has it
    Column("muted_by", JSON(none_as_null=True)),  # who wants to hear no more of it
    Column("alarmed_at", Utc),  # staff know that nobody has answered it
    Column("priority", String),  # null: nobody has said one
    Column("tags", JSON(none_as_null=True)),
    Column("left_by", JSON(none_as_null=True)),  # ids of contacts who asked for no more mails: what they write joins
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

ticket_invoices = Table(  # what an answer to a mail about an invoice is about
    "ticket_invoices",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("invoice_id", ForeignKey("invoices.id"), primary_key=True, index=True),
)

entries = Table(
    "entries",
    metadata,
    Column("id", Number, primary_key=True),
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
    Column(
        "details", JSON(none_as_null=True)
    ),  # of an event: its values; null: erased, or older than they, with a text
    Column("for_customers", Boolean),  # of an event: they may read it
    Column("cut_away", Text),  # quotes and signature of the mail that `text` is from; for staff alone
    Index("ix_entries_ticket_id_id", "ticket_id", "id"),
    Index(
        "ix_entries_message_id",
        "message_id",
        sqlite_where=text("message_id IS NOT NULL"),
        postgresql_where=text("message_id IS NOT NULL"),
    ),
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

proposals = Table(
    "proposals",
    metadata,
    Column("ticket_id", ForeignKey("tickets.id"), primary_key=True),
    Column("address_key", String, primary_key=True),  # in copy, and named to the owner
)

staff_acts = Table(
    "staff_acts",
    metadata,
    Column("id", Number, primary_key=True),
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
