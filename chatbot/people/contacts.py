"""Use cases of contacts: details that a visitor left, once per person; what the owner adds."""

import uuid

from sqlmodel import Session

from chatbot.errors import InvalidInput, NotFound
from chatbot.people.contact_details import validate_email, validate_phone
from chatbot.people.contact_parts import Told, note_told
from chatbot.people.junk import REPEATED, find_junk, is_repeated
from chatbot.people.notifications import NotificationKind, add_notification
from chatbot.storage import contact_links, people
from chatbot.storage.models import Contact, ContactStatus, utc_now
from chatbot.storage.rows import add_unless_there, set_unless_taken
from chatbot.text import clean_line, clean_text

MAX_NOTES = 4000
NOT_YET_CONTACTED = (ContactStatus.NEW, ContactStatus.JUNK)
CONTACT_GONE = "This contact is no longer here: it was merged or deleted. Load the list again."


def save_contact(
    session: Session,
    *,
    email: str | None = None,
    phone: str | None = None,
    name: str | None = None,
    company: str | None = None,
    notes: str | None = None,
    conversation_id: uuid.UUID | None = None,
    has_consented: bool = False,
    tells_owner: bool = True,
    dedupe_key: str | None = None,
) -> tuple[Contact, bool]:
    """Store a visitor's details and tell the owner; returns the contact and whether it is a first.

    The contact is linked to the conversation, and marked when it looks like junk. A known e-mail
    address (or, without one, a known phone number) is merged into its contact: what is there is
    never overwritten by nothing, notes are appended. The owner is told of news only: never with
    `tells_owner` False, and once for one `dedupe_key`. Raises InvalidInput when neither an e-mail
    address nor a phone number is given, or when one of them cannot be right.
    """
    email = validate_email(email).lower() if email else None
    phone = validate_phone(phone, None) if phone else None
    if email is None and phone is None:
        raise InvalidInput("Please give an e-mail address or a phone number.")
    contact = _find(session, email=email, phone=phone, conversation_id=conversation_id)
    is_first = contact is None
    if contact is None:
        contact = Contact(email=email, phone=phone, conversation_id=conversation_id)
        if not add_unless_there(session, contact):
            # Another request stored the same address between our look and our insert.
            contact = people.get_contact_by_email(session, email=email or "") or contact
            is_first = False
    has_new_email = email is not None and contact.email is None
    if has_new_email and not set_unless_taken(session, contact, email=email):
        # As above: the address has become another contact's meanwhile.
        contact = people.get_contact_by_email(session, email=email or "") or contact
        has_new_email = False
    is_own = contact.conversation_id == conversation_id
    before = _values(contact)
    told = _merge(
        contact,
        phone=phone,
        name=name,
        company=company,
        notes=notes,
        may_correct=is_own,
    )
    if has_consented and contact.consent_at is None:
        contact.consent_at = utc_now()
    _note_junk(session, contact, words=notes or "", conversation_id=conversation_id)
    contact.updated_at = utc_now()
    session.add(contact)
    if conversation_id is not None:
        told |= {"consent": has_consented, "email": email}
        note_told(session, contact_id=contact.id, conversation_id=conversation_id, told=told)
    if tells_owner and (is_first or has_new_email or _values(contact) != before):
        _announce(session, contact, conversation_id, is_first=is_first, dedupe_key=dedupe_key)
    return contact, is_first


def _find(
    session: Session, *, email: str | None, phone: str | None, conversation_id: uuid.UUID | None
) -> Contact | None:
    if email is not None:
        known = people.get_contact_by_email(session, email=email)
        if known is not None:
            return known
    if conversation_id is not None:
        # The same person in the same chat, who first left only the other of the two.
        here = people.get_conversation_contact(session, conversation_id=conversation_id)
        if here is not None and (email is None or here.email is None):
            return here if phone is None or here.phone in (None, phone) else None
    return people.get_contact_by_phone(session, phone=phone) if phone and not email else None


