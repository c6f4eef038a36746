import json
from datetime import date
from pathlib import Path
from typing import Any

from chatbot.knowledge.profile import load_profile
from chatbot.knowledge.records import Records
from chatbot.knowledge.sections import Link, Profile, SectionKind


def load(folder: Path, name: str, text: str) -> Profile:
    (folder / name).write_text(text)
    return load_profile(folder)


def load_resume(folder: Path, **resume: Any) -> Profile:
    return load(folder, "resume.json", json.dumps(resume))


def headings(profile: Profile, kind: SectionKind) -> list[str]:
    return [section.heading for section in profile.sections if section.kind is kind]


def text_of(profile: Profile, heading: str) -> str:
    return next(section.text for section in profile.sections if section.heading == heading)


def test_basics_of_a_resume_make_the_identity(tmp_path: Path) -> None:
    basics = {
        "name": "Ada Quill",
        "label": "Staff Engineer",
        "email": "ada@example.com",
        "url": "ada.example.com",
        "location": {"address": "1 Private Road", "postalCode": "999", "city": "Ghent"},
        "profiles": [{"network": "GitHub", "url": "https://github.example.com/ada"}],
    }

    profile = load_resume(tmp_path, basics=basics, meta={"availability": "From June"})

    assert (profile.name, profile.headline, profile.place) == (
        "Ada Quill",
        "Staff Engineer",
        "Ghent",
    )
    assert (profile.email, profile.availability) == ("ada@example.com", "From June")
    assert profile.links == (
        Link("Website", "https://ada.example.com"),
        Link("GitHub", "https://github.example.com/ada"),
    )
    assert not any("Private Road" in section.text for section in profile.sections)


def test_a_link_that_is_no_web_address_is_left_out(tmp_path: Path) -> None:
    profile = load_resume(tmp_path, basics={"name": "Ada Quill", "url": "javascript:alert(1)"})

    assert profile.links == ()


def test_each_job_is_a_section_with_dates_and_highlights(tmp_path: Path) -> None:
    jobs = [
        {
            "position": "Lead",
            "name": "Tern",
            "startDate": "2020-03-01",
            "highlights": ["Shipped it", "Kept it"],
        },
        {"position": "Developer", "name": "Oak", "startDate": "2015", "endDate": "2020-02"},
    ]

    profile = load_resume(tmp_path, work=jobs)

    assert headings(profile, SectionKind.WORK) == [
        "Experience: Lead at Tern",
        "Experience: Developer at Oak",
    ]
    assert text_of(profile, "Experience: Lead at Tern") == (
        "Lead at Tern\nMarch 2020 – present\n- Shipped it\n- Kept it"
    )
    assert "2015 – February 2020" in text_of(profile, "Experience: Developer at Oak")


def test_sloppy_resumes_are_read_as_they_are_meant(tmp_path: Path) -> None:
    profile = load_resume(
        tmp_path,
        basics={"name": "Ada Quill", "website": "https://ada.example.com", "summary": None},
        work=[
            {
                "company": "Area 52",
                "position": "Head",
                "startDate": None,
                "highlights": "One thing",
            },
            None,
            42,
        ],
        education={"institution": "Marsh", "gpa": 3.5, "courses": None},
        skills=["Python", {"name": "Web", "keywords": "HTML, CSS"}, {"name": "Go", "level": 3}],
        languages=[{"language": "English", "level": "Native"}],
        awards="Best in show",
        projects=[{"title": "Kite", "description": "Flies", "keywords": [1, None, "wind"]}],
    )

    assert profile.problems == ()
    assert text_of(profile, "Experience: Head at Area 52") == "Head at Area 52\n- One thing"
    assert text_of(profile, "Education: Marsh") == "Marsh\nGrade: 3.5"
    assert text_of(profile, "Skills") == "- Python\n- Web: HTML, CSS\n- Go (3)"
    assert text_of(profile, "Languages") == "- English: Native"
    assert text_of(profile, "Awards") == "- Best in show"
    assert text_of(profile, "Project: Kite") == "Kite\nFlies\nTechnologies: 1, wind"
    assert profile.links[0].url == "https://ada.example.com"


def test_mark_up_in_values_is_stripped(tmp_path: Path) -> None:
    summary = (
        "**Bold** [name](https://a.example) `code` <b>x</b><script>alert(1)</script> 5 * 3 * 2"
    )

    profile = load_resume(tmp_path, basics={"name": "Ada Quill", "summary": summary})

    assert profile.sections[0].text.endswith("Bold name code x 5 * 3 * 2")


def test_sections_that_the_schema_does_not_know_are_kept(tmp_path: Path) -> None:
    profile = load_resume(tmp_path, conferenceTalks=[{"title": "Sand", "year": 2020}, "Water"])

    assert text_of(profile, "Conference Talks".capitalize()) == "Title: Sand\nYear: 2020\n- Water"


