"""Who told what of a contact: anybody can type somebody else's e-mail address, so that one contact
may hold what several visitors said, and each of them may have their own part erased."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlmodel import Session, col, select

from chatbot.storage.models import Contact, ContactConversation
from chatbot.storage.rows import add_unless_there

Told = dict[str, Any]

VALUES = ("name", "phone", "company")
# What the owner's notes call a value that differed when two contacts were merged.
NOTED = {"email": "e-mail address", "phone": "phone number", "name": "name", "company": "company"}


def build_noted(what: str, value: str) -> str:
    """The beginning of the owner's note of a value that a merged contact had beside the kept one;
    how it ends says more of the value."""
    return f"Also the {what} {value}"


def note_told(
    session: Session, *, contact_id: uuid.UUID, conversation_id: uuid.UUID, told: Told
) -> None:
    """Note what was told of a contact in a conversation, beside what was told there before."""
    key = (contact_id, conversation_id)
    link = session.get(ContactConversation, key, with_for_update=True)
    if link is None:
        link = ContactConversation(contact_id=contact_id, conversation_id=conversation_id)
        if not add_unless_there(session, link):
            link = session.get(ContactConversation, key, with_for_update=True) or link
    link.told = merge_told(link.told, told)
    session.add(link)


def merge_told(before: Told | None, told: Told | None) -> Told:
    """Both together; where they differ the later value holds, and lines of notes are kept once."""
    before, told = before or {}, told or {}
    notes = [*before.get("notes", ()), *told.get("notes", ())]
    values = {name: value for name, value in told.items() if value}
    return {**before, **values, **({"notes": list(dict.fromkeys(notes))} if notes else {})}


def list_told(
    session: Session, *, contact_id: uuid.UUID
) -> Sequence[tuple[uuid.UUID, Told | None]]:
    """(conversation, what was told there) for each that a contact has to do with, oldest first."""
    statement = (
        select(ContactConversation.conversation_id, ContactConversation.told)
        .where(ContactConversation.contact_id == contact_id)
        .order_by(col(ContactConversation.created_at), col(ContactConversation.conversation_id))
    )
    return [(key, None if told is None else dict(told)) for key, told in session.exec(statement)]


def take_away(contact: Contact, own: Sequence[Told | None], others: Sequence[Told | None]) -> None:
    """Take what only `own` told out of a contact; what `others` told too stays."""
    mine, theirs = [told or {} for told in own], [told or {} for told in others]
    for name in VALUES:
        said = {told.get(name) for told in mine}
        kept = [told[name] for told in theirs if told.get(name)]
        if getattr(contact, name) in said and getattr(contact, name) not in kept:
            setattr(contact, name, kept[-1] if kept else None)
    if any(told.get("consent") for told in mine) and not any(t.get("consent") for t in theirs):
        contact.consent_at = None
    gone = _lines(mine) - _lines(theirs)
    contact.notes = _without(contact.notes, gone)
    if contact.owner_notes:
        contact.owner_notes = _without_noted(contact.owner_notes, gone, mine, theirs) or None


def _lines(parts: Sequence[Told]) -> set[str]:
    return {
        line for told in parts for note in told.get("notes", ()) for line in note.splitlines()
    } - {""}


def _without_noted(notes: str, gone: set[str], mine: Sequence[Told], theirs: Sequence[Told]) -> str:
    """The owner's notes without what a merge had put there of one visitor."""
    own = {(name, told[name]) for told in mine for name in NOTED if told.get(name)}
    own -= {(name, told.get(name)) for told in theirs for name in NOTED}
    noted = tuple(build_noted(NOTED[name], value) for name, value in own)
    kept = (line for line in notes.splitlines() if line not in gone)
    return "\n".join(line for line in kept if not (noted and line.startswith(noted))).strip()


def _without(notes: str, lines: set[str]) -> str:
    kept = notes.splitlines()
    # Full notes lose their beginning: of the first line only the end may be left.
    if kept and any(line.endswith(kept[0]) for line in lines):
        kept = kept[1:]
    return "\n".join(line for line in kept if line not in lines).strip()
