"""Makes one contact of two that are the same person. Nothing of either is lost."""

import uuid
from dataclasses import dataclass

from sqlmodel import Session, col

from chatbot.errors import InvalidInput
from chatbot.people.contact_changes import add_owner_note
from chatbot.people.contact_parts import NOTED, build_noted, note_told
from chatbot.people.contacts import MAX_NOTES, lock_contact
from chatbot.storage import contact_links
from chatbot.storage.models import ActionLink, Booking, Contact, ContactStatus, utc_now
from chatbot.storage.rows import update_rows

SAME_CONTACT = "These are one contact already. Choose another one."
WORDS_OF_OTHER = "From the merged contact, in the visitor's words:"


@dataclass(frozen=True)
class Conflict:
    """A value that differs: `kept` stays where it is, `noted` goes to the owner's notes."""

    what: str
    kept: str
    noted: str


@dataclass(frozen=True)
class Union:
    """What two contacts make: values that fill a gap of the first, and those that differ."""

    filled: dict[str, str]
    conflicts: tuple[Conflict, ...]


def compare_contacts(contact: Contact, other: Contact) -> Union:
    """What merging `other` into `contact` does to its details; changes nothing."""
    filled, conflicts = {}, []
    for what, name in _DETAILS.items():
        kept, theirs = getattr(contact, name) or "", getattr(other, name) or ""
        if theirs and not kept:
            filled[what] = theirs
        elif theirs and theirs != kept:
            conflicts.append(Conflict(what, kept, theirs))
    return Union(filled, tuple(conflicts))


def merge_contacts(session: Session, contact_id: uuid.UUID, other_id: uuid.UUID) -> Contact:
    """Merge the second contact into the first, which stays; the second is gone afterwards.

    The first one's details stay, gaps are filled from the other, and what differs goes to the
    owner's notes. Notes, tags, conversations and calls are united, the earlier consent counts.
    Links in notifications that acted on the second act on the first. Raises NotFound, and
    InvalidInput when both are the same.
    """
    if contact_id == other_id:
        raise InvalidInput(SAME_CONTACT)
    # In one order, so that two merges at once do not wait for each other.
    locked = {key: lock_contact(session, key) for key in sorted((contact_id, other_id))}
    contact, other = locked[contact_id], locked[other_id]
    _move_all(session, contact, other)
    _unite_notes(contact, other)
    _unite_rest(contact, other)
    contact.updated_at = utc_now()
    values = {name: getattr(other, name) for name in _DETAILS.values()}
    confirmed_at = other.email_verified_at
    # The e-mail address is unique: the row that has it goes before the other one takes it.
    session.delete(other)
    session.flush()
    _fill(contact, values)
    if contact.email == values["email"] and contact.email_verified_at is None:
        contact.email_verified_at = confirmed_at
    session.add(contact)
    session.flush()
    return contact


_DETAILS = {**{what: name for name, what in NOTED.items()}, "next step": "next_step"}


def _fill(contact: Contact, values: dict[str, str | None]) -> None:
    for name, value in values.items():
        if value and not getattr(contact, name):
            setattr(contact, name, value)


def _move_all(session: Session, contact: Contact, other: Contact) -> None:
    if other.email and contact.email:
        # Each visitor's own address can be told apart, should one of them have theirs erased.
        for conversation_id in contact_links.list_conversation_ids(session, contact_id=other.id):
            told = {"email": other.email}
            note_told(session, contact_id=other.id, conversation_id=conversation_id, told=told)
    twice = contact_links.move_links(session, source_id=other.id, target_id=contact.id)
    for conversation_id, told in twice:
        note_told(session, contact_id=contact.id, conversation_id=conversation_id, told=told)
    update_rows(
        session, Booking, col(Booking.contact_id) == other.id, values={"contact_id": contact.id}
    )
    update_rows(
        session,
        ActionLink,
        col(ActionLink.target_id) == other.id,
        values={"target_id": contact.id},
    )


def _unite_notes(contact: Contact, other: Contact) -> None:
    for conflict in compare_contacts(contact, other).conflicts:
        mark = _marks(conflict, other)
        add_owner_note(contact, f"{build_noted(conflict.what, conflict.noted)}{mark}.")
    add_owner_note(contact, other.owner_notes or "")
    new = [line for line in other.notes.splitlines() if line not in contact.notes.splitlines()]
    united = "\n".join(filter(None, [contact.notes, *new]))
    if len(united) <= MAX_NOTES:
        contact.notes = united
    elif new:
        # The visitor's notes keep their latest words only; the owner's are never cut.
        add_owner_note(contact, "\n".join([WORDS_OF_OTHER, *new]))


def _marks(conflict: Conflict, other: Contact) -> str:
    if conflict.what == "e-mail address" and other.email_verified_at:
        return " (confirmed)"
    if conflict.what == "next step" and other.next_step_on:
        return f" on {other.next_step_on}"
    return ""


def _unite_rest(contact: Contact, other: Contact) -> None:
    known = {tag.casefold(): tag for tag in (*(other.tags or []), *(contact.tags or []))}
    contact.tags = sorted(known.values(), key=str.casefold)
    if contact.status in (ContactStatus.NEW, ContactStatus.JUNK):
        contact.status = other.status if other.status != ContactStatus.JUNK else contact.status
    elif other.status not in (contact.status, ContactStatus.NEW, ContactStatus.JUNK):
        add_owner_note(contact, f"The merged contact was {other.status.replace('_', ' ')}.")
    if contact.junk_reason is not None or other.junk_reason is not None:
        reasons = {contact.junk_reason, other.junk_reason}
        contact.junk_reason = "" if reasons & {"", None} else contact.junk_reason
    if other.next_step and not contact.next_step:
        contact.next_step_on = other.next_step_on
    consents = [moment for moment in (contact.consent_at, other.consent_at) if moment]
    contact.consent_at = min(consents, default=None)
    if other.created_at < contact.created_at:
        contact.created_at = other.created_at
        contact.conversation_id = other.conversation_id or contact.conversation_id
    contact.conversation_id = contact.conversation_id or other.conversation_id