def _merge(
    contact: Contact,
    *,
    phone: str | None,
    name: str | None,
    company: str | None,
    notes: str | None,
    may_correct: bool,
) -> Told:
    """Add what is told; only the conversation that a contact comes from may correct what it says,
    because anybody can type somebody else's e-mail address. The rest goes to the notes.

    Returns it as it now stands in the contact, for whoever told it to have it erased.
    """
    name, company = clean_line(name or "", limit=200), clean_line(company or "", limit=200)
    additions = [clean_text(notes or "", limit=MAX_NOTES)]
    if name and (may_correct or not contact.name):
        contact.name = name
    elif name and name != contact.name:
        additions.append(f"Also gave the name {name}.")
    if company and (may_correct or not contact.company):
        contact.company = company
    elif company and company != contact.company:
        additions.append(f"Also gave the company {company}.")
    if phone and (may_correct or not contact.phone):
        contact.phone = phone
    elif phone and phone != contact.phone:
        additions.append(f"Also gave the phone number {phone}.")
    for addition in additions:
        # Whole lines: "note 1" is something else than the "note 10" that is there.
        if addition and f"\n{addition}\n" not in f"\n{contact.notes}\n":
            contact.notes = f"{contact.notes}\n{addition}".strip()[-MAX_NOTES:]
    said = {"name": name, "company": company, "phone": phone}
    held = {key: value for key, value in said.items() if value and getattr(contact, key) == value}
    return {**held, "notes": [addition for addition in additions if addition]}


def _values(contact: Contact) -> tuple[str | None, ...]:
    return contact.email, contact.phone, contact.name, contact.company, contact.notes


def _note_junk(
    session: Session, contact: Contact, *, words: str, conversation_id: uuid.UUID | None
) -> None:
    """Say why the contact looks like junk, unless the owner has judged it by now."""
    if contact.junk_reason == "" or contact.status != ContactStatus.NEW:
        return
    reason = find_junk(name=contact.name, email=contact.email)
    if reason is None and words and conversation_id is not None:
        others = contact_links.list_notes_of_session(
            session, conversation_id=conversation_id, but=contact.id
        )
        reason = REPEATED if is_repeated(words, others) else None
    if reason is not None or contact.junk_reason != REPEATED:
        contact.junk_reason = reason


def _announce(
    session: Session,
    contact: Contact,
    conversation_id: uuid.UUID | None,
    *,
    is_first: bool,
    dedupe_key: str | None,
) -> None:
    payload = {
        "contact_id": str(contact.id),
        "conversation_id": str(conversation_id) if conversation_id else None,
        "name": contact.name,
        "email": contact.email,
        "phone": contact.phone,
        "company": contact.company,
        "notes": contact.notes[:300],
        "is_first": is_first,
        "junk_reason": contact.junk_reason,
    }
    add_notification(session, kind=NotificationKind.CONTACT, payload=payload, dedupe_key=dedupe_key)


def mark_contacted(session: Session, contact_id: uuid.UUID) -> Contact:
    """Note that the owner has written or called; one who is further along stays there.

    Doing it twice changes nothing. Raises NotFound for an unknown contact.
    """
    return _move(session, contact_id, ContactStatus.CONTACTED, since=NOT_YET_CONTACTED)


def mark_not_a_lead(session: Session, contact_id: uuid.UUID) -> Contact:
    """Put a contact aside as junk: it is kept, and comes last.

    Doing it twice changes nothing. Raises NotFound for an unknown contact.
    """
    return _move(session, contact_id, ContactStatus.JUNK, since=tuple(ContactStatus))


def _move(
    session: Session, contact_id: uuid.UUID, status: ContactStatus, *, since: tuple[str, ...]
) -> Contact:
    contact = lock_contact(session, contact_id)
    if contact.status in since:
        set_status(contact, status)
    session.add(contact)
    return contact


def lock_contact(session: Session, contact_id: uuid.UUID) -> Contact:
    """The contact, locked to be changed; raises NotFound when it is gone."""
    contact = people.get_contact(session, contact_id=contact_id, for_update=True)
    if contact is None:
        raise NotFound(CONTACT_GONE)
    return contact


def set_status(contact: Contact, status: str) -> None:
    """Put a contact into a stage; whoever is put into one other than junk is judged to be none."""
    if status == contact.status:
        return
    contact.status = status
    if status != ContactStatus.JUNK and contact.junk_reason is not None:
        contact.junk_reason = ""
    contact.updated_at = utc_now()
