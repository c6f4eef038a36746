from pathlib import Path

import pytest

from chatbot.knowledge.coverage import coverage
from chatbot.knowledge.profile import load_profile
from chatbot.knowledge.retrieval import Hit, Retriever
from chatbot.knowledge.sections import SectionKind
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


def test_larger_share_and_longer_question_raise_the_value() -> None:
    section = next(s for s in SECTIONS if s.kind is SectionKind.SKILL)
    little, much = (Hit(section, score=1.0, share=share) for share in (0.3, 0.6))
    assert coverage("terraform", [little]) < coverage("terraform", [much])
    assert coverage("terraform", [much]) < coverage("terraform postgresql go", [much])


def test_value_follows_the_formula_of_the_docstring() -> None:
    hit = Hit(SECTIONS[0], score=1.0, share=3 / 5.6)
    assert coverage("terraform", [hit]) == pytest.approx(0.5)


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
