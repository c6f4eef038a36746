"""The Knowledge tab's handlers over a real database: what the owner does, and what is shown."""

import uuid
from typing import Any

import pytest

from chatbot.engine.exam import ExamReport, ExamResult
from chatbot.people.knowledge_desk import KnowledgeDesk
from chatbot.people.questions import file_question
from chatbot.storage.models import Answer, Message, Question, utc_now
from chatbot.ui.locales.owner_en import ENGLISH_OWNER
from chatbot.ui.locales.owner_knowledge_en import ENGLISH_KNOWLEDGE
from chatbot.ui.owner_guard import OwnerGuard
from chatbot.ui.owner_knowledge_handlers import KnowledgeHandlers
from chatbot.ui.owner_knowledge_tab import KnowledgeTab
from chatbot.ui.owner_list import OwnerList
from tests.dashboards.visits import Visit, at
from tests.knowledge_parts import make_knowledge
from tests.ui.test_owner_tabs import (
    HOSTILE,
    REQUEST,
    Door,
    named,
    word_error,
)

NOTICE = ("How long is your notice period?", "What is your notice period?")


class FakeExam:
    """An exam that has been held with these results."""

    def __init__(self, *results: ExamResult, model: str = "gpt-4.1-mini") -> None:
        self.report = ExamReport(results, "done", model, 1234, at(1), at(1)) if results else None
        self.runs = 0

    async def get_last(self) -> ExamReport | None:
        return self.report

    async def run(self) -> ExamReport:
        self.runs += 1
        return self.report or ExamReport((), "done", "", 0, utc_now(), utc_now())


@pytest.fixture
def exam() -> FakeExam:
    return FakeExam()


@pytest.fixture
def desk(sqlite_database) -> KnowledgeDesk:
    return make_knowledge(sqlite_database)


@pytest.fixture
def tab(desk, exam) -> KnowledgeHandlers:
    return KnowledgeHandlers(
        desk=desk,
        exam=exam,
        guard=OwnerGuard(Door(is_open=True), word_error, ENGLISH_OWNER),
        tab=named(KnowledgeTab, pane=named(OwnerList)),
        common=ENGLISH_OWNER,
        texts=ENGLISH_KNOWLEDGE,
    )


def file(database, *texts: str, name: str = "Ana Ruiz") -> list[str]:
    def work(session):
        found = []
        for text in texts:
            visit = Visit.begin(session, at(1))
            visit.leave_contact(at(1), name=name)
            found.append(str(file_question(session, text, conversation_id=visit.id)[0].id))
        return found

    return database.write_now(work)


async def show(tab, part: str, search: str = "") -> str:
    return (await tab.show_knowledge(REQUEST, search, part, "1"))["rows"]


async def test_a_group_is_listed_opened_and_answered(sqlite_database, tab):
    first, second = file(sqlite_database, *NOTICE)
    rows = await show(tab, "open")
    assert "asked 2 times" in rows
    assert "Ana Ruiz" in rows
    assert f"own-knowledge-open-{first}" in rows
    opened = await tab.open_item(REQUEST, second)
    assert f"own-knowledge-at-{second}" in opened["detail"]
    assert (opened["question"], opened["answer"], opened["current"]) == (NOTICE[0], "", first)
    saved = await tab.save_answer(REQUEST, opened["current"], NOTICE[0], "Three months.")
    assert saved["answer"] == "Three months."
    assert "is-answer" in saved["detail"]
    assert "is told when they come back" in saved["rest"]
    assert "own-done" in saved["line"]
    assert "No open questions" in await show(tab, "open")
    assert "Three months" in await show(tab, "answered")
    assert list(await tab.reload_knowledge(REQUEST, "", "open", "1")) == ["rows"]


async def test_an_answer_is_changed_undone_withdrawn_and_used_again(sqlite_database, tab):
    [question] = file(sqlite_database, NOTICE[0])
    saved = await tab.save_answer(REQUEST, question, NOTICE[0], "Three months.")
    answer = saved["current"]
    changed = await tab.save_answer(REQUEST, answer, NOTICE[0], "Two months.")
    assert "own-knowledge-undo-1" in changed["rest"]
    undone = await tab.undo_answer(REQUEST, answer, "1")
    assert undone["answer"] == "Three months."
    withdrawn = await tab.withdraw_answer(REQUEST, answer)
    assert f"own-knowledge-restore-{answer}" in withdrawn["detail"]
    assert "Withdrawn" in await show(tab, "answered")
    restored = await tab.restore_answer(REQUEST, answer)
    assert f"own-knowledge-withdraw-{answer}" in restored["detail"]


async def test_a_group_is_dismissed_reopened_merged_and_split(sqlite_database, tab):
    first, other = file(sqlite_database, NOTICE[0], "Is a notice on your period?")
    dismissed = await tab.dismiss_group(REQUEST, first, "Private")
    assert "Dismissed&#58; Private" in dismissed["detail"]
    assert "Private" in await show(tab, "dismissed")
    reopened = await tab.reopen_group(REQUEST, first)
    assert "is-open" in reopened["detail"]
    if f"own-knowledge-takeout-{other}" not in reopened["rest"]:
        merged = await tab.merge_groups(REQUEST, first, other)
        assert f"own-knowledge-takeout-{other}" in merged["rest"]
    split = await tab.take_out_question(REQUEST, other)
    assert split["current"] == other
    assert f"own-knowledge-at-{other}" in split["detail"]


