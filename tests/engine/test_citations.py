import pytest

from chatbot.engine.citations import CitationMarks, strip_marks
from chatbot.knowledge.sections import Section, SectionKind

SECTIONS = [
    Section(str(n), SectionKind.WORK, f"Job {n}", f"Text {n}", "resume.json") for n in range(1, 6)
]


def read(*deltas: str) -> tuple[str, list[str]]:
    marks = CitationMarks(SECTIONS)
    text = "".join(marks.feed(delta) for delta in deltas) + marks.finish()
    return text, [citation.section_id for citation in marks.citations]


def test_marks_are_numbered_in_the_order_in_which_they_appear():
    assert read("A [S4]. B [S2]. C [S4].") == ("A [1]. B [2]. C [1].", ["4", "2"])


def test_a_mark_may_come_in_any_number_of_pieces():
    text = "Built it [S3], and more [S1; S2]."
    assert read(*text) == read(text) == ("Built it [1], and more [2][3].", ["3", "1", "2"])


def test_a_mark_that_names_no_passage_is_dropped():
    assert read("A [S9]. B [S0].") == ("A . B .", [])


@pytest.mark.parametrize(
    "text", ["An [aside] here", "In [2024]", "a[0]", "list[0", "[", "a [S", "[link](https://x.y)"]
)
def test_other_brackets_are_left_alone(text):
    assert read(*text)[0] == text


def test_text_is_never_held_back_for_long():
    marks = CitationMarks(SECTIONS)
    assert marks.feed("[ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16") != ""


def test_the_model_is_given_its_answers_without_marks():
    assert strip_marks("Led a team [1][2]. Then left [3].") == "Led a team. Then left."
