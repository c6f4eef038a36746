"""Records that only their meaning finds, and what becomes of a turn when there is no telling."""

import asyncio
import logging
import threading
import time
from contextlib import asynccontextmanager

import pytest

from chatbot.engine import meaning
from chatbot.storage.models import BudgetDay, Embedding, Message, Notification, Question
from tests.fakes import Visitor, make_settings, read_rows, running_services
from tests.stand_in import Fault, Reply, StandIn, Vectors

KEY = "sk-canary-of-the-embedding-tests"
MODEL = "text-embedding-3-small"
# No word of the question, not even a small one.
FOUND = "I rewrote the import of the ledger and halved its duration."
SAME = (
    frozenset({"accelerated", "halved"}),
    frozenset({"feed", "import"}),
    frozenset({"sluggish", "duration"}),
)
QUESTION = "Which sluggish feed was accelerated?"
TOPICS = ("Gardens", "Bridges", "Violins", "Glaciers", "Lighthouses", "Tapestries", "Orchards")


@pytest.fixture
def profile_dir(tmp_path):
    """More than 500 tokens of records, the one that is asked for the last of them."""
    folder = tmp_path / "profile"
    folder.mkdir()
    filler = "They taught me patience with materials and with people who know them well. " * 6
    stories = [f"## {topic}\n\n{filler}" for topic in TOPICS] + [f"## Books\n\n{FOUND} {filler}"]
    (folder / "stories.md").write_text("# Ada Byron\n\n" + "\n\n".join(stories))
    return folder


def settings_of(database_values, stand_in, profile_dir, **values):
    defaults = {
        "openai_api_key": KEY,
        "openai_base_url": stand_in.base_url,
        "profile_dir": profile_dir,
        "profile_tokens": 500,
        "embedding_model": MODEL,
        "model_prices": '{"gpt-4.1-mini": {"input": 1, "output": 4},'
        f' "{MODEL}": {{"input": 1000, "output": 0}}}}',
    }
    return make_settings(database_values, **{**defaults, **values})


async def wait_for(is_there, seconds: float = 20.0):
    end = time.monotonic() + seconds
    while not is_there():
        assert time.monotonic() < end, "it did not come"
        await asyncio.sleep(0.01)


async def vectors_there(services):
    await fetching_done(services)
    assert len(read_rows(services, Embedding)) == len(TOPICS) + 1


async def fetching_done(services):
    await wait_for(lambda: services.meaning._fetching and services.meaning._fetching.done())


@asynccontextmanager
async def running(settings, *, fetched: bool = True):
    async with running_services(settings) as services:
        if fetched:
            await vectors_there(services)
        yield services


def given(stand_in: StandIn) -> str:
    """All that the model was told in the last request."""
    return "\n".join(m["content"] for m in stand_in.chats[-1].body["messages"])


async def test_a_paraphrase_is_found_only_by_its_meaning(sqlite_values, profile_dir):
    with StandIn() as stand_in:
        stand_in.vectors = Vectors(same=SAME)
        settings = settings_of(sqlite_values, stand_in, profile_dir, embedding_model=None)
        async with running(settings, fetched=False) as services:
            await (await Visitor.arrive(services.chat)).ask(QUESTION)
        assert FOUND not in given(stand_in)
        assert not stand_in.embedded
        settings = settings_of(sqlite_values, stand_in, profile_dir)
        async with running(settings) as services:
            await (await Visitor.arrive(services.chat)).ask(QUESTION)
        assert FOUND in given(stand_in)
        assert stand_in.embedded[-1] == [QUESTION]


async def test_vectors_are_kept_on_every_database_and_asked_for_once(database_values, profile_dir):
    with StandIn() as stand_in:
        stand_in.vectors = Vectors(same=SAME)
        settings = settings_of(database_values, stand_in, profile_dir)
        async with running(settings) as services:
            kept = read_rows(services, Embedding)
        assert sum(map(len, stand_in.embedded)) == len(TOPICS) + 1
        assert {len(row.vector) for row in kept} == {2 * 256}
        stand_in.requests.clear()
        async with running(settings) as services:
            await (await Visitor.arrive(services.chat)).ask(QUESTION)
            rows = read_rows(services, Embedding)
        assert stand_in.embedded == [[QUESTION]]
        assert FOUND in given(stand_in)
        # A question is asked about and forgotten.
        assert {row.text_hash for row in rows} == {row.text_hash for row in kept}


async def test_a_profile_that_fits_asks_for_no_vectors(sqlite_values, profile_dir):
    with StandIn() as stand_in:
        settings = settings_of(sqlite_values, stand_in, profile_dir, profile_tokens=12000)
        async with running(settings, fetched=False) as services:
            await (await Visitor.arrive(services.chat)).ask(QUESTION)
        assert len(stand_in.requests) == 1
        assert FOUND in given(stand_in)


async def test_the_first_answers_do_not_wait_for_the_vectors(sqlite_values, profile_dir):
    go_on = threading.Event()
    with StandIn(default=Reply(text="I am here for that.")) as stand_in:
        stand_in.vectors = Vectors(same=SAME, go_on=go_on)
        settings = settings_of(sqlite_values, stand_in, profile_dir)
        async with running(settings, fetched=False) as services:
            await wait_for(lambda: stand_in.embedded)
            visitor = await Visitor.arrive(services.chat)
            assert (await visitor.ask(QUESTION)).text == "I am here for that."
            assert FOUND not in given(stand_in)
            assert [QUESTION] not in stand_in.embedded
            go_on.set()
            await vectors_there(services)
            await visitor.ask(QUESTION)
            assert FOUND in given(stand_in)


