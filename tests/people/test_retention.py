from datetime import timedelta

import pytest
from sqlmodel import Session, func, select

from chatbot.people.erasing import ErasureReason, erase_session
from chatbot.people.retention import Retention, erase_resting
from chatbot.storage.database import Database
from chatbot.storage.models import (
    Booking,
    ChatSession,
    Contact,
    Conversation,
    EmailCode,
    EmailMessage,
    Erasure,
    Message,
    Notification,
    Question,
    Table,
    UtcDateTime,
    new_id,
    utc_now,
)
from chatbot.storage.visitor_rows import VISITOR_TABLES
from tests.people.test_erasing import MARKER, dump, leave, tell, visit

RETENTION = Retention(chat_days=90, contact_days=365)
# What a contact needs stays with it, and an e-mail that waits to be sent.
DUE_TABLES = VISITOR_TABLES - {Contact, Conversation, ChatSession, Booking, EmailCode, EmailMessage}


def grow_old(database: Database, days: int) -> None:
    """Move every moment of every row back in time."""

    def work(session: Session) -> None:
        for table in VISITOR_TABLES:
            columns = [c for c in table.__table__.columns if isinstance(c.type, UtcDateTime)]
            for row in session.exec(select(table)):
                for column in columns:
                    before = getattr(row, column.name)
                    if before is not None:
                        setattr(row, column.name, before - timedelta(days=days))
                session.add(row)

    database.write_now(work)


def run(database: Database, **days: int) -> int:
    """Erase all that is due; returns in how many batches."""
    now = utc_now() + timedelta(**days)
    for batches in range(100):
        done = database.write_now(lambda s: erase_resting(s, RETENTION, now=now, limit=3))
        if done is None:
            return batches
    raise AssertionError("it never ends")


def count(database: Database, table: type[Table]) -> int:
    return database.read_now(lambda s: s.exec(select(func.count()).select_from(table)).one())


def counts(database: Database) -> dict[str, int]:
    return {str(table.__tablename__): count(database, table) for table in VISITOR_TABLES}


def test_what_is_younger_stays(database: Database) -> None:
    leave(database)
    grow_old(database, 80)
    before = counts(database)
    # Codes that nobody used serve for minutes and are not kept with the rest.
    assert run(database) <= 1
    assert {**counts(database), "email_code": 0} == {**before, "email_code": 0}


def test_a_chat_of_90_days_goes_and_its_contact_stays(database: Database) -> None:
    left = leave(database)
    grow_old(database, 91)
    assert run(database)
    for table in DUE_TABLES:
        rows = count(database, table)
        # The link that says in which chat the contact was left.
        assert rows == (1 if table.__tablename__ == "contact_conversation" else 0), table
    kept = database.read_now(lambda s: s.exec(select(Contact)).one())
    assert kept.id == left.contact
    assert MARKER in kept.notes
    reasons = database.read_now(lambda s: set(s.exec(select(Erasure.reason)).all()))
    assert reasons == {"retention"}


def test_a_visitor_can_still_erase_the_contact_of_a_chat_that_is_gone(database: Database) -> None:
    left = leave(database)
    grow_old(database, 91)
    run(database)
    database.write_now(lambda s: erase_session(s, left.chat, ErasureReason.VISITOR))
    assert MARKER not in dump(database)


def test_after_a_year_nothing_is_left(database: Database) -> None:
    leave(database)
    grow_old(database, 370)
    assert run(database)
    assert set(counts(database).values()) == {0}
    assert MARKER not in dump(database)
    assert run(database) == 0


def test_a_contact_with_a_call_to_come_stays(database: Database) -> None:
    left = leave(database)
    grow_old(database, 370)

    def book(session: Session) -> None:
        call = session.get(Booking, left.booking)
        call.starts_at = call.live_starts_at = utc_now() + timedelta(days=3)
        session.add(call)

    database.write_now(book)
    run(database)
    assert (count(database, Contact), count(database, Booking)) == (1, 1)
    run(database, days=400)
    assert set(counts(database).values()) == {0}


def test_a_contact_whose_visitor_was_here_stays(database: Database) -> None:
    _, conversation = visit(database, "somebody")
    tell(database, conversation, name="Ana")
    grow_old(database, 400)

    def come_back(session: Session) -> None:
        row = session.get(Conversation, conversation)
        row.active_at = utc_now()
        session.add(row)

    database.write_now(come_back)
    run(database)
    assert count(database, Contact) == 1


@pytest.mark.parametrize("status", ["pending", "sent"])
def test_what_waits_to_be_sent_is_not_taken_away(database: Database, status: str) -> None:
    def add(session: Session) -> None:
        session.add(Notification(kind="test", status=status))
        session.add(EmailMessage(email="a@b.example", subject="s", text="t", status=status))
        session.add(Question(text="By no chat?"))

    database.write_now(add)
    grow_old(database, 91)
    run(database)
    kept = 1 if status == "pending" else 0
    assert (count(database, Notification), count(database, EmailMessage)) == (kept, kept)
    assert count(database, Question) == 0


def test_many_are_erased_in_small_batches(database: Database) -> None:
    def add(session: Session) -> None:
        for number in range(10):
            chat = ChatSession(id=new_id(), token_hash=str(number))
            session.add(chat)
            session.flush()
            conversation = Conversation(session_id=chat.id, title="t")
            session.add(conversation)
            session.flush()
            session.add(Message(conversation_id=conversation.id, role="user", content="w"))

    database.write_now(add)
    grow_old(database, 91)
    assert run(database) >= 3
    assert count(database, ChatSession) == count(database, Message) == 0
    per_batch = database.read_now(lambda s: [row.counts for row in s.exec(select(Erasure))])
    assert max(found.get("message", 0) for found in per_batch) <= 3
