"""The examiner: root causes first, each check by itself and within its time."""

import threading
from pathlib import Path

import pytest

from mailgate.errors import LookupFailed
from mailgate.setup.doctor import CHECKS, exit_code
from mailgate.setup.examine import Check, UnknownCheck, chosen, examine
from mailgate.setup.finding import Finding, Status, fail, ok, skipped, warn, worst
from mailgate.setup.site import Site
from tests.setup.sites import site_in


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return site_in(tmp_path, store=False)


def good(_site: Site) -> Finding:
    return ok("good")


def bad(_site: Site) -> Finding:
    return fail("bad", "mend it")


def found_by(checks: tuple[Check, ...], site: Site, *, fix: bool = False) -> dict[str, Finding]:
    return {one.check: one.finding for one in examine(checks, site, fix=fix)}


def test_what_hangs_on_a_failure_is_skipped_and_names_its_root(site: Site) -> None:
    checks = (Check("root", bad), Check("stem", good, ("root",)), Check("leaf", good, ("stem",)), Check("other", good))

    found = found_by(checks, site)

    assert found["stem"] == found["leaf"] == skipped("because of root")
    assert found["other"].status is Status.OK


def test_what_hangs_on_a_warning_is_looked_at(site: Site) -> None:
    checks = (Check("root", lambda _: warn("odd")), Check("stem", good, ("root",)))

    assert found_by(checks, site)["stem"].status is Status.OK


def test_a_check_that_raises_is_a_finding(site: Site) -> None:
    def broken(_site: Site) -> Finding:
        raise KeyError("lost")

    found = found_by((Check("broken", broken), Check("next", good)), site)

    assert found["broken"].status is Status.FAIL
    assert "KeyError" in found["broken"].detail
    assert found["next"].status is Status.OK


def test_a_check_that_hangs_is_a_warning_and_holds_up_nobody(site: Site) -> None:
    over = threading.Event()

    def hanging(_site: Site) -> Finding:
        over.wait()
        return ok("late")

    found = found_by((Check("hanging", hanging, seconds=0.05), Check("next", good)), site)
    over.set()

    assert found["hanging"] == warn("no answer within 0.05 s")
    assert found["next"].status is Status.OK


def test_a_silent_name_server_proves_nothing(site: Site) -> None:
    def asks(_site: Site) -> Finding:
        raise LookupFailed("MX of support.example: timed out")

    found = found_by((Check("mx", asks),), site)["mx"]

    assert found.status is Status.WARN
    assert found.detail.startswith("unknown")


def test_only_what_is_not_well_is_mended_and_looked_at_again(site: Site) -> None:
    mended: list[str] = []
    checks = (
        Check("well", good, mend=lambda _: mended.append("well")),
        Check("ill", lambda _: ok("now") if mended else fail("ill", "--fix"), mend=lambda _: mended.append("ill")),
    )

    before, after = found_by(checks, site)["ill"], found_by(checks, site, fix=True)["ill"]

    assert (before.status, after) == (Status.FAIL, ok("now"))
    assert mended == ["ill"]


def test_named_checks_bring_along_what_they_need() -> None:
    assert [check.name for check in chosen(CHECKS, ["integrity"])] == ["directories", "sqlite", "schema", "integrity"]


def test_checks_that_send_mail_run_only_when_they_are_named() -> None:
    usual = {check.name for check in chosen(CHECKS, ())}

    assert usual == {check.name for check in CHECKS} - {"loop", "forged-results"}


def test_a_name_that_is_no_check_is_refused_with_those_that_are() -> None:
    with pytest.raises(UnknownCheck, match=r"'dsn'.*mx"):
        chosen(CHECKS, ["dsn"])


def test_each_check_stands_behind_what_it_needs() -> None:
    names = [check.name for check in CHECKS]

    assert len(set(names)) == len(names)
    assert all(names.index(need) < names.index(check.name) for check in CHECKS for need in check.needs)


@pytest.mark.parametrize(
    ("found", "strict", "code"),
    [
        ((), False, 0),
        ((ok(""), skipped("")), True, 0),
        ((warn(""),), False, 0),
        ((warn(""),), True, 1),
        ((warn(""), fail("", "")), False, 2),
        ((warn(""), fail("", "")), True, 2),
    ],
)
def test_exit_codes(found: tuple[Finding, ...], strict: bool, code: int) -> None:
    assert exit_code(found, strict=strict) == code


def test_of_several_findings_the_worst_are_told() -> None:
    assert worst([ok("a"), fail("b", "mend"), warn("c"), fail("d", "mend")]) == fail("b; d", "mend")
