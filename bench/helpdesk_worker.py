"""Runs inside the environment of django-helpdesk, not in ours: a database to begin with, then mails to tickets.

    PYTHON -m bench.helpdesk_worker DIRECTORY prepare
    PYTHON -m bench.helpdesk_worker DIRECTORY settle WARM MAILS

Each mail is handed to the function that its `get_email` command calls for each mail of a mailbox. It is stock but for
one thing, which makes it quicker: the templates of its own mails are removed, so that it renders none while it is
timed; ours renders them later too, when they are sent. The rows are durable (rollback journal, synchronous FULL). There
is no SMTP before it, while ours is timed from the first command.
"""

import json
import logging
import shutil
import sys
import time
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

from bench.letters import SUPPORT, load

EMPTY, USED = "empty.sqlite3", "used.sqlite3"

APPS = (
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.sites",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "rest_framework",
    "helpdesk",
)

urlpatterns: list[object] = []  # filled in by `begin`; Django looks for it in this module


def begin(directory: Path, database: str) -> None:
    """Django with the settings that the helpdesk's own documentation asks for; no mail goes anywhere."""
    settings.configure(
        SECRET_KEY="the bench",
        SITE_ID=1,
        USE_TZ=True,
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=list(APPS),
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(directory / database)}},
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend",
        MEDIA_ROOT=str(directory / "media"),
        MEDIA_URL="/media/",
        STATIC_URL="/static/",
        LOGGING_CONFIG=None,
        HELPDESK_TEAMS_MODE_ENABLED=False,
        HELPDESK_ACTIVATE_API_ENDPOINT=False,
    )
    django.setup()
    from django.contrib import admin
    from django.urls import include, path

    urlpatterns.extend([path("admin/", admin.site.urls), path("helpdesk/", include("helpdesk.urls"))])


def prepare(directory: Path) -> None:
    """A database with one queue, and no template of a mail."""
    begin(directory, EMPTY)
    call_command("migrate", verbosity=0)
    from helpdesk.models import EmailTemplate, Queue

    Queue.objects.create(title="Support", slug="support", email_address=SUPPORT, allow_email_submission=True)
    EmailTemplate.objects.all().delete()


def settle(directory: Path, warm: Path, mails: Path) -> None:
    """Take the mails one after another; prints how long those of the second file took, and what there is then."""
    shutil.rmtree(directory / "media", ignore_errors=True)
    shutil.copy(directory / EMPTY, directory / USED)
    begin(directory, USED)
    from helpdesk.email import extract_email_metadata
    from helpdesk.models import FollowUp, Queue, Ticket

    log = logging.getLogger("bench")
    logging.disable(logging.CRITICAL)
    queue = Queue.objects.get()
    seconds = 0.0
    for file in (warm, mails):
        some = list(load(file))
        began = time.perf_counter()
        for one in some:
            # Text with the line ends of Python: so it is read from a file or a socket there.
            extract_email_metadata(one.raw.decode().replace("\r\n", "\n"), queue, log)
        seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "tickets": Ticket.objects.count(), "messages": FollowUp.objects.count()}))


def main() -> None:
    """Do what the second word says."""
    directory, what, *files = sys.argv[1:]
    if what == "prepare":
        prepare(Path(directory))
    else:
        settle(Path(directory), *map(Path, files))


if __name__ == "__main__":
    main()
