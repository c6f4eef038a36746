"""One pair of sentences for each rule of the sentence check, on a record of the plainest kind."""

from datetime import date
from pathlib import Path

import pytest

from chatbot.knowledge.evidence import Evidence
from chatbot.knowledge.profile import load_profile

RECORD = """# Ina Berg

## Summary
- **Job Title:** Claims Analyst
- **Location:** Remote (Based in Turku, Finland)

## Havsure Career Progression
- **March 2021 - Present:** Senior Claims Analyst
  - Manages a portfolio of 25 enterprise clients
  - Improved claim retrieval times by 30%
  - Led a cross-functional team for data governance initiatives
  - Kept an archive that is not only complete but searchable, serving 40K+ QPS
  - Mentored 4 analysts, with 2 promoted to senior level within 18 months

- **May 2018 - February 2021:** Claims Analyst
  - Secured CHF 3M in funding
  - Retained 95% of customers over the past three years
  - Published a paper at the Nordic Claims Forum 2022

- **June 2016 - April 2018:** Part-time Clerk at Rantala Oy
  - Increased customer engagement by 35% in the first year
  - Reviews sent within half a day

## Annual Performance History
- **2022:** Rating: 4.5/5
- **2023:** Rating: 3.5/5
  *Improved in Q4.*

## Compensation History
- **May 2018:** Starting salary of $50,000
- **March 2021:** Salary increased to $65,000

## Other HR Notes
- **Education:** BA in Statistics from Aura College
- **Certifications:** Salesforce Administrator
"""

TRUE_AND_FALSE = [
    # Where the owner lives may stand beside what the owner is.
    (
        "Ina is a Senior Claims Analyst at Havsure who works remotely from Turku, Finland.",
        "Ina is a Senior Claims Analyst at Havsure who works remotely from Oslo, Norway.",
    ),
    ("Ina is based in Turku.", "Ina is not based in Turku."),
    # Whoever was promoted is with the employer since the first of the jobs there.
    ("She has been with Havsure since May 2018.", "She has been with Havsure since March 2019."),
    (
        "She has been with Havsure since May 2018, so for more than eight years.",
        "She has been with Havsure since May 2018, so for more than nine years.",
    ),
    # A title that follows with a date of its own is a job of its own.
    (
        "Ina became a Claims Analyst in May 2018 and has been a Senior Claims Analyst since 2021.",
        "Ina became a Claims Analyst in May 2018 and has been a Senior Claims Analyst since 2018.",
    ),
    # What a label names a certificate is no employment, and what it names education is a degree.
    ("She is a certified Salesforce Administrator.", "She worked at Salesforce as administrator."),
    ("Her degree is a BA in Statistics.", "Her degree is a BA in Claims."),
    # Clients are nobody's team.
    ("She manages 25 enterprise clients.", "She leads a team of 25 people."),
    # Who leads a team for something is not its head.
    ("She led a team for data governance.", "She is the head of data governance."),
    # What is told of others is not the owner's title.
    (
        "She mentored four analysts, and two of them were promoted to senior level.",
        "She mentored two analysts, and four of them were promoted to senior level.",
    ),
    # A paper's year is no year of work.
    ("She worked as a clerk in 2017.", "She worked at Rantala Oy in 2022."),
    # A share is one of what changed.
    ("She improved retrieval by 30%.", "She improved customer costs by 30%."),
    ("She made claim retrieval 30% faster.", "She made claim retrieval 40% faster."),
    ("She raised engagement by 35%.", "She raised engagement by 53%."),
    # Words for units, rates and stretches of time.
    ("Her archive serves 40,000 queries per second.", "Her archive serves 40,000 queries per day."),
    ("She secured 3 million Swiss francs in funding.", "She secured 3 million euros in funding."),
    ("She improved in the fourth quarter.", "She improved in the second quarter."),
    ("She kept 95% of customers over the past three years.", "She kept 59% of customers."),
    ("Engagement grew by 35% in the first year.", "Engagement grew by 35% in the first month."),
    # One of two opposites.
    ("She was a part-time clerk.", "She was a full-time clerk."),
    ("Her starting salary was $50,000.", "Her starting salary was $65,000."),
    # "Not only" denies nothing.
    ("Her archive is complete and searchable.", "Her archive is not complete."),
    # Dated items after a label.
    (
        "Her ratings varied: 4.5 out of 5 in 2022 and 3.5 out of 5 in 2023.",
        "Her ratings varied: 3.5 out of 5 in 2022 and 4.5 out of 5 in 2023.",
    ),
    # In another language each part is told of its own job.
    (
        "Trabaja en Havsure desde 2021 y antes trabajó en Rantala Oy.",
        "Trabaja en Rantala Oy desde 2021 y antes trabajó en Havsure.",
    ),
]


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    folder: Path = tmp_path_factory.mktemp("profile")
    (folder / "record.md").write_text(RECORD, encoding="utf-8")
    profile = load_profile(folder)
    return Evidence(profile.sections, owner_name=profile.name, today=date(2026, 11, 15))


