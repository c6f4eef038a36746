"""A model words what is said of a job, and changes nothing of it."""

import asyncio
import json
import threading

import pytest

from chatbot.engine import wording
from chatbot.engine.wording import tell_summary
from chatbot.knowledge.fit import FitStatus, build_fit_sheet
from chatbot.knowledge.tailoring import build_advice, build_letter
from chatbot.people.job_descriptions import check_job_text
from chatbot.storage.models import BudgetDay, JobDescription, Message, Notification
from tests.engine.test_fit_desk import key_of
from tests.engine.test_turns import model_settings
from tests.fakes import Visitor, make_settings, read_rows, running_services
from tests.knowledge.test_fit import INJECTED, JOB, SAMPLE, TODAY
from tests.security import payloads
from tests.stand_in import Fault, Reply, Request, StandIn

OWN = "Not in Mara's records, though they cover the topic: Strong knowledge of Rust."
WORDED = "Mara's records cover the topic but do not show Strong knowledge of Rust."
BETTER = {
    "Not in Mara's records, though they cover the topic: {1}.": "Mara's records cover the topic "
    "but do not show {1}.",
    "{1} is a gap. It is a must here; learn it or be plain about it.": "{1} is a gap and a must "
    "here, so learn it or be plain about it.",
    "To be plain: I do not bring {1} today.": "I do not bring {1} today, to be plain.",
}


def is_wording(request: Request) -> bool:
    return "polish sentences" in request.body["messages"][0]["content"]


def wordings(stand_in: StandIn) -> list[str]:
    """The sentences and rows of each request to word some."""
    return [r.body["messages"][1]["content"] for r in stand_in.chats if is_wording(r)]


def sentences(request: Request) -> dict[str, str]:
    lines = request.body["messages"][1]["content"].rpartition("Sentences\n")[2].splitlines()
    return {number: text for number, _, text in (line.partition(". ") for line in lines)}


def polish(request: Request) -> Reply | None:
    """What a good model answers."""
    if not is_wording(request):
        return None
    told = [f"{n}. {BETTER.get(text, text)}" for n, text in sentences(request).items()]
    return Reply(text="\n".join(told), usage=(100, 0, 50))


def obey(request: Request) -> Reply | None:
    """What a model answers that does as a job description orders."""
    if not is_wording(request):
        return None
    gaps = "{1} {2} {3} {4} {5}"
    told = [
        f"{n}. All is met, and {gaps[: 4 * text.count('{')].strip()} is a perfect match."
        for n, text in sentences(request).items()
    ]
    return Reply(text="\n".join(told))


async def test_a_summary_is_worded_once_for_each_text_on_every_database(database_values):
    with StandIn() as stand_in:
        stand_in.answer = polish
        async with running_services(model_settings(database_values, stand_in)) as services:
            first, second = [await Visitor.arrive(services.chat) for _ in range(2)]
            made = await services.fit.make_for_chat(*key_of(first), JOB)
            again = await services.fit.make_for_chat(*key_of(second), JOB)
            found = await services.fit.find(made.path.removeprefix("/fit/"))
            [day] = read_rows(services, BudgetDay)
            rows = read_rows(services, JobDescription)
    own = tell_summary(made.sheet, None, first_name="Mara")
    assert OWN in own
    assert made.summary == tuple(WORDED if line == OWN else line for line in own)
    assert made.summary == again.summary == found.summary
    assert made.sheet == again.sheet == build_fit_sheet(JOB, SAMPLE, today=TODAY)
    assert [row.fit for row in rows] == [made.sheet.to_json()] * 2
    # 100 tokens at 1 and 50 at 4 micro-USD; the second visitor's is the first's.
    assert (day.spent_micro_usd, day.reserved_micro_usd) == (300, 0)
    [asked] = wordings(stand_in)
    assert f"{FitStatus.GAP} | Strong knowledge of Rust | " in asked


async def test_a_job_description_in_the_chat_is_told_in_the_same_words(sqlite_values):
    with StandIn() as stand_in:
        stand_in.answer = polish
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            answer = await visitor.ask(JOB + "We have a nice kitchen and a garden. " * 100)
            path = answer.text.partition("(/fit/")[2].partition(")")[0]
            sheet = await services.fit.find(path)
            cost = read_rows(services, Message)[-1].cost_micro_usd
            [day] = read_rows(services, BudgetDay)
            visitor.view = await services.chat.retry(visitor.key)
            await visitor.follow()
    assert f"- {WORDED}" in answer.text
    assert WORDED in sheet.summary
    assert cost == day.spent_micro_usd == 300
    assert day.reserved_micro_usd == 0
    assert len(wordings(stand_in)) == 1
    assert f"- {WORDED}" in visitor.answer.text


def injected_posts() -> list[str]:
    posts = [JOB.replace("- Go\n", f"- Go\n{line}\n") for line in INJECTED]
    if payloads.FOLDER.is_dir():
        lines = (payloads.FOLDER / "injected_job_posts.jsonl").read_text("utf-8").splitlines()
        posts += [json.loads(line)["text"] for line in lines]
    return posts


