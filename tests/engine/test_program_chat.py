"""What programs do with chats, beside the page of the same visitor."""

import asyncio

import pytest

from chatbot.doors import build_program_chat
from chatbot.engine.chat_feed import ChatFeed
from chatbot.engine.program_chat import Caller
from chatbot.errors import InvalidInput, NotFound
from chatbot.people.forms import ContactForm
from chatbot.storage.models import Conversation, Message
from tests.fakes import Visitor, make_settings, read_rows, running_services

JOB = "Backend engineer\n\nRequirements:\n- 5 years of Python\n- PostgreSQL\n- A driving licence"


async def test_a_page_goes_on_in_a_chat_that_a_program_erased(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        visitor = await Visitor.arrive(services.chat)
        await visitor.ask("Where did you study?")
        await services.chat.leave_contact(visitor.key, ContactForm(email="a@example.com"))
        chats = build_program_chat(services)
        owner, chat_id = Caller(is_owner=True), visitor.view.conversation_id
        await chats.erase(owner, chat_id)
        with pytest.raises(NotFound):
            await chats.read(owner, chat_id)
        again = await visitor.reload()
        assert again.view.conversation_id == chat_id
        await again.ask("Which databases?")
        assert (await chats.read(owner, chat_id)).messages == 2
        [row] = read_rows(services, Conversation)
        assert row.status == "active"


async def test_a_message_that_is_sent_twice_at_once_is_one(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        chats = build_program_chat(services)
        opened = await chats.open_chat(channel="api")
        caller = Caller(opened.token)
        work = [chats.ask(caller, opened.chat_id, "Which databases?", " a\n") for _ in range(6)]
        found = await asyncio.gather(*work)
        assert len({exchange.reply.id for exchange in found}) == 1
        assert len(read_rows(services, Message)) == 2


async def test_the_end_of_an_answer_is_told_even_if_nobody_saw_it_begin(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        chats = build_program_chat(services)
        opened = await chats.open_chat(channel="api")
        feed = ChatFeed(chats, Caller(opened.token), opened.chat_id, None)
        assert [event.name for event in await feed.start()] == ["FLOOR", "STATUS"]
        await chats.ask(Caller(opened.token), opened.chat_id, "Which databases?", "a")
        *messages, last = await feed.read_news()
        assert [event.message.role for event in messages] == ["user", "assistant"]
        assert (last.name, last.values["answering"]) == ("STATUS", False)
        assert await feed.read_news() == []


async def test_a_page_cannot_write_into_a_closed_chat(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        visitor = await Visitor.arrive(services.chat)
        await visitor.ask("Where did you study?")
        chats = build_program_chat(services)
        await chats.close(Caller(is_owner=True), visitor.view.conversation_id)
        with pytest.raises(InvalidInput, match="closed"):
            await visitor.chat.send(visitor.key, "One more?")


async def test_a_fit_sheet_is_made_and_its_job_is_in_the_context(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        chats = build_program_chat(services)
        opened = await chats.open_chat(channel="api")
        caller = Caller(opened.token)
        before = await chats.read_context(caller, opened.chat_id)
        assert before.job_description == ""
        made = await chats.build_fit(caller, opened.chat_id, JOB)
        assert any("Python" in item.requirement for item in made.sheet.items)
        after = await chats.read_context(Caller(is_owner=True), opened.chat_id)
        assert "PostgreSQL" in after.job_description
        assert after.tokens.job > before.tokens.job == 0
        for job in ("  ", "x" * 20_001):
            with pytest.raises(InvalidInput):
                await chats.build_fit(caller, opened.chat_id, job)
        for stranger in (Caller("made-up"), Caller((await chats.open_chat(channel="api")).token)):
            with pytest.raises(NotFound):
                await chats.build_fit(stranger, opened.chat_id, JOB)
            with pytest.raises(NotFound):
                await chats.read_context(stranger, opened.chat_id)


async def test_a_chat_is_opened_with_a_job_in_mind_or_not_at_all(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        chats = build_program_chat(services)
        opened = await chats.open_chat(channel="api", job_description=JOB)
        context = await chats.read_context(Caller(opened.token), opened.chat_id)
        assert "driving licence" in context.job_description
        kept = len(read_rows(services, Conversation))
        with pytest.raises(InvalidInput):
            await chats.open_chat(channel="api", job_description="Hello there.")
        assert len(read_rows(services, Conversation)) == kept
