import pytest

from chatbot.knowledge.job_description import find_job_title, is_job_description

POSTING = """Senior Backend Engineer (m/f/d)
Job type: Full-time
Location: Oslo or remote

About us
We are looking for a Senior Backend Engineer to join our platform team.

Your responsibilities
- You will design and run our payment services
- You will mentor two engineers

Requirements
- 5+ years of experience with Python and PostgreSQL

What we offer
30 days of vacation and a competitive salary. Apply now with your CV."""

GERMAN = """Wir suchen eine Softwareentwicklerin (m/w/d) für unser Team in Köln, in Vollzeit.

Deine Aufgaben
- Entwicklung unserer Plattform für Messdaten und Betrieb der Dienste in der Cloud
- Abstimmung mit den Fachabteilungen

Dein Profil
- Mehrjährige Erfahrung mit Python und PostgreSQL

Wir bieten dir dreißig Urlaubstage und flexible Arbeitszeiten. Bewirb dich mit deinem Lebenslauf."""

APPROACH = (
    "Hi Mara, I am recruiting for a payments company in Oslo. We are looking for a Staff Engineer "
    "to own our ledger. In this role, you will lead a team of four, report to the CTO and decide "
    "on the architecture. It is a full-time position based in our Oslo office, with two days from "
    "home. They pay between 1.1 and 1.3 million kroner, and there are stock options. "
) + "I read about your work on leak detection and thought that you might like the domain. " * 4

ORDINARY = [
    "Do you have experience with Python?",
    "What are your responsibilities in your current job, and what is your salary expectation?",
    "I am looking for a job myself and would like your advice on how to apply. " * 8,
    "You write that you led a team. How large was it, what did you find hard, and what would you "
    "do differently today? I ask because my own team has just doubled and I am a little lost with "
    "all the meetings, the interviews, the plans, and the people who want to know what comes next.",
    "Please tell me more. " * 60,
    "- " * 900,
    "",
]


@pytest.mark.parametrize("text", [POSTING, GERMAN, APPROACH], ids=["posting", "German", "approach"])
def test_a_job_description_is_known_by_what_it_says(text):
    assert is_job_description(text)


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_message_is_none(text):
    assert not is_job_description(text)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (POSTING, "Senior Backend Engineer (m/f/d)"),
        ("Job description\nJob title:  Data Engineer \nWe hire.", "Data Engineer"),
        (
            "Hi there!\nWe are looking for an experienced Site Reliability Engineer, now.",
            "Site Reliability Engineer",
        ),
        ("**Head of IT**\n\nWe are a bank.", "Head of IT"),
        ("We would like to meet you. " * 9, ("We would like to meet you. " * 5)[:120].strip()),
        ("", ""),
    ],
)
def test_a_job_description_is_called_by_its_position(text, title):
    assert find_job_title(text) == title


def test_a_heading_is_no_title():
    role = (
        "Principal Engineer for Very Large Platforms and Distributed Systems in Freight and Energy"
    )
    assert find_job_title(f"{role}\n\nRequirements\n- Python") == role[:100].strip()
