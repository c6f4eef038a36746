import pytest

from chatbot.knowledge.spelling import WordFinder

STEMS = ["hydrolog", "prime", "commun", "open", "sourc", "marri", "engin", "c"]


@pytest.mark.parametrize(
    ("unknown", "expected"),
    [
        ("hydrlog", {"hydrolog": 0.6}),
        ("primes", {"prime": 0.6}),
        ("communiti", {"commun": 0.5}),
        ("opensourc", {"open": 0.5, "sourc": 0.5}),
        ("carri", {}),
        ("communisticallic", {}),
        ("openair", {}),
        ("cc", {}),
        ("c++", {}),
    ],
)
def test_unknown_word_stands_for_known_ones(unknown: str, expected: dict[str, float]) -> None:
    assert WordFinder(STEMS).find(unknown) == expected
