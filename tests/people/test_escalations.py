from concurrent.futures import ThreadPoolExecutor

from sqlmodel import select

from chatbot.people.escalations import open_escalation
from chatbot.people.questions import file_question
from chatbot.storage.models import (
    ChatSession,
    Conversation,
    Escalation,
    EscalationReason,
    Notification,
    Question,
    utc_now,
)


def make_conversation(database):
    def work(session):
        chat = ChatSession(token_hash="hash")
        session.add(chat)
        session.flush()
        row = Conversation(session_id=chat.id)
        session.add(row)
        session.flush()
        return row.id

    return database.write_now(work)


def rows(database, table):
    return database.read_now(lambda session: session.exec(select(table)).all())


def test_a_conversation_has_one_live_escalation(database):
    conversation = make_conversation(database)

    def one(_number: int) -> bool:
        return database.write_now(
            lambda session: open_escalation(
                session, conversation_id=conversation, reason=EscalationReason.REQUESTED
            )[1]
        )

    with ThreadPoolExecutor(8) as threads:
        opened = list(threads.map(one, range(16)))
    assert sum(opened) == 1
    assert len(rows(database, Escalation)) == 1
    assert [row.kind for row in rows(database, Notification)] == ["escalation"]
    assert rows(database, Conversation)[0].status == "escalated"


def test_a_resolved_escalation_makes_room_for_the_next(database):
    conversation = make_conversation(database)

    def again(session):
        return open_escalation(
            session, conversation_id=conversation, reason=EscalationReason.KEYWORD
        )[1]

    def resolve(session):
        row = session.exec(select(Escalation)).one()
        row.status, row.resolved_at, row.live_conversation_id = "resolved", utc_now(), None

    assert database.write_now(again)
    database.write_now(resolve)
    assert database.write_now(again)
    assert len(rows(database, Escalation)) == 2


def test_the_same_question_of_one_chat_is_filed_once(database):
    conversation = make_conversation(database)
    for text in ("What is your blood type?", " What is your blood type? ", "And your height?"):
        database.write_now(
            lambda session, text=text: file_question(session, text, conversation_id=conversation)
        )
    assert [row.text for row in rows(database, Question)] == [
        "What is your blood type?",
        "And your height?",
    ]
    assert [row.kind for row in rows(database, Notification)] == ["question", "question"]
