"""The doctor's table: root causes first. To add a check: a function from Site to Finding, and its line here."""

from collections.abc import Iterator, Sequence

from mailgate.config import ConfigErrors
from mailgate.setup import (
    archive,
    bank_maps,
    broker,
    database,
    dkim,
    documents,
    doors,
    hooks,
    host,
    loop,
    pages,
    payments,
    queues,
    reachable,
    seller,
    sending,
    spam,
    staff_mail,
    zone,
)
from mailgate.setup.examine import Check, Examined
from mailgate.setup.finding import Finding, Status, fail, skipped

CHECKS = (
    Check("config", host.config),
    Check("time-zone", host.time_zone),
    Check("templates", host.templates, seconds=30.0),  # it computes all the while
    Check("directories", host.directories, mend=host.close_directories),
    Check("secrets", host.secrets, mend=host.close_secrets),
    Check("disk", host.disk),
    Check("file-system", host.file_system),
    Check("archive", archive.archive, needs=("directories", "secrets"), seconds=15.0),
    Check("sqlite", database.sqlite),
    Check("schema", database.schema, needs=("directories", "sqlite")),
    Check("journal", database.journal, needs=("schema",)),
    Check("integrity", database.integrity, needs=("schema",)),
    Check("web-role", pages.web_role, needs=("schema",)),
    Check("staff-mail", staff_mail.staff_mail, needs=("schema",)),
    Check("serve", doors.serve, needs=("directories",)),
    Check("listeners", doors.listeners, needs=("directories",)),
    Check("imap", doors.imap, needs=("secrets",)),
    Check("smarthost", sending.smarthost, needs=("secrets",)),
    Check("clock", sending.clock),
    Check("seller", seller.seller, needs=("schema",)),
    Check("documents", documents.documents, needs=("schema",)),
    Check("bank-maps", bank_maps.bank_maps),
    Check("domain", zone.domain),
    Check("mx", zone.mx, needs=("domain",)),
    Check("addresses", zone.addresses, needs=("mx",)),
    Check("ptr", zone.ptr, needs=("addresses",)),
    Check("spf", zone.spf, needs=("domain",)),
    Check("dmarc", zone.dmarc_policy, needs=("domain",)),
    Check("pages", reachable.pages, needs=("listeners",), seconds=10.0),
    Check("dkim", dkim.dkim, needs=("domain", "schema")),
    Check("broker", broker.broker, needs=("secrets",)),
    Check("spamd", spam.spamd),
    Check("gtube", spam.gtube, needs=("spamd",)),
    Check("payments", payments.payments, needs=("secrets",)),
    Check("hooks", hooks.hooks, needs=("schema", "secrets")),
    Check("queues", queues.queues, needs=("schema",)),
    Check("bounces", queues.bounces, needs=("schema",)),
    Check("loop", loop.loop, needs=("schema", "smarthost"), seconds=loop.CHECK_SECONDS, on_request=True),
    Check(
        "forged-results",
        loop.forged_results,
        needs=("schema", "smarthost"),
        seconds=loop.CHECK_SECONDS,
        on_request=True,
    ),
)


def without_settings(checks: Sequence[Check], errors: ConfigErrors) -> Iterator[Examined]:
    """What can be said while the settings cannot be read: that, and nothing of all that hangs on them."""
    yield Examined(
        "config",
        fail(
            " ".join(str(errors).split()),
            "mailgate config check shows each mistake at its place; mailgate init makes a new file",
        ),
    )
    for check in checks:
        if check.name != "config":
            yield Examined(check.name, skipped("because of config"))


def exit_code(findings: Sequence[Finding], *, strict: bool) -> int:
    """0: all is well; 1: there are warnings, and that was asked for; 2: something fails."""
    found = {finding.status for finding in findings}
    if Status.FAIL in found:
        return 2
    return 1 if strict and Status.WARN in found else 0
