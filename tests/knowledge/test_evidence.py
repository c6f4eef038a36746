"""The sentence check on the sample profile and on a small one of its own."""

import time
from datetime import date
from pathlib import Path

import pytest

from benchmarks.quality.evidence import BY_HAND
from benchmarks.quality.figures import read_rows as read_objects
from chatbot.knowledge.evidence import Evidence
from chatbot.knowledge.profile import load_profile
from chatbot.knowledge.sections import Section, SectionKind
from chatbot.knowledge.sentences import SentenceCutter

PROFILE = Path(__file__).parent.parent.parent / "data" / "profile"


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    profile = load_profile(PROFILE)
    return Evidence(profile.sections, owner_name=profile.name, today=date(2026, 11, 15))


SUPPORTED = [
    "Mara works as a Staff Engineer at Nordhavn Freight [S3].",
    "She has been with Nordhavn Freight since March 2021.",
    "From 2018 to 2021 she was Technical Lead, Billing at Solbacken Energy.",
    "At Solbacken Energy, she led a team of six.",
    "Mara moved 1.2 million customers in 23 waves.",
    "She cut the cloud bill of the data platform by 38 percent in one year.",
    "Mara spent three years and three months at Kvarnby Health.",
    "She holds a Master of Science in Distributed Systems from Öresund Institute of Technology.",
    "Mara has two degrees.",
    "She has used Python and PostgreSQL at Kvarnby Health.",
    "Her notice period is three months.",
    "You can reach Mara at mara.lindqvist@example.com.",
    "Would you like to hear about Nordhavn Freight?",
    "I do not have that in Mara's records.",
    "I have passed your question on to Mara.",
    "Happy to help!",
    "Mara arbeitet seit 2021 bei Nordhavn Freight.",
]
UNSUPPORTED = [
    "Mara works as a Staff Engineer at Siemens.",
    "She has been with Nordhavn Freight since 2019.",
    "She was Chief Technology Officer at Solbacken Energy.",
    "At Kvarnby Health, she led a team of six.",
    "Mara moved 2.4 million customers in 23 waves.",
    "She cut the cloud bill of the data platform by 83 percent in one year.",
    "Mara spent seven years at Kvarnby Health.",
    "She holds a PhD in Distributed Systems from Öresund Institute of Technology.",
    "She studied Distributed Systems at the University of Skärhamn.",
    "Mara has four degrees.",
    "She is proficient in Haskell.",
    "She has not worked at Nordhavn Freight.",
    "Mara is the best engineer in Sweden.",
    "She won the Turing Award.",
    "She holds a CISSP certification.",
    "You can reach Mara at mara@evil.example.net.",
    "Did you know that Mara worked at Google?",
    "Mara arbeitet seit 2017 bei Nordhavn Freight.",
    "Mara ist Leiterin der Entwicklung bei Nordhavn Freight.",
]


@pytest.mark.parametrize("sentence", SUPPORTED)
def test_what_the_records_say_is_shown(evidence: Evidence, sentence: str):
    assert evidence.begin().check(sentence).supported


@pytest.mark.parametrize("sentence", UNSUPPORTED)
def test_what_they_do_not_say_together_is_withheld(evidence: Evidence, sentence: str):
    assert not evidence.begin().check(sentence).supported


def test_a_visitors_words_support_nothing_about_the_owner(evidence: Evidence):
    check = evidence.begin(visitor_words="You worked at Google for nine years, right? I am Ana.")
    assert not check.check("Yes, Mara worked at Google for nine years.").supported
    assert check.check("Thank you, Ana.").supported


def test_what_a_tool_has_said_may_be_repeated_to_the_visitor(evidence: Evidence):
    check = evidence.begin()
    assert not check.check(
        "Your call is booked for 14:45, and you get it at a@b.example."
    ).supported
    check.hear("Booked for 14:45. Saved: a@b.example.")
    assert check.check("Your call is booked for 14:45, and you get it at a@b.example.").supported


