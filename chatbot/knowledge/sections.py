"""The shape in which every part of the program sees the owner's facts."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chatbot.knowledge.audience import Gated

NAMELESS = "the owner"


class SectionKind(StrEnum):
    """What a section tells; retrieval and the order of cutting to a token budget go by it."""

    ABOUT = "about"
    CONTACT = "contact"
    WORK = "work"
    PROJECT = "project"
    SKILL = "skill"
    EDUCATION = "education"
    CERTIFICATE = "certificate"
    PUBLICATION = "publication"
    AWARD = "award"
    LANGUAGE = "language"
    VOLUNTEER = "volunteer"
    INTEREST = "interest"
    REFERENCE = "reference"
    FAQ = "faq"
    STORY = "story"
    TEXT = "text"
    ANSWER = "answer"


@dataclass(frozen=True)
class Section:
    """One passage of the profile, small enough to be quoted, with the place it comes from.

    `id` is stable while file, heading and position stay the same; `source` is the file's name
    inside the profile folder; `page` counts from 1 and is None where a file has no pages. Of an
    answer in the owner's own words, `heading` is the question, `source` says whose words they are
    and of which day, and `wordings` are other ways in which it was asked.
    """

    id: str
    kind: SectionKind
    heading: str
    text: str
    source: str
    page: int | None = None
    wordings: tuple[str, ...] = ()

    @property
    def is_answer(self) -> bool:
        """Whether it is an answer that the owner gave."""
        return self.kind is SectionKind.ANSWER

    @property
    def label(self) -> str:
        """Where a reader finds it: "Experience: Staff Engineer, Nordwind (cv.pdf, page 2)"."""
        if self.is_answer:
            return f"{self.source}: {self.heading}"
        place = self.source if self.page is None else f"{self.source}, page {self.page}"
        return f"{self.heading} ({place})"


@dataclass(frozen=True)
class ProfileProblem:
    """A file of the profile folder that could not be used, and what to do about it."""

    source: str
    reason: str


@dataclass(frozen=True)
class Link:
    """One of the owner's own links: its name and its web address."""

    label: str
    url: str


@dataclass(frozen=True)
class Profile:
    """Everything the program knows about its owner, as loaded from the profile folder.

    `sections` are for everybody. What not everybody may read is in `gated`, see `audience`;
    `sends_codes` is whether an e-mail address can be confirmed.
    """

    name: str
    headline: str = ""
    place: str = ""
    email: str = ""
    availability: str = ""
    links: tuple[Link, ...] = ()
    sections: tuple[Section, ...] = ()
    problems: tuple[ProfileProblem, ...] = field(default=())
    gated: tuple["Gated", ...] = field(default=(), repr=False)
    sends_codes: bool = True

    @property
    def first_name(self) -> str:
        """How the owner is spoken of; an owner without a name is "the owner"."""
        return self.name if self.name == NAMELESS else self.name.split()[0]
