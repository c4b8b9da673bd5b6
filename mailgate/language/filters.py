"""What templates of mails and pages may call to tell values in words: `{{ until | moment }}`."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from mailgate.language.telling import day, file_size, full_date, long_date, moment, month, number, plural, span

LANGUAGE_FILTERS: Mapping[str, Callable[..., str]] = MappingProxyType(
    {
        "moment": moment,
        "day": day,
        "full_date": full_date,
        "long_date": long_date,
        "month": month,
        "span": span,
        "file_size": file_size,
        "number": number,
        "plural": plural,
    }
)
