"""A service that rests has a next due date where the company bills it all the same."""

from pathlib import Path

import pytest

from tests.webview.company import open_company
from tests.webview.reading import row_of


@pytest.mark.parametrize("bill_suspended", [False, True])
def test_what_rests_is_due_next_where_it_is_billed(tmp_path: Path, bill_suspended: bool) -> None:
    with open_company(tmp_path, billing={"bill_suspended": bill_suspended}) as company:
        web = company.web.signed_in(company.story.anne)
        of_one = web.get(f"/services/{company.story.trade.suspended}").text
        row = row_of(web.get("/services"), "build machine")

    assert ("<dt>Next due</dt>" in of_one) is bill_suspended
    assert ("2026" in row) is bill_suspended
