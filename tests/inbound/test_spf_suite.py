"""The openspf.org test suite of RFC 7208, when somebody has it.

It is in the source distribution of pyspf, `test/rfc7208-tests.yml`, and not ours to give. SPF_TEST_SUITE names the
file; reading it needs PyYAML.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mailgate.errors import LookupFailed
from mailgate.inbound.dns import Kind, Lookups, Record
from mailgate.inbound.spf import evaluate

SUITE = os.environ.get("SPF_TEST_SUITE", "")
MAX_CNAMES = 10


@dataclass
class SuiteZone:
    """A resolver that reads the suite's zone data: SPF records count as TXT where there are no others."""

    data: dict[str, list[Any]]

    def __call__(self, name: str, kind: Kind, *, within_seconds: float) -> tuple[Record, ...]:
        """The records of a name, behind its CNAMEs."""
        for _ in range(MAX_CNAMES):
            entries = self._entries(name)
            named = [one for one in entries if one != "TIMEOUT"]
            if "TIMEOUT" in self._values(named, kind) or (named != entries and not self._values(named, kind)):
                raise LookupFailed(f"{kind} of {name}")
            entries = named
            targets = [one["CNAME"] for one in entries if "CNAME" in one]
            if not targets:
                return tuple(self._record(kind, value) for value in self._values(entries, kind))
            name = targets[0].lower().rstrip(".")
        return ()

    def _entries(self, name: str) -> list[Any]:
        if name not in self.data and name.startswith("error."):
            raise LookupFailed(name)
        return self.data.get(name, [])

    @staticmethod
    def _values(entries: list[Any], kind: Kind) -> list[Any]:
        found = [one[kind] for one in entries if kind in one]
        if kind == "TXT" and not found:
            found = [one["SPF"] for one in entries if "SPF" in one]
        return [one for one in found if one != "NONE"]

    @staticmethod
    def _record(kind: Kind, value: Any) -> Record:
        if kind == "TXT":
            return "".join([value] if isinstance(value, str) else value).encode()
        return (value[0], value[1]) if kind == "MX" else str(value)


def _cases() -> Iterator[Any]:
    if not SUITE:
        return
    yaml = pytest.importorskip("yaml")
    for scenario in yaml.safe_load_all(Path(SUITE).read_text("utf-8")):
        zone = SuiteZone({name.lower(): records for name, records in scenario["zonedata"].items()})
        for name, case in scenario["tests"].items():
            yield pytest.param(zone, case, id=name)


@pytest.mark.skipif(not SUITE, reason="SPF_TEST_SUITE names no file")
@pytest.mark.parametrize(("zone", "case"), list(_cases()))
def test_a_case_of_the_suite(zone: SuiteZone, case: dict[str, Any]) -> None:
    expected = [case["result"]] if isinstance(case["result"], str) else case["result"]

    try:
        result = evaluate(case["host"], case["mailfrom"], case["helo"], Lookups(zone))
    except LookupFailed:
        result = "temperror"

    assert result in expected
