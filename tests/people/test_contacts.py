import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from chatbot.errors import InvalidInput, NotFound
from chatbot.people.contacts import mark_contacted, mark_not_a_lead, save_contact
from chatbot.storage.models import ChatSession, Contact, Conversation, Notification
from tests.storage.test_database import add_conversation


@pytest.fixture
def conversations(sqlite_database):
    def work(session):
        chat = ChatSession(token_hash="hash")
        session.add(chat)
        session.flush()
        rows = [Conversation(session_id=chat.id) for _ in range(2)]
        session.add_all(rows)
        return [row.id for row in rows]

    return sqlite_database.write_now(work)


def save(database, **values) -> bool:
    return database.write_now(lambda session: save_contact(session, **values)[1])


def contacts(database) -> list[Contact]:
    return list(database.read_now(lambda session: session.exec(select(Contact)).all()))


def test_a_known_address_is_merged_whatever_its_case(sqlite_database):
    assert save(sqlite_database, email="Ana@Example.com", notes="Hiring")
    assert not save(sqlite_database, email="ana@example.COM", name="Ana Ruiz", notes="Remote")
    row = contacts(sqlite_database)[0]
    assert (row.email, row.name, row.notes) == ("ana@example.com", "Ana Ruiz", "Hiring\nRemote")


def test_another_chat_cannot_overwrite_a_contact(sqlite_database, conversations):
    mine, foreign = conversations
    save(sqlite_database, email="ana@example.com", name="Ana", conversation_id=mine)
    save(sqlite_database, email="ana@example.com", name="Mallory", conversation_id=foreign)
    row = contacts(sqlite_database)[0]
    assert row.name == "Ana"
    assert "Mallory" in row.notes
    save(sqlite_database, email="ana@example.com", name="Ana Ruiz", conversation_id=mine)
    assert contacts(sqlite_database)[0].name == "Ana Ruiz"


def test_phone_and_address_of_one_chat_are_one_contact(sqlite_database, conversations):
    save(sqlite_database, phone="+46 70 174 06 05", conversation_id=conversations[0])
    save(sqlite_database, email="ana@example.com", conversation_id=conversations[0])
    rows = contacts(sqlite_database)
    assert [(row.email, row.phone) for row in rows] == [("ana@example.com", "+46701740605")]


def test_the_same_address_at_once_is_one_contact(database):
    def one(number: int) -> None:
        database.write_now(
            lambda session: save_contact(session, email="ana@example.com", notes=f"note {number}")
        )

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(one, range(16)))
    rows = contacts(database)
    assert len(rows) == 1
    assert sorted(rows[0].notes.splitlines()) == sorted(f"note {n}" for n in range(16))


def test_an_address_that_two_chats_give_at_once_is_neither_refused_nor_twice(database):
    """The second had left a number first, so that its row changes instead of being made."""
    conversation_id = database.write_now(add_conversation)
    save(database, phone="+46 70 174 06 05", conversation_id=conversation_id)
    is_stored, second_began = threading.Event(), threading.Event()

    def first(session) -> None:
        save_contact(session, email="ana@example.com", notes="first")
        session.flush()
        is_stored.set()
        second_began.wait(5)
        time.sleep(0.1)  # Gives the second the time to meet the address that is not there yet.

    def second() -> None:
        is_stored.wait(5)
        second_began.set()
        save(database, email="ana@example.com", notes="second", conversation_id=conversation_id)

    with ThreadPoolExecutor(2) as threads:
        for work in [threads.submit(database.write_now, first), threads.submit(second)]:
            work.result()
    [row] = [row for row in contacts(database) if row.email]
    assert row.notes.splitlines() == ["first", "second"]


def test_the_owner_is_told_of_an_address_after_a_number(sqlite_database, conversations):
    save(sqlite_database, phone="+46 70 174 06 05", conversation_id=conversations[0])
    save(sqlite_database, email="ana@example.com", conversation_id=conversations[0])
    rows = sqlite_database.read_now(lambda s: s.exec(select(Notification)).all())
    assert [row.payload["email"] for row in rows] == [None, "ana@example.com"]


def test_the_owner_is_told_of_news_only(sqlite_database):
    for _ in range(3):
        save(sqlite_database, email="ana@example.com", notes="Hiring")
    rows = sqlite_database.read_now(lambda s: s.exec(select(Notification)).all())
    assert [row.payload["is_first"] for row in rows] == [True]


@pytest.mark.parametrize(
    "values", [{}, {"name": "Ana"}, {"email": "not an address"}, {"phone": "12"}, {"email": " "}]
)
def test_details_that_reach_nobody_are_refused(sqlite_database, values):
    with pytest.raises(InvalidInput):
        save(sqlite_database, **values)
    assert contacts(sqlite_database) == []


def test_an_unknown_conversation_is_not_invented(sqlite_database):

    with pytest.raises(IntegrityError):
        save(sqlite_database, email="ana@example.com", conversation_id=uuid.uuid4())


def test_a_note_that_is_part_of_another_is_kept(sqlite_database):
    for notes in ("Not hiring before May", "Not hiring", "Not hiring"):
        save(sqlite_database, email="ana@example.com", notes=notes)
    assert contacts(sqlite_database)[0].notes == "Not hiring before May\nNot hiring"


@pytest.mark.parametrize(
    ("mark", "before", "after"),
    [
        (mark_contacted, "new", "contacted"),
        (mark_contacted, "contacted", "contacted"),
        (mark_contacted, "junk", "contacted"),
        (mark_contacted, "in_talks", "in_talks"),
        (mark_contacted, "closed", "closed"),
        (mark_not_a_lead, "new", "junk"),
        (mark_not_a_lead, "in_talks", "junk"),
        (mark_not_a_lead, "junk", "junk"),
    ],
)
def test_a_mark_by_id_can_be_made_twice(database, mark, before, after):
    def add(session):
        session.add(contact := Contact(name="Ana", status=before))
        return contact.id

    key = database.write_now(add)
    for _ in range(2):
        assert database.write_now(lambda session: mark(session, key).status) == after
    assert [row.status for row in contacts(database)] == [after]


@pytest.mark.parametrize("mark", [mark_contacted, mark_not_a_lead])
def test_a_mark_on_a_contact_that_is_gone_says_so(sqlite_database, mark):
    with pytest.raises(NotFound):
        sqlite_database.write_now(lambda session: mark(session, uuid.UUID(int=7)))
