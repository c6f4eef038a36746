from chatbot.knowledge.fit import build_fit_sheet
from chatbot.knowledge.tailoring import (
    build_advice,
    build_letter,
    find_topic,
    number_sources,
    write_letter,
)
from tests.knowledge.test_fit import JOB, SAMPLE, TODAY

WIDE = JOB.replace("- Go\n", "- Go\n- k8s\n- Prometheus\n- Observability\n- ClickHouse\n")
SHEET = build_fit_sheet(WIDE, SAMPLE, today=TODAY)


def advice_of(kind):
    return [advice for advice in build_advice(SHEET, SAMPLE) if advice.kind == kind]


def test_advice_rests_on_the_records():
    texts = {section.id: section.text for section in SAMPLE.sections}
    for advice in build_advice(SHEET, SAMPLE):
        assert advice.evidence or advice.kind == "tell"
        for found in advice.evidence:
            assert found.quote.strip(" \u2026") in texts[found.section_id]


def test_every_kind_of_advice_is_given_where_it_is_due():
    assert any("Kafka" in advice.text for advice in advice_of("highlight"))
    assert any("Quiet Pager" in advice.text for advice in advice_of("reorder"))
    assert any("k8s" in a.text and "Kubernetes" in a.text for a in advice_of("rephrase"))
    assert any("ClickHouse" in a.text and "list only" in a.text for a in advice_of("rephrase"))
    assert ["Rust" in advice.text for advice in advice_of("learn")] == [True]
    assert any("SAP" in advice.text for advice in advice_of("tell"))


def test_every_claim_of_the_letter_is_cited():
    letter = build_letter(SHEET, SAMPLE)
    plain = [line.text for line in letter if not line.evidence]
    assert plain == [
        "Dear hiring team,",
        "I am writing about the role Senior Data Platform Engineer (m/f/d).",
        "Kind regards,\nMara Lindqvist",
    ]
    text = write_letter(letter)
    assert "I do not bring \u201cStrong knowledge of Rust\u201d today" in text
    for number, found in enumerate(number_sources(letter), start=1):
        assert f"[{number}] {found.source}" in text


def test_a_length_of_time_is_cited_by_every_job_that_was_counted():
    asked = "Requirements\n- 10+ years of professional experience\n- 5+ years of Python"
    sheet = build_fit_sheet(asked, SAMPLE, today=TODAY)
    lines = [line for line in build_letter(sheet, SAMPLE) if "years and" in line.text]
    assert ["in 5 jobs" in line.text for line in lines] == [True, False]
    assert "in 4 jobs" in lines[1].text
    assert [len(line.evidence) for line in lines] == [5, 4]


def test_a_letter_without_anything_to_show_says_so():
    sheet = build_fit_sheet("Requirements\n- Experience with SAP", SAMPLE, today=TODAY)
    assert "I would rather ask" in write_letter(build_letter(sheet, SAMPLE))


def test_what_a_question_is_about_is_told_by_its_words():
    asked = {
        "Write me a cover letter": "letter",
        "What are my gaps?": "learn",
        "What should I highlight?": "highlight",
        "Which wording should I use?": "rephrase",
        "Tell me about Kafka": "",
    }
    assert {question: find_topic(question) for question in asked} == asked


def test_where_somebody_lives_is_talked_about_and_not_learned():
    sheet = build_fit_sheet(
        "Requirements\n- Willing to relocate to Berlin\n- Rust", SAMPLE, today=TODAY
    )
    advice = build_advice(sheet, SAMPLE)
    assert [a.kind for a in advice if "Berlin" in a.text] == ["tell"]
    text = write_letter(build_letter(sheet, SAMPLE))
    assert "I do not bring \u201cRust\u201d today. [" in text
    assert "We would have to talk about \u201cWilling to relocate to Berlin\u201d. [" in text


def test_a_letter_shows_no_quote_twice_and_sentences_before_lists():
    text = "Requirements\n- Python\n- Terraform\n- Kubernetes\n- PostgreSQL\n- Kafka\n"
    letter = build_letter(build_fit_sheet(text, SAMPLE, today=TODAY), SAMPLE)
    quotes = [found.quote for line in letter for found in line.evidence]
    assert len(quotes) == len(set(quotes)) > 2
    assert not quotes[0].startswith("Technologies")


def test_a_list_of_skills_is_reordered_for_what_is_asked():
    sheet = build_fit_sheet("Requirements\n- Apache Airflow\n- dbt", SAMPLE, today=TODAY)
    (advice,) = [a for a in build_advice(sheet, SAMPLE) if "in this list" in a.text]
    assert "Airflow and dbt first" in advice.text
    assert advice.evidence[0].quote.startswith("Data platforms")
