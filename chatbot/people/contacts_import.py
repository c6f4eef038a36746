"""Takes contacts in from a file: what each line would do, and doing it. Twice is once.

A line fills what is empty and overwrites nothing; what differs goes to the owner's notes. So the
file that was exported changes nothing, and restores everything where there is nothing.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from chatbot.errors import InvalidInput
from chatbot.people.contact_changes import add_owner_note, unite_tags
from chatbot.people.contacts_file import ContactsFile, FileRow
from chatbot.people.contacts_row import Details, name_row, read_details, read_moment
from chatbot.storage.models import Contact, ContactStatus, utc_now
from chatbot.text import clean_line

MAX_REASON = 200

NO_WAY = "It has neither an e-mail address nor a phone number that can be used."
TAKEN = "Its e-mail address belongs to another contact. Merge the two first."


class Outcome(StrEnum):
    """What becomes of one line."""

    ADDED = "added"
    MERGED = "merged"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class ImportedLine:
    """One line of the file; `who` names the contact, `reason` says why it was refused."""

    line: int
    who: str
    outcome: Outcome
    reason: str = ""


@dataclass
class ImportPlan:
    """What a file does: every line, and the contacts that are new."""

    lines: list[ImportedLine] = field(default_factory=list)
    added: list[Contact] = field(default_factory=list)

    def of(self, outcome: Outcome) -> list[ImportedLine]:
        return [line for line in self.lines if line.outcome == outcome]


class ContactBook:
    """The contacts that there are, found by id, e-mail address and phone number."""

    def __init__(self, contacts: Iterable[Contact]) -> None:
        self._by_id: dict[uuid.UUID, Contact] = {}
        self._by_email: dict[str, Contact] = {}
        self._by_phone: dict[str, Contact] = {}
        for contact in contacts:
            self.add(contact)

    def add(self, contact: Contact) -> None:
        self._by_id[contact.id] = contact
        if contact.email:
            self._by_email[contact.email] = contact
        if contact.phone:
            self._by_phone.setdefault(contact.phone, contact)

    def find(self, details: Details) -> Contact | None:
        """The contact that a line speaks of: an e-mail address tells more than a phone number."""
        if details.id in self._by_id:
            return self._by_id[details.id]
        if details.email:
            return self._by_email.get(details.email)
        return self._by_phone.get(details.phone or "")

    def has_email_of_other(self, email: str | None, contact: Contact) -> bool:
        return bool(email) and self._by_email.get(email or "", contact) is not contact


def plan_import(file: ContactsFile, contacts: Iterable[Contact]) -> ImportPlan:
    """What the file does to these contacts, which are changed on the way."""
    book, plan = ContactBook(contacts), ImportPlan()
    for row in file.rows:
        try:
            outcome, contact = _take_in(row, book, plan, is_own=file.is_own)
            plan.lines.append(ImportedLine(row.line, _who(contact), outcome))
        except InvalidInput as error:
            reason = error.user_message[:MAX_REASON]
            plan.lines.append(ImportedLine(row.line, name_row(row), Outcome.REFUSED, reason))
    return plan


def _take_in(
    row: FileRow, book: ContactBook, plan: ImportPlan, *, is_own: bool
) -> tuple[Outcome, Contact]:
    details = read_details(row, is_own=is_own)
    contact = book.find(details)
    if contact is None:
        if not details.email and not details.phone:
            raise InvalidInput(NO_WAY)
        contact = _build_contact(row, details, is_own=is_own)
        _merge(contact, details)
        book.add(contact)
        plan.added.append(contact)
        return Outcome.ADDED, contact
    if not contact.email and book.has_email_of_other(details.email, contact):
        raise InvalidInput(TAKEN)
    tags = unite_tags(contact.tags or [], details.tags)
    before = _values(contact)
    _merge(contact, details)
    contact.tags = tags or contact.tags
    if _values(contact) == before:
        return Outcome.UNCHANGED, contact
    contact.updated_at = utc_now()
    book.add(contact)
    return Outcome.MERGED, contact


def _build_contact(row: FileRow, details: Details, *, is_own: bool) -> Contact:
    contact = Contact(status=details.status or ContactStatus.NEW, tags=unite_tags([], details.tags))
    if not is_own:
        return contact
    contact.id = details.id or contact.id
    contact.junk_reason = clean_line(row.first("junk_reason"), limit=200) or None
    contact.consent_at = read_moment(row.first("consent_at"))
    contact.email_verified_at = read_moment(row.first("email_verified_at"))
    contact.created_at = read_moment(row.first("created_at")) or contact.created_at
    contact.updated_at = read_moment(row.first("updated_at")) or contact.updated_at
    return contact


def _merge(contact: Contact, details: Details) -> None:
    remarks = list(details.remarks)
    for what, name in (
        ("e-mail address", "email"),
        ("phone number", "phone"),
        ("name", "name"),
        ("company", "company"),
        ("next step", "next_step"),
    ):
        kept, told = getattr(contact, name) or "", getattr(details, name) or ""
        if told and not kept:
            setattr(contact, name, told)
        elif told.casefold() != kept.casefold() and told:
            remarks.append(f"Also the {what} {told}.")
    if contact.next_step == details.next_step:
        contact.next_step_on = contact.next_step_on or details.next_step_on
    if details.status and contact.status == ContactStatus.NEW:
        contact.status = details.status
    if not contact.notes:
        contact.notes = details.notes
    else:
        known = contact.notes.splitlines()
        remarks += [line for line in details.notes.splitlines() if line not in known]
    _add_owner_lines(contact, details.owner_notes, remarks)


def _add_owner_lines(contact: Contact, owner_notes: str, remarks: list[str]) -> None:
    if not contact.owner_notes:
        contact.owner_notes = owner_notes or None
    elif owner_notes not in contact.owner_notes:
        remarks = [*owner_notes.splitlines(), *remarks]
    for remark in remarks:
        add_owner_note(contact, remark.strip())


def _values(contact: Contact) -> tuple[object, ...]:
    return (
        contact.email,
        contact.phone,
        contact.name,
        contact.company,
        contact.status,
        contact.notes,
        contact.owner_notes or "",
        tuple(contact.tags or ()),
        contact.next_step,
        contact.next_step_on,
    )


def _who(contact: Contact) -> str:
    return contact.name or contact.email or contact.phone or ""
