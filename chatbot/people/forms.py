"""The visitor's forms: what was typed, checked field by field, and stored as the tools store it."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from chatbot.errors import InvalidFields, InvalidInput
from chatbot.people.contact_details import validate_email, validate_phone
from chatbot.people.contacts import save_contact
from chatbot.people.escalations import MAX_NOTE
from chatbot.storage.models import Contact, new_id, utc_now
from chatbot.text import clean_line, clean_text

MAX_EMAIL = 320
MAX_PHONE = 40
MAX_NAME = 200
MAX_MESSAGE = 2000
# Nobody finds, fills and sends a form in less.
FASTEST_SECONDS = 2.0

NO_EMAIL = "Please type an e-mail address, so that an answer can reach you."
TOO_LONG = "This has {count:,} characters, and {limit:,} fit here. Please shorten it."
SENT_TOO_FAST = "Perhaps automatic: sent within two seconds."
FILLED_UNSEEN = "Perhaps automatic: a field that people do not see was filled in."


@dataclass(frozen=True)
class ContactForm:
    """The contact form as it arrived: nothing in it has been checked.

    `form_id` was made by `new_form_id` when the form was given out. `unseen` is a field that the
    page hides from people, so that only programs fill it in.
    """

    email: str = ""
    phone: str = ""
    name: str = ""
    company: str = ""
    message: str = ""
    has_consented: bool = False
    form_id: str = ""
    unseen: str = ""


@dataclass(frozen=True)
class ContactFormDetails:
    """A contact form that can be stored: the e-mail address normalised, the phone in E.164 or "".

    `signs` are remarks for the owner on what speaks for a program rather than a person.
    """

    email: str
    phone: str
    name: str
    company: str
    message: str
    has_consented: bool
    form_id: uuid.UUID | None
    signs: tuple[str, ...]


@dataclass(frozen=True)
class HumanForm:
    """What the owner is wanted for, and an e-mail address for the answer; each may be ""."""

    note: str
    email: str


def new_form_id() -> str:
    """An id for one form that is given out; it holds the moment, and repeats of it are one form."""
    return str(new_id())


def check_contact_form(form: ContactForm) -> ContactFormDetails:
    """Check every field as the tools do; raises InvalidFields with what to change in each.

    Only the e-mail address is needed. What looks like a program's work is not refused: the owner
    gets a remark on it, since a lost lead costs more than a spam message.
    """
    faults: dict[str, str] = {}
    form_id = _read_form_id(form.form_id)
    details = ContactFormDetails(
        email=_check(faults, "email", _required_email, form.email),
        phone=_check(faults, "phone", _optional_phone, form.phone),
        name=_check(faults, "name", _line, form.name),
        company=_check(faults, "company", _line, form.company),
        message=_check(faults, "message", _message, form.message),
        has_consented=form.has_consented,
        form_id=form_id,
        signs=tuple(_find_signs(form_id, form.unseen)),
    )
    if faults:
        raise InvalidFields(faults)
    return details


def check_human_form(*, note: str, email: str) -> HumanForm:
    """Check the form that calls the owner; raises InvalidFields with what to change in each."""
    faults: dict[str, str] = {}
    form = HumanForm(
        note=_check(faults, "note", _note, note),
        email=_check(faults, "email", _optional_email, email),
    )
    if faults:
        raise InvalidFields(faults)
    return form


def save_contact_form(
    session: Session, details: ContactFormDetails, *, conversation_id: uuid.UUID
) -> Contact:
    """Store a checked contact form; the owner is told once, however often the form is sent."""
    contact, _ = save_contact(
        session,
        email=details.email,
        phone=details.phone,
        name=details.name,
        company=details.company,
        notes="\n".join(filter(None, [details.message, *details.signs])),
        conversation_id=conversation_id,
        has_consented=details.has_consented,
        dedupe_key=f"form-{conversation_id}-{details.form_id}" if details.form_id else None,
    )
    return contact


def save_human_form(session: Session, form: HumanForm, *, conversation_id: uuid.UUID) -> None:
    """Keep the e-mail address, if there is one, as a contact.

    The owner is not told of it here: the call for them names the address, and one push is enough.
    """
    if form.email:
        save_contact(
            session,
            email=form.email,
            notes=form.note,
            conversation_id=conversation_id,
            tells_owner=False,
        )


def _check(faults: dict[str, str], name: str, read: Callable[[str], str], text: str) -> str:
    try:
        return read(text)
    except InvalidInput as error:
        faults[name] = error.user_message
        return ""


def _required_email(text: str) -> str:
    email = _optional_email(text)
    if not email:
        raise InvalidInput(NO_EMAIL)
    return email


def _optional_email(text: str) -> str:
    text = clean_text(text)
    return validate_email(_fitting(text, MAX_EMAIL)).lower() if text else ""


def _optional_phone(text: str) -> str:
    text = clean_text(text)
    return validate_phone(_fitting(text, MAX_PHONE)) if text else ""


def _line(text: str) -> str:
    return clean_line(_fitting(clean_text(text), MAX_NAME), limit=MAX_NAME)


def _message(text: str) -> str:
    return _fitting(clean_text(text), MAX_MESSAGE)


def _note(text: str) -> str:
    return _fitting(clean_text(text), MAX_NOTE)


def _fitting(text: str, limit: int) -> str:
    if len(text) > limit:
        raise InvalidInput(TOO_LONG.format(count=len(text), limit=limit))
    return text


def _read_form_id(text: str) -> uuid.UUID | None:
    try:
        form_id = uuid.UUID(text)
    except ValueError:
        return None
    return form_id if form_id.version == 7 else None


def _find_signs(form_id: uuid.UUID | None, unseen: str) -> list[str]:
    # The first 48 bits of a UUIDv7 are the milliseconds since 1970 (RFC 9562, section 5.7).
    made_at = (form_id.int >> 80) / 1000 if form_id else utc_now().timestamp()
    signs = []
    if utc_now().timestamp() - made_at < FASTEST_SECONDS:
        signs.append(SENT_TOO_FAST)
    if clean_text(unseen):
        signs.append(FILLED_UNSEEN)
    return signs
