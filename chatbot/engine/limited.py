"""Answers without a model: quotations from the profile and fixed words, decided by rules.

This path serves without a key, when the provider is down, when the day's budget is spent and when
more turns run than the machine should carry. It captures contacts, files questions and escalates
like the model does, through the same use cases.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from chatbot.engine.citations import build_citation
from chatbot.errors import InvalidInput
from chatbot.events import Citation
from chatbot.knowledge.answers import SURELY_SAME, AnswerFinder
from chatbot.knowledge.coverage import coverage
from chatbot.knowledge.retrieval import Hit, Retriever
from chatbot.knowledge.scope import (
    QuestionKind,
    career_stems,
    has_no_word,
    is_farewell,
    question_kind,
)
from chatbot.knowledge.sections import NAMELESS, Profile, Section
from chatbot.knowledge.words import QUESTION_WORDS, split_stems
from chatbot.people.call_request import wants_call
from chatbot.people.contact_details import ContactDetails, find_contact, validate_email
from chatbot.people.human_request import HumanRequest, wants_human

COVERED = 0.5
MAX_QUOTES = 3
QUOTE_CHARACTERS = 420
# The owner's own answer is what was asked for, and not one passage among others.
ANSWER_CHARACTERS = 1500
# A passage much weaker than the best one is about something else.
QUOTE_SHARE = 0.6

GREETING = (
    "Hello! I am the AI stand-in of {name}. Ask me about {first}'s experience, projects or skills, "
    "or tell me how {first} can reach you."
)
FAREWELL = "You are welcome. If anything else about {first}'s work comes to mind, just ask."
NO_WORD = (
    "I could not read a question in that. You can ask me, for example, what {first} does now, "
    "which skills {first} has, or how to get in touch."
)
MISTYPED_EMAIL = (
    "That e-mail address looks mistyped, so I have not noted it. Please type it again, like "
    "name@example.com."
)
OFF_TOPIC = (
    "I am only here for questions about {first}'s work, so I cannot help with that. What would you "
    "like to know about {first}'s experience?"
)
NOT_COVERED = (
    "I do not have that in {first}'s records, so I have passed your question on to {first}. Leave "
    "your e-mail address if you would like the answer there, or choose “Talk to {first}”."
)
NOT_COVERED_EMAIL = (
    "I do not have that in {first}'s records, so I have passed your question on to {first}, who "
    "has your e-mail address."
)
EMPTY_PROFILE = (
    "There is nothing on record here yet, so I have passed your question on. Leave your e-mail "
    "address if you would like an answer."
)
SAVED = "Thank you{comma_name}. I have noted {details} and told {first}."
ESCALATED = (
    "I have told {first} that you would like to talk in person. {first} can join this chat; leave "
    "your e-mail address if you would rather have an answer there."
)
ESCALATED_CONTACT = "I have told {first}, who can join this chat or write to you."
ALREADY_ESCALATED = "{first} has been told already and can join this chat at any time."
COMPLAINT = "I am sorry about that."
ESCALATED_EMAIL = "I have told {first}, who can join this chat or answer you by e-mail."
COMPLAINT_ESCALATED = (
    "I have told {first}, who can join this chat. Leave your e-mail address if you would rather "
    "have an answer there."
)
EMERGENCY = (
    "I am only an automated chat about {first}'s work and cannot send help. If someone is in "
    "danger, please call your local emergency number or someone near you right away. {first} has "
    "been told."
)
CALL_OFFER = "You can choose a time for a call with {first} here: [Book a call]({url})"
QUOTED = "This is what {first}'s records say:"

_NAMELESS_START = re.compile(rf"(?:^|(?<=[.!?]\s)){NAMELESS}\b")
# Haste and stolen accounts are no danger to life: such messages get the usual words.
_ONLY_URGENT = re.compile(
    r"(?i)\burgent\b(?! help)|\b(?:is using|used|stole|stolen|hacked|withdrew|withdrawn|removed"
    r"|took|taken|compromised|card|account|payment)\b"
)
_LONGEST_READ = 2_000
_ADDRESS_TRY = re.compile(
    r"(?i)(?<![\w/@.])(?=[\w.+-]{0,64}[a-z])[\w.+-]{1,64}@+[^\s/,;:<>()?]{0,255}"
)
_SPELLED = (
    r"[a-z][\w.+-]{0,64} ?(?:\bat\b|@|\(at\)|\[at\]) ?[\w-]{1,64}(?:(?: dot |\.)[\w-]{1,64})*"
)
_SPELLED_TRY = re.compile(
    r"(?i)(?:\bmy e-?mail(?: address| id)?(?: is| would be|:)?|\be-?mail(?: address)?(?: is|:)"
    rf"|\b(?:reach|e-?mail|write(?: to)?|contact) (?:me|us) (?:at|on|under)) {_SPELLED}\W*$"
)
_QUESTION = re.compile(r"[^.!?\n]{1,400}\?")
_SPELLED_ALONE = re.compile(rf"(?i)\W*{_SPELLED}[\s.!]*")


class Remark(StrEnum):
    """What else shows in a message and changes its answer."""

    NO_WORD = "no_word"
    FAREWELL = "farewell"
    MISTYPED_EMAIL = "mistyped_email"


@dataclass(frozen=True)
class TurnReading:
    """What the rules see in a visitor's message, whoever answers it.

    `answer` is the owner's own answer to this very question, then also the first of the hits.
    """

    kind: QuestionKind
    coverage: float
    hits: tuple[Hit, ...]
    human: HumanRequest | None
    remark: Remark | None = None
    answer: Section | None = None
    wants_call: bool = False

    @property
    def is_career(self) -> bool:
        """Whether the message is about the owner's career."""
        return self.kind is QuestionKind.CAREER

    @property
    def asks_for_person(self) -> bool:
        """Whether nothing but a person is wanted, so that no model need be asked and paid."""
        return self.human is not None and self.human.reason in ("requested", "keyword")


