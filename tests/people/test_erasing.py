import uuid
from datetime import timedelta

import pytest
from sqlmodel import Session, func, select

from chatbot.people.contact_merge import merge_contacts
from chatbot.people.contacts import MAX_NOTES, save_contact
from chatbot.people.erasing import (
    ErasureReason,
    erase_contact,
    erase_conversations,
    erase_session,
)
from chatbot.storage.database import Database
from chatbot.storage.models import (
    Answer,
    Booking,
    BudgetDay,
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
    utc_now,
)
from chatbot.storage.visitor_rows import OWN_TABLES, VISITOR_TABLES
from tests.people.visitor_data import Left

MARKER = "Marker7f3a9"
VISITOR, OWNER = ErasureReason.VISITOR, ErasureReason.OWNER


def dump(database: Database) -> str:
    """Every value of every table, as text."""

    def work(session: Session) -> str:
        rows = []
        for table in Table.metadata.sorted_tables:
            rows += [f"{table.name}: {list(row)}" for row in session.execute(select(table))]
        return "\n".join(rows)

    return database.read_now(work)


def count(database: Database, table: type[Table]) -> int:
    return database.read_now(lambda s: s.exec(select(func.count()).select_from(table)).one())


def leave(database: Database, marker: str = MARKER, email: str = "ana@example.com") -> Left:
    return database.write_now(lambda s: Left(s, marker, email=email, token=f"token of {marker}"))


def visit(database: Database, name: str) -> tuple[uuid.UUID, uuid.UUID]:
    """A session with a conversation."""

    def work(session: Session) -> tuple[uuid.UUID, uuid.UUID]:
        chat = ChatSession(token_hash=name)
        session.add(chat)
        session.flush()
        conversation = Conversation(session_id=chat.id, title=name)
        session.add(conversation)
        session.flush()
        return chat.id, conversation.id

    return database.write_now(work)


def tell(database: Database, conversation: uuid.UUID | None, **told) -> uuid.UUID:
    given = {"email": "ana@example.com", **told}
    return database.write_now(
        lambda s: save_contact(s, conversation_id=conversation, **given)[0].id
    )


def only(database: Database, table: type[Table]):
    return database.read_now(lambda session: session.exec(select(table)).one())


def test_every_table_is_known_to_the_erasure() -> None:
    tables = [table.__table__ for table in VISITOR_TABLES | OWN_TABLES]
    assert set(tables) == set(Table.metadata.sorted_tables)
    assert not VISITOR_TABLES & OWN_TABLES


def test_no_table_of_the_owners_refers_to_a_visitor() -> None:
    visitors = {table.__tablename__ for table in VISITOR_TABLES}
    for table in OWN_TABLES:
        for column in table.__table__.columns:
            referred = {key.column.table.name for key in column.foreign_keys}
            assert not referred & visitors, column
            names = {f"{name}_id" for name in visitors} | {"session_id", "email"}
            # Emptied by the erasure, not deleted.
            assert column.name not in names or str(column) == "answer.message_id"


def test_nothing_of_an_erased_session_is_left_in_any_table(database: Database) -> None:
    left = leave(database)
    for table in VISITOR_TABLES:
        assert count(database, table), table
    receipt = database.write_now(lambda s: erase_session(s, left.chat, VISITOR))
    for table in VISITOR_TABLES - {Notification}:
        assert not count(database, table), table
    assert MARKER not in dump(database)
    assert receipt.counts["message"] == 3
    assert set(receipt.erased_ids) >= {str(left.chat), str(left.conversation), str(left.contact)}
    assert receipt.wiped_at is None


def test_the_tables_hold_the_marker_in_every_column_of_text(database: Database) -> None:
    """The test above would otherwise prove less than it says."""
    leave(database)
    words = dump(database)
    for name in ("feedback_reason", "arguments", "topic", "owner_notes", "referrer_host"):
        assert f"{MARKER} {name}" in words
    assert words.count(MARKER) > 50


def test_a_notice_of_other_things_stays_and_a_digest_loses_its_lines(database: Database) -> None:
    left = leave(database)
    other = {"conversation_id": str(uuid.uuid4()), "text": "of somebody else"}
    database.write_now(lambda s: s.add(Notification(kind="question", payload=other)))
    database.write_now(lambda s: erase_session(s, left.chat, VISITOR))
    rows = database.read_now(lambda s: s.exec(select(Notification)).all())
    payloads = {row.kind: row.payload for row in rows}
    assert payloads["question"] == other
    assert payloads["digest"] == {"counts": {"question": 1}, "lines": []}


