"""What a lying model says: the real engine, the real check, a stand-in that tells lies."""

import asyncio

from sqlmodel import select

from chatbot.engine.sentence_gate import WITHHELD_NOTICE
from chatbot.people.held_data import read_held_data
from chatbot.storage.models import ChatSession, Message, Question, Withheld
from tests.engine.test_turns import model_settings
from tests.fakes import Visitor, read_rows, running_services
from tests.stand_in import Reply, StandIn
from tests.stand_in import ToolCall as Call

TRUE = "Mara is a Staff Engineer at Nordhavn Freight [S3]."
LIE = "She was the Chief Technology Officer of Siemens from 2012 to 2015 [S4]."
NOTICE = WITHHELD_NOTICE.format(first="Mara")


async def ask(sqlite_values, *answers, question="Where has she worked?"):
    """One turn on these answers: what is shown at each step, the rows, the requests."""
    with StandIn() as stand_in:
        stand_in.script(*answers)
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            visitor.view = await services.chat.send(visitor.key, question)
            views = await visitor.follow()
            rows = {table: read_rows(services, table) for table in (Message, Withheld, Question)}
    return views, rows, stand_in.requests


async def test_a_lie_is_never_shown_or_stored_and_the_visitor_is_told(sqlite_values):
    text = f"{TRUE} {LIE} Would you like to know more?"
    views, rows, _ = await ask(sqlite_values, Reply(text=text, tokens_per_second=200))
    answer = rows[Message][-1]
    assert not any("Siemens" in m.text for view in views for m in view.messages)
    assert answer.content == (
        "Mara is a Staff Engineer at Nordhavn Freight [1]. Would you like to know more?"
        f"\n\n{NOTICE}"
    )
    assert len(answer.citations) == 1
    assert [row.text for row in rows[Withheld]] == [LIE]
    assert rows[Withheld][0].message_id == answer.id


async def test_several_lies_file_one_question(sqlite_values):
    lies = f"{LIE} She holds a PhD from Harvard University. {TRUE} She won the Turing Award."
    _, rows, _ = await ask(sqlite_values, Reply(text=lies))
    assert len(rows[Withheld]) == 3
    assert [row.text for row in rows[Question]] == ["Where has she worked?"]
    assert rows[Message][-1].content.count(NOTICE) == 1


async def test_the_models_own_filing_is_the_turns_only_one(sqlite_values):
    call = Call("record_unknown_question", '{"question": "Has she led anything at Siemens?"}')
    before = Reply(text=LIE, tool_calls=(call,))
    _, rows, _ = await ask(sqlite_values, before, Reply(text="I do not have more on that."))
    assert len(rows[Question]) == 1
    assert "Siemens" not in rows[Message][-1].content


async def test_an_answer_of_lies_only_is_the_notice(sqlite_values):
    views, rows, _ = await ask(sqlite_values, Reply(text=LIE))
    answer = rows[Message][-1]
    assert (answer.content, answer.status, answer.limited) == (NOTICE, "done", False)
    assert answer.citations == []
    assert views[-1].messages[-1].text == NOTICE


async def test_streaming_is_at_most_one_sentence_behind(sqlite_values):
    sentences = [f"I can tell you more about part {word}." for word in ("one", "two", "three")]
    text = " ".join(sentences) + " Just ask me."
    views, _, _ = await ask(sqlite_values, Reply(text=text, tokens_per_second=20))
    shown = {view.messages[-1].text.strip() for view in views if view.is_answering}
    assert sentences[0] in shown
    assert " ".join(sentences[:2]) in shown


async def test_confidence_is_lowered_by_what_was_withheld(sqlite_values):
    question = "Where does Mara work as a staff engineer?"
    _, true, _ = await ask(sqlite_values, Reply(text=TRUE), question=question)
    sure = true[Message][-1].confidence
    _, rows, _ = await ask(sqlite_values, Reply(text=f"{TRUE} {LIE}"), question=question)
    unsure = rows[Message][-1].confidence
    assert sure is not None
    assert unsure is not None
    assert unsure < 0.7 * sure


async def test_two_low_answers_offer_another_wording_and_then_the_owner(sqlite_values):
    with StandIn(default=Reply(text=LIE)) as stand_in:
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            await visitor.ask("Where has she worked abroad?")
            assert not [m for m in visitor.messages if m.role == "notice"]
            await visitor.ask("And which awards did she win at work?")
            visitor = await visitor.reload()
    [notice] = [m.text for m in visitor.messages if m.role == "notice"]
    assert notice.startswith("Asking in other words may help")
    assert "Mara has been told" in notice
    assert visitor.view.is_escalated


async def test_a_stop_in_the_middle_of_a_lie_stores_what_was_shown(sqlite_values):
    with StandIn(default=Reply(text=f"{TRUE} {LIE} {LIE}", tokens_per_second=12)) as stand_in:
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            visitor.view = await services.chat.send(visitor.key, "Where has she worked?")
            for _ in range(100):
                if "Nordhavn" in visitor.view.messages[-1].text:
                    break
                await asyncio.sleep(0.05)
                visitor = await visitor.reload()
            await asyncio.sleep(0.3)
            await services.chat.stop(visitor.key)
            row = read_rows(services, Message)[-1]
    assert row.content.strip() == "Mara is a Staff Engineer at Nordhavn Freight [1]."
    assert row.status == "interrupted"


async def test_what_was_withheld_is_not_among_the_data_handed_out(sqlite_values):
    with StandIn(default=Reply(text=LIE)) as stand_in:
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            await visitor.ask("Where has she worked?")
            held = services.database.read_now(
                lambda session: read_held_data(session, session.exec(select(ChatSession)).one())
            )
    assert "withheld" not in held.rows
    assert "Siemens" not in str(held.rows)