@dataclass(frozen=True)
class LimitedReply:
    """The words of an answer without a model, what they quote, and whether to file the question."""

    text: str
    citations: tuple[Citation, ...] = ()
    files_question: bool = False
    confidence: float | None = None


class Rules:
    """Reads messages and words replies by rule, for one owner's profile.

    `call_address` is where calls are booked, "" when nowhere.
    """

    def __init__(
        self,
        profile: Profile,
        retriever: Retriever,
        *,
        escalation_keywords: Sequence[str],
        call_address: str = "",
    ) -> None:
        self._call_address = call_address
        self._profile = profile
        self._retriever = retriever
        self._keywords = tuple(escalation_keywords)
        self._finder = AnswerFinder(profile.sections, owner_name=profile.name)

    def warm_up(self) -> None:
        """Load the libraries that the rules import when they are first used."""
        self.read("Where did you study?")
        self.find_contact("Write to me@example.com or call +1 650 253 0000.")

    def read(self, text: str, *, history: Sequence[str] = ()) -> TurnReading:
        """What `text` asks for; `history` holds the visitor's earlier messages, oldest first."""
        human = wants_human(text, self._keywords)
        remark = self._remark(text)
        if remark is Remark.MISTYPED_EMAIL:
            text = _questions_beside_address(text)
        answer = self._finder.find(text)
        hits = self._retriever.search(text, history=history if text else ())
        covered = coverage(text, hits)
        if answer is not None:
            hits = _with_answer(hits, answer)
            covered = max(covered, COVERED)
        return TurnReading(
            kind=QuestionKind.CAREER if answer is not None else self._kind(text),
            coverage=covered,
            hits=tuple(hits),
            human=human,
            remark=remark,
            answer=answer,
            wants_call=bool(self._call_address) and wants_call(text),
        )

    def find_answer(self, question: str) -> Section | None:
        """The owner's own answer to a question, when it is surely the same question."""
        return self._finder.find(question, least=SURELY_SAME)

    def _kind(self, text: str) -> QuestionKind:
        return question_kind(
            text, owner_name=self._profile.name, profile_stems=self._retriever.stems
        )

    def _remark(self, text: str) -> Remark | None:
        kind = self._kind(text)
        if has_no_word(text, profile_stems=self._retriever.stems):
            return Remark.NO_WORD
        if kind is QuestionKind.SMALL_TALK:
            return Remark.FAREWELL if is_farewell(text) else None
        is_spelled = _SPELLED_ALONE.fullmatch(text) is not None and not self._names_work(text)
        return Remark.MISTYPED_EMAIL if is_spelled or has_mistyped_email(text) else None

    def _names_work(self, text: str) -> bool:
        """Whether "engineer at Acme" is about a career and no spelled-out address."""
        if "." in text.strip(" .!"):
            return False
        known = {*self._retriever.stems, *career_stems(), *split_stems(" ".join(QUESTION_WORDS))}
        return not known.isdisjoint(set(split_stems(text)) - {"at", "dot"})

    def find_contact(self, text: str) -> ContactDetails | None:
        """The visitor's own e-mail address or phone number in `text`, or None."""
        contact = find_contact(text)
        return contact if contact.email or contact.phone else None

    def reply(
        self,
        reading: TurnReading,
        contact: ContactDetails | None,
        *,
        is_escalated: bool,
        has_email: bool,
    ) -> LimitedReply:
        """The answer to a message in limited mode, or to one that asks for a human in any mode.

        `contact` is what has been stored of the message, and `is_escalated` whether the owner had
        been called to this conversation before it. Whoever has left an address in it before
        (`has_email`) is not asked for one.
        """
        has_email = has_email or bool(contact and contact.email)
        parts = [self.confirm(contact)] if contact else []
        if reading.human is not None:
            called = self._escalated(
                reading.human, contact, is_escalated=is_escalated, has_email=has_email
            )
            return LimitedReply(" ".join([*parts, called, *self._offer_call(reading)]))
        if reading.wants_call:
            return LimitedReply(" ".join([*parts, *self._offer_call(reading)]))
        if reading.remark is Remark.MISTYPED_EMAIL:
            parts.append(self._fill(MISTYPED_EMAIL))
        if reading.is_career and not (contact and reading.coverage < COVERED):
            answer = self._answer(reading, has_email=has_email)
            return replace(answer, text="\n\n".join([*parts, answer.text]))
        if not parts:
            parts.append(self._fill(self._choose_line(reading)))
        return LimitedReply(" ".join(parts))

    def _offer_call(self, reading: TurnReading) -> list[str]:
        if not reading.wants_call:
            return []
        return [self._fill(CALL_OFFER, url=self._call_address)]

    def _choose_line(self, reading: TurnReading) -> str:
        if reading.kind is QuestionKind.OFF_TOPIC:
            return OFF_TOPIC
        if reading.remark is Remark.NO_WORD:
            return NO_WORD
        return FAREWELL if reading.remark is Remark.FAREWELL else GREETING

    def _answer(self, reading: TurnReading, *, has_email: bool) -> LimitedReply:
        if not self._profile.sections:
            return LimitedReply(EMPTY_PROFILE, files_question=True, confidence=0.0)
        if reading.coverage < COVERED or not reading.hits:
            text = self._fill(NOT_COVERED_EMAIL if has_email else NOT_COVERED)
            return LimitedReply(text, files_question=True, confidence=reading.coverage)
        best = reading.hits[0].score
        chosen = [hit.section for hit in reading.hits if hit.score >= best * QUOTE_SHARE]
        chosen = [reading.answer] if reading.answer is not None else chosen[:MAX_QUOTES]
        citations = tuple(build_citation(n, section) for n, section in enumerate(chosen, start=1))
        quotes = [
            f"**{section.label if section.is_answer else section.heading}** [{n}]\n\n"
            f"{build_quote(section)}"
            for n, section in enumerate(chosen, start=1)
        ]
        if reading.answer is not None:
            return LimitedReply(quotes[0], citations, confidence=reading.coverage)
        text = "\n\n".join([self._fill(QUOTED), *quotes])
        return LimitedReply(text, citations, confidence=reading.coverage)

    def _escalated(
        self,
        human: HumanRequest,
        contact: ContactDetails | None,
        *,
        is_escalated: bool,
        has_email: bool,
    ) -> str:
        if human.reason == "emergency" and not _ONLY_URGENT.search(human.words):
            return self._fill(EMERGENCY)
        words = COMPLAINT_ESCALATED if human.reason == "complaint" else ESCALATED
        if has_email:
            words = ESCALATED_EMAIL
        elif contact:
            words = ESCALATED_CONTACT
        if is_escalated:
            words = ALREADY_ESCALATED
        return self._fill(f"{COMPLAINT} {words}" if human.reason == "complaint" else words)

    def confirm(self, contact: ContactDetails) -> str:
        """What is said to a visitor whose details have been saved."""
        details = " and ".join(part for part in (contact.email, contact.phone) if part)
        comma_name = f", {contact.name}" if contact.name else ""
        return self._fill(SAVED, comma_name=comma_name, details=details)

    def _fill(self, words: str, **values: str) -> str:
        name, first = self._profile.name, self._profile.first_name
        text = words.format(name=name, first=first, **values)
        return _NAMELESS_START.sub(NAMELESS[0].upper() + NAMELESS[1:], text)


