"""The owner's answers as sections of the profile, and which of them a question means."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chatbot.knowledge.question_groups import SAME_WORDING, QuestionIndex
from chatbot.knowledge.sections import Section, SectionKind
from chatbot.knowledge.words import content_stems, split_words

OWN_WORDS = "In {possessive} own words, {day} {moment:%b %Y}"


@dataclass(frozen=True)
class OwnWords:
    """An answer in the owner's own words, given at a moment, and the wordings it was asked in."""

    id: uuid.UUID
    question: str
    text: str
    said_at: datetime
    wordings: tuple[str, ...] = ()


def build_answer_section(answer: OwnWords, *, first_name: str) -> Section:
    """The section of an answer; its id stays the same whatever becomes of the answer."""
    source = OWN_WORDS.format(
        possessive=f"{first_name}\u2019s", day=answer.said_at.day, moment=answer.said_at
    )
    return Section(
        id=answer_section_id(answer.id),
        kind=SectionKind.ANSWER,
        heading=" ".join(answer.question.split()),
        text=answer.text,
        source=source,
        wordings=answer.wordings,
    )


def answer_section_id(answer_id: uuid.UUID) -> str:
    """The id of an answer's section, as citations keep it."""
    return f"answer-{answer_id.hex}"


# A wrong answer in the owner's own words is worse than a question asked once more.
SURELY_SAME = 0.65
_LIKE_LETTERS = 4


class AnswerFinder:
    """Which answer a question means, by its words and those of whoever asked the same before."""

    def __init__(self, sections: Sequence[Section], *, owner_name: str) -> None:
        self._names = frozenset(split_words(owner_name))
        self._sections = {section.id: section for section in sections if section.is_answer}
        self._index: QuestionIndex[tuple[str, int]] = QuestionIndex()
        for section in self._sections.values():
            wordings = dict.fromkeys((section.heading, *section.wordings))
            for number, text in enumerate(wordings):
                self._index.add((section.id, number), self._read(text), section.id)

    def find(self, question: str, *, least: float = SAME_WORDING) -> Section | None:
        """The answer to a question that means the same as one it was given to, or None.

        `least` is how similar two questions must be, 0..1.
        """
        if not self._sections:
            return None
        read = self._read(question)
        for section_id, likeness in self._index.find_groups(read).items():
            section = self._sections[str(section_id)]
            if likeness < least:
                return None
            if not self._asks_for_another(read, section):
                return section
        return None

    def _asks_for_another(self, question: str, section: Section) -> bool:
        """Whether each wording has a word that the question lacks, and the question one that it
        lacks: "ever built submarines" is as like "ever built boats" as two questions can be."""
        asked = set(content_stems(question))
        for wording in (section.heading, *section.wordings):
            known = set(content_stems(self._read(wording)))
            if not (_without_like(asked, known) and _without_like(known, asked)):
                return False
        return True

    def _read(self, text: str) -> str:
        """The words of a question but for the owner's name, which may stand in any of them."""
        return " ".join(word for word in split_words(text) if word not in self._names)


def _without_like(stems: set[str], others: set[str]) -> set[str]:
    """The stems that none of the others begins like: "built" is like "build"."""
    return {
        stem
        for stem in stems
        if not any(stem[:_LIKE_LETTERS] == other[:_LIKE_LETTERS] for other in others)
    }
