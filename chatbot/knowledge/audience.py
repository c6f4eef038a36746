"""Who may read a fact: everybody, whoever has confirmed an e-mail address, or whom the owner lets.

A section is marked in its heading, `## What salary do you expect? [approved]`, in any file of the
profile, and an owner's answer likewise in its question, or at the beginning of its text; JSON
Resume names its parts in `meta.audience`. What is marked is taken out of the profile as it is
loaded: in its place stands a record that says that it exists and how to get it, so that no other
part has to think of it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from chatbot.knowledge.sections import Section, SectionKind

TAG = re.compile(r"\s*\[(?:audience:\s*)?(public|verified|approved)\]", re.IGNORECASE)
_ASKED = (SectionKind.FAQ, SectionKind.ANSWER)
SOURCE = "on request"
VERIFIED_WORDS = (
    "{first} shares this with visitors who have confirmed their e-mail address: leave the address "
    "in the contact form, and type in the code that is sent to it."
)
APPROVED_WORDS = (
    "{first} shares this on request, chat by chat: choose “Talk to {first}” and ask for it."
)


class Audience(IntEnum):
    """Who may read a section; whoever may read one with a higher number may read the lower too."""

    PUBLIC = 0
    VERIFIED = 1
    APPROVED = 2


@dataclass(frozen=True)
class Gated:
    """A section that not everybody may read, and the one that stands in its place."""

    section: Section
    audience: Audience
    stands_in: Section


def read_tag(heading: str) -> tuple[str, Audience]:
    """A heading without its marks, and the narrowest audience that they name."""
    named = [Audience[tag.upper()] for tag in TAG.findall(heading)]
    return TAG.sub("", heading).strip(), max(named, default=Audience.PUBLIC)


def gated_words(audience: Audience, *, first_name: str) -> str:
    """What is said in place of a fact: that it exists, and how to get it."""
    words = VERIFIED_WORDS if audience is Audience.VERIFIED else APPROVED_WORDS
    return words.format(first=first_name)


def read_answer_tag(question: str, text: str) -> tuple[str, str, Audience]:
    """An owner's answer without its marks, which stand in its question or begin its text."""
    question, of_question = read_tag(question)
    begins = TAG.match(text)
    if begins is None:
        return question, text, of_question
    of_text = Audience[begins[1].upper()]
    return question, text[begins.end() :].strip(), max(of_question, of_text)


def gate(section: Section, *, first_name: str) -> Section | Gated:
    """The section itself when everybody may read it, else what stands in its place."""
    if section.is_answer:
        heading, text, audience = read_answer_tag(section.heading, section.text)
    else:
        (heading, audience), text = read_tag(section.heading), section.text
    section = replace(section, heading=heading, text=text)
    if audience is Audience.PUBLIC:
        return section
    stands_in = replace(
        section,
        id=f"{section.id}-gated",
        # What follows a colon is of the fact itself: "Reference: Jonas Ekhammar".
        heading=heading if section.kind in _ASKED else heading.partition(":")[0],
        kind=SectionKind.FAQ if section.is_answer else section.kind,
        text=gated_words(audience, first_name=first_name),
        source=SOURCE,
        page=None,
    )
    return Gated(section, audience, stands_in)


def split_sections(
    sections: Sequence[Section], *, first_name: str
) -> tuple[tuple[Section, ...], tuple[Gated, ...]]:
    """What everybody may read, with a stand-in for what not, and the latter."""
    parts = [gate(section, first_name=first_name) for section in sections]
    shown = tuple(part.stands_in if isinstance(part, Gated) else part for part in parts)
    return shown, tuple(part for part in parts if isinstance(part, Gated))


def open_sections(
    sections: Sequence[Section], gated: Sequence[Gated], clearance: Audience
) -> tuple[Section, ...]:
    """The sections for a reader: each stand-in that they may look behind is the section itself."""
    known = {one.stands_in.id: one.section for one in gated if one.audience <= clearance}
    return tuple(known.get(section.id, section) for section in sections)
