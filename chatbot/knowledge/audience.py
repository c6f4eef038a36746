"""Who may read a fact: everybody, whoever has confirmed an e-mail address, or whom the owner lets.

A section is marked in its heading, `## What salary do you expect? [approved]`, in any file of the
profile, and a line of it likewise; an owner's answer in its question or its text; JSON Resume names
its parts in `meta.audience`. What is marked is taken out of the profile as it is loaded: in its
place stands a record that says that it exists and how to get it, so that no other part has to think
of it. A mark that is misspelt closes what it stands at, too: whoever wrote it meant to.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import IntEnum

from chatbot.knowledge.sections import Section, SectionKind

_BRACKETS = re.compile(r"\s*\[([^\W\d_][^\]\[\n]{2,40})\](?!\()")
_PREFIX = re.compile(r"(?i)^audience:\s*")
_MEANT = ("approved", "verified")
_BEGIN_OF_MARK = ("approv", "aprov", "verif")
# "[Confidential]" is what a CV calls a client.
_SYNONYMS = frozenset("private restricted hidden".split())
_CLOSE = 0.85
_MOST_WORDS = 4
_LIST_ITEM = re.compile(r"^\s*[-\u2022\u25e6*]\s+")
_LABELLED = re.compile(r"^([^:?]{2,60}):\s+(?=\S)")
_ASKS = re.compile(r"^(?:Q\W|.*\?\s*$)")
_HEADING_CHARACTERS = 60
_ASKED = (SectionKind.FAQ, SectionKind.ANSWER)
SOURCE = "on request"
VERIFIED_WORDS = (
    "{first} shares this with visitors who have confirmed their e-mail address: leave the address "
    "in the contact form on the page of this chat, and type in the code that is sent to it."
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


@dataclass(frozen=True)
class Mark:
    """A mark in a text, from `start` to `end`; of a misspelt one `is_known` is False."""

    start: int
    end: int
    words: str
    audience: Audience
    is_known: bool = True


def find_marks(text: str) -> list[Mark]:
    """The marks of who may read a text."""
    return list(_find_marks(text))


def _find_marks(text: str) -> Iterator[Mark]:
    for found in _BRACKETS.finditer(text):
        words = _PREFIX.sub("", found[1]).strip()
        known = Audience.__members__.get(words.upper())
        if known is not None:
            yield Mark(found.start(), found.end(), found[1], known)
        elif _PREFIX.match(found[1]) or _is_meant(words.casefold()):
            yield Mark(found.start(), found.end(), found[1], Audience.APPROVED, is_known=False)


def _is_meant(words: str) -> bool:
    """Whether words in brackets are a mark that was misspelt or has another name."""
    parts = re.findall(r"\w+", words)
    if words in _SYNONYMS:
        return True
    return len(parts) <= _MOST_WORDS and any(
        part.startswith(_BEGIN_OF_MARK)
        or any(SequenceMatcher(None, part, meant).ratio() >= _CLOSE for meant in _MEANT)
        for part in parts
    )


def strip_tags(text: str) -> str:
    """A text without its marks."""
    for mark in reversed(find_marks(text)):
        text = text[: mark.start] + text[mark.end :]
    return text.strip()


def read_tag(heading: str) -> tuple[str, Audience]:
    """A heading without its marks, and the narrowest audience that they name."""
    named = [mark.audience for mark in find_marks(heading)]
    return strip_tags(heading), max(named, default=Audience.PUBLIC)


def write_tag(audience: Audience) -> str:
    """The mark of an audience, as it stands behind a heading."""
    return f" [{audience.name.lower()}]"


def gated_words(audience: Audience, *, first_name: str, sends_codes: bool = True) -> str:
    """What is said in place of a fact: that it exists, and how to get it. Where no code can be sent
    to an address, the owner's approval is the only way."""
    by_code = audience is Audience.VERIFIED and sends_codes
    return (VERIFIED_WORDS if by_code else APPROVED_WORDS).format(first=first_name)


def read_answer_tag(question: str, text: str) -> tuple[str, str, Audience]:
    """An owner's answer without its marks, which may stand anywhere in it."""
    (question, of_question), (text, of_text) = read_tag(question), read_tag(text)
    return question, text, max(of_question, of_text)


