"""Sample values of every template, each branch of it at least once: for `template check`, previews and tests.

They are also the list of what each template is given; strings are plain text, whatever stands in them.
"""

from collections.abc import Mapping
from types import MappingProxyType

from mailgate.letters.kind import Template
from mailgate.outbound.samples.about_money import ABOUT_MONEY
from mailgate.outbound.samples.lists import LISTS
from mailgate.outbound.samples.to_asked import TO_ASKED
from mailgate.outbound.samples.to_customers import TO_CUSTOMERS
from mailgate.outbound.samples.to_staff import TO_STAFF

SAMPLES: Mapping[Template, tuple[Mapping[str, object], ...]] = MappingProxyType(
    {**TO_CUSTOMERS, **TO_ASKED, **TO_STAFF, **LISTS, **ABOUT_MONEY}
)
