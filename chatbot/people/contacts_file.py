"""Reads files of contacts as other programs write them: whatever separates and names the cells.

Known are this program's own export, Google Contacts, LinkedIn's connections, Outlook, and what
Excel makes of them. What a file says is text of unknown origin: it is only ever text here.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from chatbot.errors import InvalidInput
from chatbot.people.contacts_csv import unmark

MAX_FILE_BYTES = 1024 * 1024
MAX_ROWS = 2000
_HEAD_LINES = 12

TOO_LARGE = "The file is larger than 1 MB. Split it into parts, and import one after the other."
TOO_MANY = f"The file holds more than {MAX_ROWS:,} contacts. Split it into parts."
NO_HEADINGS = (
    "No line of headings was found. The first line must name the columns, for example: "
    "Name, E-mail, Phone, Company."
)
NOT_TEXT = "This is no CSV file. Save the table as CSV (comma separated values) and choose that."
EMPTY = "The file holds no contacts below its headings."

# What a heading is called elsewhere, in lower-case letters and digits alone. Google writes
# "E-mail 1 - Value" and "Phone 1 - Value", LinkedIn "Email Address", Outlook "Mobile Phone".
_NAMES: dict[str, str] = {
    "name": "name fullname displayname contact contactname person",
    "first": "firstname givenname forename",
    "middle": "middlename additionalname",
    "last": "lastname familyname surname",
    "email": "email mail emailaddress primaryemail emailvalue email1value email2value email3value "
    "email2address email3address emails workemail personalemail",
    "phone": "phone telephone tel mobile cell phonenumber mobilephone cellphone businessphone "
    "primaryphone homephone phonevalue phone1value phone2value phone3value mobilenumber workphone",
    "company": "company organization organisation employer organizationname organisationname "
    "organization1name companyname firm",
    "role": "position jobtitle title organizationtitle organization1title role",
    "status": "status stage",
    "notes": "notes note comments comment remarks message",
    "owner_notes": "yournotes ownernotes",
    "tags": "tags tag labels label categories groupmembership",
    "next_step": "nextstep",
    "next_step_on": "nextstepon nextstepdate due",
    "junk_reason": "maybejunk",
    "consent_at": "agreedatutc",
    "email_verified_at": "emailconfirmedatutc",
    "created_at": "firstleftutc",
    "updated_at": "lastchangeutc",
    "id": "contactid",
    "url": "url website linkedin profileurl linkedinurl website1value",
}
_FIELDS = {name: known for known, names in _NAMES.items() for name in names.split()}
_REACHING = frozenset({"email", "phone"})
_FORMULA_TEXT = re.compile(r'="(.*)"', re.DOTALL)


@dataclass(frozen=True)
class FileRow:
    """One line of a file: the values by the names of `_NAMES`, several where columns repeat."""

    line: int
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def first(self, name: str) -> str:
        return next(iter(self.values.get(name, ())), "")


@dataclass(frozen=True)
class ContactsFile:
    """The rows of a file; `is_own` says that this program has written it."""

    rows: tuple[FileRow, ...]
    is_own: bool


def read_contacts_file(data: bytes) -> ContactsFile:
    """The rows below the headings; raises InvalidInput with the remedy for what cannot be read."""
    if len(data) > MAX_FILE_BYTES:
        raise InvalidInput(TOO_LARGE)
    text = _decode(data)
    rows, columns = _read_table(text)
    is_own = "id" in columns and "owner_notes" in columns
    found = tuple(_read_rows(rows, columns, is_own=is_own))
    if not found:
        raise InvalidInput(EMPTY)
    return ContactsFile(found, is_own)


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    if b"\x00" in data and encodings[0] != "utf-16":
        raise InvalidInput(NOT_TEXT)
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInput(NOT_TEXT)


def _read_table(text: str) -> tuple[list[tuple[int, list[str]]], list[str]]:
    """The lines below the headings with their numbers, and what each column is."""
    best: tuple[int, list[tuple[int, list[str]]], list[str]] = (0, [], [])
    for delimiter in ",;\t":
        rows = _split(text, delimiter)
        for index, (_, cells) in enumerate(rows[:_HEAD_LINES]):
            columns = [_FIELDS.get(_plain(cell), "") for cell in cells]
            known = set(columns) - {""}
            if known & _REACHING and len(known) > best[0]:
                best = (len(known), rows[index + 1 :], columns)
    if not best[0]:
        raise InvalidInput(NO_HEADINGS)
    return best[1], best[2]


def _split(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((line, cells))
            if len(rows) > MAX_ROWS + _HEAD_LINES:
                break
            line = reader.line_num + 1
    except csv.Error as error:
        raise InvalidInput(NOT_TEXT) from error
    return rows


def _read_rows(
    rows: Sequence[tuple[int, list[str]]], columns: list[str], *, is_own: bool
) -> Iterable[FileRow]:
    if len(rows) > MAX_ROWS:
        raise InvalidInput(TOO_MANY)
    for line, cells in rows:
        values: dict[str, tuple[str, ...]] = {}
        for name, cell in zip(columns, cells, strict=False):
            text = _read_cell(cell, is_own=is_own)
            if name and text:
                values[name] = (*values.get(name, ()), *_several(name, text))
        yield FileRow(line, values)


def _read_cell(cell: str, *, is_own: bool) -> str:
    if is_own:
        return unmark(cell).strip()
    # Excel keeps a long number as a text by a formula that is nothing but the text.
    written = _FORMULA_TEXT.fullmatch(cell.strip())
    return (written[1].replace('""', '"') if written else cell).strip()


def _several(name: str, text: str) -> tuple[str, ...]:
    # Google puts several values into one cell like this.
    if name in _REACHING or name == "tags":
        return tuple(part.strip() for part in text.split(" ::: ") if part.strip())
    return (text,)


def _plain(heading: str) -> str:
    return "".join(c for c in unmark(heading).casefold() if c.isalnum())
