"""Fits the factors of `chatbot.knowledge.coverage` on a folder as `make quality` takes.

    python -m benchmarks.fit_coverage DIR

Prints the factors, and for each source the share of uncovered questions that are refused when nine
of ten covered ones are answered: by the factors fitted on all sources, and by those fitted without
this one. Every source and both outcomes weigh alike, but for the encyclopedia, which has most rows.
"""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.quality.figures import share
from benchmarks.quality.gate import find_limit, read_bases, read_cvs, read_grounded
from chatbot.knowledge.coverage import weigh_signs

Array = npt.NDArray[np.float64]
SOURCE_WEIGHTS = {"xquad_en": 4.0}
HOME = "recruiter"
_RIDGE = 1e-4
_STEPS = 50


@dataclass(frozen=True)
class Example:
    """One question: its source, whether it is covered, and what is weighed of it: () if no hit."""

    source: str
    variant: str
    values: tuple[float, ...]

    @property
    def is_covered(self) -> bool:
        """Whether the source answers it."""
        return self.variant == "in"


def read_profile_examples(folder: Path) -> list[Example]:
    """The questions about CVs and documents, and what `coverage` weighs of their sections."""
    sources = {"recruiter": read_cvs(folder), **read_grounded(folder)}
    return [
        Example(
            source,
            question.variant,
            weigh_signs(question.text, hits) if any(hit.share for hit in hits) else (),
        )
        for source, questions in sources.items()
        for question in questions
        for hits in [question.hits()]
    ]


def read_answer_examples(folder: Path) -> list[Example]:
    """The queries to intents, and their likeness to these."""
    return [
        Example(source, question.variant, (1.0, max(likeness)) if likeness else ())
        for source, questions in read_bases(folder).items()
        for question in questions
        for likeness in [[hit.signs.likeness for hit in question.hits()]]
    ]


def fit(examples: Sequence[Example]) -> Array:
    """The factors of a logistic regression, the constant's first, by Newton's method.

    Every source has a constant of its own, since their questions are of different difficulty: what
    tells covered from uncovered within a source decides. The constant returned is that of the CVs,
    without them the mean.
    """
    examples = [example for example in examples if example.values]
    sources = sorted({example.source for example in examples})
    values = np.array([example.values[1:] for example in examples])
    belongs = np.array([[example.source == source for source in sources] for example in examples])
    covered = np.array([float(example.is_covered) for example in examples])
    weights = _weights(examples)
    mean, spread = values.mean(0), values.std(0)
    spread[spread == 0] = 1.0
    columns = np.hstack([belongs.astype(float), (values - mean) / spread])
    factors = np.zeros(columns.shape[1])
    ridge = np.full(len(factors), _RIDGE)
    ridge[: len(sources)] /= 100
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-columns @ factors))
        slope = columns.T @ (weights * (likely - covered)) + ridge * factors
        curve = (columns.T * (weights * likely * (1 - likely))) @ columns + np.diag(ridge)
        factors -= np.linalg.solve(curve, slope)
    slopes = factors[len(sources) :] / spread
    constants = dict(zip(sources, factors[: len(sources)] - slopes @ mean, strict=True))
    constant = constants.get(HOME, np.mean(list(constants.values())))
    return np.array([constant, *slopes])


def print_figures(examples: Sequence[Example]) -> None:
    """Each source's refused share, with the factors of all sources and of all others."""
    whole = fit(examples)
    print("factors:", ", ".join(f"{factor:.2f}" for factor in whole))
    for source in dict.fromkeys(example.source for example in examples):
        those = [example for example in examples if example.source == source]
        others = [example for example in examples if example.source != source]
        for name, factors in (("fitted on all", whole), ("left out", fit(others))):
            print(f"{source:<16} {name:<14} {_refused(those, factors)}")


def _refused(examples: Sequence[Example], factors: Array) -> str:
    values = [
        float(np.array(example.values) @ factors) if example.values else -math.inf
        for example in examples
    ]
    pairs = list(zip(examples, values, strict=True))
    limit = find_limit(value for example, value in pairs if example.is_covered)
    return "  ".join(
        f"{variant} {share([v < limit for e, v in pairs if e.variant == variant]):.3f}"
        for variant in dict.fromkeys(e.variant for e in examples if not e.is_covered)
    )


def _weights(examples: Sequence[Example]) -> Array:
    groups = [(example.source, example.is_covered) for example in examples]
    sizes = {group: groups.count(group) for group in set(groups)}
    weights = np.array([SOURCE_WEIGHTS.get(group[0], 1.0) / sizes[group] for group in groups])
    return np.asarray(weights / weights.sum())


if __name__ == "__main__":
    print("== profile")
    print_figures(read_profile_examples(Path(sys.argv[1])))
    print("== answers")
    print_figures(read_answer_examples(Path(sys.argv[1])))
