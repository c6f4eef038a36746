import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import select

from chatbot.engine.admission import TurnIsRunning
from chatbot.engine.visitor_chat import ChatKey, PageInfo
from chatbot.errors import InvalidInput, NotFound
from chatbot.storage.database import Database, DatabaseValues
from chatbot.storage.models import (
    BudgetDay,
    ChatSession,
    Contact,
    Escalation,
    JobDescription,
    Message,
    Notification,
    Question,
    ToolCall,
    utc_now,
)
from tests.fakes import Visitor, make_settings, read_rows, running_services
from tests.knowledge.test_job_description import POSTING
from tests.stand_in import Fault, Reply, StandIn
from tests.stand_in import ToolCall as Call


def model_settings(database_values: DatabaseValues, stand_in: StandIn, **values):
    return make_settings(
        database_values, openai_api_key="sk-test", openai_base_url=stand_in.base_url, **values
    )


async def test_an_answer_streams_and_is_stored_on_every_database(database_values):
    with StandIn(default=Reply(tokens=60, tokens_per_second=30)) as stand_in:
        async with running_services(model_settings(database_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            visitor.view = await services.chat.send(visitor.key, "What do you do now?")
            assert [m.status for m in visitor.messages] == ["done", "streaming"]
            views = await visitor.follow()
            lengths = [len(view.messages[-1].text) for view in views]
            rows = read_rows(services, Message)
    assert lengths == sorted(lengths)
    assert len({length for length in lengths if length}) >= 2
    assert [row.role for row in rows] == ["user", "assistant"]
    assert rows[1].content == visitor.answer.text
    assert (rows[1].status, rows[1].model) == ("done", "gpt-4.1-mini")
    assert rows[1].completion_tokens
    assert rows[1].first_text_ms is not None
    assert rows[1].reserved_micro_usd == 0
    assert rows[1].cost_micro_usd


async def test_a_message_sent_twice_is_one_turn(sqlite_values):
    with StandIn() as stand_in:
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            key = visitor.key
            results = await asyncio.gather(
                *(services.chat.send(key, "Where did you study?") for _ in range(20)),
                return_exceptions=True,
            )
            await visitor.follow()
            rows = read_rows(services, Message)
    assert not [result for result in results if isinstance(result, Exception)]
    assert [row.role for row in rows] == ["user", "assistant"]
    assert len(stand_in.requests) == 1


async def test_a_second_message_waits_for_the_answer(sqlite_values):
    with StandIn(default=Reply(tokens=100, tokens_per_second=100)) as stand_in:
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            visitor.view = await services.chat.send(visitor.key, "Where did you study?")
            with pytest.raises(TurnIsRunning):
                await services.chat.send(visitor.key, "And before?")


async def test_history_comes_from_the_database_and_whole(sqlite_values):
    with StandIn() as stand_in:
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            first = await visitor.ask("Where did you study?")
            await visitor.ask("And before that?")
    sent = [(m["role"], m["content"]) for m in stand_in.requests[1].body["messages"]]
    assert [role for role, _ in sent] == ["system", "user", "assistant", "user"]
    assert sent[1][1] == "Where did you study?"
    assert sent[2][1] == first.text
    assert sent[3][1] == "And before that?"


async def test_the_prompt_of_a_turn_is_the_beginning_of_the_next(sqlite_values):
    with StandIn() as stand_in:
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            for number in range(4):
                await visitor.ask(f"What about your project number {number}?")
    prompts = [request.body["messages"] for request in stand_in.requests]
    for before, after in zip(prompts, prompts[1:], strict=False):
        assert after[: len(before)] == before


async def test_stopping_keeps_what_was_shown(sqlite_values):
    with StandIn(default=Reply(tokens=200, tokens_per_second=100)) as stand_in:
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            visitor.view = await services.chat.send(visitor.key, "Tell me about your work")
            shown = ""
            async for view in services.chat.follow(visitor.key):
                if len(shown) > 40 and not view.is_answering:
                    break
                shown = view.messages[-1].text
                if len(shown) > 40 and view.is_answering:
                    await services.chat.stop(visitor.key)
            visitor = await visitor.reload()
    assert visitor.answer.status == "interrupted"
    assert visitor.answer.error == "stopped"
    assert visitor.answer.text.startswith(shown[:40])
    assert not visitor.view.is_answering


async def test_an_interrupted_answer_is_continued_from_its_words(sqlite_values):
    with StandIn() as stand_in:
        stand_in.script(Fault("reset", after_tokens=10), Reply(text="and that is the rest."))
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            broken = await visitor.ask("Tell me about your work")
            assert (broken.status, broken.error) == ("interrupted", "broken")
            visitor.view = await services.chat.continue_answer(visitor.key)
            await visitor.follow()
    sent = stand_in.requests[1].body["messages"]
    assert sent[-2] == {"role": "assistant", "content": broken.text}
    assert "cut off" in sent[-1]["content"]
    assert [m.status for m in visitor.messages] == ["done", "interrupted", "done"]


async def test_retry_replaces_the_answer(sqlite_values):
    with StandIn() as stand_in:
        stand_in.script(Reply(text="First."), Reply(text="Second."))
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            await visitor.ask("Tell me about your work")
            visitor.view = await services.chat.retry(visitor.key)
            await visitor.follow()
            rows = read_rows(services, Message)
    assert [m.text for m in visitor.messages] == ["Tell me about your work", "Second."]
    assert [row.content for row in rows if row.replaced_at] == ["First."]
    assert stand_in.requests[0].body["messages"] == stand_in.requests[1].body["messages"]


async def test_editing_replaces_the_message_and_all_after_it(sqlite_values):
    with StandIn() as stand_in:
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            await visitor.ask("Where did you study?")
            await visitor.ask("And before?")
            first = visitor.messages[0]
            visitor.view = await services.chat.edit(visitor.key, first.id, "What do you build?")
            await visitor.follow()
    assert [m.role for m in visitor.messages] == ["user", "assistant"]
    assert visitor.messages[0].text == "What do you build?"
    assert len(stand_in.requests[-1].body["messages"]) == 2


async def test_the_answer_goes_on_without_any_page(sqlite_values):
    with StandIn(default=Reply(tokens=60, tokens_per_second=200)) as stand_in:
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            await services.chat.send(visitor.key, "Tell me about your work")
            visitor = await visitor.reload()
            async with asyncio.timeout(20):
                while visitor.answer.status == "streaming":
                    await asyncio.sleep(0.1)
                    visitor = await visitor.reload()
    assert visitor.answer.status == "done"


async def test_two_pages_see_the_same_stream(sqlite_values):
    with StandIn(default=Reply(tokens=60, tokens_per_second=200)) as stand_in:
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            visitor.view = await services.chat.send(visitor.key, "Tell me about your work")
            second = await visitor.reload()
            one, two = await asyncio.gather(visitor.follow(), second.follow())
    assert len(one) >= 3
    assert len(two) >= 3
    assert visitor.answer.text == second.answer.text


async def test_a_stop_of_the_program_saves_what_was_shown(sqlite_values):
    with StandIn(default=Reply(tokens=200, tokens_per_second=100)) as stand_in:
        settings = model_settings(sqlite_values, stand_in)
        async with running_services(settings) as services:
            visitor = await Visitor.arrive(services.chat)
            await services.chat.send(visitor.key, "Tell me about your work")
            await asyncio.sleep(0.5)
        async with running_services(settings) as services:
            again = await Visitor.arrive(services.chat, visitor.view.token)
    assert (again.answer.status, again.answer.error) == ("interrupted", "restart")
    assert len(again.answer.text) > 20


async def test_rows_that_a_dead_run_left_streaming_are_interrupted_and_paid(sqlite_values):
    settings = make_settings(sqlite_values)
    async with running_services(settings) as services:
        visitor = await Visitor.arrive(services.chat)
        conversation = visitor.view.conversation_id

        def leave(session):
            session.add(BudgetDay(day="2026-01-01", reserved_micro_usd=500))
            session.add(
                Message(
                    conversation_id=conversation,
                    role="assistant",
                    status="streaming",
                    content="Half of",
                    run_id=conversation,
                    reserved_micro_usd=500,
                    budget_day="2026-01-01",
                )
            )

        services.database.write_now(leave)
    async with running_services(settings) as services:
        again = await Visitor.arrive(services.chat, visitor.view.token)
        day = read_rows(services, BudgetDay)[0]
    assert (again.answer.status, again.answer.text) == ("interrupted", "Half of")
    assert (day.reserved_micro_usd, day.spent_micro_usd) == (0, 500)


async def test_a_tool_saves_a_contact_once_and_tells_the_owner(database_values):
    arguments = '{"email": "Ana.Ruiz@Example.com", "name": "Ana Ruiz", "notes": "Hiring a lead"}'
    with StandIn() as stand_in:
        stand_in.script(
            Reply(tool_calls=(Call("record_user_details", arguments),)),
            Reply(text="Thank you, I have told Mara."),
        )
        async with running_services(model_settings(database_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            await visitor.ask("I am Ana Ruiz, write to ana.ruiz@example.com please")
            contacts = read_rows(services, Contact)
            calls = read_rows(services, ToolCall)
            notifications = read_rows(services, Notification)
    assert [(c.email, c.name) for c in contacts] == [("ana.ruiz@example.com", "Ana Ruiz")]
    assert [(c.name, c.outcome) for c in calls] == [("record_user_details", "done")]
    assert [n.kind for n in notifications] == ["contact"]
    assert stand_in.requests[1].body["messages"][-1]["role"] == "tool"


async def test_an_address_that_the_visitor_did_not_type_is_not_saved(sqlite_values):
    with StandIn() as stand_in:
        stand_in.script(
            Reply(tool_calls=(Call("record_user_details", '{"email": "other@example.com"}'),)),
            Reply(text="Which address is yours?"),
        )
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            await visitor.ask("Please save my address")
            assert read_rows(services, Contact) == []
            assert read_rows(services, ToolCall)[0].outcome == "refused"


@pytest.mark.parametrize(
    "call",
    [
        Call("drop_tables", "{}"),
        Call("record_unknown_question", "{not json"),
        Call("record_unknown_question", "[]"),
        Call("record_unknown_question", '{"question": ""}'),
        Call("record_user_details", '{"email": "not an address"}'),
        Call("record_user_details", "{}"),
    ],
)
async def test_what_is_wrong_with_a_call_comes_back_as_text(sqlite_values, call):
    with StandIn() as stand_in:
        stand_in.script(Reply(tool_calls=(call,)), Reply(text="Let me put it in words."))
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            answer = await visitor.ask("My address is not an address")
            assert read_rows(services, Contact) == []
            assert read_rows(services, Question) == []
    assert answer.text == "Let me put it in words."
    assert stand_in.requests[1].body["messages"][-1]["content"].startswith("Refused")


async def test_tool_rounds_and_calls_are_bounded(sqlite_values):
    with StandIn(default=Fault("endless_tools")) as stand_in:
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            answer = await visitor.ask("Tell me about your work")
            assert len(read_rows(services, ToolCall)) <= 8 + 2
    assert len(stand_in.requests) <= 4
    assert "tools" not in stand_in.requests[-1].body
    assert answer.status == "done"


async def test_the_budget_is_hard_and_the_rest_is_limited(sqlite_values):
    prices = '{"gpt-4.1-mini": {"input": 10, "output": 40}}'
    with StandIn(default=Reply(tokens=20)) as stand_in:
        settings = model_settings(
            sqlite_values, stand_in, model_prices=prices, daily_budget_usd=0.5
        )
        async with running_services(settings) as services:
            visitors = await asyncio.gather(*(Visitor.arrive(services.chat) for _ in range(12)))
            answers = await asyncio.gather(*(v.ask("What do you do now?") for v in visitors))
            day = read_rows(services, BudgetDay)[0]
            kinds = [row.kind for row in read_rows(services, Notification)]
    assert 0 < sum(answer.limited for answer in answers) < 12
    assert day.reserved_micro_usd == 0
    assert 0 < day.spent_micro_usd <= 500_000
    assert kinds.count("budget") == 1
    assert all(answer.status == "done" for answer in answers)


async def test_a_dead_provider_leaves_a_limited_answer(sqlite_values):
    with StandIn(default=Fault("401")) as stand_in:
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            answer = await visitor.ask("Where did you study?")
            await visitor.ask("What do you do now?")
            rows = read_rows(services, Notification)
    assert answer.limited
    assert answer.citations
    assert "OPENAI_API_KEY" in [r for r in rows if r.kind == "provider"][0].payload["action"]
    assert len([r for r in rows if r.kind == "provider"]) == 1
    assert [r.payload["reason"] for r in rows if r.kind == "escalation"] == ["technical"]


async def test_two_unsure_career_answers_call_the_owner(sqlite_values):
    settings = make_settings(sqlite_values)
    async with running_services(settings) as services:
        visitor = await Visitor.arrive(services.chat)
        await visitor.ask("What is your blood type?")
        assert read_rows(services, Escalation) == []
        await visitor.ask("Which school did your children go to?")
        escalation = read_rows(services, Escalation)[0]
        questions = read_rows(services, Question)
    assert escalation.reason == "low_confidence"
    assert len(questions) == 2
    assert visitor.messages[-1].role == "notice"
    assert visitor.view.is_escalated


async def test_asking_for_a_person_escalates_once_without_a_model(sqlite_values):
    with StandIn() as stand_in:
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            answer = await visitor.ask("I want to talk to a real person please")
            again = await visitor.ask("Can I speak to a human?")
            escalations = read_rows(services, Escalation)
    assert len(escalations) == 1
    assert stand_in.requests == []
    assert not answer.limited
    assert "already" in again.text


async def test_limited_mode_captures_a_contact_and_answers_with_sources(database_values):
    async with running_services(make_settings(database_values)) as services:
        visitor = await Visitor.arrive(services.chat)
        answer = await visitor.ask("Where did you study?")
        thanks = await visitor.ask("My name is Ana Ruiz, my e-mail is ana@example.com")
        recipe = await visitor.ask("Give me a recipe for pancakes")
        contacts = read_rows(services, Contact)
        questions = read_rows(services, Question)
    assert answer.limited
    assert "[1]" in answer.text
    assert answer.citations[0].passage
    assert "ana@example.com" in thanks.text
    assert [(c.email, c.name) for c in contacts] == [("ana@example.com", "Ana Ruiz")]
    assert "only here for questions" in recipe.text
    assert questions == []


async def test_an_id_opens_nothing_without_its_token(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        owner = await Visitor.arrive(services.chat)
        await owner.ask("Where did you study?")
        thief = await Visitor.arrive(services.chat)
        stolen = replace(thief.key, conversation_id=owner.key.conversation_id)
        for key in (stolen, ChatKey("", stolen.conversation_id, "x"), ChatKey("x", "y", "z")):
            with pytest.raises(NotFound):
                await services.chat.read(key)
            with pytest.raises(NotFound):
                await services.chat.send(key, "Hello")
            with pytest.raises(NotFound):
                await services.chat.rate(key, owner.answer.id, "up")
        with pytest.raises(NotFound):
            await services.chat.open_chat(thief.key, owner.view.conversation_id)


@pytest.mark.parametrize("text", ["", "   ", "\x00\x07", "a" * 2001, "\ud800", "\u202e"])
async def test_words_that_cannot_be_sent_are_refused_and_stored_nowhere(sqlite_values, text):
    async with running_services(make_settings(sqlite_values)) as services:
        visitor = await Visitor.arrive(services.chat)
        with pytest.raises(InvalidInput):
            await services.chat.send(visitor.key, text)
        assert read_rows(services, Message) == []


async def test_feedback_is_stored_and_taken_back(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        visitor = await Visitor.arrive(services.chat)
        answer = await visitor.ask("Where did you study?")
        await services.chat.rate(visitor.key, answer.id, "down", "Too long")
        row = read_rows(services, Message)[1]
        assert (row.feedback, row.feedback_reason) == ("down", "Too long")
        await services.chat.rate(visitor.key, answer.id, None)
        assert read_rows(services, Message)[1].feedback is None


async def test_chats_are_listed_opened_and_reused_while_empty(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        visitor = await Visitor.arrive(services.chat)
        await visitor.ask("Where did you study?")
        first = visitor.view.conversation_id
        visitor.view = await services.chat.new_chat(visitor.key)
        second = visitor.view.conversation_id
        assert (await services.chat.new_chat(visitor.key)).conversation_id == second
        await visitor.ask("What do you do now?")
        assert [chat.title for chat in visitor.view.chats] == [
            "What do you do now?",
            "Where did you study?",
        ]
        visitor.view = await services.chat.open_chat(visitor.key, first)
        assert (await visitor.reload()).view.conversation_id == first


async def test_a_session_ends_after_the_time_out_and_its_chat_goes_on(sqlite_values):
    settings = make_settings(sqlite_values, session_timeout_minutes=1)
    async with running_services(settings) as services:
        visitor = await Visitor.arrive(services.chat)
        await visitor.ask("Where did you study?")

        def age(session):
            for row in session.exec(select(ChatSession)).all():
                row.last_seen_at -= timedelta(minutes=2)

        services.database.write_now(age)
        await services.background.run_once()
        assert read_rows(services, ChatSession)[0].ended_at is not None
        visitor = await visitor.reload()
        assert visitor.view.is_ended
        await visitor.ask("What do you do now?")
        assert not visitor.view.is_ended
        assert len(visitor.messages) == 4
        assert read_rows(services, ChatSession)[0].ended_at is None


async def test_a_turn_costs_the_same_reads_in_a_long_conversation(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        visitor = await Visitor.arrive(services.chat)
        conversation = visitor.view.conversation_id

        def fill(session):
            for number in range(300):
                role = "user" if number % 2 == 0 else "assistant"
                session.add(
                    Message(conversation_id=conversation, role=role, content=f"Words {number}")
                )

        services.database.write_now(fill)
        await visitor.ask("Where did you study?")
    assert len(visitor.messages) == 60
    assert visitor.view.has_earlier


async def test_open_page_never_adopts_a_foreign_token(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        view = await services.chat.open_page("made-up-token", page=PageInfo())
        assert view.token != "made-up-token"
        assert len(view.token) >= 43


async def test_a_page_that_closes_while_sending_leaves_no_turn_behind(sqlite_values):
    with StandIn() as stand_in:
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            for delay in (0.0, 0.001, 0.002, 0.004, 0.008):
                task = asyncio.create_task(services.chat.send(visitor.key, f"After {delay}?"))
                await asyncio.sleep(delay)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
                await asyncio.sleep(0.3)
                visitor = await visitor.reload()
            rows = read_rows(services, Message)
    assert {row.status for row in rows} == {"done"}
    roles = [row.role for row in rows]
    assert roles.count("user") == roles.count("assistant") >= 1


async def test_an_answer_is_continued_although_a_notice_followed_it(sqlite_values):
    with StandIn() as stand_in:
        stand_in.script(Fault("reset", after_tokens=10), Reply(text="and that is the rest."))
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            await visitor.ask("Tell me about your work")
            visitor.view = await services.chat.talk_to_human(visitor.key)
            visitor.view = await services.chat.continue_answer(visitor.key)
            await visitor.follow()
            assert [m.role for m in visitor.messages] == [
                "user",
                "assistant",
                "notice",
                "assistant",
            ]
            visitor.view = await services.chat.retry(visitor.key)
            await visitor.follow()
    assert [m.role for m in visitor.messages] == ["user", "notice", "assistant"]


async def test_a_row_of_this_run_that_nobody_streams_is_settled(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        visitor = await Visitor.arrive(services.chat)
        moment = utc_now() - timedelta(minutes=5)

        def leave(session):
            session.add(
                Message(
                    conversation_id=visitor.view.conversation_id,
                    role="assistant",
                    status="streaming",
                    run_id=services.engine.run_id,
                    updated_at=moment,
                )
            )

        services.database.write_now(leave)
        await services.engine.settle_dead_turns()
        assert read_rows(services, Message)[0].status == "interrupted"


async def test_stops_at_any_moment_and_in_any_number_end_the_turn(sqlite_values):
    with StandIn(default=Reply(tokens=60, tokens_per_second=200)) as stand_in:
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            for number in range(12):
                visitor.view = await services.chat.send(visitor.key, f"What about {number}?")
                await asyncio.sleep(0.03 * number)
                stops = [services.chat.stop(visitor.key) for _ in range(3)]
                await asyncio.wait_for(asyncio.gather(visitor.follow(), *stops), 5)
                assert visitor.answer.status in ("done", "interrupted")
                assert services.engine.get_live(visitor.view.conversation_id) is None


async def test_an_end_that_cannot_be_stored_at_first_is_stored_later(sqlite_values):
    with StandIn(default=Reply(tokens=30, tokens_per_second=100)) as stand_in:
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            visitor.view = await services.chat.send(visitor.key, "What do you do now?")
            other = Database(sqlite_values)
            blocker = other.writer_engine().connect()
            transaction = blocker.begin()
            await asyncio.sleep(6)
            transaction.rollback()
            blocker.close()
            other.close()
            await visitor.follow()
            assert visitor.answer.status == "done"
            await visitor.ask("And before that?")


async def test_dead_turns_are_paid_once_however_many_find_them(database_values):
    settings = make_settings(database_values)
    async with running_services(settings) as services:
        visitor = await Visitor.arrive(services.chat)
        conversation = visitor.view.conversation_id
        moment = utc_now() - timedelta(minutes=5)

        def leave(session):
            session.add(BudgetDay(day="2026-01-01", reserved_micro_usd=2000))
            for _ in range(20):
                session.add(
                    Message(
                        conversation_id=conversation,
                        role="assistant",
                        status="streaming",
                        run_id=conversation,
                        reserved_micro_usd=100,
                        budget_day="2026-01-01",
                        updated_at=moment,
                    )
                )

        services.database.write_now(leave)
        await asyncio.gather(*(services.engine.settle_dead_turns() for _ in range(4)))
        day = read_rows(services, BudgetDay)[0]
    assert (day.reserved_micro_usd, day.spent_micro_usd) == (0, 2000)


async def test_an_edit_far_back_still_has_the_history_before_it(sqlite_values):
    with StandIn() as stand_in:
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            for number in range(16):
                await visitor.ask(f"What about project {number}?")
            early = visitor.messages[8]
            visitor.view = await services.chat.edit(visitor.key, early.id, "And its costs?")
            await visitor.follow()
    sent = stand_in.requests[-1].body["messages"]
    assert [m["content"] for m in sent if m["role"] == "user"] == [
        *(f"What about project {number}?" for number in range(4)),
        "And its costs?",
    ]


async def test_a_pasted_job_description_is_kept_with_its_message(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        visitor = await Visitor.arrive(services.chat)
        await visitor.ask("Do you know Python?")
        await visitor.ask(POSTING)
        (job,) = read_rows(services, JobDescription)
        asked = [row for row in read_rows(services, Message) if row.content == POSTING]
    assert (job.title, job.text) == ("Senior Backend Engineer (m/f/d)", POSTING)
    assert [(row.id, row.conversation_id) for row in asked] == [
        (job.message_id, job.conversation_id)
    ]
