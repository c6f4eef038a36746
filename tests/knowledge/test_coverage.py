from math import exp, log
from pathlib import Path
from typing import Any

import pytest

from chatbot.knowledge.coverage import PROFILE_FACTORS, coverage, weigh_signs
from chatbot.knowledge.profile import load_profile
from chatbot.knowledge.retrieval import Hit, Retriever
from chatbot.knowledge.sections import Section, SectionKind
from chatbot.knowledge.signs import Signs
from tests.knowledge.test_retrieval import OWNER, SECTIONS


@pytest.fixture(scope="module")
def retriever() -> Retriever:
    return Retriever(SECTIONS, owner_name=OWNER)


def cover(retriever: Retriever, question: str) -> float:
    return coverage(question, retriever.search(question))


@pytest.mark.parametrize(
    "question",
    [
        "Where did Ines study?",
        "tell me about yourself",
        "By how much did you reduce pipe losses?",
        "Do you know Terraform?",
        "What are your hobbies?",
    ],
)
def test_covered_question_is_more_likely_than_not(retriever: Retriever, question: str) -> None:
    assert cover(retriever, question) > 0.5


@pytest.mark.parametrize(
    "question",
    [
        "What salary do you expect?",
        "Do you need a work visa for Canada?",
        "Who painted the ceiling of the Sistine chapel?",
        "Have you ever published a novel about submarines?",
        "Wo haben Sie den Führerschein gemacht?",
        "",
    ],
)
def test_uncovered_question_is_less_likely_than_not(retriever: Retriever, question: str) -> None:
    assert cover(retriever, question) < 0.5


def test_no_hits_give_zero() -> None:
    assert coverage("Where did you study?", []) == 0.0


def cover_signs(question: str, **signs: Any) -> float:
    return coverage(question, [Hit(SECTIONS[0], score=1.0, share=0.5, signs=Signs(**signs))])


def test_closer_words_raise_the_value() -> None:
    assert cover_signs("terraform", nearby=0.3) < cover_signs("terraform", nearby=0.6)


def test_same_part_of_a_longer_question_raises_the_value() -> None:
    short, long = "terraform postgresql", "terraform postgresql kafka redis hydrology"
    assert cover_signs(short, nearby=0.8) < cover_signs(long, nearby=0.8)


def test_pairs_and_the_kind_raise_the_value_and_a_strange_name_lowers_it() -> None:
    known = cover_signs("terraform postgresql", nearby=0.5)
    assert known < cover_signs("terraform postgresql", nearby=0.5, pairs=1)
    assert known < cover_signs("terraform postgresql", nearby=0.5, asks_kind=True)
    assert known > cover_signs("terraform postgresql", nearby=0.5, names_other=True)


def test_value_is_the_logistic_of_the_weighed_signs() -> None:
    signs = Signs(nearby=0.5, pairs=1)
    hits = [Hit(SECTIONS[0], score=1.0, share=0.5, signs=signs)]
    weighed = weigh_signs("terraform postgresql", hits)
    assert weighed == pytest.approx((1, 0.5, 0.5 * log(2), log(2), log(2), 0, 0))
    exponent = sum(f * v for f, v in zip(PROFILE_FACTORS, weighed, strict=True))
    assert coverage("terraform postgresql", hits) == pytest.approx(1 / (1 + exp(-exponent)))


def test_question_like_an_answered_one_is_covered_by_the_answer() -> None:
    assert cover_signs("terraform", likeness=0.8) > 0.9
    assert cover_signs("terraform", likeness=0.1) < 0.5


def test_wording_of_an_answer_decides_whether_it_covers_a_question() -> None:
    asked = ("What salary do you expect?", "salary expectations", "how much do you want to earn")
    answer = Section("a", SectionKind.ANSWER, asked[0], "In person.", "", wordings=asked[1:])
    retriever = Retriever([*SECTIONS, answer], owner_name=OWNER)
    assert cover(retriever, "What are your salary expectations?") > 0.5
    assert cover(retriever, "What did your first car cost?") < 0.5


def test_name_of_the_owner_is_no_word_of_the_question(retriever: Retriever) -> None:
    plain = cover(retriever, "What did build for harbour masters?")
    assert cover(retriever, "What did Ines Fabricant build for harbour masters?") >= plain


def test_question_about_another_person_is_not_covered(retriever: Retriever) -> None:
    own = cover(retriever, "What did Ines Fabricant build for harbour masters?")
    other = cover(retriever, "What did Odile Marchetti build for harbour masters?")
    assert own > 0.5 > other


@pytest.mark.parametrize(
    "question",
    [
        "How old are you?",
        "Are you married?",
        "How many patents do you hold?",
        "What's your favourite pizza?",
        "Do you have a driving licence?",
    ],
)
def test_private_and_absent_matters_are_not_covered_by_the_sample(question: str) -> None:
    profile = load_profile(Path(__file__).parents[2] / "data" / "profile")
    assert cover(Retriever(profile.sections, owner_name=profile.name), question) < 0.5


def test_a_question_like_the_one_an_answer_was_asked_in_is_not_covered_by_its_frame_alone() -> None:
    asked = "Did you ever build xylophones?"
    answer = Section("answer-1", SectionKind.ANSWER, asked, "Yes, two of plum wood.", "")
    profile = load_profile(Path(__file__).parents[2] / "data" / "profile")
    retriever = Retriever((*profile.sections, answer), owner_name=profile.name)
    assert cover(retriever, asked) > 0.9
    assert cover(retriever, "Have you built a xylophone?") > 0.5
    assert cover(retriever, "Did you ever build submarines?") < 0.5
