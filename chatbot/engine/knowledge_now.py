"""What is known of the owner at this moment: the profile as it was loaded, and their own answers.

The answers are read again as soon as one has changed, by whichever process: a turn asks for three
figures in the transaction that it begins with, and everything that is built from the answers is
kept until these differ.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sqlmodel import Session

from chatbot.engine.limited import Rules
from chatbot.knowledge.answers import OwnWords, build_answer_section
from chatbot.knowledge.audience import Audience, open_sections, split_sections
from chatbot.knowledge.evidence import Evidence
from chatbot.knowledge.retrieval import Retriever
from chatbot.knowledge.sections import Profile, Section
from chatbot.storage import answers
from chatbot.storage.answers import AnswerStamp


@dataclass(frozen=True, eq=False)
class Knowledge:
    """One state of the knowledge; `profile` has the owner's answers behind its own sections."""

    profile: Profile
    rules: Rules

    @cached_property
    def evidence(self) -> Evidence:
        """The check of sentences against this state."""
        return Evidence(self.profile.sections, owner_name=self.profile.name)

    def find_answer(self, question: str) -> str:
        """The mark and words of the owner's own answer to surely the same question, or ""."""
        section = self.rules.find_answer(question)
        if section is None:
            return ""
        number = self.profile.sections.index(section) + 1
        return f"[S{number}] {section.text}"


class KnowledgeNow:
    """Gives the knowledge as it is. Safe among threads."""

    def __init__(
        self, profile: Profile, *, escalation_keywords: Sequence[str], call_address: str = ""
    ) -> None:
        self._profile = profile
        self._call_address = call_address
        self._keywords = tuple(escalation_keywords)
        self._current = {Audience.PUBLIC: (AnswerStamp(), self._build((), Audience.PUBLIC))}

    @property
    def latest(self) -> Knowledge:
        """What everybody may know, as read last, for whoever has no database at hand."""
        return self._current[Audience.PUBLIC][1]

    def read(self, session: Session, clearance: Audience = Audience.PUBLIC) -> Knowledge:
        """The knowledge by the answers that this transaction sees, for one kind of reader."""
        seen = answers.get_stamp(session)
        stamp, knowledge = self._current.get(clearance, (None, self.latest))
        if seen == stamp:
            return knowledge
        knowledge = self._build(_list_said(session), clearance)
        # Built here, in the database's thread, and not in the event loop.
        _ = knowledge.evidence
        self._current[clearance] = (seen, knowledge)
        return knowledge

    def list_sections(self, session: Session) -> tuple[Section, ...]:
        """Every section that some reader may be given, by the answers of this transaction."""
        said = _list_said(session)
        public, open_to_all = (
            self._open(said, audience).sections for audience in (Audience.PUBLIC, Audience.APPROVED)
        )
        return (*public, *open_to_all)

    def _open(self, said: Sequence[OwnWords], clearance: Audience) -> Profile:
        """The profile with the owner's answers, as one kind of reader may know it."""
        profile = self._profile
        first = profile.first_name
        own = [build_answer_section(words, first_name=first) for words in said]
        shown, gated = split_sections(own, first_name=first, sends_codes=profile.sends_codes)
        sections = open_sections((*profile.sections, *shown), (*profile.gated, *gated), clearance)
        # What is gated stays behind here: nobody who is given this knowledge can look it up.
        return replace(profile, sections=sections, gated=())

    def _build(self, said: Sequence[OwnWords], clearance: Audience) -> Knowledge:
        profile = self._open(said, clearance)
        retriever = Retriever(profile.sections, owner_name=profile.name)
        rules = Rules(
            profile,
            retriever,
            escalation_keywords=self._keywords,
            call_address=self._call_address,
        )
        return Knowledge(profile, rules)


def _list_said(session: Session) -> list[OwnWords]:
    return [
        OwnWords(row.id, row.question, row.text, row.said_at, row.wordings)
        for row in answers.list_live(session)
    ]
