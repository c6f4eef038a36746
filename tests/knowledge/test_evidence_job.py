"""What a model may say of a job that a visitor has brought."""

from datetime import date
from pathlib import Path

import pytest

from benchmarks.quality.evidence import BY_HAND, read_rows
from chatbot.knowledge.evidence import Evidence
from chatbot.knowledge.evidence_job import JobInSight
from chatbot.knowledge.fit import build_fit_sheet
from chatbot.knowledge.profile import load_profile

TODAY = date(2026, 11, 25)
SAMPLE = load_profile(Path("data/profile"))
EVIDENCE = Evidence(SAMPLE.sections, owner_name=SAMPLE.name, today=TODAY)
TEXT = """Senior Data Platform Engineer (m/f/d)
Harbour GmbH, Berlin

Requirements
- Strong Python and SQL
- Strong knowledge of Rust
- Experience with PostgreSQL at scale
- Experience with Kafka or a similar message broker
- AWS certification
- Knowledge of Snowflake or BigQuery
- Driving licence
- Experience with machine learning in production
- Experience with React
- Security clearance
- Experience with Spark
"""
# 5 met, 4 gaps (Rust, Snowflake or BigQuery, machine learning, Spark), 3 open.
JOB = JobInSight(TEXT, build_fit_sheet(TEXT, SAMPLE, today=TODAY))

TRUE = """
Mara is a strong match for this role.
Rust is not in Mara's records.
The main gaps are Rust, Snowflake or BigQuery, Spark and machine learning in production.
She does not list Spark among her skills.
She meets 4 of the 11 requirements.
Of the 11 requirements, four are met, four are missing and three are open.
Four requirements are missing.
Not all requirements are met.
For the Senior Data Platform Engineer role, her experience with Kafka and Flink fits well.
The role asks for Rust, which is not in her records.
The job asks for an AWS certification.
What is missing is Rust.
The biggest gap is Rust.
She has strong Python and SQL skills, as the job requires.
The job description asks for Snowflake or BigQuery, but the records do not mention either.
One open point is React, which her records do not mention.
Security clearance and a driving licence are open points.
Spark and Snowflake are gaps.
Her profile does not show Spark or Snowflake.
The position at Harbour GmbH calls for Kafka, which she has used at Nordhavn Freight.
The role is in Berlin, and Mara lives in Gothenburg.
The requirements that are met include Python, SQL and Kafka.
On the plus side, Python, Kafka and PostgreSQL are all covered.
Kafka is required, and she knows it well.
You need Rust, and her records do not mention it.
Her AWS certification, which the role asks for, is from May 2022.
Three points are still open.
""".strip().splitlines()

FALSE = """
The role asks for Rust, which she knows well.
The job asks for Rust, which is one of Mara's strengths.
The role asks for Rust and she used it at Nordhavn Freight.
You need Rust, and she has it.
You are looking for Spark, which Mara has used at Nordhavn Freight.
The position calls for Spark, which she used at Nordhavn Freight.
The role asks for Snowflake; Mara has worked with it since 2018.
She has strong Rust skills, as the job requires.
Strong Rust skills for this role.
The requirements that are met include Rust.
Rust is met.
Rust and Spark are covered.
She meets 9 of the 11 requirements.
She meets all 11 requirements.
All requirements are met.
Everything is covered.
There are no gaps.
Nothing is missing.
Only two requirements are missing.
The gaps are Kafka and Python.
She lacks Python.
She does not list Kafka among her skills.
The job asks for Haskell.
She worked at Harbour GmbH in Berlin.
As a Senior Data Platform Engineer at Harbour GmbH she led the team.
For the Senior Data Platform Engineer role, her Rust experience fits well.
She would be a great fit because she has a driving licence.
The role suits her because of her Rust skills.
""".strip().splitlines()


@pytest.mark.parametrize("sentence", TRUE)
def test_what_the_job_and_its_sheet_say_is_shown(sentence):
    assert EVIDENCE.begin(job=JOB).check(sentence).supported


@pytest.mark.parametrize("sentence", FALSE)
def test_what_a_job_asks_for_is_not_taken_for_the_owners(sentence):
    assert not EVIDENCE.begin(job=JOB).check(sentence).supported


def test_a_job_in_mind_changes_nothing_of_what_is_said_of_the_owner():
    rows = [row for row in read_rows(BY_HAND) if row.profile == "data/profile"]
    assert len(rows) > 500
    for row in rows:
        checks = [EVIDENCE.begin(visitor_words=row.question, job=job) for job in (None, JOB)]
        for check in checks:
            check.check(row.before)
        alone, beside = [check.check(row.sentence).supported for check in checks]
        assert alone is beside, row.sentence


@pytest.mark.parametrize("sentence", ["The role asks for Rust.", "What is missing is Rust."])
def test_without_a_job_nothing_is_known_of_one(sentence):
    assert not EVIDENCE.begin().check(sentence).supported
