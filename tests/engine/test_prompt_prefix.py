"""At least 90 % of the prompts of ten turns are the beginning of what was sent the turn before, so
that a provider's cache serves them. With a job description: see test_fit_desk.py."""

import json
import shutil
from pathlib import Path

import pytest

from chatbot.llm.tokens import count_tokens
from tests.engine.test_turns import model_settings
from tests.engine.test_withheld import LIE, NOTICE, TRUE
from tests.fakes import PROFILE, Visitor, running_services
from tests.stand_in import Reply, StandIn, ToolCall

ADDRESS = "Please write to me at ana@example.com about part 3."
SAVE = ToolCall("record_user_details", '{"email": "ana@example.com"}')


def prefix_share(prompts: list[list[dict]]) -> float:
    """The part of the tokens of all prompts but the first that stood in the prompt before."""
    same = total = 0
    for before, now in zip(prompts, prompts[1:], strict=False):
        texts = [json.dumps(message) for message in now]
        kept = 0
        while kept < len(before) and json.dumps(before[kept]) == texts[kept]:
            kept += 1
        same += count_tokens("".join(texts[:kept]))
        total += count_tokens("".join(texts))
    return same / total


def profile_with_gated_facts(folder: Path) -> Path:
    place = shutil.copytree(PROFILE, folder / "profile")
    (place / "salary.md").write_text("# More\n\n## Which salary? [approved]\n\nFrom 94,000 euros.")
    return place


SUBJECTS = "harbour satellite orchard railway glacier hospital theatre volcano library vineyard"


def profile_of_many_projects(folder: Path) -> Path:
    """A profile several times as long as what the model is given of it."""
    place = shutil.copytree(PROFILE, folder / "profile")
    filling = "It kept a team of four busy for a year, and went live on the day it was due. " * 24
    projects = (
        f"## {subject.title()} scheduler {number}\n\nPlans the {subject} number {number}. {filling}"
        for number in range(12)
        for subject in SUBJECTS.split()
    )
    (place / "projects.md").write_text("# Projects\n\n" + "\n\n".join(projects))
    return place


async def test_prompts_of_a_long_profile_grow_at_their_end_too(sqlite_values, tmp_path):
    with StandIn() as stand_in:
        settings = model_settings(
            sqlite_values, stand_in, profile_dir=profile_of_many_projects(tmp_path)
        )
        async with running_services(settings) as services:
            visitor = await Visitor.arrive(services.chat)
            for number, subject in enumerate(SUBJECTS.split()):
                stand_in.script(Reply(text="Ask me anything about the work, please. " * 4))
                answer = await visitor.ask(f"What does the {subject} scheduler {number} do?")
                assert (answer.status, answer.limited) == ("done", False)
    prompts = [request.body["messages"] for request in stand_in.requests]
    assert prefix_share(prompts) >= 0.9
    for number, (subject, prompt) in enumerate(zip(SUBJECTS.split(), prompts, strict=True)):
        assert f"Plans the {subject} number {number}." in str(prompt)
    extras = [prompt[-2]["content"] for prompt in prompts if prompt[-2]["role"] == "system"]
    assert len({extra for extra in extras if extra.startswith("More records")}) >= 5


@pytest.mark.parametrize("case", ["plain", "contact", "withheld", "gated"])
async def test_prompts_grow_at_their_end(sqlite_values, tmp_path, case):
    folder = profile_with_gated_facts(tmp_path) if case == "gated" else PROFILE
    with StandIn() as stand_in:
        settings = model_settings(sqlite_values, stand_in, profile_dir=folder)
        async with running_services(settings) as services:
            visitor = await Visitor.arrive(services.chat)
            for number in range(10):
                question = f"What about the data platform, part {number}?"
                if case == "contact" and number == 3:
                    stand_in.script(Reply(tool_calls=(SAVE,)))
                    question = ADDRESS
                if case == "withheld" and number % 3 == 0:
                    stand_in.script(Reply(text=f"{TRUE} {LIE}"))
                if case == "gated" and number == 5:
                    question = "Which salary does she expect?"
                answer = await visitor.ask(question)
                assert (answer.status, answer.limited) == ("done", False)
                assert (NOTICE in answer.text) == (case == "withheld" and number % 3 == 0)
    prompts = [request.body["messages"] for request in stand_in.requests]
    # A tool's result is answered in a round of its own.
    assert len(prompts) == (11 if case == "contact" else 10)
    assert prefix_share(prompts) >= 0.9
    assert "94,000" not in str(prompts)
    assert ("shares this on request" in prompts[0][0]["content"]) == (case == "gated")
