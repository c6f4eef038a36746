"""Reads one line of a file of contacts: every value checked as the forms check theirs."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from chatbot.errors import InvalidInput
from chatbot.people.contact_changes import MAX_OWNER_NOTES, read_day, read_next_step, read_tags
from chatbot.people.contact_details import validate_email, validate_phone
from chatbot.people.contacts import MAX_NOTES
from chatbot.people.contacts_file import FileRow
from chatbot.storage.models import ContactStatus, utc_now
from chatbot.text import clean_line, clean_text

MAX_LINE = 200
# Google puts every contact into this group.
_NO_TAGS = frozenset({"mycontacts"})

TOO_LONG = "{what} is longer than {limit:,} characters. Shorten it."


@dataclass(frozen=True)
class Details:
    """One line as it can be stored; `remarks` are lines for the owner's notes."""

    id: uuid.UUID | None
    email: str | None
    phone: str | None
    name: str | None
    company: str | None
    status: str | None
    notes: str
    owner_notes: str
    tags: list[str]
    next_step: str | None
    next_step_on: str | None
    remarks: list[str]


def read_details(row: FileRow, *, is_own: bool) -> Details:
    """Raises InvalidInput with what is wrong; `is_own` for a file that this program has written."""
    emails, phones = _read_emails(row), row.values.get("phone", ())
    phone, odd_phones = _read_phones(phones, has_email=bool(emails))
    notes, owner_notes = _text(row, "notes", "The notes"), _text(row, "owner_notes", "Your notes")
    if not is_own:
        notes, owner_notes = "", "\n".join(filter(None, [notes, owner_notes]))
    elif len(notes) > MAX_NOTES:
        raise InvalidInput(TOO_LONG.format(what="Notes", limit=MAX_NOTES))
    status, odd_status = _read_status(row.first("status"))
    remarks = [
        *(f"Also the e-mail address {email}." for email in emails[1:]),
        *odd_phones,
        *(f"Role: {_line(role, 'The role')}." for role in row.values.get("role", ())),
        *(f"Link: {_line(url, 'The link')}" for url in row.values.get("url", ())),
        *odd_status,
    ]
    next_step, next_step_on = read_next_step(row.first("next_step")), row.first("next_step_on")
    return Details(
        id=_read_id(row.first("id")) if is_own else None,
        email=emails[0] if emails else None,
        phone=phone,
        name=_line(_full_name(row), "The name") or None,
        company=_line(row.first("company"), "The company") or None,
        status=status,
        notes=notes,
        owner_notes=owner_notes,
        tags=_read_all_tags(row),
        next_step=next_step,
        next_step_on=read_day(next_step_on) if next_step else None,
        remarks=remarks,
    )


def _read_emails(row: FileRow) -> list[str]:
    cells = (cell.lstrip("'").strip() for cell in row.values.get("email", ()))
    return list(dict.fromkeys(validate_email(cell).lower() for cell in cells if cell))


def _read_phones(cells: Iterable[str], *, has_email: bool) -> tuple[str | None, list[str]]:
    """The first number that can be dialled, and remarks on the others."""
    numbers: list[str] = []
    odd: list[str] = []
    for cell in cells:
        try:
            numbers.append(validate_phone(cell.lstrip("'").strip()))
        except InvalidInput:
            odd.append(_line(cell.lstrip("'"), "The phone number"))
    if odd and not numbers and not has_email:
        validate_phone(odd[0])
    others = [*dict.fromkeys(numbers[1:]), *odd]
    remarks = [f"Also the phone number {other}." for other in others if other not in numbers[:1]]
    return next(iter(numbers), None), remarks


def _read_status(text: str) -> tuple[str | None, list[str]]:
    word = text.strip().casefold().replace(" ", "_")
    if word in list(ContactStatus):
        return word, []
    return None, [f"Status in the file: {_line(text, 'The status')}."] if word else []


def _read_all_tags(row: FileRow) -> list[str]:
    cells = (cell.replace(";", ",").lstrip("* ") for cell in row.values.get("tags", ()))
    tags = [tag for cell in cells for tag in read_tags(cell)]
    return [tag for tag in tags if tag.casefold() not in _NO_TAGS]


def _read_id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def read_moment(text: str) -> datetime | None:
    """A moment in UTC of our own file; None for any other text, and for one that is to come."""
    try:
        moment = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return moment if moment <= utc_now() else None


def _full_name(row: FileRow) -> str:
    parts = (row.first(name) for name in ("first", "middle", "last"))
    return row.first("name") or " ".join(filter(None, parts))


def _line(text: str, what: str) -> str:
    line = clean_line(text, limit=len(text))
    if len(line) > MAX_LINE:
        raise InvalidInput(TOO_LONG.format(what=what, limit=MAX_LINE))
    return line


def _text(row: FileRow, name: str, what: str) -> str:
    text = "\n".join(map(clean_text, row.values.get(name, ())))
    if len(text) > MAX_OWNER_NOTES:
        raise InvalidInput(TOO_LONG.format(what=what, limit=MAX_OWNER_NOTES))
    return text


def name_row(row: FileRow) -> str:
    """What to call a line that could not be read."""
    return clean_line(_full_name(row) or row.first("email") or row.first("phone"), limit=80)
