"""Checks of spamd: it answers, and knows spam when it sees it."""

from mailgate.setup.finding import Finding, fail, ok, skipped, warn
from mailgate.setup.site import Site
from mailgate.wiring.servers import spamd_of

SCAN_SECONDS = 4.5

HARMLESS = b"From: doctor@localhost.example\r\nSubject: a question\r\n\r\nWhat does the smallest plan cost?\r\n"
GTUBE = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
"""What every installation of SpamAssassin takes for spam: its own test string."""


def spamd(site: Site) -> Finding:
    """It answers with a score."""
    client = spamd_of(site.settings, timeout_seconds=SCAN_SECONDS)
    if client is None:
        return skipped("spam.spamd is empty: no mail is checked for spam")
    verdict = client.check(HARMLESS)
    if verdict.score is None:
        return fail(f"{client.address}: {verdict.unscored_reason}", "systemctl start spamd, or set spam.spamd")
    return ok(f"{client.address} answers")


def gtube(site: Site) -> Finding:
    """The test string of SpamAssassin would be put into quarantine."""
    client = spamd_of(site.settings, timeout_seconds=SCAN_SECONDS)
    if client is None:
        return skipped("spam.spamd is empty")
    score, hold = client.check(HARMLESS + GTUBE + b"\r\n").score, site.settings.spam.hold_score
    if score is None:
        return warn("no score", "spamassassin --lint")
    if score < hold:
        return warn(f"GTUBE scores {score:g}, less than spam.hold_score = {hold:g}", "spamassassin --lint; sa-update")
    return ok(f"GTUBE scores {score:g}")