def test_markdown_gives_a_section_per_heading_without_mark_up(tmp_path: Path) -> None:
    text = (
        "---\ntitle: x\n---\n# Ada Quill\nStaff Engineer | Ghent, Belgium | ada@example.com\n\n"
        "## Experience\n### Tern\n*Lead*, see [the site](https://tern.example)\n"
        "- **Grew** it\n  - a lot\n\n```sh\n# not a heading\n```\n"
        "Skills\n------\n| Tool | Years |\n|---|---|\n| Go | 3 |\n"
    )

    profile = load(tmp_path, "cv.md", text)

    assert (profile.name, profile.headline) == ("Ada Quill", "Staff Engineer")
    assert (profile.place, profile.email) == ("Ghent, Belgium", "ada@example.com")
    assert text_of(profile, "Experience: Tern") == (
        "Lead, see the site (https://tern.example)\n- Grew it\n◦ a lot\n\n# not a heading"
    )
    assert text_of(profile, "Skills") == "Tool | Years\nGo | 3"


def test_a_heading_that_asks_is_a_question_in_any_markdown(tmp_path: Path) -> None:
    profile = load(tmp_path, "notes.md", "## Do you travel?\nGladly.")

    assert headings(profile, SectionKind.FAQ) == ["Do you travel?"]


def test_plain_text_with_headings_in_capitals(tmp_path: Path) -> None:
    text = (
        "ADA QUILL\nStaff Engineer | Ghent, Belgium | ada@example.com | linkedin.com/in/ada-x\n\n"
        "EXPERIENCE\nTern, Lead, Jan 2020 - Present\n- Built a thing\nthat went on\n\n"
        "Oak, Developer, 2015 - 2019\n- Fixed a thing\n\n"
        "SELECTED HONORS\nBest Talk (2020)\n\nSKILLS\nLanguages\nPython, Go\n"
    )

    profile = load(tmp_path, "cv.txt", text)

    assert (profile.name, profile.headline) == ("Ada Quill", "Staff Engineer")
    assert (profile.place, profile.email) == ("Ghent, Belgium", "ada@example.com")
    assert profile.links == (Link("LinkedIn", "https://linkedin.com/in/ada-x"),)
    assert headings(profile, SectionKind.WORK) == [
        "Experience: Tern, Lead",
        "Experience: Oak, Developer",
    ]
    assert "that went on" in text_of(profile, "Experience: Tern, Lead")
    assert headings(profile, SectionKind.AWARD) == ["Selected honors"]
    assert text_of(profile, "Skills") == "Languages\nPython, Go"


def test_plain_text_with_underlined_and_with_usual_headings(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "Work\n====\nLead, Tern\n2020 - 2021\n\nHobbies\n-------\nKites\n"
    )
    (tmp_path / "b.txt").write_text("Education:\nBSc, Marsh, 2010 - 2013\n\nLanguages\nEnglish\n")

    profile = load_profile(tmp_path)

    assert [(section.source, section.heading) for section in profile.sections] == [
        ("a.txt", "Work: Lead, Tern"),
        ("a.txt", "Hobbies"),
        ("b.txt", "Education: BSc, Marsh"),
        ("b.txt", "Languages"),
    ]


def test_prose_without_headings_is_one_text(tmp_path: Path) -> None:
    profile = load(tmp_path, "notes.txt", "I like to build kites.\nThey fly well.")

    [section] = profile.sections
    assert (section.kind, section.text) == (
        SectionKind.TEXT,
        "I like to build kites.\nThey fly well.",
    )
    assert section.heading == "notes.txt"


def test_the_surest_source_names_the_owner(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("# Some Company\nText.")
    (tmp_path / "cv.txt").write_text("Ada Quill\nEngineer\n\nSUMMARY\nText.")

    assert load_profile(tmp_path).name == "Ada Quill"


def test_markdown_without_headings_is_read_as_plain_text(tmp_path: Path) -> None:
    text = (
        "ADA QUILL\nEngineer, Ghent\n\nTEACHING POSTS\n\nTeacher, Vale School, Ghent\n"
        "02/2019 - now\n- Physics\n\nTutor, Ghent\n11.2017 - 01.2019\n- Maths\n\n"
        "LICENCES\nDriving licence B, 2018\n\nOTHER\nPlays chess.\n"
    )
    profile = load(tmp_path, "cv.md", text)
    assert profile.name == "Ada Quill"
    assert headings(profile, SectionKind.WORK) == [
        "Teaching posts: Teacher, Vale School, Ghent",
        "Teaching posts: Tutor, Ghent",
    ]
    assert headings(profile, SectionKind.CERTIFICATE) == ["Licences"]
    assert headings(profile, SectionKind.TEXT) == ["Other"]
    jobs = Records(profile, today=date(2026, 11, 27)).jobs
    assert [job.end - job.start for job in jobs] == [93, 15]


def test_jobs_in_bold_letters_are_entries(tmp_path: Path) -> None:
    text = (
        "# Ada Quill\n\n## Career\n\n**Project Engineer - Acme, Ghent**\n2020 - present\n"
        "- Built **bridges**\n\n**Clerk - Beta**\n2018 - 2019\n\n## Skills\n\n**Python**\n"
    )
    profile = load(tmp_path, "cv.md", text)
    assert headings(profile, SectionKind.WORK) == [
        "Career: Project Engineer - Acme, Ghent",
        "Career: Clerk - Beta",
    ]
    assert headings(profile, SectionKind.SKILL) == ["Skills"]


def test_a_job_below_its_heading_is_no_project(tmp_path: Path) -> None:
    profile = load(
        tmp_path, "cv.md", "# Ada Quill\n\n## Work\n\n### Project Engineer, Acme\n2020\n"
    )
    assert headings(profile, SectionKind.WORK) == ["Work: Project Engineer, Acme"]
