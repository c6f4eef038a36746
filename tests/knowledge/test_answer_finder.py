"""Which of the owner's answers a question means: never one that was given about another matter."""

import uuid
from datetime import UTC, datetime

import pytest

from chatbot.knowledge.answers import AnswerFinder, OwnWords, build_answer_section


def find(question: str, *wordings: str) -> bool:
    words = OwnWords(uuid.uuid4(), wordings[0], "Yes.", datetime.now(UTC), wordings[1:])
    section = build_answer_section(words, first_name="Mara")
    return AnswerFinder([section], owner_name="Mara Lindqvist").find(question) is not None


@pytest.mark.parametrize(
    ("asked", "question"),
    [
        ("Did you ever build submarines?", "Did you ever build xylophones?"),
        ("Have you worked with Kafka in production?", "Have you worked with Redis in production?"),
        ("Would you move to Oslo for work?", "Would you move to Lisbon for work?"),
    ],
)
def test_a_question_about_another_matter_is_another_question(asked, question):
    assert not find(asked, question)
    assert find(question, question)
    # Whoever made one group of both knows better.
    assert find(asked, question, asked)


@pytest.mark.parametrize(
    "asked", ["Have you built xylophones before?", "Mara, did you ever build any xylophones?"]
)
def test_the_same_matter_in_other_words_is_the_same_question(asked):
    assert find(asked, "Did you ever build xylophones?")
