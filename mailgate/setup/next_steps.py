"""What to do after `mailgate init`, as commands in their order, and what follows from how mail of staff is proved."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailgate.config import Settings
from mailgate.mail.address import parse_mailbox
from mailgate.setup.answers import NO, YES
from mailgate.setup.snippets import Place

BACKUPS = "/var/backups/mailgate"


@dataclass(frozen=True, slots=True)
class Step:
    """Commands that belong together, and what they do."""

    why: str
    commands: tuple[str, ...]


def steps(settings: Settings, place: Place, *, by_root: bool) -> tuple[Step, ...]:
    """All that is left to do on the gate's machine; `by_root`: root has made the files, which are another user's."""
    made, user = f"{place.directory}/setup", place.user
    owner = (Step("root made the files; the gate runs as its own user", (f"chown -R {user}: {place.directory}",)),)
    return (
        *(owner if by_root else ()),
        Step("the command, on the path of everybody", (f"install -m 755 {made}/mailgate /usr/local/bin/mailgate",)),
        Step(
            "the service, now and at each start of the machine",
            (
                f"install -m 644 {made}/mailgate.service /etc/systemd/system/mailgate.service",
                "systemctl daemon-reload",
                "systemctl enable --now mailgate",
            ),
        ),
        Step(
            "Postfix in front; one that serves other domains already wants each line merged by hand",
            (f"cat {made}/postfix-main.cf >> /etc/postfix/main.cf", "postfix check", "systemctl reload postfix"),
        ),
        *(_proxy(made) if settings.web.is_public else ()),
        Step(
            "where backups go",
            (f"install -d -o {user} -m 700 {BACKUPS}", f'mailgate backup "{BACKUPS}/$(date +%F)"'),
        ),
        Step("what is still wrong, and how to mend it", ("mailgate doctor",)),
        Step("the first customer", ('mailgate customer add "Ann Miller" ann@example.org',)),
    )


def about_staff_mail(staff_address: str, signs: str) -> Sequence[str]:
    """What follows from the answer whether mail of staff is signed; whole sentences."""
    domain = parse_mailbox(staff_address).domain
    asked = (
        f"each mail of {staff_address} to a customer waits until its writer has said yes to a question by mail, and "
        f"{domain} must not ask others to refuse what is not signed (DMARC, p=none)"
    )
    look = "mailgate doctor --only staff-mail says what the DNS tells, and what their last mail was worth."
    if signs == YES:
        return (f"Answers of {staff_address} go out by themselves, as mail of {domain} is signed.", look)
    if signs == NO:
        return (f"As mail of {domain} is not signed, {asked}.", f"Have it signed (DKIM), and that ends. {look}")
    return (
        f"Answers of {staff_address} go out by themselves where mail of {domain} is signed (DKIM).",
        f"Where it is not, {asked}.",
        look,
    )


def _proxy(made: str) -> tuple[Step, ...]:
    return (
        Step(
            "the pages behind nginx, with a certificate; setup/Caddyfile does the same for Caddy",
            (
                f"install -m 644 {made}/nginx.conf /etc/nginx/sites-enabled/mailgate.conf",
                "systemctl reload nginx",
                "certbot --nginx",
            ),
        ),
    )
