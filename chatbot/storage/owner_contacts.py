"""The owner's list of contacts: found, counted by stage, put in order. Read-only."""

import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import case, or_
from sqlmodel import Session, col, func, select

from chatbot.storage.models import Contact, ContactConversation, ContactStatus
from chatbot.storage.pages import PageOf, PageRequest, contains, read_page


class ContactFilter(StrEnum):
    """What the list can be narrowed to: one stage, what is due, or what looks like junk."""

    DUE = "due"
    NEW = ContactStatus.NEW.value
    CONTACTED = ContactStatus.CONTACTED.value
    IN_TALKS = ContactStatus.IN_TALKS.value
    CLOSED = ContactStatus.CLOSED.value
    SUSPECTED = "suspected"
    JUNK = ContactStatus.JUNK.value


@dataclass(frozen=True)
class ContactRow:
    """One contact as the owner sees it: `notes` are the visitor's words, `owner_notes` the owner's.

    `next_step_on` is a day, "2026-11-21". `junk_reason` says why it looks like junk, "" when it
    does not. `is_due` says that the day of the next step has come.
    """

    id: uuid.UUID
    name: str | None
    email: str | None
    phone: str | None
    company: str | None
    status: str
    notes: str
    has_consented: bool
    conversation_id: uuid.UUID | None
    created_at: datetime
    updated_at: datetime
    owner_notes: str = ""
    tags: tuple[str, ...] = ()
    next_step: str = ""
    next_step_on: str = ""
    junk_reason: str = ""
    consent_at: datetime | None = None
    email_verified_at: datetime | None = None

    @property
    def may_be_junk(self) -> bool:
        """Whether the owner has still to say if it is junk."""
        return bool(self.junk_reason) and self.status != ContactStatus.JUNK


@dataclass(frozen=True)
class ContactCounts:
    """How many contacts there are in all, under each filter, and with each tag."""

    total: int
    by_filter: dict[str, int]
    by_tag: dict[str, int]


@dataclass(frozen=True)
class ContactSearch:
    """What is looked for; `today` is the owner's day, on which a next step is due."""

    today: date
    only: ContactFilter | None = None
    tag: str = ""
    words: str = ""


def list_contacts(
    session: Session, request: PageRequest, wanted: ContactSearch
) -> PageOf[ContactRow]:
    """Contacts whose next step is due first, what looks like junk last, else the newest first."""
    statement = (
        select(Contact)
        .where(*_conditions(session, wanted))
        .order_by(
            _rank(wanted.today),
            case((_is_due(wanted.today), col(Contact.next_step_on)), else_=None),
            col(Contact.created_at).desc(),
            col(Contact.id).desc(),
        )
    )
    rows, total = read_page(session, statement, request)
    return PageOf(tuple(build_contact(row) for row in rows), total, request.page, request.size)


def list_all_contacts(session: Session) -> list[ContactRow]:
    """Every contact, newest first, to take them elsewhere."""
    statement = select(Contact).order_by(col(Contact.created_at).desc(), col(Contact.id).desc())
    return [build_contact(row) for row in session.exec(statement)]


def list_alike(session: Session, contact: Contact, *, limit: int) -> tuple[ContactRow, ...]:
    """Other contacts with this one's name or phone number, or from one of its conversations."""
    link, own = col(ContactConversation.contact_id), select(ContactConversation.conversation_id)
    own = own.where(ContactConversation.contact_id == contact.id)
    near = select(link).where(col(ContactConversation.conversation_id).in_(own))
    alike: list[Any] = [col(Contact.id).in_(near)]
    if contact.name:
        alike.append(func.lower(col(Contact.name)) == contact.name.lower())
    if contact.phone:
        alike.append(col(Contact.phone) == contact.phone)
    return _list_some(session, Contact.id != contact.id, or_(*alike), limit=limit)


