"""The owner's answers as knowledge: used in the next turn, by the model and without one."""

import json

import pytest

from chatbot.engine.limited import NOT_COVERED, NOT_COVERED_EMAIL
from chatbot.storage.models import Question
from tests.engine.test_turns import model_settings
from tests.fakes import Visitor, make_settings, read_rows, running_services
from tests.stand_in import Reply, StandIn, ToolCall

ASKED = "Does Mara hold a security clearance?"
IN_OTHER_WORDS = "what kind of security clearance does she have"
ANSWER = "Yes: a Swedish one of level 2, valid until 2029."


async def answer_first(services, text: str = ANSWER):
    question = read_rows(services, Question)[0]
    return (await services.knowledge_desk.save_answer(question.id, text)).answer


def instructions(stand_in: StandIn) -> str:
    return stand_in.requests[-1].body["messages"][0]["content"]


async def test_limited_mode_knows_an_answer_from_the_next_turn_on(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        asker = await Visitor.arrive(services.chat)
        unknown = await asker.ask(ASKED)
        assert unknown.text == NOT_COVERED.format(first="Mara")
        await answer_first(services)
        visitor = await Visitor.arrive(services.chat)
        answer = await visitor.ask(IN_OTHER_WORDS)
    assert ANSWER in answer.text
    [citation] = answer.citations
    assert citation.label.startswith("In Mara’s own words, ")
    assert citation.label.endswith(f": {ASKED}")
    assert citation.passage == ANSWER
    assert "[1]" in answer.text
    assert len(read_rows(services, Question)) == 1


async def test_a_visitor_who_left_an_address_is_told_that_the_answer_can_go_there(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        visitor = await Visitor.arrive(services.chat)
        await visitor.ask("I am Ana Ruiz, ana@example.org")
        unknown = await visitor.ask(ASKED)
        other = await (await Visitor.arrive(services.chat)).ask(ASKED)
    assert unknown.text == NOT_COVERED_EMAIL.format(first="Mara")
    assert other.text == NOT_COVERED.format(first="Mara")


async def test_an_answer_off_the_career_is_said_all_the_same(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        asker = await Visitor.arrive(services.chat)
        await asker.ask("What is your blood type?")
        await answer_first(services, "A, like everybody in my family.")
        answer = await asker.ask("what blood type is Mara")
    assert "like everybody in my family" in answer.text


async def test_a_withdrawn_answer_is_gone_in_the_next_turn(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        visitor = await Visitor.arrive(services.chat)
        await visitor.ask(ASKED)
        said = await answer_first(services)
        assert ANSWER in (await visitor.ask(ASKED)).text
        await services.knowledge_desk.withdraw_answer(said.id)
        assert ANSWER not in (await visitor.ask(ASKED)).text
        await services.knowledge_desk.restore_answer(said.id)
        assert ANSWER in (await visitor.ask(ASKED)).text
        await services.knowledge_desk.save_answer(said.id, "No, never.")
        assert "No, never." in (await visitor.ask(ASKED)).text
        await services.knowledge_desk.undo_answer(said.id, 1)
        assert ANSWER in (await visitor.ask(ASKED)).text


async def test_another_process_knows_it_without_a_restart(sqlite_values):
    settings = make_settings(sqlite_values)
    async with running_services(settings) as services:
        visitor = await Visitor.arrive(services.chat)
        await visitor.ask(ASKED)
        from chatbot.services import build_services

        beside = build_services(settings, is_beside=True)
        await answer_first(beside)
        beside.database.close()
        assert ANSWER in (await visitor.ask(ASKED)).text


async def test_the_model_is_given_the_answers_behind_the_profile(sqlite_values):
    cites = Reply(text="She has one of level 2 [S999].")
    with StandIn() as stand_in:
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            filed = json.dumps({"question": ASKED})
            stand_in.script(
                Reply(tool_calls=(ToolCall("record_unknown_question", filed),)),
                Reply(text="I do not have that."),
            )
            await visitor.ask(ASKED)
            before = instructions(stand_in)
            await answer_first(services)
            mark = before.count("\n[S") + 1
            stand_in.script(Reply(text=cites.text.replace("999", str(mark))))
            answer = await visitor.ask(IN_OTHER_WORDS)
            after = instructions(stand_in)
            question = "Do you own a boat?"
            stand_in.script(
                Reply(
                    tool_calls=(
                        ToolCall("record_unknown_question", json.dumps({"question": question})),
                    )
                ),
                Reply(text="I do not have that."),
            )
            await visitor.ask(question)
            second = read_rows(services, Question)[1]
            await services.knowledge_desk.save_answer(second.id, "A kayak.")
            await visitor.ask("And?")
            last = instructions(stand_in)
    assert ANSWER not in before
    assert after.startswith(before)
    assert last.startswith(after)
    assert f"[S{mark}] In Mara’s own words, " in after
    assert answer.citations[0].passage == ANSWER
    assert answer.text == "She has one of level 2 [1]."


async def test_the_model_cannot_file_what_is_answered(sqlite_values):
    again = json.dumps({"question": ASKED})
    with StandIn() as stand_in:
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            stand_in.script(
                Reply(tool_calls=(ToolCall("record_unknown_question", again),)),
                Reply(text="I do not have that."),
            )
            await visitor.ask(ASKED)
            await answer_first(services)
            stand_in.script(
                Reply(tool_calls=(ToolCall("record_unknown_question", again),)),
                Reply(text="She would."),
            )
            await visitor.ask(ASKED)
        told = stand_in.requests[-1].body["messages"][-1]["content"]
        assert len(read_rows(services, Question)) == 1
    assert told.startswith("Refused: Mara has answered this. Say it: [S")
    assert ANSWER in told


async def test_an_asker_who_comes_back_is_told_in_the_chat_where_they_asked(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        asker = await Visitor.arrive(services.chat)
        await asker.ask(ASKED)
        asked_in = asker.view.conversation_id
        asker.view = await services.chat.new_chat(asker.key)
        await asker.ask("Where did Mara study?")
        await answer_first(services)
        back = await asker.reload()
        assert back.view.conversation_id == asked_in
        assert [m.role for m in back.messages] == ["user", "assistant", "notice"]
        assert ANSWER in back.messages[-1].text
        again = await back.reload()
        assert [m.role for m in again.messages].count("notice") == 1
        stranger = await Visitor.arrive(services.chat)
        assert stranger.messages == ()


async def test_a_page_that_is_rung_shows_the_answer(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        asker = await Visitor.arrive(services.chat)
        await asker.ask(ASKED)
        await answer_first(services)
        for _ in range(2):
            asker.view = await services.chat.refresh(asker.key)
            assert [m.role for m in asker.messages] == ["user", "assistant", "notice"]


async def test_an_earlier_chat_that_is_opened_shows_the_answer(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        asker = await Visitor.arrive(services.chat)
        await asker.ask(ASKED)
        asked_in = asker.view.conversation_id
        asker.view = await services.chat.new_chat(asker.key)
        await answer_first(services)
        asker.view = await services.chat.open_chat(asker.key, asked_in)
        assert asker.messages[-1].role == "notice"


@pytest.mark.parametrize("count", [40])
async def test_answers_that_do_not_fit_are_found_for_their_question(sqlite_values, count):
    with StandIn() as stand_in:
        settings = model_settings(sqlite_values, stand_in, profile_tokens=500)
        async with running_services(settings) as services:
            visitor = await Visitor.arrive(services.chat)

            def file(session):
                rows = [
                    Question(text=f"What is fact number {n} about zebra{n}?") for n in range(count)
                ]
                session.add_all(rows)
                return [row.id for row in rows]

            keys = await services.database.write(file)
            for number, key in enumerate(keys):
                await services.knowledge_desk.save_answer(key, f"Fact {number} is long. " * 20)
            await visitor.ask("What is fact number 39 about zebra39?")
        messages = stand_in.requests[-1].body["messages"]
    assert "Fact 39 is long." not in messages[0]["content"]
    extra = [m["content"] for m in messages[1:] if m["role"] == "system"]
    assert "Fact 39 is" in extra[0]
