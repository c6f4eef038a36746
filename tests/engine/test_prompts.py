import uuid
from dataclasses import replace

import pytest

from chatbot.engine.prompts import (
    STABLE_SHARE,
    build_extra_passages,
    build_instructions,
    build_messages,
    choose_history,
)
from chatbot.knowledge.sections import Profile, Section, SectionKind
from chatbot.llm.tokens import count_tokens
from chatbot.storage.messages import HistoryRow


def make_profile(count: int, words: int = 40) -> Profile:
    kinds = [SectionKind.INTEREST, SectionKind.WORK, SectionKind.ABOUT]
    sections = tuple(
        Section(f"id{n}", kinds[n % 3], f"Heading {n}", f"fact{n} " * words, "cv.pdf", n)
        for n in range(count)
    )
    return Profile(name="Ada Byron", headline="Engineer", sections=sections)


def rows(*texts: str) -> list[HistoryRow]:
    roles = ["user", "assistant"]
    return [HistoryRow(uuid.uuid4(), roles[n % 2], text) for n, text in enumerate(texts)]


def test_a_profile_that_fits_is_given_whole():
    parts = build_instructions(make_profile(5), profile_tokens=5000, count=count_tokens)
    assert parts.has_whole_profile
    assert all(f"[S{n}] Heading {n - 1}" in parts.instructions for n in range(1, 6))
    assert parts.tokens == count_tokens(parts.instructions)


def test_a_profile_that_does_not_fit_is_cut_by_priority_and_never_over_the_limit():
    profile = make_profile(30)
    rules = build_instructions(Profile(name="Ada Byron"), profile_tokens=500, count=count_tokens)
    parts = build_instructions(profile, profile_tokens=2000, count=count_tokens)
    assert not parts.has_whole_profile
    assert parts.tokens - rules.tokens <= parts.record_tokens + 1 <= 1840
    left_out = {section.kind for section in profile.sections if section.id in parts.left_out}
    assert SectionKind.ABOUT not in left_out
    extra = build_extra_passages(
        profile,
        [section for section in profile.sections if section.id in parts.left_out],
        limit=300,
        count=count_tokens,
    )
    assert 0 < count_tokens(extra) <= 300


@pytest.mark.parametrize("limit", [500, 1500, 3000, 6000])
def test_the_owners_answers_are_within_the_limit_too(limit):
    answers = tuple(
        Section(
            id=f"answer-{number}",
            kind=SectionKind.ANSWER,
            heading=f"Question {number}",
            text="I have done this for a long time, and like it. " * 8,
            source="Answer",
        )
        for number in range(12)
    )
    profile = make_profile(20)
    profile = replace(profile, sections=(*profile.sections, *answers))
    parts = build_instructions(profile, profile_tokens=limit, count=count_tokens)
    extra = build_extra_passages(
        profile,
        [section for section in profile.sections if section.id in parts.left_out],
        limit=0 if parts.has_whole_profile else int(limit * (1 - STABLE_SHARE)),
        count=count_tokens,
    )
    assert parts.record_tokens + count_tokens(extra) <= limit
    assert "Question 0" in parts.instructions
    assert parts.has_whole_profile == (limit == 6000)


def test_of_a_long_record_for_a_question_the_beginning_is_given():
    section = Section(
        id="long", kind=SectionKind.WORK, heading="Heading", text="word " * 5000, source="a.md"
    )
    profile = Profile(name="Ada Byron", sections=(section,))
    extra = build_extra_passages(profile, [section, section], limit=200, count=count_tokens)
    assert 150 < count_tokens(extra) <= 200
    assert "[S1] Heading\nword word" in extra


def test_the_mark_of_a_record_is_the_same_whatever_is_left_out():
    profile = make_profile(60)
    cut = build_instructions(profile, profile_tokens=2000, count=count_tokens).instructions
    whole = build_instructions(profile, profile_tokens=90000, count=count_tokens).instructions
    marks = [line for line in cut.splitlines() if line.startswith("[S")]
    assert marks
    assert all(mark in whole for mark in marks)


def test_history_grows_to_twice_its_length_and_is_cut_back_in_one_block():
    messages = rows(*[f"message {n}" for n in range(9)])
    kept = [
        len(choose_history(messages[:n], keep=4, max_tokens=1000, count=count_tokens))
        for n in range(10)
    ]
    assert kept == [0, 1, 2, 3, 4, 5, 6, 7, 8, 4]


def test_history_over_its_tokens_is_cut_to_half_of_them():
    messages = rows(*["word " * 100] * 8)
    kept = choose_history(messages, keep=6, max_tokens=700, count=count_tokens)
    assert sum(count_tokens(row.content) + 4 for row in kept) <= 350
    assert kept == messages[-len(kept) :]


def test_an_interrupted_answer_is_continued_without_a_question():
    parts = build_instructions(make_profile(1), profile_tokens=500, count=count_tokens)
    messages = build_messages(
        parts, rows("Why?", "Because [1]"), owner_name="Ada Byron", question=None
    )
    assert [message["role"] for message in messages] == ["system", "user", "assistant", "system"]
    assert messages[2]["content"] == "Because"
