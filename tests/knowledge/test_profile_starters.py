from dataclasses import replace
from pathlib import Path

import pytest

from chatbot.knowledge.profile import load_profile
from chatbot.knowledge.sections import Profile, Section, SectionKind
from chatbot.knowledge.starters import build_starters

SAMPLE = Path(__file__).parents[2] / "data" / "profile"


def section(kind: SectionKind, heading: str, text: str = "Text") -> Section:
    return Section(heading, kind, heading, text, "cv.pdf")


def test_starters_of_the_sample_name_employer_project_skill_and_story() -> None:
    assert build_starters(load_profile(SAMPLE)) == (
        "What does Mara do at Nordhavn Freight?",
        "What is Lantern, and why was it built?",
        "How well does Mara know Python?",
        "Which failure taught Mara the most?",
    )


@pytest.mark.parametrize(
    "profile",
    [
        Profile(name="the owner"),
        Profile(name="Ada Quill", availability="From June"),
        Profile(name="X" * 80),
        Profile(
            name="Ada Quill",
            sections=(
                section(SectionKind.WORK, "Experience: " + "Very long title " * 8 + "at Tern"),
                section(SectionKind.PROJECT, "Project: " + "long " * 30),
                section(SectionKind.SKILL, "Skills", "- " + "skill" * 20),
                section(SectionKind.SKILL, "Skills", ""),
            ),
        ),
        Profile(name="Ada Quill", sections=(section(SectionKind.WORK, "Experience"),)),
    ],
    ids=["empty", "name-only", "long-name", "long-values", "no-titles"],
)
def test_starters_are_four_different_short_questions_for_any_profile(profile: Profile) -> None:
    starters = build_starters(profile)

    assert len(set(starters)) == 4
    assert all(0 < len(starter) <= 60 for starter in starters)


def test_availability_stands_in_for_a_missing_story() -> None:
    profile = Profile(name="Ada Quill", availability="From June")

    assert build_starters(profile)[3] == "When could Ada start something new?"


def test_a_finished_job_is_asked_about_in_the_past() -> None:
    job = section(SectionKind.WORK, "Experience: Lead at Tern", "Lead at Tern\n2015 – 2019")
    profile = Profile(name="Ada Quill", sections=(job,))

    assert build_starters(profile)[0] == "What did Ada do at Tern?"
    current = replace(job, text="Lead at Tern\n2015 – present")
    assert build_starters(replace(profile, sections=(current,)))[0] == "What does Ada do at Tern?"


@pytest.mark.parametrize(
    "heading",
    [
        "Experience: Co-Founder & CTO, Quill Labs",
        "Experience: Quill Labs, Co-Founder & CTO",
        "Experience: Co-Founder & CTO, Quill Labs – Austin, TX",
        "Experience: Quill Labs – Austin, TX, Co-Founder & CTO",
        "Experience: Quill Labs, Software Engineer, Austin, TX",
        "Experience: Co-Founder & CTO at Quill Labs",
    ],
)
def test_employer_is_found_in_either_order(heading: str) -> None:
    job = section(SectionKind.WORK, heading, "June 2023 – present")
    profile = Profile(name="Ada Quill", sections=(job,))

    assert build_starters(profile)[0] == "What does Ada do at Quill Labs?"


def test_heading_without_a_known_title_is_asked_about_as_it_is() -> None:
    job = section(SectionKind.WORK, "Experience: Lighthouse, keeping the lamp")
    profile = Profile(name="Ada Quill", sections=(job,))

    assert build_starters(profile)[0] == "Tell me about Lighthouse, keeping the lamp"


@pytest.mark.parametrize(
    ("text", "skill"),
    [
        ("Web: advanced\nJavaScript, HTML 5\nJavaScript: master", "JavaScript"),
        ("Languages\nPython, C++", "Python"),
        ("Languages: Rust, C", "Rust"),
        ("- Go: 5 years\n- Kotlin, Java", "Kotlin"),
        ("- Carpentry\n- Welding", "Carpentry"),
    ],
)
def test_levels_and_labels_are_not_skills(text: str, skill: str) -> None:
    profile = Profile(name="Ada Quill", sections=(section(SectionKind.SKILL, "Skills", text),))

    assert f"How well does Ada know {skill}?" in build_starters(profile)