@pytest.mark.parametrize(("true", "false"), TRUE_AND_FALSE)
def test_a_rule_tells_the_true_sentence_from_the_false_one(
    evidence: Evidence, true: str, false: str
):
    assert evidence.begin().check(true).supported
    assert not evidence.begin().check(false).supported


OTHER = """IDA SOLBERG
Site engineer, Bergen, Norway

WORK HISTORY

Project Engineer, Fjord Consult, Bergen
02/2023 - now
- Assistant resident engineer on the Vik bridge. Handed over seven weeks late and within budget.
- Member of the working group for the site log (chaired by the safety officer)
- Rebrand of the intranet, which was led by the agency Kolor
- Analytics team, who ran the A/B tests, used my tables
- Met the quota in three of four years
- Day rate NOK 9,000 to 11,000

Site Engineer, Rift Contractors, Voss
11.2019 - 01.2023
- Crew of 16 pickers and 3 drivers

EDUCATION
MSc Structures, University of Bergen, started September 2025, expected 2027
BSc Civil Engineering, University of Bergen, 2010 - 2015

CERTIFICATES
Cloud Engineer Associate, 2024
Cloud Engineer Professional: exam booked for February 2027
Site Safety Card, 2019 (expired 2022)

SKILLS
Excel, Revit (basic). Have not worked with SAP.

LANGUAGES
Norwegian (native), English (B2), German (A2)

OTHER
One month's notice. Would like to work in digital health one day.
"""

OTHER_PAIRS = [
    # A month in numbers is a date, and the half of a year is told as people do.
    (
        "She has been at Fjord Consult since February 2023.",
        "She has been at Fjord Consult since May 2023.",
    ),
    (
        "She has been at Fjord Consult for more than three and a half years.",
        "She has been at Fjord Consult for more than five and a half years.",
    ),
    # What makes a title less belongs to it.
    (
        "She was the assistant resident engineer on the Vik bridge.",
        "She was the resident engineer on the Vik bridge.",
    ),
    ("The Vik bridge was handed over late.", "The Vik bridge was handed over on schedule."),
    # What others did is not the owner's.
    ("The rebrand was led by the agency Kolor.", "She led the rebrand of the intranet."),
    ("The analytics team ran the A/B tests.", "She ran the A/B tests."),
    # What is under way, planned or over is not what is.
    (
        "She started an MSc in Structures in September 2025.",
        "She has an MSc in Structures from the University of Bergen.",
    ),
    (
        "She holds the Cloud Engineer Associate certificate.",
        "She holds the Cloud Engineer Professional certificate.",
    ),
    ("Her Site Safety Card expired in 2022.", "She has a valid Site Safety Card."),
    # Levels are those of the profile.
    ("She is a native speaker of Norwegian.", "She is a native speaker of English."),
    ("Her German is basic (A2).", "She works comfortably in German."),
    ("She has basic Revit skills.", "She has deep experience with Revit."),
    # All that is said of SAP is that she has not used it.
    ("She has not worked with SAP.", "She has worked with SAP as well as Excel."),
    ("She met the quota in three of four years.", "She has met the quota in every year."),
    # A sum of what the sentence itself names.
    ("Nineteen: 16 pickers and 3 drivers.", "Twenty: 16 pickers and 3 drivers."),
    # Both ends of a range are of one currency.
    ("Her day rate is NOK 9,000 to 11,000.", "Her day rate is 9,000 to 11,000 euros."),
    # What the profile is said to say is said of the owner.
    (
        "The profile says that she met the quota in three of four years.",
        "The profile says that she met the quota in four of four years.",
    ),
    ("There is nothing in her profile about budgets.", "There is nothing in her profile on Revit."),
]


@pytest.fixture(scope="module")
def other(tmp_path_factory) -> Evidence:
    folder = tmp_path_factory.mktemp("plain")
    (folder / "cv.md").write_text(OTHER)
    profile = load_profile(folder)
    return Evidence(profile.sections, owner_name=profile.name, today=date(2026, 11, 15))


@pytest.mark.parametrize(("true", "false"), OTHER_PAIRS, ids=[pair[1] for pair in OTHER_PAIRS])
def test_a_rule_tells_true_from_false_of_a_plain_cv(other, true, false):
    assert other.begin().check(true).supported
    assert not other.begin().check(false).supported
