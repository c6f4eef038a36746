import pytest

from chatbot.errors import InvalidInput, NotFound
from chatbot.storage.models import JobDescription
from tests.engine.test_fit_desk import key_of
from tests.fakes import Visitor, make_settings, read_rows, running_services
from tests.knowledge.test_fit import JOB


async def test_there_is_one_conversation_for_each_job_on_every_database(database_values):
    async with running_services(make_settings(database_values)) as services:
        visitor = await Visitor.arrive(services.chat)
        made = await services.fit.make_for_chat(*key_of(visitor), JOB)
        own = await services.tailor.add_job(JOB.replace("Rust", "Kotlin"))
        for question in ("What should I learn?", "What do I know about Kafka?"):
            turn = await services.tailor.ask(made.id, question)
            assert turn.evidence
        file = await services.tailor.open_job(str(made.id))
        assert [turn.question for turn in file.turns] == [
            "What should I learn?",
            "What do I know about Kafka?",
        ]
        assert "Rust" in file.turns[0].answer
        # What advice speaks of stands below it, with its source.
        assert (
            "\n  \u201cLanguages (Expert): Python, SQL, Go, Java\u201d (Skills"
            in file.turns[0].answer
        )
        assert "Kafka" in file.turns[1].answer
        assert (await services.tailor.open_job(own)).turns == ()
        listed = await services.tailor.list_jobs()
        assert [(job.id, job.is_own) for job in listed.items] == [(own, True), (made.id, False)]
        assert listed.total == 2
        with pytest.raises(NotFound):
            await services.tailor.ask("00000000-0000-7000-8000-000000000000", "Hi?")
        with pytest.raises(InvalidInput):
            await services.tailor.ask(own, "x" * 2001)


async def test_a_letter_and_an_open_question_are_answered_without_a_model(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        job = await services.tailor.add_job(JOB)
        letter = await services.tailor.ask(job, "Please write a cover letter")
        assert "[1] Experience:" in letter.answer
        silent = await services.tailor.ask(job, "What do I know about beekeeping in Peru?")
        assert "do not say" in silent.answer
        assert silent.evidence == ()


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Is SAP covered?", "- Open: "),
        ("What about Rust?", "- Gap: Strong knowledge of Rust (Rust)\n  \u201cLanguages"),
        ("Do I match?", "2 of 5 requirements met"),
        ("What should I tell them?", "Your records do not say anything about SAP"),
    ],
)
async def test_questions_about_the_job_are_answered_by_its_sheet(sqlite_values, question, words):
    async with running_services(make_settings(sqlite_values)) as services:
        job = await services.tailor.add_job(JOB)
        turn = await services.tailor.ask(job, question)
        assert words in turn.answer
        assert "**" not in turn.answer


async def test_the_same_text_stands_in_the_list_once(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        for _ in range(2):
            visitor = await Visitor.arrive(services.chat)
            await services.fit.make_for_chat(*key_of(visitor), JOB)
        assert len(read_rows(services, JobDescription)) == 2
        assert (await services.tailor.list_jobs()).total == 1


async def test_the_owners_words_are_erased_with_the_visitors_and_not_given_to_them(sqlite_values):
    async with running_services(make_settings(sqlite_values)) as services:
        visitor = await Visitor.arrive(services.chat)
        made = await services.fit.make_for_chat(*key_of(visitor), JOB)
        await services.tailor.ask(made.id, "My secret plan for this job?")
        held = await services.privacy.read_held_data(visitor.view.token)
        (job,) = held.rows["job_description"]
        assert job["fit"]["items"]
        assert "secret plan" not in repr(held.rows)
        await services.privacy.erase_visitor(visitor.view.token)
        assert read_rows(services, JobDescription) == []
