import json
from collections import Counter
from pathlib import Path

import pytest

from chatbot.knowledge.profile import load_profile
from chatbot.knowledge.sections import Profile, SectionKind

SAMPLE = Path(__file__).parents[2] / "data" / "profile"


@pytest.fixture(scope="module")
def sample() -> Profile:
    return load_profile(SAMPLE)


def test_the_sample_profile_is_complete(sample: Profile) -> None:
    kinds = Counter(section.kind for section in sample.sections)

    assert sample.problems == ()
    assert kinds[SectionKind.WORK] >= 4
    assert kinds[SectionKind.EDUCATION] >= 2
    assert kinds[SectionKind.PROJECT] >= 6
    assert 12 <= kinds[SectionKind.FAQ] <= 16
    assert kinds[SectionKind.STORY] == 2
    assert kinds[SectionKind.REFERENCE] >= 1
    assert all((sample.headline, sample.place, sample.email, sample.availability))
    assert len(sample.links) == 3


def test_the_sample_names_at_least_25_different_skills() -> None:
    groups = json.loads((SAMPLE / "resume.json").read_text())["skills"]

    assert len({keyword for group in groups for keyword in group["keywords"]}) >= 25


def test_the_sample_leads_nobody_to_a_real_person(sample: Profile) -> None:
    assert sample.email.endswith("@example.com")
    assert all(".example.com" in link.url for link in sample.links)


def test_each_question_of_the_sample_is_a_section_of_its_own(sample: Profile) -> None:
    questions = [section for section in sample.sections if section.kind is SectionKind.FAQ]

    assert all(section.heading.endswith("?") for section in questions)
    assert all(len(section.text) > 100 for section in questions)


def test_sections_of_the_sample_are_short_enough_to_quote(sample: Profile) -> None:
    assert max(len(section.text) for section in sample.sections) <= 1200
    assert len({section.id for section in sample.sections}) == len(sample.sections)
