"""Our DKIM signatures, as OpenDKIM of the distribution sees them."""

from pathlib import Path

import pytest

from mailgate.letters.kind import Template
from tests.outbound.notices import composed, notice_to_anne
from tests.outbound.test_sign import RECORDS, by_us
from tests.servers.fixtures import needed
from tests.servers.opendkim import opendkim_says

pytestmark = pytest.mark.server
PASSED = (
    "dkim=pass (2048-bit key) header.d=example.net header.i=@example.net header.a=rsa-sha256 header.s=mg1-rsa",
    "dkim=pass header.d=example.net header.i=@example.net header.a=ed25519-sha256 header.s=mg1-ed",
)


@pytest.mark.parametrize("template", [Template.REPLY, Template.ACKNOWLEDGEMENT, Template.NOTIFICATION])
def test_both_signatures_pass(template: Template, tmp_path: Path) -> None:
    with needed():
        said = opendkim_says(by_us(composed(notice_to_anne(template)).raw), RECORDS, directory=tmp_path)

    assert [words for words in PASSED if words not in said] == []


def test_a_subject_that_somebody_adds_is_noticed(tmp_path: Path) -> None:
    forged = b"Subject: Send me money\r\n" + by_us(composed(notice_to_anne(Template.REPLY)).raw)

    with needed():
        said = opendkim_says(forged, RECORDS, directory=tmp_path)

    assert "dkim=pass" not in said
    assert said.count('dkim=fail reason="signature verification failed"') == 2