@pytest.mark.parametrize("fault", [Fault("hang"), Fault("503"), Fault("drop"), Fault("html")])
async def test_a_question_that_gets_no_vector_is_answered_by_its_words(
    sqlite_values, profile_dir, monkeypatch, fault
):
    waits = []
    embed = meaning.Embedder.embed

    async def measured(self, texts, *, limit_seconds):
        waits.append(limit_seconds)
        return await embed(self, texts, limit_seconds=limit_seconds)

    with StandIn(default=Reply(text="I am here for that.")) as stand_in:
        settings = settings_of(sqlite_values, stand_in, profile_dir)
        async with running(settings) as services:
            monkeypatch.setattr(meaning.Embedder, "embed", measured)
            stand_in.vectors = fault
            visitor = await Visitor.arrive(services.chat)
            for _ in range(4):
                answer = await visitor.ask("What did Orchards teach you?")
                assert answer.text == "I am here for that."
            rows = read_rows(services, Message)
        # Two failures, and nobody waits for it again.
        asked = [texts for texts in stand_in.embedded if texts == ["What did Orchards teach you?"]]
        assert len(asked) == 2
    assert waits == [0.4, 0.4]
    assert "[S7] Orchards" in given(stand_in)
    assert all(row.status == "done" and not row.limited for row in rows)


async def test_what_it_costs_is_counted_and_reserved(sqlite_values, profile_dir):
    with StandIn(default=Reply(text="I am here.", usage=(10, 0, 5))) as stand_in:
        settings = settings_of(sqlite_values, stand_in, profile_dir)
        async with running(settings) as services:
            [day] = read_rows(services, BudgetDay)
            words = sum(len(text.split()) for texts in stand_in.embedded for text in texts)
            assert (day.spent_micro_usd, day.reserved_micro_usd) == (words * 1000, 0)
            await (await Visitor.arrive(services.chat)).ask(QUESTION)
            [day] = read_rows(services, BudgetDay)
            answer = read_rows(services, Message)[-1]
    own = 10 + 5 * 4
    assert answer.cost_micro_usd == own + len(QUESTION.split()) * 1000
    assert day.spent_micro_usd == words * 1000 + answer.cost_micro_usd
    assert day.reserved_micro_usd == 0


async def test_a_budget_that_is_too_small_buys_no_vectors(sqlite_values, profile_dir):
    with StandIn() as stand_in:
        settings = settings_of(sqlite_values, stand_in, profile_dir, daily_budget_usd=0.05)
        async with running(settings, fetched=False) as services:
            await (await Visitor.arrive(services.chat)).ask(QUESTION)
            await fetching_done(services)
            spent = sum(row.spent_micro_usd for row in read_rows(services, BudgetDay))
    assert not stand_in.embedded
    assert len(stand_in.chats) == 1
    assert spent <= 50_000


@pytest.mark.parametrize("kind", ["401", "404", "400", "insufficient_quota"])
async def test_a_refusal_is_told_once_and_not_asked_again(sqlite_values, profile_dir, caplog, kind):
    caplog.set_level(logging.DEBUG)
    with StandIn() as stand_in:
        stand_in.vectors = Fault(kind)
        settings = settings_of(sqlite_values, stand_in, profile_dir)
        async with running(settings, fetched=False) as services:
            visitor = await Visitor.arrive(services.chat)
            await wait_for(lambda: len(read_rows(services, Notification)) == 1)
            for _ in range(3):
                await visitor.ask(QUESTION)
            [told] = read_rows(services, Notification)
        assert len(stand_in.embedded) == 1
    name = "EMBEDDING_MODEL" if kind in ("404", "400") else "OPENAI_API_KEY"
    words = "no credit" if kind == "insufficient_quota" else name
    assert told.kind == "provider"
    assert words in told.payload["action"]
    assert KEY not in caplog.text
    assert "secr*" not in caplog.text + told.payload["action"]


async def test_vectors_of_an_answer_come_and_go_with_it(sqlite_values, profile_dir):
    with StandIn() as stand_in:
        stand_in.vectors = Vectors(same=SAME)
        settings = settings_of(sqlite_values, stand_in, profile_dir)
        async with running(settings) as services:
            visitor = await Visitor.arrive(services.chat)

            def file(session):
                asked = Question(text="Do you own a submarine?")
                session.add(asked)
                return asked.id

            key = await services.database.write(file)
            known = {row.text_hash for row in read_rows(services, Embedding)}
            said = await services.knowledge_desk.save_answer(key, "I sold it last year.")
            await visitor.ask(QUESTION)
            await wait_for(lambda: len(read_rows(services, Embedding)) == len(known) + 1)
            assert ["Do you own a submarine?\nI sold it last year."] in stand_in.embedded
            await fetching_done(services)
            await services.knowledge_desk.withdraw_answer(said.answer.id)
            await visitor.ask(QUESTION)
            await wait_for(lambda: len(read_rows(services, Embedding)) == len(known))
            assert {row.text_hash for row in read_rows(services, Embedding)} == known


async def test_what_not_everybody_may_know_is_not_sent_for_a_vector(sqlite_values, profile_dir):
    (profile_dir / "faq.md").write_text("# FAQ\n\n## Which salary? [approved]\n\nA hundred pence.")
    with StandIn() as stand_in:
        settings = settings_of(sqlite_values, stand_in, profile_dir)
        async with running_services(settings) as services:
            await wait_for(lambda: len(read_rows(services, Embedding)) == len(TOPICS) + 2)
        assert "hundred pence" not in str(stand_in.embedded)
        assert "Which salary?" in str(stand_in.embedded)
