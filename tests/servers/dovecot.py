"""A private Dovecot 2.3 for IMAP: Maildirs of its own, whoever knows the password, and a certificate of its own."""

import os
import pwd
import ssl
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from imapclient import IMAPClient

from tests.servers.process import (
    LOOPBACK,
    UNPRIVILEGED_USER,
    ServerMissing,
    find_program,
    free_port,
    make_readable,
    port_answers,
    private_directory,
    process_group,
    wait_until_ready,
)

PASSWORD = "correct-horse"

# All of it runs as one user without rights, so nothing can change to another one or into a chroot.
_SETTINGS = """\
protocols = imap
listen = {loopback}
base_dir = {directory}/run
state_dir = {directory}/state
log_path = {directory}/log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 0
first_valid_gid = 0
ssl = yes
ssl_cert = <{directory}/certificate.pem
ssl_key = <{directory}/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0
mail_fsync = never
mail_location = maildir:~/Maildir
mail_plugins = acl
imap_capability = {capability}
plugin {{
  acl = vfile
}}
# Ten logins a second and more from one address are what tests do.
mail_max_userip_connections = 100
service anvil {{
  chroot =
  # Wrong passwords would be answered later and later.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={directory}/mail/%u
}}
"""


@dataclass(frozen=True, slots=True)
class Dovecot:
    """A running instance. Every user name exists, with the password PASSWORD and an empty INBOX."""

    host: str
    port: int  # clear, with STARTTLS
    tls_port: int
    directory: Path
    owner: str | None

    @property
    def certificate(self) -> Path:
        """What a client must trust."""
        return self.directory / "certificate.pem"

    @property
    def trust(self) -> ssl.SSLContext:
        """The context of a client that trusts it."""
        return ssl.create_default_context(cafile=str(self.certificate))

    @property
    def log(self) -> str:
        """What it has logged so far."""
        return (self.directory / "log").read_text(errors="replace")

    @property
    def main_cf(self) -> str:
        """Settings of a Postfix that delivers everything here, to the user named by the local part."""
        return "default_transport = dovecot\ndovecot_destination_recipient_limit = 1\n"

    @property
    def master_cf(self) -> str:
        """The service of that Postfix: Dovecot's own delivery agent, one at a time, so that mails keep their order."""
        agent = "/usr/lib/dovecot/dovecot-lda"
        how = f"pipe flags=DORhu user={self.owner} argv={agent} -c {self.directory}/dovecot.conf"
        return f"dovecot unix - n n - 1 {how} -f ${{sender}} -a ${{original_recipient}} -d ${{user}}\n"

    def mails(self, user: str, *, folder: str = "INBOX") -> list[bytes]:
        """All mails of a folder as they lie there, oldest first."""
        with self.client(user, folder=folder, readonly=True) as client:
            found = client.fetch(client.search("ALL"), ["BODY.PEEK[]"])
        return [bytes(found[uid][b"BODY[]"]) for uid in sorted(found)]

    def put(self, user: str, mails: Iterable[bytes], *, folder: str = "INBOX") -> None:
        """Deliver mails into a Maildir, as a mail server does: written beside it, then renamed into it."""
        home = self.directory / "mail" / user / "Maildir"
        place = home if folder == "INBOX" else home / f".{folder}"
        for name in ("tmp", "new", "cur"):
            self._make(place / name)
        start = sum(1 for name in ("new", "cur") for _ in (place / name).iterdir())
        for number, mail in enumerate(mails, start):
            name = f"{1_700_000_000 + number}.M{number:06}.test"
            (place / "tmp" / name).write_bytes(mail)
            (place / "tmp" / name).chmod(0o644)
            (place / "tmp" / name).rename(place / "new" / name)

    def spoil(self, user: str, number: int) -> None:
        """Make a mail that was put unreadable for the server, as a broken disk does."""
        [mail] = (self.directory / "mail" / user / "Maildir" / "new").glob(f"*.M{number:06}.test")
        mail.chmod(0)

    def give_new_uids(self, user: str, uidvalidity: int, *, folder: str = "INBOX") -> None:
        """Give the folder another UIDVALIDITY: all its mails get UIDs anew."""
        self._doveadm("mailbox", "update", "-u", user, "--uid-validity", str(uidvalidity), folder)

    def forbid_marks(self, user: str) -> None:
        """Make the INBOX read-only by an access list: it may be looked into and read, nothing else."""
        path = self.directory / "mail" / user / "Maildir" / "dovecot-acl"
        path.write_text("owner lr\n")
        path.chmod(0o644)

    @contextmanager
    def client(self, user: str, *, folder: str = "INBOX", readonly: bool = False) -> Iterator[IMAPClient]:
        """Somebody who looks into the folder beside the gate."""
        with IMAPClient(self.host, self.port, ssl=False, timeout=10) as client:
            client.login(user, PASSWORD)
            client.select_folder(folder, readonly=readonly)
            yield client

    def flags(self, user: str, *, folder: str = "INBOX") -> list[set[str]]:
        """The flags of each mail in a folder, less `\\Recent`."""
        with self.client(user, folder=folder, readonly=True) as client:
            found = client.fetch(client.search("ALL"), ["FLAGS"])
        return [{flag.decode() for flag in found[uid][b"FLAGS"]} - {"\\Recent"} for uid in sorted(found)]

    def count(self, user: str, *, folder: str = "INBOX") -> int:
        """How many mails are in a folder."""
        return len(self.flags(user, folder=folder))

    def _make(self, directory: Path) -> None:
        for made in (*reversed(directory.parents), directory):
            if made.is_relative_to(self.directory / "mail") and not made.exists():
                try:
                    made.mkdir()
                except FileExistsError:  # by Dovecot, for somebody who logged in meanwhile
                    continue
                if self.owner is not None:
                    entry = pwd.getpwnam(self.owner)
                    os.chown(made, entry.pw_uid, entry.pw_gid)

    def _doveadm(self, *words: str) -> None:
        command = [find_program("doveadm"), "-c", str(self.directory / "dovecot.conf"), *words]
        group = pwd.getpwnam(self.owner).pw_gid if self.owner is not None else None
        done = subprocess.run(
            command, capture_output=True, user=self.owner, group=group, cwd=self.directory, timeout=10, check=False
        )
        assert done.returncode == 0, done.stderr


