import asyncio
import uuid
from datetime import timedelta

import pytest
from sqlmodel import select

from chatbot.errors import InvalidInput, NotFound
from chatbot.people.takeover import MAX_OWNER_MESSAGE
from chatbot.storage.models import (
    BudgetDay,
    Conversation,
    Escalation,
    Message,
    OwnerState,
    utc_now,
)
from chatbot.web.live import Ticket
from tests.fakes import Visitor, list_rows, make_settings, running_services
from tests.floor_parts import END, FloorParts
from tests.stand_in import StandIn


def rows(parts, table):
    return list_rows(parts.database, table)


async def test_a_takeover_ends_the_answer_and_takes_the_escalation(database_values):
    async with FloorParts(database_values) as parts:
        visitor = await Visitor.arrive(parts.chat)
        await parts.chat.talk_to_human(visitor.key)
        visitor.view = await parts.chat.send(visitor.key, "Where did you study?")
        conversation_id = visitor.view.conversation_id
        live = parts.engine.get_live(conversation_id)
        parts.answering.queue(conversation_id).put_nowait("In Gothenburg")
        async for _ in live.changes():
            if live.text:
                break
        views = await asyncio.gather(
            *(parts.takeover.take(conversation_id) for _ in range(3)),
            parts.takeover.take(str(conversation_id)),
        )
        assert sorted(view.has_changed for view in views) == [False, False, False, True]
        messages = rows(parts, Message)
        [day], [escalation] = rows(parts, BudgetDay), rows(parts, Escalation)
        [found], [state] = rows(parts, Conversation), rows(parts, OwnerState)
    answer = next(row for row in messages if row.role == "assistant")
    assert (answer.content, answer.status, answer.error) == (
        "In Gothenburg",
        "interrupted",
        "taken_over",
    )
    assert (day.reserved_micro_usd, day.spent_micro_usd) == (0, answer.cost_micro_usd)
    assert [row.content for row in messages if row.role == "notice"][1:] == ["notice:joined"]
    assert (found.floor, found.floor_epoch) == ("owner", 1)
    assert found.taken_at == found.owner_active_at
    assert escalation.status == "taken"
    assert escalation.taken_at is not None
    assert state.seen_at is not None


async def test_the_owner_speaks_only_with_the_floor_and_a_double_click_once(database_values):
    async with FloorParts(database_values) as parts:
        visitor = await Visitor.arrive(parts.chat)
        chat = visitor.view.conversation_id
        with pytest.raises(InvalidInput, match="Take it over first"):
            await parts.takeover.say(chat, "Hello", "a")
        await parts.takeover.take(chat)
        said = await asyncio.gather(*(parts.takeover.say(chat, " Hello ", "a") for _ in range(5)))
        assert len(set(said)) == 1
        await parts.takeover.hand_back(chat)
        assert await parts.takeover.say(chat, "Hello", "a") == said[0]
        with pytest.raises(InvalidInput, match="Take it over first"):
            await parts.takeover.say(chat, "Hello", "b")
        visitor.view = await parts.chat.read(visitor.key)
    assert [(message.role, message.text) for message in visitor.messages] == [
        ("notice", "notice:joined"),
        ("owner", "Hello"),
        ("notice", "notice:left"),
    ]


@pytest.mark.parametrize("text", ["", " \n ", "x" * (MAX_OWNER_MESSAGE + 1), None])
async def test_words_that_cannot_be_sent_are_refused(sqlite_values, text):
    async with FloorParts(sqlite_values) as parts:
        visitor = await Visitor.arrive(parts.chat)
        await parts.takeover.take(visitor.view.conversation_id)
        with pytest.raises(InvalidInput):
            await parts.takeover.say(visitor.view.conversation_id, text, "a")
        with pytest.raises(InvalidInput):
            await parts.takeover.say(visitor.view.conversation_id, "Hello", " ")
    assert [message.role for message in visitor.messages] == []


@pytest.mark.parametrize("key", [uuid.uuid4(), "no id", None, 7])
async def test_a_conversation_that_is_gone_is_said_to_be(sqlite_values, key):
    async with FloorParts(sqlite_values) as parts:
        for work in (
            parts.takeover.take(key),
            parts.takeover.hand_back(key),
            parts.takeover.say(key, "Hello", "a"),
        ):
            with pytest.raises(NotFound, match="no longer here"):
                await work


async def test_a_visitor_cannot_take_the_id_of_the_owners_words(sqlite_values):
    async with FloorParts(sqlite_values) as parts:
        visitor = await Visitor.arrive(parts.chat)
        await parts.takeover.take(visitor.view.conversation_id)
        await parts.chat.send(visitor.key, "Hello?")
        said = await parts.takeover.say(
            visitor.view.conversation_id, "Hello!", visitor.key.client_message_id
        )
        found = {row.id: row for row in rows(parts, Message)}
    assert (found[said].role, found[said].content) == ("owner", "Hello!")


async def test_no_turn_begins_while_the_floor_passes(sqlite_values):
    async with FloorParts(sqlite_values) as parts:
        visitor = await Visitor.arrive(parts.chat)
        chat = visitor.view.conversation_id
        async with parts.engine.hold_turns(chat):
            sending = asyncio.create_task(parts.chat.send(visitor.key, "Are you there?"))
            for _ in range(20):
                await asyncio.sleep(0.005)
            assert not sending.done()
            assert rows(parts, Message) == []
        view = await sending
        assert view.is_answering


