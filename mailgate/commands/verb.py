"""Verb: one command, as a row of its house's table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property

from mailgate.authority import Action
from mailgate.commands.directives import Directive
from mailgate.commands.misread import Misread
from mailgate.commands.place import Place, Where
from mailgate.commands.typed import plain
from mailgate.people import Role, Staff


@dataclass(frozen=True, slots=True)
class Argument:
    """What stands behind a command, or in a field, checked; what does not apply keeps its default."""

    words: str = ""  # a note, an address, a name, the number of an invoice
    until: datetime | None = None
    on: date | None = None
    number: int | None = None  # of a ticket or a mail; how many days
    person: Staff | None = None


NO_ARGUMENT = Argument()

ENDINGS = ".,:;!"
"""What may stand behind a verb by mistake."""

Reader = Callable[[str, Place], Argument]
"""Makes an Argument of the words behind a command, or of those in a field. Raises BadArgument."""


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A line `name: value` that may stand directly below its command."""

    name: str
    example: str
    read: Reader


@dataclass(frozen=True, slots=True, eq=False)
class Verb:
    """How a command is written, where and for whom it works, and what it takes; what it means is said by templates.

    In `example` stand the samples of a place, such as `{colleague}`.
    """

    name: str
    example: str
    action: Action  # the row of the matrix by which it is judged
    read: Reader
    where: Where = Where.ANYWHERE
    roles: frozenset[Role] | None = None  # who may besides the owner; None: everybody
    alone: bool = False  # no other can stand beside it
    repeats: bool = False  # it may stand several times, about different things
    contraries: frozenset[str] = frozenset()  # names of commands that cannot be meant as well
    is_harmless: bool = False  # it may be done wherever its line stands in its writer's words
    is_private: bool = False  # the words below it are for staff alone
    fields: tuple[Field, ...] = ()
    aliases: tuple[str, ...] = ()  # other names under which it is written

    def allows(self, place: Place) -> bool:
        """The writer's roles are enough."""
        return self.roles is None or Role.OWNER in place.roles or bool(self.roles & place.roles)

    def works_in(self, place: Place) -> bool:
        """It can be given in such a mail, by its writer."""
        return self.where in (Where.ANYWHERE, place.where) and self.allows(place)

    def contradicts(self, other: "Verb") -> bool:
        """The two cannot stand in the same mail."""
        return self.alone or other.alone or self.name in other.contraries or other.name in self.contraries


@dataclass(frozen=True)
class Table:
    """The commands of one kind of mail.

    In a numbered one each line is about things in a list, `close 2` or `2 close`, and needs no mark; `otherwise` is
    then what a line means that has no known word beside its number, and `of_all` are about the whole list, without
    any. Where the words of a mail go on to somebody else, it `guards` them: what looks like a command among them
    stops the mail.
    """

    verbs: tuple[Verb, ...]
    numbered: bool = False
    guards: bool = False
    otherwise: Verb | None = None
    of_all: frozenset[Verb] = frozenset()

    @cached_property
    def by_name(self) -> Mapping[str, Verb]:
        """The verbs by what is written for them."""
        return {name: verb for verb in self.verbs for name in (verb.name, *verb.aliases)}

    def whole(self, line: Directive) -> Directive:
        """The line, its second word taken to the first where both together are a command: `!customer edit`."""
        second, _, rest = line.argument.partition(" ")
        both = f"{plain(line.verb).rstrip(ENDINGS)} {plain(second).rstrip(ENDINGS)}".lower()
        return replace(line, verb=both, argument=rest) if second and both in self.by_name else line

    def named(self, word: str) -> Verb | None:
        """The verb that a reader sees there, in any case, perhaps with a mark behind it: `Note: call him`."""
        return self.by_name.get(plain(word).rstrip(ENDINGS).lower())

    @cached_property
    def has_fields(self) -> bool:
        """A verb of it takes fields."""
        return any(verb.fields for verb in self.verbs)

    def example(self, verb: Verb, place: Place, *numbers: int) -> str:
        """How the verb is written, with what there is to be named at this place, or with these numbers of the list."""
        samples = dict(place.samples(self.verbs.index(verb), words=self.by_name))
        if numbers:
            samples |= {"number": str(numbers[0]), "numbers": " ".join(map(str, numbers))}
        return verb.example.format_map(samples)

    def usage(self, place: Place) -> list[Mapping[str, str]]:
        """What can be written there, as templates name it."""
        return [self.used(verb, place) for verb in self.verbs if verb.works_in(place)]

    def used(self, verb: Verb, place: Place) -> Mapping[str, str]:
        """One of these."""
        return {"name": verb.name, "example": self.example(verb, place)}


@dataclass(frozen=True, slots=True)
class Command:
    """A line that was understood. `fields` are those given, by their names; None for one that is to be emptied."""

    verb: Verb
    argument: Argument = NO_ARGUMENT
    fields: Mapping[str, Argument | None] = field(default_factory=dict)
    line: str = field(default="", compare=False)  # as it was written


@dataclass(frozen=True, slots=True)
class Read:
    """What one line came to: its commands, several where it names several things, or why there are none."""

    line: Directive
    commands: tuple[Command, ...] = ()
    misread: Misread | None = None
    verb: Verb | None = None  # that was written or most likely meant