def test_the_owner_is_told_of_a_call_that_is_off(database: Database) -> None:
    left = leave(database)
    begin = only(database, Booking).starts_at
    database.write_now(lambda s: erase_session(s, left.chat, VISITOR))
    told = database.read_now(
        lambda s: s.exec(select(Notification).where(Notification.kind == "call_erased")).one()
    )
    assert told.payload == {"calls": [begin.isoformat()]}


def test_another_visitors_data_is_untouched(database: Database) -> None:
    left = leave(database)
    leave(database, "Other5c1", email="other@example.com")
    before = [line for line in dump(database).splitlines() if "Other5c1" in line]
    database.write_now(lambda s: erase_session(s, left.chat, VISITOR))
    after = [line for line in dump(database).splitlines() if "Other5c1" in line]
    assert len(before) > 20
    assert [line for line in before if "Marker" not in line] == after


def test_erasing_twice_or_nobody_does_nothing(database: Database) -> None:
    left = leave(database)
    assert database.write_now(lambda s: erase_session(s, left.chat, VISITOR))
    assert database.write_now(lambda s: erase_session(s, left.chat, VISITOR)) is None
    assert database.write_now(lambda s: erase_contact(s, uuid.uuid4(), OWNER)) is None
    assert count(database, Erasure) == 1


def test_what_a_turn_has_reserved_counts_as_spent(database: Database) -> None:
    left = leave(database)

    def reserve(session: Session) -> None:
        session.add(BudgetDay(day="2026-01-05", reserved_micro_usd=900, spent_micro_usd=50))
        message = session.get(Message, left.answer)
        message.reserved_micro_usd, message.budget_day = 300, "2026-01-05"

    database.write_now(reserve)
    database.write_now(lambda s: erase_session(s, left.chat, VISITOR))
    day = only(database, BudgetDay)
    assert (day.reserved_micro_usd, day.spent_micro_usd) == (600, 350)


def test_the_owners_answer_stays_without_a_trace_of_who_asked(database: Database) -> None:
    left = leave(database)
    answer = Answer(question="Do you know Go?", text="Yes.", message_id=left.answer)
    database.write_now(lambda s: s.add(answer))
    database.write_now(lambda s: erase_session(s, left.chat, VISITOR))
    kept = only(database, Answer)
    assert (kept.question, kept.text, kept.message_id) == ("Do you know Go?", "Yes.", None)


def test_a_group_of_questions_is_named_after_the_first_that_stays(database: Database) -> None:
    left = leave(database)
    _, conversation = visit(database, "another")

    def group(session: Session) -> list[uuid.UUID]:
        first = session.get(Question, left.question)
        first.group_id = first.id
        same = [
            Question(text="The same?", conversation_id=conversation, group_id=first.id)
            for _ in range(2)
        ]
        session.add_all([first, *same])
        return [row.id for row in same]

    ids = database.write_now(group)
    database.write_now(lambda s: erase_session(s, left.chat, VISITOR))
    rows = database.read_now(lambda s: s.exec(select(Question)).all())
    assert {row.id: row.group_id for row in rows} == dict.fromkeys(ids, min(ids))


# --- One contact, several visitors ----------------------------------------------------------------


def test_a_contact_of_several_chats_of_one_visitor_goes_with_them(database: Database) -> None:
    chat, first = visit(database, "first")
    second = database.write_now(lambda s: _another(s, chat))
    tell(database, first, name="Ana")
    tell(database, second, notes="More")
    database.write_now(lambda s: erase_session(s, chat, VISITOR))
    assert count(database, Contact) == 0


def _another(session: Session, chat: uuid.UUID) -> uuid.UUID:
    conversation = Conversation(session_id=chat)
    session.add(conversation)
    session.flush()
    return conversation.id


@pytest.mark.parametrize("erased", ["first", "second"])
def test_who_shares_an_address_takes_only_their_own_part_along(
    database: Database, erased: str
) -> None:
    visits = {name: visit(database, name) for name in ("first", "second")}
    tell(
        database,
        visits["first"][1],
        name="Ana first",
        phone="+44 20 7183 8750",
        notes="Hello\nfirst words",
        has_consented=True,
    )
    tell(
        database,
        visits["second"][1],
        name="Bea second",
        company="Company second",
        notes="Hello\nsecond words",
    )
    database.write_now(lambda s: erase_session(s, visits[erased][0], VISITOR))
    stays = "second" if erased == "first" else "first"
    contact = only(database, Contact)
    assert contact.email == "ana@example.com"
    assert contact.conversation_id == visits[stays][1]
    assert set(contact.notes.splitlines()) >= {"Hello", f"{stays} words"}
    assert f" {erased}" not in dump(database)
    assert f"{erased} words" not in dump(database)
    if stays == "first":
        assert (contact.name, contact.phone) == ("Ana first", "+442071838750")
        assert contact.company is None
        assert contact.consent_at is not None
    else:
        assert (contact.phone, contact.company) == (None, "Company second")
        assert contact.consent_at is None
    told = [row.payload for row in database.read_now(lambda s: s.exec(select(Notification)).all())]
    assert {row["conversation_id"] for row in told} == {str(visits[stays][1])}