def gate(section: Section, *, first_name: str, sends_codes: bool = True) -> Section | Gated:
    """The section itself when everybody may read it, else what stands in its place."""
    if section.is_answer:
        heading, text, audience = read_answer_tag(section.heading, section.text)
    else:
        (heading, audience), text = read_tag(section.heading), strip_tags(section.text)
    section = replace(section, heading=heading, text=text)
    if audience is Audience.PUBLIC:
        return section
    stands_in = replace(
        section,
        id=f"{section.id}-gated",
        # What follows a colon is of the fact itself: "Reference: Jonas Ekhammar".
        heading=heading if section.kind in _ASKED else heading.partition(":")[0],
        kind=SectionKind.FAQ if section.is_answer else section.kind,
        text=gated_words(audience, first_name=first_name, sends_codes=sends_codes),
        source=SOURCE,
        page=None,
    )
    return Gated(section, audience, stands_in)


def split_sections(
    sections: Sequence[Section], *, first_name: str, sends_codes: bool = True
) -> tuple[tuple[Section, ...], tuple[Gated, ...]]:
    """What everybody may read, with a stand-in for what not, and the latter."""
    parts = [
        gate(part, first_name=first_name, sends_codes=sends_codes)
        for part in _cut_marked_lines(sections)
    ]
    shown = tuple(part.stands_in if isinstance(part, Gated) else part for part in parts)
    return shown, tuple(part for part in parts if isinstance(part, Gated))


def list_misspelt(sections: Sequence[Section]) -> list[tuple[Section, str]]:
    """The marks that are none of the known ones, each with where it stands."""
    return [
        (section, mark.words)
        for section in sections
        for text in (section.heading, section.text)
        for mark in find_marks(text)
        if not mark.is_known
    ]


def _cut_marked_lines(sections: Sequence[Section]) -> Iterator[Section]:
    """The sections, lines with a mark of their own apart, under a heading with that mark.

    An item of a list or "Salary: ..." is closed alone; another line is taken for a heading, and
    what follows it is closed up to the next question or the end of the section, however many
    passages that has been cut into.
    """
    still: tuple[str, str, Audience] | None = None
    for section in sections:
        if section.is_answer or read_tag(section.heading)[1] is not Audience.PUBLIC:
            yield section
            still = None
            continue
        if still is not None and (section.source, section.heading) == still[:2]:
            closed: tuple[str, Audience] | None = (strip_tags(section.heading), still[2])
        else:
            closed = None
        if closed is None and not find_marks(section.text):
            yield section
            still = None
            continue
        yield from (parts := _cut(section, closed))[0]
        still = (section.source, section.heading, parts[1]) if parts[1] else None


def _cut(
    section: Section, closed: tuple[str, Audience] | None
) -> tuple[list[Section], Audience | None]:
    """The parts of a section with marked lines, and who may read what follows on it, if not
    everybody; `closed` is what its first lines stand under."""
    kept: list[str] = []
    hidden: list[tuple[str, Audience, list[str]]] = []
    if closed is not None:
        hidden.append((*closed, []))
    is_below = False
    for line in section.text.splitlines():
        plain, audience = read_tag(line)
        is_below = is_below and line.startswith(("\u25e6", " ", "\t"))
        is_item = bool(_LIST_ITEM.match(line) or _LABELLED.match(plain)) and not _ASKS.match(plain)
        if audience is not Audience.PUBLIC:
            hidden.append((_name_of(plain) or section.heading, audience, [plain]))
            closed, is_below = (None, True) if is_item else ((plain, audience), False)
        elif is_below or (closed is not None and not _ASKS.match(plain)):
            hidden[-1][2].append(plain)
        else:
            closed = None
            kept.append(line)
    parts = [
        replace(
            section,
            id=f"{section.id}-{number}",
            heading=heading + write_tag(audience),
            text="\n".join(lines).strip(),
        )
        for number, (heading, audience, lines) in enumerate(hidden, start=1)
    ]
    text = "\n".join(kept).strip()
    public = [replace(section, text=text)] if text else []
    return [*public, *(part for part in parts if part.text)], closed[1] if closed else None


def _name_of(line: str) -> str:
    """What a line is about, without the fact itself; "" where that cannot be told apart."""
    line = _LIST_ITEM.sub("", line)
    line = line.capitalize() if line.isupper() else line
    label = _LABELLED.match(line)
    if label and not _ASKS.match(line):
        return label[1].strip()
    is_heading = len(line) <= _HEADING_CHARACTERS and not re.search(r"[.;\d]", line)
    return re.sub(r"^Q\W\s*", "", line) if is_heading else ""


def open_sections(
    sections: Sequence[Section], gated: Sequence[Gated], clearance: Audience
) -> tuple[Section, ...]:
    """The sections for a reader: each stand-in that they may look behind is the section itself."""
    known = {one.stands_in.id: one.section for one in gated if one.audience <= clearance}
    return tuple(known.get(section.id, section) for section in sections)
