import pytest

from chatbot.knowledge.sections import Section, SectionKind
from chatbot.knowledge.signs import Meant, SignReader, names_other, question_pairs

TEXT = "Runs the leak detection platform. Writes Go and SQL.\nReduced losses by 14 %. Sings."


@pytest.fixture
def reader() -> SignReader:
    section = Section("w", SectionKind.WORK, "Lead Engineer", TEXT, "cv.pdf")
    return SignReader([section], ignored=())


def words(*stems: str) -> list[Meant]:
    return [Meant(1.0, {stem: 1.0}) for stem in stems]


def test_words_of_one_sentence_are_nearest(reader: SignReader) -> None:
    assert reader.nearby(0, words("leak", "detect"), kinds=()) == 1.0
    assert reader.nearby(0, words("leak", "sql"), kinds=()) == pytest.approx(0.9)
    assert reader.nearby(0, words("leak", "sing"), kinds=()) == 0.5
    assert reader.nearby(0, words("moon"), kinds=()) == 0.0
    assert reader.nearby(0, [], kinds=()) == 0.0


def test_heading_and_kind_belong_to_every_sentence(reader: SignReader) -> None:
    assert reader.nearby(0, words("engin", "sing"), kinds=()) == 1.0
    role = Meant(1.0, {"role": 1.0, "kind work": 0.8})
    assert reader.nearby(0, [role, *words("sing")], kinds=("kind work",)) == pytest.approx(0.9)


def test_pairs_stand_side_by_side(reader: SignReader) -> None:
    pairs = question_pairs("Was leak detection on a platform of leaks?", ignored=())
    assert reader.count_pairs(0, pairs) == 1
    assert "on a" not in pairs


def test_pair_without_a_meaning_of_its_own_does_not_count() -> None:
    assert question_pairs("your favourite pump", ignored=(), weak={"favourit"}) == {"favourit pump"}


def test_pair_with_a_question_word_counts(reader: SignReader) -> None:
    assert reader.count_pairs(0, question_pairs("losses by", ignored=())) == 1


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What does Odile Marchetti earn?", True),
        ("What does Odile earn?", False),
        ("Do you know Ines Fabricant?", False),
        ("Did you work at Hydra Works?", False),
        ("What Do You Think?", False),
    ],
)
def test_name_of_several_unknown_words_is_somebody_else(question: str, expected: bool) -> None:
    known = {"hydra", "work"}
    assert names_other(question, ignored={"ines", "fabricant"}, known=known) is expected
