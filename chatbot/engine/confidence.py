"""How sure an answer is, and when that, or an error, hands the conversation to the owner."""

from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.storage.models import EscalationReason

FILED_CEILING = 0.25
UNCITED_SHARE = 0.8
TECHNICAL_ERRORS = frozenset({"provider", "deadline", "broken", "internal"})


@dataclass(frozen=True)
class AnswerSigns:
    """What is known of one answer: its confidence (None off the career), and its error."""

    confidence: float | None
    error: str | None


def answer_confidence(
    coverage: float, *, has_citations: bool, was_filed: bool, supported: float = 1.0
) -> float:
    """The confidence 0..1 of an answer to a career question.

    `coverage` is the calibrated probability that the profile covers the question (see
    `knowledge.coverage`). An answer that cites at least one passage is half way from there to
    certainty, `0.5 + coverage / 2`; one that cites nothing keeps four fifths of it; and one during
    which the question was filed as unknown is at most 0.25, because the model has said so itself.
    All of that is multiplied by `supported`, the share 0..1 of the answer's claims that the records
    hold: what was withheld makes the rest of the answer less sure.
    In limited mode, where every answer is a quotation, the coverage alone is the confidence.
    """
    if was_filed:
        return min(coverage, FILED_CEILING) * supported
    return supported * (0.5 + coverage / 2 if has_citations else coverage * UNCITED_SHARE)


def find_escalation_reason(
    answers: Sequence[AnswerSigns], *, threshold: float
) -> EscalationReason | None:
    """Whether the latest of `answers` (latest first) hands the conversation to the owner.

    It does when it is the second consecutive answer to a career question with a confidence below
    `threshold` (answers to anything else in between do not count), or the second consecutive answer
    that a technical error spoiled.
    """
    if not answers or not is_sign_of_trouble(answers[0], threshold=threshold):
        return None
    latest = answers[:2]
    if len(latest) == 2 and all(answer.error in TECHNICAL_ERRORS for answer in latest):
        return EscalationReason.TECHNICAL
    career = [answer.confidence for answer in answers if answer.confidence is not None][:2]
    if (
        answers[0].confidence is not None
        and len(career) == 2
        and all(value < threshold for value in career)
    ):
        return EscalationReason.LOW_CONFIDENCE
    return None


def is_sign_of_trouble(answer: AnswerSigns, *, threshold: float) -> bool:
    """Whether an answer is unsure or spoiled, so that the ones before it are worth a look."""
    is_unsure = answer.confidence is not None and answer.confidence < threshold
    return is_unsure or answer.error in TECHNICAL_ERRORS
