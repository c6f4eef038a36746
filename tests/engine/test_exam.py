"""The exam: the owner's answers asked of the bot, compared, kept, and never seen by a visitor."""

import json
from pathlib import Path

import pytest

from chatbot.engine.exam import ExamStatus, Grade
from chatbot.exam import describe, main, run_exam
from chatbot.people.answers import add_answer
from chatbot.storage.database import Database
from chatbot.storage.models import (
    BudgetDay,
    Conversation,
    ExamRun,
    Message,
    Notification,
    Question,
    ToolCall,
)
from tests.engine.test_turns import model_settings
from tests.fakes import make_settings, read_rows, running_services
from tests.stand_in import Fault, Reply, StandIn
from tests.stand_in import ToolCall as Call

ASKED = "How long is the notice period?"
SAID = "My notice period is 3 months, to the end of a quarter."
RIGHT = "Mara's notice period is three months, to the end of a quarter."
WRONG = "The notice period is 6 months, to the end of a quarter."


async def add(services, question: str = ASKED, text: str = SAID):
    return await services.database.write(
        lambda session: add_answer(session, question=question, text=text).id
    )


def grades(report) -> list[str]:
    return [result.grade for result in report.results]


async def test_without_a_model_the_answers_are_quoted_and_pass(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        await add(services)
        await add(services, "Which cheese does Mara like?", "Only the blue one from Danmark.")
        report = await services.exam.run()
        assert await services.exam.get_last() == report
    assert grades(report) == [Grade.PASSED, Grade.PASSED]
    assert (report.model, report.cost_micro_usd, report.status) == ("", 0, ExamStatus.DONE)
    assert SAID in report.results[0].given


async def test_a_model_is_asked_as_a_visitor_asks_and_nobody_sees_it(sqlite_values):
    with StandIn() as stand_in:
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            await add(services)
            stand_in.script(Reply(text=RIGHT))
            report = await services.exam.run()
            [day] = read_rows(services, BudgetDay)
            unseen = [read_rows(services, table) for table in (Conversation, Message, ToolCall)]
    assert grades(report) == [Grade.PASSED]
    [request] = stand_in.requests
    assert [m["role"] for m in request.body["messages"]] == ["system", "user"]
    assert SAID in request.body["messages"][0]["content"]
    assert request.body["tools"]
    assert report.cost_micro_usd > 0
    assert (day.spent_micro_usd, day.reserved_micro_usd) == (report.cost_micro_usd, 0)
    assert unseen == [[], [], []]


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        # Nobody is shown this one: the check has withheld it.
        (Reply(text=WRONG), "Does not say what you said."),
        (Reply(text="At Solbacken Energy, Mara led a team of six."), "Other figures than yours."),
        (Reply(text="I would rather talk about Python."), "Does not say what you said."),
    ],
)
async def test_a_regression_is_what_passed_before_and_fails_now(sqlite_values, reply, why):
    with StandIn() as stand_in:
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            await add(services)
            stand_in.script(Reply(text=RIGHT))
            assert (await services.exam.run()).regressions == ()
            stand_in.script(reply)
            worse = await services.exam.run()
            stand_in.script(reply)
            still = await services.exam.run()
            stand_in.script(Reply(text=RIGHT))
            better = await services.exam.run()
    [result] = worse.regressions
    assert (result.grade, result.before, result.why) == (Grade.FAILED, Grade.PASSED, why)
    assert "3" in result.missing
    assert "passed before and fail now" in describe(worse)
    assert still.regressions == ()
    assert [r.has_changed for r in (*still.results, *better.results)] == [False, True]


