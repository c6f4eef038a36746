"""Contacts as a CSV file that a spreadsheet shows and never runs.

A spreadsheet takes a cell that begins with one of = + - @ for a formula, and visitors choose what
their cells say (https://owasp.org/www-community/attacks/CSV_Injection). An apostrophe in front
makes it text. `read_csv` takes the apostrophes off again, so nothing is lost on the way.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from chatbot.storage.owner_contacts import ContactRow

COLUMNS = (
    "Name",
    "E-mail",
    "Phone",
    "Company",
    "Status",
    "Notes",
    "Your notes",
    "Tags",
    "Next step",
    "Next step on",
    "May be junk",
    "Agreed to be contacted",
    "Agreed at (UTC)",
    "E-mail confirmed at (UTC)",
    "First left (UTC)",
    "Last change (UTC)",
    "Contact id",
)
# Where a spreadsheet may take a cell to begin: at the start, and after what separates cells in
# other settings, because Excel splits by the semicolon where the comma is the decimal sign.
_BEGIN = r"(\A|[;\t\r\n])"
# Quotes, which a reader takes off, and what a spreadsheet passes over: spaces, controls and
# characters of no width.
_UNSEEN = (
    r"[\"\s\x00-\x1f\x7f-\x9f\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u3164]*"
)
# Excel turns full-width forms into plain ones in some languages; ﹢ is one of the small variants.
_SIGNS = r"[=+\-@\t\r\n＝＋－＠﹦﹢﹣﹫−]"
_DANGEROUS = re.compile(rf"{_BEGIN}(?='|{_UNSEEN}{_SIGNS})")
_MARKED = re.compile(rf"{_BEGIN}'")


def write_contacts_csv(contacts: Iterable[ContactRow]) -> bytes:
    """The contacts under a line of headings, for Excel and every other reader."""
    return write_csv([COLUMNS, *(_cells(contact) for contact in contacts)])


def write_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows of texts as UTF-8 with a byte order mark (else Excel reads Latin-1), every cell in
    quotes, none of them a formula."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([make_safe(cell) for cell in row] for row in rows)
    return file.getvalue().encode("utf-8-sig")


def read_csv(data: bytes) -> list[list[str]]:
    """The rows that `write_csv` was given."""
    file = io.StringIO(data.decode("utf-8-sig"), newline="")
    return [list(map(unmark, row)) for row in csv.reader(file)]


def unmark(cell: str) -> str:
    """A cell as it was before `make_safe`."""
    return _MARKED.sub(r"\1", cell)


def make_safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return _DANGEROUS.sub(r"\1'", cell)


def _cells(contact: ContactRow) -> list[str]:
    return [
        contact.name or "",
        contact.email or "",
        contact.phone or "",
        contact.company or "",
        contact.status,
        contact.notes,
        contact.owner_notes,
        ", ".join(contact.tags),
        contact.next_step,
        contact.next_step_on,
        contact.junk_reason,
        "yes" if contact.has_consented else "no",
        _moment(contact.consent_at),
        _moment(contact.email_verified_at),
        _moment(contact.created_at),
        _moment(contact.updated_at),
        str(contact.id),
    ]


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else moment.strftime("%Y-%m-%d %H:%M:%S")
