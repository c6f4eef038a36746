"""How sure we are that the profile covers a question, before anything is answered from it."""

import math
from collections.abc import Sequence

from chatbot.knowledge.retrieval import Hit
from chatbot.knowledge.words import content_stems

_BASE = -3.0
_SHARE = 5.6
_SHARE_PER_LOG_WORD = 2.0


def coverage(question: str, hits: Sequence[Hit]) -> float:
    """The probability, 0..1, that the profile covers `question`; 0.5 is as likely as not.

    `hits` are those that `Retriever.search` found for this question. The value is

        1 / (1 + exp(3 - s * (5.6 + 2 * ln(n))))

    s: the largest `Hit.share`, that is the part of the question's words, each weighted by its
       inverse document frequency in the profile, that one single section holds. A word that the
       profile lacks weighs most; a synonym counts for 0.5, a misspelling for 0.6 and a section of
       the kind that the word asks for (see `topics`) for 0.8 of a word.
    n: how many words of the question carry meaning, at least 1: a long question half of whose words
       stand in one section is more surely meant than a short one.

    The three figures are a logistic regression on public questions with and without an answer in
    their document set (encyclopedia articles, HR records, a product FAQ, CVs), every set and both
    outcomes weighted alike. Without hits the value is 0. Words are matched, not meanings, so a
    question in a language that the profile does not use has a low value.
    """
    if not hits:
        return 0.0
    words = max(len(set(content_stems(question[:4_000]))), 1)
    share = max(hit.share for hit in hits)
    return 1 / (1 + math.exp(-(_BASE + share * (_SHARE + _SHARE_PER_LOG_WORD * math.log(words)))))
