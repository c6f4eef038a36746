import time

import pytest

from chatbot.knowledge.question_groups import (
    SAME_MEANING,
    SAME_WORDING,
    QuestionIndex,
    group_questions,
)

SAME = [
    ("How long is your notice period?", "What is Mara's notice period?"),
    ("Do you speak French?", "do you speak any french"),
    ("Would you relocate to Munich?", "would she be willing to relocate to munich"),
    ("What are your salary expectations?", "What salary do you expect?"),
    ("Do you have a driving licence?", "do you have a driving lisence"),
]
OTHER = [
    ("What is your notice period?", "What is your blood type?"),
    ("Do you speak French?", "Do you know Kubernetes?"),
    ("Would you relocate to Munich?", "Would you work in shifts?"),
    ("How long have you worked in Malmö?", "How much do you earn?"),
]


def similarity(left: str, right: str) -> float:
    index: QuestionIndex[int] = QuestionIndex()
    index.add(1, left, "left")
    return index.find_groups(right).get("left", 0.0)


@pytest.mark.parametrize(("left", "right"), SAME)
def test_two_wordings_of_one_question_mean_the_same(left, right):
    assert similarity(left, right) >= SAME_WORDING
    assert len(set(group_questions([left, right]))) == 1


@pytest.mark.parametrize(("left", "right"), OTHER)
def test_two_questions_in_like_words_stay_two(left, right):
    assert similarity(left, right) < SAME_MEANING
    assert len(set(group_questions([left, right]))) == 2


def test_groups_are_found_whatever_stands_between():
    texts = [text for pair in SAME for text in pair] + ["What is your blood type?", "Hi?", ""]
    groups = group_questions(texts)
    assert [groups[n] == groups[n + 1] for n in range(0, 2 * len(SAME), 2)] == [True] * len(SAME)
    assert len(set(groups)) == len(SAME) + 3


def test_texts_with_the_same_words_are_one_group():
    assert len(set(group_questions(["¿?", "¿?", "Salary!", "SALARY", "salary?"]))) == 2


def test_a_question_joins_the_group_that_is_nearest_and_near_enough():
    index: QuestionIndex[int] = QuestionIndex()
    index.add(1, "How long is your notice period?", "notice")
    index.add(2, "What is your notice period?", "notice")
    index.add(3, "Which salary do you expect?", "salary")
    assert index.find_group("how long is her notice period") == "notice"
    assert index.find_group("what salary does she expect") == "salary"
    assert index.find_group("Do you own a cat?") is None
    assert list(index.find_groups("notice period and salary"))[0] == "notice"


def test_a_question_that_was_removed_or_replaced_is_not_found():
    index: QuestionIndex[int] = QuestionIndex()
    index.add(1, "How long is your notice period?", "notice")
    index.add(1, "Which salary do you expect?", "salary")
    assert index.find_group("How long is your notice period?") is None
    index.remove(1)
    index.remove(1)
    assert index.find_group("Which salary do you expect?") is None
    assert len(index) == 0


def test_a_group_is_as_near_as_its_nearest_member():
    index: QuestionIndex[int] = QuestionIndex()
    index.add(1, "How long is your notice period?", "merged")
    for number in range(2, 8):
        index.add(number, f"Would you work in shift {number}?", "merged")
    assert index.find_group("How long is the notice period?") == "merged"


def test_a_group_of_many_wordings_takes_in_what_a_single_question_does_not():
    wordings = [
        "Are you willing to relocate to Lyon?",
        "Would you relocate to Lyon?",
        "Willing to relocate to Lyon?",
        "Can you relocate to Lyon soon?",
        "Would you ever relocate to Lyon?",
    ]
    late = "Does Lyon appeal enough to relocate in March?"
    assert len(set(group_questions([wordings[0], late]))) == 2
    assert len(set(group_questions([*wordings, late]))) == 1


def test_ten_thousand_questions_are_grouped_in_seconds():
    topics = [
        f"{word}{number}" for word in ("pump", "river", "salary", "dam") for number in range(50)
    ]
    askings = ["what is", "how long was", "tell me about", "why did you leave", "when was your"]
    texts = [
        f"{askings[n % 5]} {topics[n % 200]} {topics[n * 7 % 199]} {n // 200}"
        for n in range(10_000)
    ]
    started = time.process_time()
    group_questions(texts)
    assert time.process_time() - started < 5
