"""Queries of the receipts of erasures, and of what the owner may erase."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from chatbot.storage.models import Contact, Conversation, Erasure, Message, utc_now
from chatbot.storage.pages import PageOf, PageRequest, contains, read_page
from chatbot.storage.rows import update_rows


@dataclass(frozen=True)
class ReceiptRow:
    """One erasure: when, who wanted it, how many rows of which table; `wiped_at` is when nothing
    of it could be read from the disk any more."""

    id: uuid.UUID
    reason: str
    counts: dict[str, int]
    wiped_at: datetime | None
    created_at: datetime


@dataclass(frozen=True)
class Erasable:
    """A contact or a conversation that the owner may erase; `kind` says which."""

    id: uuid.UUID
    kind: str
    title: str
    detail: str
    at: datetime


def list_receipts(session: Session, request: PageRequest) -> PageOf[ReceiptRow]:
    """Receipts, latest first."""
    statement = select(Erasure).order_by(col(Erasure.created_at).desc(), col(Erasure.id).desc())
    rows, total = read_page(session, statement, request)
    items = tuple(
        ReceiptRow(row.id, row.reason, dict(row.counts), row.wiped_at, row.created_at)
        for row in rows
    )
    return PageOf(items, total, request.page, request.size)


def list_unwiped(session: Session) -> Sequence[tuple[uuid.UUID, dict[str, int]]]:
    """Erasures of which something may still be readable on the disk: id and counts."""
    statement = select(Erasure.id, Erasure.counts).where(col(Erasure.wiped_at).is_(None))
    return [(key, dict(counts)) for key, counts in session.exec(statement)]


def mark_wiped(session: Session, ids: Sequence[uuid.UUID]) -> None:
    update_rows(session, Erasure, col(Erasure.id).in_(ids), values={"wiped_at": utc_now()})


def find_erasable(session: Session, words: str, *, limit: int) -> list[Erasable]:
    """Contacts by anything that is known of them, then conversations by what was said in them."""
    known = (Contact.name, Contact.email, Contact.phone, Contact.company, Contact.notes)
    contacts = session.exec(
        select(Contact)
        .where(contains(words, *(col(column) for column in known)))
        .order_by(col(Contact.updated_at).desc())
        .limit(limit)
    ).all()
    said = select(Message.conversation_id).where(contains(words, col(Message.content)))
    chats = session.exec(
        select(Conversation)
        .where(Conversation.title != "", col(Conversation.id).in_(said))
        .order_by(col(Conversation.active_at).desc())
        .limit(limit)
    ).all()
    return [build_contact(row) for row in contacts] + [build_chat(row) for row in chats]


def get_erasable(session: Session, key: uuid.UUID) -> Erasable | None:
    """The contact or conversation with that id."""
    contact = session.get(Contact, key)
    if contact is not None:
        return build_contact(contact)
    chat = session.get(Conversation, key)
    return None if chat is None else build_chat(chat)


def build_contact(row: Contact) -> Erasable:
    title = row.name or row.email or row.phone or ""
    detail = (row.email if row.name else None) or row.company or ""
    return Erasable(row.id, "contact", title, detail, row.updated_at)


def build_chat(row: Conversation) -> Erasable:
    return Erasable(row.id, "chat", row.title, "", row.active_at)