def test_a_sentence_that_refers_back_stays_with_its_record(evidence: Evidence):
    check = evidence.begin()
    assert check.check("Mara worked at Kvarnby Health.").supported
    assert not check.check("There she moved 1.2 million customers in 23 waves.").supported
    assert check.check("There she built appointment booking for 300 clinics.").supported


def test_a_sentence_is_checked_in_under_two_milliseconds(evidence: Evidence):
    sentences = [*SUPPORTED, *UNSUPPORTED]
    for sentence in sentences:
        evidence.begin().check(sentence)
    spent = time.process_time()
    for sentence in sentences:
        evidence.begin().check(sentence)
    # Twice what it may take: the machine of a test is a slow one.
    assert (time.process_time() - spent) / len(sentences) < 0.004


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_sentences_are_cut_where_they_end_and_nothing_is_lost(size: int):
    text = (
        "She works at Acme Inc. today. It grew 4.5 % [S1]. Then, e.g. in 2021, more.[S2] "
        '"Really?" Yes!\n- One\n- Two: J. Doe\n\nEnd'
    )
    cutter = SentenceCutter()
    found = [s for i in range(0, len(text), size) for s in cutter.feed(text[i : i + size])]
    found += cutter.finish()
    assert "".join(found) == text
    assert [sentence.strip() for sentence in found] == [
        "She works at Acme Inc. today.",
        "It grew 4.5 % [S1].",
        "Then, e.g. in 2021, more.[S2]",
        '"Really?"',
        "Yes!",
        "- One",
        "- Two: J. Doe",
        "End",
    ]


def test_a_text_without_an_end_is_not_held_for_ever():
    cutter = SentenceCutter()
    assert cutter.feed("word " * 100)


def test_what_was_written_by_hand_is_judged_as_it_was_when_it_was_corrected(evidence: Evidence):
    """All rows but those that are marked as known misses, which `docs/evidence.md` explains."""
    wrong = []
    for row in read_objects(BY_HAND):
        check, cutter = evidence.begin(visitor_words=row["question"]), SentenceCutter()
        check.check(row.get("before", ""))
        sentences = [*cutter.feed(row["sentence"]), *cutter.finish()]
        is_shown = all(check.check(sentence).supported for sentence in sentences)
        if is_shown is not row["supported"] and not row.get("missed"):
            wrong.append(row["sentence"])
    assert wrong == []


def test_a_job_without_dates_raises_nothing():
    text = "Insurance career\n- March 2018: Joined Acme as a Developer.\n- July 2019: Promoted."
    section = Section("s", SectionKind.WORK, "Acme career", text, "cv.md")
    check = Evidence([section], owner_name="Ana Bell", today=date(2026, 11, 15)).begin()
    assert not check.check("Ana joined Acme in July 2019.").supported
    assert check.check("Ana joined Acme as a Developer in March 2018.").supported


@pytest.mark.parametrize(
    ("first", "then", "is_true"),
    [
        ("Kvarnby Health", "Solbacken Energy", True),
        ("Solbacken Energy", "Kvarnby Health", False),
    ],
)
def test_what_came_before_what_is_told_by_the_dates(
    evidence: Evidence, first: str, then: str, is_true: bool
):
    text = f"She worked at {first} before she moved to {then}."
    assert evidence.begin().check(text).supported is is_true
    assert evidence.begin().check(f"After {first}, she went to {then}.").supported is is_true


def test_what_was_arranged_for_the_visitor_may_be_told(evidence: Evidence):
    check = evidence.begin(visitor_words="Can I book a call with Mara on Tuesday?")
    check.hear("Booked: Tuesday 1 December 2026, 15:00.")
    assert check.check(
        "I've booked your call with Mara for Tuesday, 1 December at 15:00."
    ).supported
    assert check.check("Mara will receive your request and reply to you.").supported
    assert not check.check("I've booked your call with Mara for Tuesday, 8 January.").supported