def test_what_a_merge_noted_of_a_visitor_goes_with_them(database: Database) -> None:
    def tell_and_merge(session: Session) -> None:
        ana, _ = save_contact(session, email="ana@example.com", conversation_id=visits["kept"][1])
        details = {"name": "Gone name", "company": "Gone company", "notes": "gone words"}
        gone, _ = save_contact(
            session, email="gone@example.com", conversation_id=visits["gone"][1], **details
        )
        ana.name, ana.company, ana.owner_notes = "Ana", "Acme", "My own line"
        ana.notes = "x" * MAX_NOTES
        session.flush()
        merge_contacts(session, ana.id, gone.id)

    visits = {name: visit(database, name) for name in ("kept", "gone")}
    database.write_now(tell_and_merge)
    noted = only(database, Contact).owner_notes or ""
    for text in ("gone@example.com", "Gone name", "Gone company", "gone words"):
        assert text in noted
    database.write_now(lambda s: erase_session(s, visits["gone"][0], VISITOR))
    assert "gone" not in dump(database).casefold()
    assert (only(database, Contact).owner_notes or "").splitlines()[0] == "My own line"


def test_a_contact_of_the_owners_own_stays(database: Database) -> None:
    tell(database, None, name="Ana", notes="met at a fair")
    chat, conversation = visit(database, "visitor")
    tell(database, conversation, notes="my own words")
    database.write_now(lambda s: erase_session(s, chat, VISITOR))
    contact = only(database, Contact)
    assert (contact.name, contact.notes) == ("Ana", "met at a fair")


def test_who_has_proved_an_address_takes_everything_under_it_along(database: Database) -> None:
    _, other = visit(database, "other")
    chat, own = visit(database, "own")
    contact = tell(database, other, name="Somebody")
    tell(database, own, name="Ana")

    def add(session: Session) -> None:
        now = utc_now()
        code = {"email": "ana@example.com", "code_hash": "0", "expires_at": now}
        session.add(EmailCode(session_id=chat, used_at=now, **code))
        session.add(EmailMessage(email="ana@example.com", subject="s", text="t"))
        call = {"status": "booked", "minutes": 30, "starts_at": now + timedelta(days=1)}
        session.add(Booking(email="ana@example.com", conversation_id=other, **call))

    database.write_now(add)
    database.write_now(lambda s: erase_session(s, chat, VISITOR))
    for table in (Contact, EmailCode, EmailMessage, Booking):
        assert count(database, table) == 0, table
    assert only(database, Conversation).id == other
    assert str(contact) in only(database, Erasure).erased_ids


def test_a_code_of_somebody_else_or_one_that_was_not_used_proves_nothing(
    database: Database,
) -> None:
    other_chat, other = visit(database, "other")
    chat, own = visit(database, "own")
    tell(database, other, name="Somebody")
    tell(database, own, notes="mine")

    def add(session: Session) -> None:
        code = {"email": "ana@example.com", "code_hash": "0", "expires_at": utc_now()}
        session.add(EmailCode(session_id=chat, **code))
        session.add(EmailCode(session_id=other_chat, used_at=utc_now(), **code))

    database.write_now(add)
    database.write_now(lambda s: erase_session(s, chat, VISITOR))
    assert only(database, Contact).name == "Somebody"


# --- The owner ------------------------------------------------------------------------------------


def test_the_owner_erases_a_conversation_and_the_contact_stays(database: Database) -> None:
    left = leave(database)
    ids = [left.conversation, left.other]
    database.write_now(lambda s: erase_conversations(s, ids, OWNER))
    assert count(database, Message) == count(database, Question) == 0
    assert only(database, Contact).id == left.contact
    shell = only(database, Conversation)
    assert (shell.id, shell.title) == (left.conversation, "")
    # By its token the visitor can still have the contact erased.
    database.write_now(lambda s: erase_session(s, left.chat, VISITOR))
    assert MARKER not in dump(database)


def test_the_owner_erases_a_contact_and_the_chat_stays(database: Database) -> None:
    left = leave(database)
    database.write_now(lambda s: erase_contact(s, left.contact, OWNER))
    assert count(database, Contact) == count(database, Booking) == 0
    assert count(database, Message) == 3


def test_the_owner_erases_a_contact_with_its_chats(database: Database) -> None:
    left = leave(database)
    database.write_now(lambda s: erase_contact(s, left.contact, OWNER, with_chats=True))
    assert MARKER not in dump(database)
    assert only(database, Erasure).reason == "owner"
