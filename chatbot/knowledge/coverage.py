"""How sure we are that the profile covers a question, before anything is answered from it."""

import math
from collections.abc import Sequence

from chatbot.knowledge.retrieval import Hit
from chatbot.knowledge.words import content_stems

_LONGEST_READ = 4_000
# Fitted by `python -m benchmarks.fit_coverage`, in the order of `weigh_signs`.
PROFILE_FACTORS = (-0.31, 0.79, 5.84, -2.81, 1.97, 0.46, -4.28)
ANSWER_FACTORS = (-4.27, 16.35)


def coverage(question: str, hits: Sequence[Hit]) -> float:
    """The probability, 0..1, that the profile covers `question`; 0.5 is as likely as not.

    `hits` are those that `Retriever.search` found for this question. The value is the larger of two
    logistic regressions: on `weigh_signs`, for what the profile's sections tell, and on the largest
    `Signs.likeness`, for what the owner has answered before. Their factors are fitted on public
    questions with and without an answer in their document set (encyclopedia articles, HR records, a
    product FAQ, CVs; for answers, the intents of two assistants), both outcomes weighted alike, and
    hold when a source is left out of the fit. Unless a hit holds a word of the question that means
    something, the value is 0. Words are matched, not meanings, so a question in a language that the
    profile does not use has a low value.
    """
    likeness = max((hit.signs.likeness for hit in hits), default=0.0)
    if not likeness and not any(hit.share for hit in hits):
        return 0.0
    told = _logistic(PROFILE_FACTORS, weigh_signs(question, hits))
    return max(told, _logistic(ANSWER_FACTORS, (1.0, likeness)) if likeness else 0.0)


def weigh_signs(question: str, hits: Sequence[Hit]) -> tuple[float, ...]:
    """What `coverage` weighs of a question and its hits, at least one.

    In this order: 1; the largest `Signs.nearby` (s); s * ln n and ln n, where n counts the words of
    the question that carry meaning, without the owner's name, at least 1: a long question half of
    whose words stand in one sentence is more surely meant than a short one; ln(1 + p), where p is
    the largest `Signs.pairs`; 1 or 0 for `Signs.asks_kind`; and 1 or 0 for `Signs.names_other`.
    """
    words = len(set(content_stems(question[:_LONGEST_READ]))) - hits[0].signs.named
    log_words = math.log(max(words, 1))
    nearby = max(hit.signs.nearby for hit in hits)
    return (
        1.0,
        nearby,
        nearby * log_words,
        log_words,
        math.log(1 + max(hit.signs.pairs for hit in hits)),
        float(hits[0].signs.asks_kind),
        float(hits[0].signs.names_other),
    )


def _logistic(factors: Sequence[float], values: Sequence[float]) -> float:
    exponent = sum(factor * value for factor, value in zip(factors, values, strict=True))
    return 1 / (1 + math.exp(-exponent))
