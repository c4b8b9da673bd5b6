"""What desks do with mail, and the operator's own words."""

from dataclasses import dataclass
from datetime import timedelta, tzinfo
from enum import StrEnum
from typing import Annotated

from mailgate.config import kinds, letterhead_kinds
from mailgate.config.kinds import ALLOWED_ENDINGS, one_of
from mailgate.letters.colour import USUAL
from mailgate.opening_hours import OpeningHours, opening
from mailgate.tickets.deadlines import Silence
from mailgate.tickets.files import FileRules


class QueueList(StrEnum):
    """When staff get the list of open tickets."""

    DAILY = "daily"
    ON_REQUEST = "on-request"


class UnknownSender(StrEnum):
    """What happens to mail from somebody who is not registered."""

    HOLD = "hold"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class DeskRules:
    """What holds for every desk."""

    undo_seconds: kinds.Delay = 60
    autoclose_hours: kinds.Hours = 36
    autoclose_warning_hours: kinds.Hours = 12  # before the close
    unknown_sender: Annotated[UnknownSender, one_of(UnknownSender)] = UnknownSender.HOLD
    digest_hour: Annotated[int, kinds.whole(0, 23)] = 8
    queue_list: Annotated[QueueList, one_of(QueueList)] = QueueList.DAILY
    hours: kinds.Opening = ()
    holidays: kinds.Holidays = ()
    first_answer_hours: kinds.HoursOrNone = 0
    first_answer_alarm_hours: kinds.Hours = 1  # before that

    def opening(self, zone: tzinfo) -> OpeningHours:
        """When somebody works at the desks."""
        return opening(self.hours, zone, self.holidays)

    def silence(self, zone: tzinfo) -> Silence:
        """How long a customer may be silent."""
        close_after, warning = (timedelta(hours=one) for one in (self.autoclose_hours, self.autoclose_warning_hours))
        return Silence(close_after, warning, self.opening(zone))

    @property
    def alarm_after(self) -> timedelta:
        """How long a new ticket may go without an answer before staff are told, of the time in which somebody works."""
        return timedelta(hours=max(0, self.first_answer_hours - self.first_answer_alarm_hours))


@dataclass(frozen=True, slots=True)
class DeskEntry:
    """One `[[desk]]` as written; `address` may end in "@", which means the gate's own domain."""

    name: kinds.Name
    address: kinds.Name
    sender: kinds.Text = ""  # empty: the company
    signature: letterhead_kinds.Lines = ()  # none: that of the letterhead


DEFAULT_DESKS = tuple(DeskEntry(name, f"{name}@") for name in ("support", "billing", "domains", "orders"))


@dataclass(frozen=True, slots=True)
class Attachments:
    """Which files of a customer's mail become part of its ticket."""

    allowed: kinds.Endings = ALLOWED_ENDINGS
    max_files: kinds.Count = 50
    max_total_bytes: kinds.Bytes = 26_214_400

    @property
    def rules(self) -> FileRules:
        """What files are judged by."""
        return FileRules(self.allowed, self.max_files, self.max_total_bytes)


@dataclass(frozen=True, slots=True)
class Letterhead:
    """How mails of ours look, and what stands below each of them."""

    colour: letterhead_kinds.Colour = USUAL
    logo: kinds.OptionalFile = None
    signature: letterhead_kinds.Lines = ()


@dataclass(frozen=True, slots=True)
class OwnWords:
    """The operator's own words in place of the shipped ones; without `directory` there are none."""

    directory: kinds.OptionalFile = None


@dataclass(frozen=True, slots=True)
class Welcome:
    """Who gets a first mail without being asked for it at the command line."""

    customers: kinds.Truth = False
    staff: kinds.Truth = False


@dataclass(frozen=True, slots=True)
class SavedReplies:
    """Texts that staff send by name; without `folder` there are none."""

    folder: kinds.OptionalFile = None


@dataclass(frozen=True, slots=True)
class Announcements:
    """Bounds of a mail of staff to many customers."""

    per_minute: kinds.Positive = 30
    most_readers: kinds.Positive = 5_000
    per_day: kinds.Positive = 2


@dataclass(frozen=True, slots=True)
class KnowledgeBase:
    """Articles that anybody may read; without `folder` there are none."""

    folder: kinds.OptionalFile = None
    reread_seconds: kinds.Timeout = 30.0
