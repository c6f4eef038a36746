import uuid

import pytest
from sqlalchemy import Engine, event

from chatbot.storage.inbox import (
    InboxFilter,
    count_waiting,
    list_chats,
    mark_read,
    mark_unread,
)
from chatbot.storage.models import (
    ContactConversation,
    Escalation,
    JobDescription,
    Message,
    Question,
    Role,
)
from chatbot.storage.pages import PageRequest
from chatbot.storage.transcripts import get_transcript
from tests.dashboards.visits import Visit, at

UNKNOWN = uuid.UUID(int=7)


def add_inbox(database):
    """Six conversations, named by what their visitors asked first."""

    def work(session):
        def begin(title, moment, **values):
            visit = Visit.begin(session, moment)
            visit.ask(title, moment, "Yes.", cost_micro_usd=1500)
            for name, value in values.items():
                setattr(visit.conversation, name, value)
            return visit

        begin("read", at(1), owner_read_at=at(2))
        contact = begin("contact", at(2), owner_read_at=at(3))
        contact.leave_contact(at(2), name="Ana Ruiz", company="Åkerlund")
        job = begin("job", at(3))
        session.add(JobDescription(conversation_id=job.id, title="Engineer 100%", text="..."))
        taken = begin("taken", at(4), floor="owner", owner_read_at=at(5))
        taken.say(Role.OWNER, "It is me.", at(4, 13))
        begin("waiting", at(5), floor="owner", owner_read_at=at(6)).say(
            Role.USER, "Are you there?", at(5, 13)
        )
        open_one = begin("escalated", at(6), owner_read_at=at(7))
        open_one.escalate(at(6), note="Please")
        silent = Visit.begin(session, at(7))
        silent.escalate(at(7))
        Visit.begin(session, at(8))
        session.flush()
        return {visit.conversation.title: visit.id for visit in (contact, job, taken, open_one)} | {
            "": silent.id
        }

    return database.write_now(work)


def titles(database, **values):
    page = database.read_now(lambda session: list_chats(session, PageRequest(), **values))
    assert page.total == len(page.items)
    return [chat.title for chat in page.items]


ALL = ["", "escalated", "waiting", "taken", "job", "contact", "read"]


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({}, ALL),
        ({"only": InboxFilter.NEEDS_ME}, ["", "escalated", "waiting"]),
        ({"only": InboxFilter.ESCALATED}, ["", "escalated"]),
        ({"only": InboxFilter.CONTACT}, ["contact"]),
        ({"only": InboxFilter.JOB}, ["job"]),
        ({"only": InboxFilter.TODAY, "today_since": at(5)}, ["", "escalated", "waiting"]),
        ({"search": "ARE YOU"}, ["waiting"]),
        ({"search": "ana r"}, ["contact"]),
        ({"search": "åkerlund"}, ["contact"]),
        ({"search": "0%_"}, []),
        ({"search": "yes", "only": InboxFilter.JOB}, ["job"]),
    ],
)
def test_conversations_are_filtered_and_searched_newest_first(database, values, found):
    add_inbox(database)
    assert titles(database, **values) == found


def test_a_line_says_what_matters(database):
    add_inbox(database)
    rows = database.read_now(lambda session: list_chats(session, PageRequest())).items
    by_title = {row.title: row for row in rows}
    waiting, taken, contact = by_title["waiting"], by_title["taken"], by_title["contact"]
    assert (waiting.last_role, waiting.last_text) == ("user", "Are you there?")
    assert (waiting.is_waiting, waiting.needs_owner, waiting.questions) == (True, True, 2)
    assert (taken.last_role, taken.is_waiting, taken.is_taken_over) == ("owner", False, True)
    assert (contact.contact, contact.company) == ("Ana Ruiz", "Åkerlund")
    assert (by_title["escalated"].escalation, by_title["escalated"].reason) == ("open", "requested")
    assert (by_title["job"].has_job, by_title["job"].job_title) == (True, "Engineer 100%")
    assert (by_title[""].last_role, by_title[""].questions) == ("", 0)
    needing = [row.title for row in rows if row.needs_owner]
    assert needing == titles(database, only=InboxFilter.NEEDS_ME)
    assert database.read_now(count_waiting) == len(needing)