def list_others(
    session: Session, contact: Contact, words: str, *, limit: int
) -> tuple[ContactRow, ...]:
    """Other contacts that are called so."""
    columns = (Contact.name, Contact.email, Contact.phone, Contact.company)
    found = contains(words, *(col(column) for column in columns))
    return _list_some(session, Contact.id != contact.id, found, limit=limit)


def count_contacts(session: Session, *, today: date) -> ContactCounts:
    """The numbers beside the filters."""
    statement = select(Contact.status, func.count()).group_by(Contact.status)
    by_filter = dict(session.exec(statement).all())
    total = sum(by_filter.values())
    for only in (ContactFilter.DUE, ContactFilter.SUSPECTED):
        counted = select(func.count()).select_from(Contact).where(_filter(only, today))
        by_filter[only] = session.exec(counted).one()
    tagged = session.exec(select(Contact.tags).where(col(Contact.tags).is_not(None)))
    tags = Counter(tag for tags in tagged for tag in tags or ())
    return ContactCounts(total, by_filter, dict(sorted(tags.items(), key=_most_used)))


def build_contact(row: Contact) -> ContactRow:
    return ContactRow(
        id=row.id,
        name=row.name,
        email=row.email,
        phone=row.phone,
        company=row.company,
        status=row.status,
        notes=row.notes,
        has_consented=row.consent_at is not None,
        conversation_id=row.conversation_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
        owner_notes=row.owner_notes or "",
        tags=tuple(row.tags or ()),
        next_step=row.next_step or "",
        next_step_on=row.next_step_on or "",
        junk_reason=row.junk_reason or "",
        consent_at=row.consent_at,
        email_verified_at=row.email_verified_at,
    )


def _list_some(session: Session, *conditions: Any, limit: int) -> tuple[ContactRow, ...]:
    newest = select(Contact).where(*conditions).order_by(col(Contact.created_at).desc())
    return tuple(build_contact(row) for row in session.exec(newest.limit(limit)))


def _most_used(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0].casefold()


def _conditions(session: Session, wanted: ContactSearch) -> list[Any]:
    conditions = [] if wanted.only is None else [_filter(wanted.only, wanted.today)]
    if wanted.tag:
        tagged = _list_ids_by_tag(session, lambda tag: tag == wanted.tag)
        conditions.append(col(Contact.id).in_(tagged))
    if wanted.words:
        columns = (
            Contact.name,
            Contact.email,
            Contact.phone,
            Contact.company,
            Contact.notes,
            Contact.owner_notes,
            Contact.next_step,
        )
        found = contains(wanted.words, *(col(column) for column in columns))
        words = wanted.words.casefold()
        tagged = _list_ids_by_tag(session, lambda tag: words in tag.casefold())
        conditions.append(found | col(Contact.id).in_(tagged))
    return conditions


def _list_ids_by_tag(session: Session, fits: Callable[[str], bool]) -> list[uuid.UUID]:
    # Here rather than in SQL: no two databases search a JSON list alike.
    rows = session.exec(select(Contact.id, Contact.tags).where(col(Contact.tags).is_not(None)))
    return [contact_id for contact_id, tags in rows if any(map(fits, tags or ()))]


def _filter(only: ContactFilter, today: date) -> Any:
    match only:
        case ContactFilter.DUE:
            return _is_due(today)
        case ContactFilter.SUSPECTED:
            return _is_suspected()
    return col(Contact.status) == only.value


def _rank(today: date) -> Any:
    return case(
        (col(Contact.status) == ContactStatus.JUNK, 3),
        (_is_suspected(), 2),
        (_is_due(today), 0),
        else_=1,
    )


def _is_due(today: date) -> Any:
    return (col(Contact.next_step_on) <= today.isoformat()) & (
        col(Contact.status) != ContactStatus.JUNK
    )


def _is_suspected() -> Any:
    return (col(Contact.junk_reason) != "") & (col(Contact.status) != ContactStatus.JUNK)