def has_mistyped_email(text: str) -> bool:
    """Whether a text holds what was meant as an e-mail address but is none."""
    tries = [found[0].rstrip(".!'’\"") for found in _ADDRESS_TRY.finditer(text[:_LONGEST_READ])]
    if tries:
        return not any(_is_email(part) for part in tries)
    return _SPELLED_TRY.search(text[:_LONGEST_READ]) is not None


def _questions_beside_address(text: str) -> str:
    asked = (found.strip() for found in _QUESTION.findall(text[:_LONGEST_READ]))
    return " ".join(q for q in asked if "@" not in q and not _SPELLED_TRY.search(q.rstrip("?")))


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except InvalidInput:
        return False
    return True


def _with_answer(hits: Sequence[Hit], answer: Section) -> list[Hit]:
    """The hits with the owner's own answer first: it holds the whole question."""
    others = [hit for hit in hits if hit.section.id != answer.id]
    best = max((hit.score for hit in hits), default=1.0)
    return [Hit(answer, score=best, share=1.0), *others]


def build_quote(section: Section) -> str:
    """A passage, shortened, without a first line that only says what its heading says."""
    if section.is_answer:
        return shorten(section.text, ANSWER_CHARACTERS)
    first, _, rest = section.text.partition("\n")
    return shorten(rest if rest and first.strip() in section.heading else section.text)


def shorten(text: str, limit: int = QUOTE_CHARACTERS) -> str:
    """The beginning of a passage, cut behind a sentence or a line where there is one."""
    if len(text) <= limit:
        return text
    cut = max(text.rfind(end, limit // 2, limit) for end in (". ", "\n", "; "))
    return text[: cut + 1].rstrip() + " …" if cut > 0 else text[:limit].rsplit(" ", 1)[0] + " …"
