"""History: a company's customers, and its tickets from their first mail to their end."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from random import Random

from bench.generate.exchange import Exchange, Thread, Writer
from bench.generate.letters import Words
from bench.generate.rows import Batch, Beginning, Home, Rows, stamp
from mailgate.people import Role
from mailgate.tickets.ticket import EntryKind, Event, Participant, State, Ticket
from store.schema import contacts, customers, entries, participants, tickets
from store.search.index import Kind

YEARS = timedelta(days=730)
QUIET = timedelta(days=5)
"""A ticket without news for longer is nearly always closed."""


class History:
    """Everything that happened in a made-up company."""

    def __init__(self, home: Home, beginning: Beginning, rng: Random, *, now: datetime, indexed: bool) -> None:
        self._rows = Rows(beginning.newest, indexed=indexed)
        self._rng = rng
        self._home = home
        self._now = now
        self._words = Words(rng)
        self._staff = beginning.staff
        self._exchange = Exchange(self._rows, rng, home, beginning, self._words)
        self._writers: list[Writer] = []

    def take(self) -> tuple[Batch, ...]:
        """The rows of what has happened since the last time."""
        return self._rows.take()

    @property
    def wrote_at(self) -> Mapping[int, datetime]:
        """When each contact wrote last."""
        return self._exchange.wrote_at

    def register(self, number: int) -> None:
        """Customers with one to three contacts each; some write much more often than others."""
        begun_at = self._now - YEARS
        since = stamp(begun_at)
        for _ in range(number):
            customer_id = self._rows.number(customers)
            people: list[str] = []
            for rank in range(self._rng.choice((1, 1, 2, 3))):
                name = self._words.name()
                address = f"{name.lower().replace(' ', '.')}.{rank}@customer-{customer_id}.example"
                writer = Writer(customer_id, self._rows.number(contacts), name, address)
                if rank == 0:
                    self._rows.add(
                        customers,
                        id=customer_id,
                        name=name,
                        country="DE",
                        currency="EUR",
                        timezone="Europe/Berlin",
                        language="en",
                        created_at=since,
                    )
                self._rows.add(
                    contacts,
                    id=writer.contact_id,
                    customer_id=customer_id,
                    name=name,
                    address=address,
                    address_key=address,
                    roles=json.dumps([Role.SUPPORT if rank else Role.OWNER]),
                    active_at=since,
                )
                people += [name] * (rank == 0) + [name, address]
                self._writers += [writer] * self._rng.choice((1, 1, 1, 2, 8))
            self._rows.document(
                Kind.CUSTOMER,
                customer_id,
                at=begun_at,
                stamped=since,
                texts=(),
                people=tuple(people),
                customer_id=customer_id,
            )

    def go_on(self, lengths: list[int], *, begin: float, end: float) -> None:
        """A ticket for each number of messages, opened between these two shares of the years."""
        rng, since = self._rng, self._now - YEARS
        opened = sorted(since + YEARS * rng.uniform(begin, end) for _ in lengths)
        threads = []
        plan: list[tuple[datetime, Thread]] = []
        for at, length in zip(opened, lengths, strict=True):
            instants = tuple(self._instants(at, length))
            thread = self._open(rng.choice(self._writers), instants)
            threads.append(thread)
            plan += [(instant, thread) for instant in instants]
        for at, thread in sorted(plan, key=lambda one: one[0]):
            self._exchange.mail_in(thread, at)
        for thread in threads:
            self._end(thread)

    def _instants(self, at: datetime, number: int) -> Iterator[datetime]:
        for _ in range(number):
            yield min(at, self._now)
            at += timedelta(hours=self._rng.expovariate(1 / 9))

    def _open(self, writer: Writer, instants: tuple[datetime, ...]) -> Thread:
        desks = self._home.desks
        desk = self._rng.choices(desks, weights=range(len(desks), 0, -1))[0]
        ticket = Ticket(
            id=self._rows.number(tickets),
            desk=desk.name,
            customer_id=writer.customer_id,
            subject=self._words.subject(),
            state=State.OPEN,
            waiting_since=instants[0],
            linked_to=None,
            assignee_id=None,
            messages=len(instants),
            opened_at=instants[0],
            updated_at=instants[-1],
            participants=(Participant(writer.name, writer.address, writer.contact_id),),
        )
        return Thread(ticket, writer, desk)

    def _end(self, thread: Thread) -> None:
        """The ticket as it is now."""
        ticket, writer = thread.ticket, thread.writer
        state, since, updated_at = thread.turn, thread.since, stamp(ticket.updated_at)
        if ticket.updated_at < self._now - QUIET and self._rng.random() < 0.97:
            state, since = State.CLOSED, None
            self._rows.add(
                entries,
                id=self._rows.number(entries),
                ticket_id=ticket.id,
                kind=EntryKind.EVENT,
                at=updated_at,
                author_name=self._staff[0].name,
                author_address=self._staff[0].address,
                contact_id=None,
                staff_id=self._staff[0].id,
                direction=None,
                text="",
                message_id=None,
                spool_id=None,
                evidence=None,
                automatic=False,
                event=Event.CLOSED,
                details="{}",
                for_customers=True,
            )
        self._rows.add(
            tickets,
            id=ticket.id,
            desk=ticket.desk,
            customer_id=ticket.customer_id,
            subject=ticket.subject,
            state=state,
            waiting_since=stamp(since) if since else None,
            messages=ticket.messages,
            opened_at=stamp(ticket.opened_at),
            updated_at=updated_at,
        )
        self._rows.add(
            participants,
            ticket_id=ticket.id,
            address_key=writer.address,
            contact_id=writer.contact_id,
            name=writer.name,
            address=writer.address,
        )
