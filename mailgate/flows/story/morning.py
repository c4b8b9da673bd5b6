"""When the lists of a day are written to staff."""

from datetime import datetime, time, timedelta

from mailgate.config import Settings


def morning(at: datetime, settings: Settings) -> datetime:
    """The last time before `at` when the lists of a day were due."""
    local = at.astimezone(settings.gate.zone)
    hour = datetime.combine(local.date(), time(settings.desk_rules.digest_hour), settings.gate.zone)
    return hour if hour <= local else hour - timedelta(days=1)