async def test_an_asked_again_question_says_so(sqlite_database, tab):
    [first] = file(sqlite_database, NOTICE[0])
    await tab.save_answer(REQUEST, first, NOTICE[0], "Three months.")
    [again] = file(sqlite_database, NOTICE[1])
    opened = await tab.open_item(REQUEST, again)
    assert "answered this before" in opened["detail"]
    assert opened["answer"] == "Three months."


async def test_a_poor_answer_is_made_better_or_waved_through(sqlite_database, tab):
    def work(session):
        visit = Visit.begin(session, at(1))
        values: dict[str, Any] = {"feedback": "down", "feedback_reason": "Not correct"}
        first = visit.ask("Do you know Go?", at(1), "Yes, very well [1].", **values)
        second = visit.ask("Do you know C?", at(1), "No.", **values)
        return str(first.id), str(second.id)

    first, second = sqlite_database.write_now(work)
    rows = await show(tab, "poor")
    assert "Not correct" in rows
    opened = await tab.open_item(REQUEST, first)
    assert (opened["question"], opened["answer"]) == ("Do you know Go?", "Yes, very well.")
    assert "Not correct" in opened["detail"]
    saved = await tab.save_answer(REQUEST, first, "Do you know Go?", "Hardly.")
    assert "Better answer" in saved["detail"]
    assert "own-inbox-open-" in saved["detail"]
    waved = await tab.review_answer(REQUEST, second)
    assert "own-knowledge-wave" not in waved["detail"]
    assert "No poor answers" in await show(tab, "poor")
    rows = sqlite_database.read_now(lambda session: session.get(Message, uuid.UUID(second)))
    assert rows.reviewed_at is not None


async def test_what_is_sought_begins_at_the_first_page(sqlite_database, tab):
    file(sqlite_database, *NOTICE)
    found = await tab.find_knowledge(REQUEST, "notice", "open")
    assert (found["page"], "asked 2 times" in found["rows"]) == ("1", True)
    assert "Nothing matches" in await show(tab, "open", "zebra")
    assert "Nothing matches" in await show(tab, "answered", "zebra")
    assert "Nothing matches" in await show(tab, "poor", "zebra")


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("open", "No open questions"),
        ("answered", "No answers yet"),
        ("dismissed", "Nothing dismissed"),
        ("poor", "No poor answers"),
        ("exam", "No exam yet"),
    ],
)
async def test_what_is_empty_says_what_would_be_there(tab, part, words):
    assert words in await show(tab, part)


async def test_the_exam_shows_what_changed_first_and_what_it_cost(sqlite_database, desk, tab, exam):
    [question] = file(sqlite_database, NOTICE[0])
    answer = (await desk.save_answer(question, "Three months.")).answer.id
    key = f"answer-{answer.hex}"
    fallen = ExamResult(key, "Fallen?", "failed", "Six.", "Other figures.", ("3",), "passed")
    steady = ExamResult(key, "Steady?", "passed", "Three.", before="passed")
    exam.report = FakeExam(steady, fallen).report
    rows = (await tab.run_exam(REQUEST))["rows"]
    assert exam.runs == 1
    assert rows.index("Fallen") < rows.index("Steady")
    for words in ("1 of 2 passed", "by gpt", "0&#46;0012 USD", "1 passed before and fail now"):
        assert words in rows
    assert "missing&#58; 3" in rows
    assert "before&#58; passed" in rows
    opened = await tab.open_item(REQUEST, str(answer))
    assert "Six" in opened["rest"]


async def test_strangers_words_are_text_in_every_view(sqlite_database, desk, tab, exam):
    [question] = file(sqlite_database, HOSTILE, name=HOSTILE[:100])
    await tab.dismiss_group(REQUEST, question, HOSTILE)
    opened = await tab.open_item(REQUEST, question)
    views = [await show(tab, "dismissed"), opened["detail"], opened["rest"]]
    answer = (await desk.save_answer(question, HOSTILE)).answer.id
    result = ExamResult(f"answer-{answer.hex}", HOSTILE, "failed", HOSTILE, HOSTILE, (HOSTILE,))
    exam.report = FakeExam(result).report
    views += [
        await show(tab, "answered"),
        await show(tab, "exam"),
    ]
    opened = await tab.open_item(REQUEST, str(answer))
    views += [opened["detail"], opened["rest"]]
    for view in views:
        assert "onerror" in view
        assert "\n" not in view
        for sign in ("<img", "<script", "![i]", "**"):
            assert sign not in view
    assert sqlite_database.read_now(lambda session: session.get(Answer, answer)).text
    assert sqlite_database.read_now(lambda session: session.get(Question, uuid.UUID(question)))
