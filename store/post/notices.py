"""A notice as its row has it: JSON, with its secrets in a column of their own."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import RowMapping

from mailgate.letters.kind import Template
from mailgate.letters.notice import MadeFile, Notice, NoticeAttachment

_FIELDS = fields(Notice)
_FORMER_NAMES = {"migrated": "account-migrated"}
"""Of kinds of mail, as rows may have them that an earlier version wrote."""


def stored(notice: Notice) -> dict[str, Any]:
    """A notice as its row has it: without its secrets. Its values are JSON already, so none of them is copied."""
    values = {field.name: getattr(notice, field.name) for field in _FIELDS}
    return {**values, "attachments": [asdict(file) for file in notice.attachments], "secret": {}}


def read_notice(row: RowMapping) -> Notice:
    """The notice of a row of the outbox."""
    stored = {**row["notice"], "secret": row["secret"] or {}}
    files = tuple(MadeFile(**file) if "maker" in file else NoticeAttachment(**file) for file in stored["attachments"])
    claims = tuple((invoice_id, open_minor) for invoice_id, open_minor in stored.get("claims", ()))
    rest = {**stored, "attachments": files, "references": tuple(stored["references"]), "claims": claims}
    name = stored["template"]
    return Notice(**{**rest, "template": Template(_FORMER_NAMES.get(name, name))})


def archived_files(notice: Mapping[str, Any]) -> Mapping[int, Mapping[str, str]]:
    """The files of a notice as its row has it, by their places; not those that are made when it is composed."""
    return {place: file for place, file in enumerate(notice["attachments"]) if "sha256" in file}