async def test_a_question_that_would_be_filed_is_told_its_answer_and_not_filed(sqlite_values):
    filed = Call("record_unknown_question", json.dumps({"question": ASKED}))
    other = Call("record_unknown_question", json.dumps({"question": "Who won the cup?"}))
    with StandIn() as stand_in:
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            await add(services)
            stand_in.script(Reply(tool_calls=(filed,)), Reply(text=RIGHT))
            told = await services.exam.run()
            stand_in.script(Reply(tool_calls=(other,)), Reply(text=RIGHT))
            failed = await services.exam.run()
            left = read_rows(services, Question), read_rows(services, Notification)
    assert grades(told) == [Grade.PASSED]
    assert failed.results[0].why == "Filed as unknown."
    assert left == ([], [])


async def test_a_model_that_cannot_be_reached_is_no_failure(sqlite_values):
    with StandIn() as stand_in:
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            await add(services)
            stand_in.script(Reply(text=RIGHT))
            await services.exam.run()
            stand_in.script(Fault("503"))
            away = await services.exam.run()
            stand_in.script(Reply(text=WRONG))
            back = await services.exam.run()
    assert grades(away) == [Grade.SKIPPED]
    assert away.regressions == ()
    assert len(back.regressions) == 1


async def test_a_spent_budget_stops_the_exam(sqlite_values):
    with StandIn() as stand_in:
        settings = model_settings(sqlite_values, stand_in, daily_budget_usd=0.0001)
        async with running_services(settings) as services:
            await add(services)
            report = await services.exam.run()
    assert stand_in.requests == []
    assert (report.status, grades(report)) == (ExamStatus.STOPPED, [Grade.SKIPPED])
    assert "DAILY_BUDGET_USD" in describe(report)


async def test_every_wording_is_asked_and_what_is_withdrawn_is_not(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:

        def file(session):
            rows = [Question(text=ASKED), Question(text="What is her notice period?")]
            session.add_all(rows)
            session.flush()
            rows[1].group_id = rows[0].group_id = rows[0].id
            return rows[0].id

        key = await services.database.write(file)
        said = await services.knowledge_desk.save_answer(key, SAID)
        report = await services.exam.run()
        await services.knowledge_desk.withdraw_answer(said.answer.id)
        assert (await services.exam.run()).results == ()
    assert [result.question for result in report.results] == [ASKED, "What is her notice period?"]


async def test_a_run_is_kept_on_every_database(database_values):
    async with running_services(make_settings(database_values)) as services:
        await add(services)
        first, second = await services.exam.run(), await services.exam.run()
        [_, row] = read_rows(services, ExamRun)
    assert (row.status, row.model, len(row.profile_hash)) == ("done", None, 64)
    assert row.finished_at is not None
    assert row.results[0]["before"] == first.results[0].grade == Grade.PASSED
    assert not second.results[0].has_changed


async def test_the_command_runs_beside_the_program(sqlite_values):
    settings = make_settings(sqlite_values)
    async with running_services(settings) as services:
        await add(services)
        report = await run_exam(settings)
        assert await services.exam.get_last() == report
    assert describe(report).splitlines()[-1] == "1 of 1 passed, by limited mode, 0.0000 USD."


@pytest.fixture
def environment(sqlite_values, monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", sqlite_values.url)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PROFILE_DIR", str(Path(__file__).parents[2] / "data" / "profile"))
    monkeypatch.setenv("SECRET_KEY", "a secret key that is long enough for this")


@pytest.mark.usefixtures("environment")
def test_the_command_fails_on_a_regression_only(sqlite_values, capsys, monkeypatch):
    database = Database(sqlite_values)
    database.write_now(lambda session: add_answer(session, question=ASKED, text=SAID).id)
    with StandIn() as stand_in:
        monkeypatch.setenv("OPENAI_BASE_URL", stand_in.base_url)
        stand_in.script(Reply(text=RIGHT))
        assert main() == 0
        stand_in.script(Reply(text=WRONG))
        assert main() == 1
        stand_in.script(Reply(text=WRONG))
        assert main() == 0
    database.close()
    assert "failed" in capsys.readouterr().out
    monkeypatch.setenv("PORT", "none")
    assert main() == 2
    assert "PORT" in capsys.readouterr().err