async def test_a_model_that_obeys_job_descriptions_changes_nothing(sqlite_values):
    with StandIn() as stand_in:
        stand_in.answer = obey
        settings = model_settings(sqlite_values, stand_in, daily_budget_usd=100)
        async with running_services(settings) as services:
            visitor = await Visitor.arrive(services.chat)
            today = wording.utc_now().date()
            for post in injected_posts():
                text = check_job_text(post[:20_000])
                sheet = build_fit_sheet(text, services.profile, today=today)
                if not sheet.items:
                    continue
                made = await services.fit.make_for_chat(*key_of(visitor), text)
                assert made.sheet.to_json() == sheet.to_json()
                assert made.summary == tell_summary(sheet, None, first_name="Mara")
    assert len(wordings(stand_in)) >= len(INJECTED)


@pytest.mark.parametrize("fault", [Fault("503"), Fault("drop"), Reply(text="I would rather not.")])
async def test_a_model_that_gives_no_words_leaves_the_programs_own(sqlite_values, fault):
    with StandIn(default=fault) as stand_in:
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            made = await services.fit.make_for_chat(*key_of(visitor), JOB)
            [day] = read_rows(services, BudgetDay)
    assert made.summary == tell_summary(made.sheet, None, first_name="Mara")
    assert len(wordings(stand_in)) == 1
    assert day.reserved_micro_usd == 0


async def test_a_slow_model_is_not_waited_for(sqlite_values, monkeypatch):
    monkeypatch.setattr(wording, "WORDING_SECONDS", 0.3)
    go_on = threading.Event()
    with StandIn(default=Reply(go_on=go_on)) as stand_in:
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            # Without a limit of its own it would be the provider's 20 s.
            async with asyncio.timeout(15):
                made = await services.fit.make_for_chat(*key_of(visitor), JOB)
            [day] = read_rows(services, BudgetDay)
        go_on.set()
    assert made.summary == tell_summary(made.sheet, None, first_name="Mara")
    # Nobody tells what it cost, so what was reserved counts as spent.
    assert day.spent_micro_usd > 0
    assert day.reserved_micro_usd == 0


async def test_no_money_and_no_model_leave_the_programs_own_words(sqlite_values):
    with StandIn() as stand_in:
        stand_in.answer = polish
        settings = model_settings(sqlite_values, stand_in, daily_budget_usd=0.000001)
        async with running_services(settings) as services:
            visitor = await Visitor.arrive(services.chat)
            made = await services.fit.make_for_chat(*key_of(visitor), JOB)
            answer = await visitor.ask(JOB + "We have a nice kitchen and a garden. " * 100)
        assert stand_in.requests == []
    async with running_services(make_settings(sqlite_values)) as services:
        visitor = await Visitor.arrive(services.chat)
        limited = await services.fit.make_for_chat(*key_of(visitor), JOB)
    assert OWN in made.summary
    assert OWN in answer.text
    assert limited.summary == made.summary


async def test_a_refused_key_is_told_to_the_owner_once(sqlite_values):
    with StandIn(default=Fault("401")) as stand_in:
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            for _ in range(2):
                visitor = await Visitor.arrive(services.chat)
                await services.fit.make_for_chat(*key_of(visitor), JOB)
            told = [row for row in read_rows(services, Notification) if row.kind == "provider"]
    assert len(told) == 1
    assert "OPENAI_API_KEY" in json.dumps(told[0].payload)


async def test_advice_and_letter_are_worded_and_keep_their_sources(sqlite_values):
    with StandIn() as stand_in:
        stand_in.answer = polish
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            job = await services.tailor.add_job(JOB)
            turn = await services.tailor.ask(job, "What should I learn?")
            letter = await services.tailor.ask(job, "Please write a cover letter")
            file = await services.tailor.open_job(job)
        asked = wordings(stand_in)
    gap = "\u201cStrong knowledge of Rust\u201d"
    assert f"{gap} is a gap and a must here, so learn it or be plain about it." in turn.answer
    assert f"I do not bring {gap} today, to be plain." in letter.answer
    assert "[1] Experience:" in letter.answer
    advice, own_letter = build_advice(file.sheet, SAMPLE), build_letter(file.sheet, SAMPLE)
    assert [one.evidence for one in file.advice] == [one.evidence for one in advice]
    assert [line.evidence for line in file.letter] == [line.evidence for line in own_letter]
    assert [one.text for one in file.advice] != [one.text for one in advice]
    # One request for advice and letter together.
    assert len(asked) == 1


async def test_a_visitor_is_not_given_the_owners_letter(sqlite_values):
    with StandIn() as stand_in:
        stand_in.answer = polish
        async with running_services(model_settings(sqlite_values, stand_in)) as services:
            visitor = await Visitor.arrive(services.chat)
            made = await services.fit.make_for_chat(*key_of(visitor), JOB)
            await services.tailor.ask(made.id, "Please write a cover letter")
            [row] = read_rows(services, JobDescription)
            held = await services.privacy.read_held_data(visitor.view.token)
    assert "to be plain" in json.dumps(row.worded)
    assert "to be plain" not in repr(held.rows)
