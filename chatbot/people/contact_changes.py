"""What the owner changes on one contact: stage, own notes, tags, next step, and whether it is junk.

For the owner's handlers only. Every function raises NotFound for an unknown contact.
"""

import uuid
from datetime import date

from sqlmodel import Session

from chatbot.errors import InvalidInput
from chatbot.people.contacts import lock_contact, mark_not_a_lead, set_status
from chatbot.storage.models import Contact, ContactStatus, utc_now
from chatbot.text import clean_line, clean_text

MAX_OWNER_NOTES = 20_000
MAX_NEXT_STEP = 200
MAX_TAG = 40
MAX_TAGS = 20

NOT_A_DAY = "Write the day of the next step as 2026-11-21."
NO_STEP = "Say what the next step is, or clear its day."


def update_contact(
    session: Session,
    contact_id: uuid.UUID,
    *,
    status: str | None = None,
    notes: str | None = None,
    next_step: str | None = None,
    next_step_on: str | None = None,
) -> Contact:
    """Change what the owner keeps of a contact; None leaves a value as it is.

    `notes` are the owner's: the visitor's words stay as they are. Raises InvalidInput for a value
    that cannot be meant or is too long: the owner's words are never cut.
    """
    if status is not None and status not in list(ContactStatus):
        raise InvalidInput(f"Choose one of these: {', '.join(ContactStatus)}.")
    contact = lock_contact(session, contact_id)
    if status is not None:
        set_status(contact, status)
    if notes is not None:
        contact.owner_notes = _fitting_notes(notes, contact.owner_notes or "")
    if next_step is not None:
        contact.next_step = read_next_step(next_step)
    if next_step_on is not None:
        contact.next_step_on = read_day(next_step_on)
    if contact.next_step_on and not contact.next_step:
        raise InvalidInput(NO_STEP)
    return _changed(session, contact)


def finish_next_step(session: Session, contact_id: uuid.UUID, *, today: date) -> Contact:
    """Note that the next step is done, which leaves room for another; twice is once."""
    contact = lock_contact(session, contact_id)
    if not contact.next_step:
        return contact
    add_owner_note(contact, f"{today.isoformat()}: {contact.next_step} (done)")
    contact.next_step = contact.next_step_on = None
    return _changed(session, contact)


def add_tag(session: Session, contact_id: uuid.UUID, words: str) -> Contact:
    """Add a tag, or several between commas; one that is there in other letters stays as it is."""
    contact = lock_contact(session, contact_id)
    contact.tags = unite_tags(contact.tags or [], read_tags(words))
    return _changed(session, contact)


def remove_tag(session: Session, contact_id: uuid.UUID, word: str) -> Contact:
    """Take a tag away, if it is there."""
    contact = lock_contact(session, contact_id)
    contact.tags = [tag for tag in contact.tags or [] if tag != word]
    return _changed(session, contact)


def judge_junk(session: Session, contact_id: uuid.UUID, *, is_junk: bool) -> Contact:
    """Keep what the owner says: no later sign changes it back."""
    if is_junk:
        return mark_not_a_lead(session, contact_id)
    contact = lock_contact(session, contact_id)
    if contact.status == ContactStatus.JUNK:
        contact.status = ContactStatus.NEW
    contact.junk_reason = ""
    return _changed(session, contact)


def read_tags(words: str) -> list[str]:
    """The tags in a text, between commas; raises InvalidInput for one that is too long."""
    parts = (" ".join(clean_text(part).lstrip("# ").split()) for part in words.split(","))
    tags = [part for part in parts if part]
    for tag in tags:
        if len(tag) > MAX_TAG:
            raise InvalidInput(f"A tag holds {MAX_TAG} characters; “{tag[:20]}…” is longer.")
    return tags


def unite_tags(tags: list[str], more: list[str]) -> list[str]:
    """Both, in order of the alphabet, none twice; raises InvalidInput when there are too many."""
    known = {tag.casefold(): tag for tag in (*reversed(more), *reversed(tags))}
    if len(known) > max(MAX_TAGS, len(tags)):
        raise InvalidInput(f"A contact holds {MAX_TAGS} tags. Remove one first.")
    if set(known.values()) == set(tags):
        return tags
    return sorted(known.values(), key=str.casefold)


def read_day(text: str) -> str | None:
    """A day as it is stored, None for no day."""
    text = clean_text(text)
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(NOT_A_DAY) from None
    if day.isoformat() != text:
        raise InvalidInput(NOT_A_DAY)
    return text


def read_next_step(text: str) -> str | None:
    """A next step as it is stored, None for none."""
    step = clean_line(text, limit=len(text))
    if len(step) > MAX_NEXT_STEP:
        raise InvalidInput(f"A next step holds {MAX_NEXT_STEP} characters; this has {len(step)}.")
    return step or None


def add_owner_note(contact: Contact, note: str) -> None:
    """Put lines under the owner's notes, unless they are there already."""
    known = contact.owner_notes or ""
    if note and f"\n{note}\n" not in f"\n{known}\n":
        contact.owner_notes = f"{known}\n{note}".strip()


def _fitting_notes(text: str, known: str) -> str:
    notes = clean_text(text)
    if len(notes) > MAX_OWNER_NOTES and notes != known:
        raise InvalidInput(
            f"Your notes hold {MAX_OWNER_NOTES:,} characters; these have {len(notes):,}."
        )
    return notes


def _changed(session: Session, contact: Contact) -> Contact:
    contact.updated_at = utc_now()
    session.add(contact)
    return contact