async def test_an_owner_who_falls_silent_gives_the_floor_back(database_values):
    async with FloorParts(database_values, idle_minutes=10) as parts:
        silent, spoken, early = [(await Visitor.arrive(parts.chat)).view for _ in range(3)]
        for view in (silent, spoken, early):
            key = (await Visitor.arrive(parts.chat, view.token)).key
            await parts.chat.talk_to_human(key)
            await parts.takeover.take(view.conversation_id)
        await parts.takeover.say(spoken.conversation_id, "One moment", "a")
        begun = utc_now()

        def set_back(session):
            for row in session.exec(select(Conversation)).all():
                if row.id != early.conversation_id:
                    row.owner_active_at = begun - timedelta(minutes=11)

        parts.database.write_now(set_back)
        returned = await asyncio.gather(*(parts.takeover.return_idle() for _ in range(3)))
        assert sum(returned) == 2
        floors = {row.id: row.floor for row in rows(parts, Conversation)}
        states = {row.conversation_id: row.status for row in rows(parts, Escalation)}
    assert floors == {
        silent.conversation_id: "bot",
        spoken.conversation_id: "bot",
        early.conversation_id: "owner",
    }
    # Who was left without a word still waits for a person.
    assert states == {
        silent.conversation_id: "open",
        spoken.conversation_id: "taken",
        early.conversation_id: "taken",
    }


async def test_handing_back_resolves_the_escalation(sqlite_values):
    async with FloorParts(sqlite_values) as parts:
        visitor = await Visitor.arrive(parts.chat)
        await parts.chat.talk_to_human(visitor.key)
        await parts.takeover.take(visitor.view.conversation_id)
        await parts.takeover.hand_back(visitor.view.conversation_id)
        [escalation], [found] = rows(parts, Escalation), rows(parts, Conversation)
    assert (escalation.status, escalation.live_conversation_id) == ("resolved", None)
    assert found.status == "active"


async def test_calling_the_owner_who_is_here_promises_nothing_more(sqlite_values):
    async with FloorParts(sqlite_values) as parts:
        visitor = await Visitor.arrive(parts.chat)
        await parts.takeover.take(visitor.view.conversation_id)
        view = await parts.chat.ask_for_human(visitor.key, "It is urgent")
        [escalation] = rows(parts, Escalation)
    assert [message.text for message in view.messages] == ["notice:joined"]
    assert escalation.status == "taken"


async def test_the_model_is_told_what_the_owner_wrote(sqlite_values):
    with StandIn() as stand_in:
        settings = make_settings(
            sqlite_values, openai_api_key="sk-test", openai_base_url=stand_in.base_url
        )
        async with running_services(settings) as services:
            visitor = await Visitor.arrive(services.chat)
            await visitor.ask("Where did you study?")
            chat = visitor.view.conversation_id
            await services.takeover.take(chat)
            visitor.view = await services.chat.send(visitor.key, "Can we meet?")
            await services.takeover.say(chat, "Yes, on Monday at ten.", "a")
            await services.takeover.hand_back(chat)
            visitor.view = await services.chat.read(visitor.key)
            await visitor.ask("When was that?")
    assert len(stand_in.requests) == 2
    sent = [(m["role"], m["content"]) for m in stand_in.requests[1].body["messages"]]
    assert sent[-3:] == [
        ("user", "Can we meet?"),
        ("assistant", "(Mara Lindqvist wrote:) Yes, on Monday at ten."),
        ("user", "When was that?"),
    ]


async def test_typing_is_passed_on_only_while_the_owner_has_the_floor(sqlite_values):
    async with FloorParts(sqlite_values) as parts:
        visitor, stranger = [await Visitor.arrive(parts.chat) for _ in range(2)]
        session_id, chat = visitor.view.session_id, visitor.view.conversation_id
        with (
            parts.live.listening(Ticket(session_id, "p")) as page,
            parts.live.listening(Ticket(None, "")) as owner,
        ):
            await parts.takeover.owner_types(chat)
            await parts.takeover.visitor_types(session_id, chat)
            await asyncio.sleep(0)
            assert not page.is_rung
            assert not owner.is_rung
            await parts.takeover.take(chat)
            assert await page.next_frames() == ["1"]
            assert await owner.next_frames() == [f"1:{chat}"]
            await parts.takeover.visitor_types(stranger.view.session_id, chat)
            await parts.takeover.visitor_types(session_id, uuid.uuid4())
            await asyncio.sleep(0)
            assert not owner.is_rung
            await parts.takeover.owner_types(chat)
            await parts.takeover.visitor_types(session_id, chat)
            assert await page.next_frames() == [f"t:{chat}"]
            assert await owner.next_frames() == [f"t:{chat}"]


async def test_every_activity_of_a_visitor_rings_the_owner(sqlite_values):
    async with FloorParts(sqlite_values) as parts:
        visitor = await Visitor.arrive(parts.chat)
        chat = visitor.view.conversation_id
        with parts.live.listening(Ticket(None, "")) as owner:
            visitor.view = await parts.chat.send(visitor.key, "Where did you study?")
            assert await owner.next_frames() == [f"1:{chat}"]
            task = parts.engine.get_live(chat).task
            parts.answering.queue(chat).put_nowait(END)
            await asyncio.wait([task])
            assert await owner.next_frames() == [f"1:{chat}"]
            await parts.chat.talk_to_human(visitor.key)
            assert await owner.next_frames() == [f"1:{chat}"]
            answer = next(m for m in visitor.messages if m.role == "assistant")
            await parts.chat.rate(visitor.key, answer.id, "down")
            assert await owner.next_frames() == [f"1:{chat}"]
