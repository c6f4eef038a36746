import pytest

from chatbot.engine.confidence import AnswerSigns, answer_confidence, find_escalation_reason


@pytest.mark.parametrize(
    ("coverage", "cited", "filed", "expected"),
    [
        (0.8, True, False, 0.9),
        (0.8, False, False, 0.64),
        (0.2, True, False, 0.6),
        (0.9, True, True, 0.25),
        (0.1, False, True, 0.1),
    ],
)
def test_confidence_is_computed_as_its_docstring_says(coverage, cited, filed, expected):
    value = answer_confidence(coverage, has_citations=cited, was_filed=filed)
    assert value == pytest.approx(expected)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([], None),
        ([(0.2, None)], None),
        ([(0.2, None), (0.4, None)], "low_confidence"),
        ([(0.2, None), (0.5, None)], None),
        ([(0.2, None), (None, None), (0.4, None)], "low_confidence"),
        ([(None, None), (0.2, None), (0.4, None)], None),
        ([(0.9, "provider"), (0.9, "provider")], "technical"),
        ([(0.9, "provider"), (0.9, None), (0.9, "provider")], None),
        ([(0.9, "stopped"), (0.9, "stopped")], None),
    ],
)
def test_what_calls_the_owner(answers, reason):
    signs = [AnswerSigns(confidence, error) for confidence, error in answers]
    assert find_escalation_reason(signs, threshold=0.5) == reason