def test_only_what_the_visitor_said_after_the_last_reading_is_unread(database):
    ids = add_inbox(database)

    def unread():
        rows = database.read_now(lambda session: list_chats(session, PageRequest())).items
        return [row.title for row in rows if row.is_unread]

    assert unread() == ["job"]
    key = ids["contact"]

    def ask_again(session):
        session.add(Message(conversation_id=key, role=Role.USER, content="And?", created_at=at(9)))

    database.write_now(ask_again)
    assert unread() == ["job", "contact"]
    database.write_now(lambda session: mark_read(session, conversation_id=key, until=at(9)))
    database.write_now(lambda session: mark_read(session, conversation_id=key, until=at(2)))
    assert unread() == ["job"]
    assert database.write_now(lambda session: mark_unread(session, conversation_id=key))
    assert unread() == ["job", "contact"]
    assert not database.write_now(lambda session: mark_unread(session, conversation_id=UNKNOWN))


def test_a_contact_belongs_to_every_conversation_it_is_linked_to(database):
    ids = add_inbox(database)

    def link(session):
        visit = Visit.begin(session, at(1))
        known = visit.leave_contact(at(1), name="Ben")
        session.add(ContactConversation(contact_id=known.id, conversation_id=ids["job"]))

    database.write_now(link)
    assert titles(database, only=InboxFilter.CONTACT) == ["job", "contact"]
    rows = database.read_now(lambda session: list_chats(session, PageRequest())).items
    assert [row.contact for row in rows if row.title == "job"] == ["Ben"]
    assert titles(database, search="ben") == ["job"]


def count_statements(database, work):
    statements = []

    def note(_connection, _cursor, statement, *_):
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        database.read_now(work)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len([text for text in statements if text.startswith("SELECT")])


def test_a_page_costs_the_same_statements_however_long_it_is(sqlite_database):
    def read(session):
        return list_chats(session, PageRequest())

    add_inbox(sqlite_database)
    few = count_statements(sqlite_database, read)
    for _ in range(3):
        add_inbox(sqlite_database)
    assert count_statements(sqlite_database, read) == few
    assert 0 < few <= 9


def test_a_conversation_is_read_with_all_that_is_known_of_the_visitor(database):
    def work(session):
        visit = Visit.begin(session, at(1))
        visit.chat.locale, visit.chat.referrer_host = "de-DE", "www.linkedin.com"
        first = visit.ask("Old", at(1), "Gone", replaced_at=at(1), cost_micro_usd=700)
        asked = session.get(Message, first.reply_to)
        asked.replaced_at = at(1)
        edited = JobDescription(
            conversation_id=visit.id, message_id=asked.id, title="Edited away", text="a"
        )
        session.add_all(
            [
                edited,
                *(
                    JobDescription(conversation_id=visit.id, title="Engineer", text="b")
                    for _ in "12"
                ),
            ]
        )
        answer = visit.ask("New", at(2), "Yes.", cost_micro_usd=300)
        visit.file(answer)
        session.add(Question(text="Salary?", conversation_id=visit.id))
        visit.leave_contact(at(2), name="Ana", email="ana@example.com", phone="+4670")
        escalation = visit.escalate(at(3), note="Please")
        escalation.live_conversation_id, escalation.status = None, "resolved"
        escalation.resolved_at = at(4)
        session.add(escalation)
        session.flush()
        session.add(
            Escalation(conversation_id=visit.id, live_conversation_id=visit.id, reason="urgent")
        )
        visit.again(at(5)).ask("Another time", at(5))
        return visit.id

    key = database.write_now(work)
    read = database.read_now(lambda session: get_transcript(session, conversation_id=key, limit=3))
    assert [(row.role, row.is_replaced) for row in read.messages] == [
        ("assistant", True),
        ("user", False),
        ("assistant", False),
    ]
    assert read.has_earlier
    assert read.messages[-1].tools == ("record_unknown_question: done",)
    assert [(row.name, row.email, row.phone) for row in read.contacts] == [
        ("Ana", "ana@example.com", "+4670")
    ]
    assert [(row.title, row.text) for row in read.jobs] == [("Engineer", "b")]
    assert [(row.text, row.status) for row in read.questions] == [("Salary?", "open")]
    assert [(row.reason, row.status) for row in read.escalations] == [
        ("urgent", "open"),
        ("requested", "resolved"),
    ]
    assert [chat.title for chat in read.other_chats] == ["Another time"]
    assert (read.cost_micro_usd, read.locale) == (1000, "de-DE")
    assert read.chat.referrer_host == "www.linkedin.com"


def test_a_conversation_that_is_gone_is_not_found(database):
    work = lambda session: get_transcript(session, conversation_id=UNKNOWN, limit=3)  # noqa: E731
    assert database.read_now(work) is None
