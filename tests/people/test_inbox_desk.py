import uuid
from datetime import UTC, datetime

import pytest

from chatbot.errors import InvalidInput, NotFound
from chatbot.people.escalations import open_escalation
from chatbot.people.inbox_desk import MESSAGES_AT_ONCE
from chatbot.storage.models import Conversation, Escalation, Message, Role
from tests.dashboards.visits import Visit, at
from tests.inbox_parts import RecordingBell, make_inbox

UNKNOWN = uuid.UUID(int=7)


@pytest.fixture
def bell() -> RecordingBell:
    return RecordingBell()


@pytest.fixture
def desk(database, bell):
    return make_inbox(database, bell)


def add_visit(database, *, is_escalated=True):
    def work(session):
        visit = Visit.begin(session, at(1))
        visit.ask("Do you know Python?", at(1), "Yes, since 2012.")
        escalation = visit.escalate(at(1), note="Please") if is_escalated else None
        return visit.id, visit.chat.id, escalation.id if escalation else None

    return database.write_now(work)


def get(database, table, key):
    return database.read_now(lambda session: session.get(table, key))


async def test_reading_marks_what_was_shown_as_read(database, desk):
    key, *_ = add_visit(database)
    (chat,) = (await desk.list_chats()).chats.items
    assert chat.is_unread
    assert (await desk.read_chat(key, marks_read=False)).chat.is_unread
    read = await desk.read_chat(str(key))
    assert get(database, Conversation, key).owner_read_at == read.messages[-1].created_at
    (chat,) = (await desk.list_chats()).chats.items
    assert not chat.is_unread
    await desk.mark_unread(key)
    (chat,) = (await desk.list_chats()).chats.items
    assert chat.is_unread


async def test_older_messages_are_read_in_steps(database, desk):
    key, *_ = add_visit(database)

    def fill(session):
        session.add_all(
            Message(conversation_id=key, role=Role.USER, content=f"Message {number}")
            for number in range(MESSAGES_AT_ONCE)
        )

    database.write_now(fill)
    first, both = await desk.read_chat(key), await desk.read_chat(key, steps=2)
    assert (len(first.messages), first.has_earlier) == (MESSAGES_AT_ONCE, True)
    assert (len(both.messages), both.has_earlier) == (MESSAGES_AT_ONCE + 2, False)


async def test_the_owners_day_begins_by_their_own_clock(database, bell):
    def work(session):
        Visit.begin(session, at(4)).ask("Late", at(4, 23))
        Visit.begin(session, at(5)).ask("Early", at(5, 6))

    database.write_now(work)
    now = datetime(2026, 5, 5, 10, tzinfo=UTC)
    listed = {}
    for zone in ("UTC", "Europe/Berlin", "America/New_York"):
        page = await make_inbox(database, bell, zone=zone).list_chats(only="today", now=now)
        listed[zone] = [chat.title for chat in page.chats.items]
    assert listed == {
        "UTC": ["Early"],
        "Europe/Berlin": ["Early", "Late"],
        "America/New_York": ["Early"],
    }


async def test_who_writes_has_taken_over_and_hands_back(database, desk, bell):
    key, session_id, escalation = add_visit(database)
    await desk.say(key, " It is me. ", "client-1")
    await desk.say(key, " It is me. ", "client-1")
    read = await desk.read_chat(key)
    assert [m.text for m in read.messages if m.role == "owner"] == ["It is me."]
    assert read.chat.is_taken_over
    assert get(database, Escalation, escalation).status == "taken"
    assert session_id in bell.rung
    assert key in bell.owner
    await desk.hand_back(key)
    read = await desk.read_chat(key)
    assert (read.chat.is_taken_over, read.chat.status) == (False, "active")
    assert get(database, Escalation, escalation).status == "resolved"


async def test_words_that_cannot_be_sent_take_nothing_over(database, desk):
    key, *_ = add_visit(database)
    with pytest.raises(InvalidInput, match="type a message"):
        await desk.say(key, "  ", "client-1")
    assert get(database, Conversation, key).floor == "bot"


async def test_an_escalation_is_resolved_without_taking_over(database, desk, bell):
    key, session_id, escalation = add_visit(database)
    assert (await desk.list_chats()).waiting == 1
    await desk.resolve(key)
    resolved = get(database, Escalation, escalation)
    assert (resolved.status, resolved.live_conversation_id) == ("resolved", None)
    assert get(database, Conversation, key).status == "active"
    assert (bell.rung, bell.owner) == ([session_id], [key])
    assert (await desk.list_chats()).waiting == 0
    await desk.resolve(key)
    assert get(database, Escalation, escalation).resolved_at == resolved.resolved_at

    def again(session):
        return open_escalation(session, conversation_id=key, reason="urgent")[1]

    assert database.write_now(again)


async def test_resolving_gives_back_what_was_taken_over(database, desk):
    key, _, escalation = add_visit(database)
    await desk.take_over(key)
    await desk.resolve(key)
    assert get(database, Conversation, key).floor == "bot"
    assert get(database, Escalation, escalation).status == "resolved"


async def test_a_closed_conversation_stays_closed(database, desk):
    key, *_ = add_visit(database)

    def close(session):
        session.get(Conversation, key).status = "closed"

    database.write_now(close)
    await desk.resolve(key)
    assert get(database, Conversation, key).status == "closed"


async def test_the_owner_is_away_by_their_own_word(desk):
    assert not (await desk.list_chats()).presence.is_online
    await desk.set_away(False)
    assert (await desk.list_chats()).presence.is_online
    await desk.set_away(True)
    presence = (await desk.list_chats()).presence
    assert (presence.is_online, presence.is_away) == (False, True)


async def test_a_filter_that_cannot_be_meant_is_refused(desk):
    with pytest.raises(InvalidInput, match="needs_me"):
        await desk.list_chats(only="everything")


@pytest.mark.parametrize("key", ["", "no id", "7" * 40, None, 7, str(UNKNOWN), UNKNOWN])
async def test_an_id_of_nothing_finds_nothing(desk, key):
    for call in (
        desk.read_chat(key),
        desk.mark_unread(key),
        desk.take_over(key),
        desk.hand_back(key),
        desk.say(key, "x", "client-1"),
        desk.resolve(key),
    ):
        with pytest.raises(NotFound, match="Load the list again"):
            await call