@contextmanager
def running_dovecot(*, capability: str = "") -> Iterator[Dovecot]:
    """Start an instance, yield it when it greets, and end it; raises ServerMissing.

    `capability` is what it says that it can, instead of all that it can.
    """
    program = find_program("dovecot")
    version = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout
    if not version.startswith("2.3."):
        raise ServerMissing(f"the tests have settings for Dovecot 2.3, this is {version.strip()}")
    owner = UNPRIVILEGED_USER if os.geteuid() == 0 else None
    with private_directory("dovecot", owner=owner) as directory:
        server = Dovecot(LOOPBACK, free_port(), free_port(), directory, owner)
        _write_config(server, capability)
        log = directory / "log"
        log.touch()
        if owner is not None:
            os.chown(log, pwd.getpwnam(owner).pw_uid, -1)
        command = [program, "-F", "-c", str(directory / "dovecot.conf")]
        with process_group(command, log=directory / "output", directory=directory, user=owner) as process:
            wait_until_ready(process, lambda: port_answers(server.port, begins=b"* OK "), log=log)
            yield server


def _write_config(server: Dovecot, capability: str) -> None:
    directory = server.directory
    entry = pwd.getpwnam(server.owner) if server.owner else pwd.getpwuid(os.geteuid())
    group = subprocess.run(["id", "-gn", entry.pw_name], check=True, capture_output=True, text=True).stdout.strip()
    (directory / "dovecot.conf").write_text(
        _SETTINGS.format(
            loopback=LOOPBACK,
            directory=directory,
            user=entry.pw_name,
            group=group,
            port=server.port,
            tls_port=server.tls_port,
            password=PASSWORD,
            capability=capability,
        )
    )
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    name = ["-subj", f"/CN={server.host}", "-addext", f"subjectAltName=IP:{server.host}"]
    files = ["-keyout", str(directory / "key.pem"), "-out", str(server.certificate)]
    subprocess.run(["openssl", "req", *kind, *name, *files], check=True, capture_output=True)
    for made in ("mail", "run", "state"):
        (directory / made).mkdir()
    make_readable(directory)
    if server.owner is not None:
        for path in (directory / "mail", directory / "run", directory / "state"):
            os.chown(path, entry.pw_uid, entry.pw_gid)
