import uuid

import pytest
from sqlmodel import select

from chatbot.errors import InvalidInput, NotFound
from chatbot.people.answers import MAX_ANSWER
from chatbot.people.question_book import QuestionBook
from chatbot.people.questions import (
    answer_question,
    dismiss_question,
    file_question,
    merge_questions,
    reopen_question,
    take_out_question,
)
from chatbot.storage.models import Answer, Notification, Question
from tests.dashboards.visits import Visit, at
from tests.fakes import list_rows

NOTICE = ("How long is your notice period?", "What is your notice period?")
SALARY = "Which salary do you expect?"


def file(database, text, *, book=None, conversation_id=None):
    def work(session):
        filed, is_new = file_question(session, text, book=book, conversation_id=conversation_id)
        return filed.id, is_new

    return database.write_now(work)


def file_all(database, *texts):
    book = QuestionBook()
    return [file(database, text, book=book)[0] for text in texts]


def read(database, question_id) -> Question:
    return database.read_now(lambda session: session.get(Question, question_id))


def rows(database, table):
    return list_rows(database, table)


def change(database, use_case, *arguments, **values):
    return database.write_now(lambda session: use_case(session, *arguments, **values).id)


def begin_chat(database) -> uuid.UUID:
    return database.write_now(lambda session: Visit.begin(session, at(1)).id)


def test_questions_of_one_meaning_are_one_group(database):
    first, second, other = file_all(database, *NOTICE, SALARY)
    assert read(database, first).group_id == first
    assert read(database, second).group_id == first
    assert read(database, other).group_id == other


def test_the_book_follows_what_others_write_change_and_erase(database):
    mine, theirs = QuestionBook(), QuestionBook()
    first, _ = file(database, NOTICE[0], book=mine)
    second, _ = file(database, SALARY, book=theirs)
    assert read(database, file(database, NOTICE[1], book=theirs)[0]).group_id == first
    change(database, merge_questions, first, second)
    assert read(database, file(database, "What salary do you expect?", book=mine)[0]).group_id == (
        second
    )

    def erase(session):
        for question in session.exec(select(Question)).all():
            session.delete(question)

    database.write_now(erase)
    found = database.read_now(lambda session: mine.find_group(session, NOTICE[0]))
    assert found is None


def test_the_same_question_in_one_conversation_is_filed_once(database):
    chat, other_chat = begin_chat(database), begin_chat(database)
    first, is_new = file(database, NOTICE[0], conversation_id=chat)
    again, is_second_new = file(database, NOTICE[1], conversation_id=chat)
    assert (again, is_new, is_second_new) == (first, True, False)
    assert file(database, NOTICE[1], conversation_id=other_chat)[1]
    assert len(rows(database, Notification)) == 2


def test_one_answer_answers_the_whole_group(database):
    first, second, other = file_all(database, *NOTICE, SALARY)
    change(database, answer_question, second, " Three months. ")
    [answer] = rows(database, Answer)
    assert (answer.question, answer.text, answer.version) == (NOTICE[0], "Three months.", 1)
    for question_id in (first, second):
        question = read(database, question_id)
        assert (question.status, question.answer) == ("answered", "Three months.")
        assert question.answer_id == answer.id
        assert question.answered_at is not None
    assert read(database, other).status == "open"


def test_answering_again_changes_the_answer(database):
    [first] = file_all(database, NOTICE[0])
    change(database, answer_question, first, "Three months.")
    [second] = file_all(database, NOTICE[1])
    assert read(database, second).status == "open"
    change(database, answer_question, second, "Two months.")
    [answer] = rows(database, Answer)
    assert (answer.text, answer.version) == ("Two months.", 2)
    assert {read(database, key).answer for key in (first, second)} == {"Two months."}


def test_words_that_cannot_be_an_answer_are_refused(database):
    [first] = file_all(database, NOTICE[0])
    for text in ("", "  ", "x" * (MAX_ANSWER + 1)):
        with pytest.raises(InvalidInput):
            change(database, answer_question, first, text)
    with pytest.raises(InvalidInput):
        file(database, " \n ")
    assert rows(database, Answer) == []


def test_a_group_is_dismissed_and_opened_again(database):
    first, second = file_all(database, *NOTICE)
    change(database, dismiss_question, first, " Not about\nme ")
    for key in (first, second):
        row = read(database, key)
        assert (row.status, row.dismissed_reason) == ("dismissed", "Not about me")
    change(database, reopen_question, second)
    assert {read(database, key).status for key in (first, second)} == {"open"}
    change(database, dismiss_question, first)
    change(database, answer_question, first, "Three months.")
    assert read(database, second).dismissed_reason is None
    for use_case in (dismiss_question, reopen_question):
        with pytest.raises(InvalidInput, match="answered already"):
            change(database, use_case, first)


def test_two_groups_become_one(database):
    first, other = file_all(database, NOTICE[0], SALARY)
    change(database, merge_questions, first, other)
    assert {read(database, key).group_id for key in (first, other)} == {other}
    change(database, merge_questions, first, other)
    change(database, answer_question, first, "Both.")
    assert {read(database, key).answer for key in (first, other)} == {"Both."}


@pytest.mark.parametrize("is_first_answered", [True, False])
def test_the_answer_of_one_group_answers_the_one_it_is_merged_with(database, is_first_answered):
    first, other = file_all(database, NOTICE[0], SALARY)
    change(database, answer_question, first if is_first_answered else other, "Three months.")
    change(database, merge_questions, first, other)
    assert {read(database, key).answer for key in (first, other)} == {"Three months."}
    assert len({read(database, key).answer_id for key in (first, other)}) == 1


def test_two_answered_groups_are_not_merged(database):
    first, other = file_all(database, NOTICE[0], SALARY)
    change(database, answer_question, first, "Three months.")
    change(database, answer_question, other, "A lot.")
    with pytest.raises(InvalidInput, match="Both are answered"):
        change(database, merge_questions, first, other)


@pytest.mark.parametrize("place", [0, 1])
def test_a_question_is_taken_out_of_its_group(database, place):
    keys = file_all(database, *NOTICE)
    change(database, answer_question, keys[0], "Three months.")
    out, left = keys[place], keys[1 - place]
    change(database, take_out_question, out)
    taken, stays = read(database, out), read(database, left)
    assert (taken.status, taken.answer, taken.answer_id) == ("open", None, None)
    assert (stays.status, stays.answer) == ("answered", "Three months.")
    assert taken.group_id == out
    assert stays.group_id == left


def test_what_is_not_there_cannot_be_changed(database):
    unknown = uuid.UUID(int=7)
    for use_case in (dismiss_question, reopen_question, take_out_question):
        with pytest.raises(NotFound, match="Load the list again"):
            change(database, use_case, unknown)
    with pytest.raises(NotFound):
        change(database, answer_question, unknown, "x")
