import pytest

from chatbot.knowledge.wordings import Wordings

ASKED = {
    "salary": ["What salary do you expect?", "salary expectations", "how much do you cost"],
    "start": ["When can you start?", "What is your notice period?"],
}


@pytest.fixture(scope="module")
def wordings() -> Wordings[str]:
    return Wordings(ASKED)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("what are your salary expectations", "salary"),
        ("When could you start?", "start"),
        ("notise period", "start"),
        ("how much?", "salary"),
    ],
)
def test_nearest_answer_is_most_alike(
    wordings: Wordings[str], question: str, expected: str
) -> None:
    found = wordings.find(question)
    assert max(found, key=lambda key: found[key]) == expected


def test_wording_itself_is_more_alike_than_half_of_it(wordings: Wordings[str]) -> None:
    whole = wordings.find("What is your notice period?")["start"]
    half = wordings.find("notice of a fire drill")["start"]
    assert 0 < half < whole <= 1


def test_only_wording_itself_is_alike_by_one() -> None:
    assert Wordings({1: ["Do you sail?"]}).find("do you sail")[1] == pytest.approx(1.0)


def test_answers_that_agree_count_more_than_a_chance_likeness() -> None:
    many = Wordings({"boats": ["sail boats", "row boats", "paint boats"], "one": ["build boats"]})
    found = many.find("boats")
    assert found["boats"] > found["one"]


def test_nothing_shared_is_nothing_found(wordings: Wordings[str]) -> None:
    assert wordings.find("zzz") == {}
    assert wordings.find("") == {}
    assert Wordings[str]({}).find("salary") == {}
    assert Wordings({"empty": []}).find("salary") == {}
