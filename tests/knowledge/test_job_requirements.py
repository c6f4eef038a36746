import pytest

from chatbot.knowledge.job_requirements import RequirementKind, find_requirements
from chatbot.knowledge.skill_names import find_skills
from tests.knowledge.test_job_description import APPROACH, POSTING


def read(text):
    return [(item.text, item.is_must) for item in find_requirements(text)]


def test_what_is_asked_is_found_and_what_is_offered_is_not():
    assert read(POSTING) == [
        ("Place of work: Oslo or remote", True),
        ("5+ years of experience with Python and PostgreSQL", True),
    ]


def test_a_text_without_headings_is_read_by_what_it_says():
    text = (
        "We are a bank. You must have 3 years of experience with Java. Our team is nice. "
        "Fluent Danish is required. We offer health insurance. A PhD would be great, "
        "candidates should have a degree in physics."
    )
    kinds = [item.kind for item in find_requirements(text)]
    assert kinds == [RequirementKind.YEARS, RequirementKind.LANGUAGE, RequirementKind.DEGREE]
    assert any("Oslo" in item.text for item in find_requirements(APPROACH))


@pytest.mark.parametrize("words", ["Nice to have", "## Bonus points", "Preferred qualifications:"])
def test_wishes_are_no_musts(words):
    assert read(f"Requirements\n- Java\n\n{words}\n- Rust") == [("Java", True), ("Rust", False)]
    assert read("What you bring:\n* Rust is a plus\n* Java") == [
        ("Rust is a plus", False),
        ("Java", True),
    ]


def test_the_list_ends_with_the_next_heading():
    text = "Qualifications\n- Java\nBenefits\n- 30 days of vacation\nSkills:\n- SQL"
    assert read(text) == [("Java", True), ("SQL", True)]


@pytest.mark.parametrize(
    "line",
    [
        "BS/BA or equivalent experience",
        "B.S./B.A. in Physics",
        "MS degree",
        "BA or BS in Economics",
        "BSc/MSc in Physics",
        "Master's or PhD",
        "BS, MS, or PhD in Computer Science",
        "M.S. preferred",
        "BS Computer Science",
    ],
)
def test_the_short_names_of_degrees_are_known(line):
    (found,) = find_requirements(f"Requirements\n- {line}")
    assert (found.text, found.kind) == (line, RequirementKind.DEGREE)


@pytest.mark.parametrize(
    "line",
    ["MS Office and MS Teams", "Worked as a BA in banking", "MS SQL or Oracle", "QA and BA tasks"],
)
def test_what_only_looks_like_a_degree_is_none(line):
    kinds = [found.kind for found in find_requirements(f"Requirements\n- {line}")]
    assert RequirementKind.DEGREE not in kinds


def test_names_that_are_words_count_with_their_capitals_only():
    found = [mention.skill.name for mention in find_skills("You go and react to Go, C++ and k8s")]
    assert found == ["Go", "C++", "Kubernetes"]


def test_a_very_long_text_is_read_in_time():
    assert len(find_requirements("Requirements\n" + "- Java and SQL, a long list 1\n" * 2000)) == 1
    assert find_requirements("Requirements " + "a" * 60_000) == ()


def test_the_line_of_an_employers_place_is_told_as_a_place():
    text = "Data Engineer\nAcme GmbH, Berlin (hybrid)\n\nRequirements\n- Python\n"
    assert [r.text for r in find_requirements(text)] == ["Place of work: Berlin (hybrid)", "Python"]
    for title, place in (
        ("Head of Data Engineering in Berlin or remote", "Berlin or remote"),
        ("Senior Data Engineer (Berlin, hybrid)", "Berlin, hybrid"),
        ("Senior Data Engineer (remote)", "remote"),
    ):
        assert find_requirements(title)[0].text == f"Place of work: {place}"
    (place,) = find_requirements("You work in our Berlin office, hybrid.")
    assert place.text == "You work in our Berlin office, hybrid"


def test_at_least_is_no_company():
    text = "Requirements\n- At least 3 years of Python\n- At Acme, people matter most of all\n"
    assert [r.text for r in find_requirements(text)] == ["At least 3 years of Python"]


def test_a_german_text_is_read_by_its_headings_and_words():
    text = (
        "Dateningenieur (m/w/d)\n\nDeine Aufgaben\n- Du baust Pipelines\n\nDas bringst du mit\n"
        "- Mindestens 5 Jahre Berufserfahrung mit Python\n- Sehr gute Deutschkenntnisse\n"
        "- Studium der Informatik\n- Teamfähigkeit\n\nVon Vorteil\n- Kafka\n\nDas bieten wir\n"
        "- 30 Tage Urlaub\n"
    )
    found = find_requirements(text)
    assert [(r.kind.value, r.is_must) for r in found] == [
        ("years", True),
        ("language", True),
        ("degree", True),
        ("trait", True),
        ("skill", False),
    ]
    assert found[0].text == "Mindestens 5 Jahre Berufserfahrung mit Python"


@pytest.mark.parametrize(
    "line",
    [
        "SPECIALIZED EXPERIENCE REQUIREMENTS:",
        "If selected, you must meet the following conditions:",
        "Have experience in each of the four competencies listed below:",
    ],
)
def test_what_only_announces_a_list_is_no_requirement(line):
    asked = find_requirements(f"Requirements\n\n- {line}\n- Experience with lathes")
    assert [wanted.text for wanted in asked] == ["Experience with lathes"]


def test_alternatives_are_one_requirement_and_titles_of_persons_end_no_sentence():
    text = (
        "Requirements\n- Automating data checks; or building threat models; or running audits\n"
        "- Experience in the group of Dr. Kim or of Prof. Lee"
    )
    assert len(find_requirements(text)) == 2
