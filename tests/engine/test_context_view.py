import uuid

import pytest

from chatbot.errors import NotFound
from chatbot.llm.tokens import MESSAGE_FRAME_TOKENS, count_tokens
from tests.engine.test_fit_desk import key_of
from tests.engine.test_turns import model_settings
from tests.fakes import Visitor, running_services
from tests.knowledge.test_fit import JOB
from tests.stand_in import StandIn


async def test_it_tells_what_the_next_turn_sends(sqlite_values):
    with StandIn() as stand_in:
        settings = model_settings(sqlite_values, stand_in, profile_tokens=2000, job_tokens=200)
        async with running_services(settings) as services:
            visitor = await Visitor.arrive(services.chat)
            await visitor.ask(JOB + "We have a kitchen, a garden and a cat. " * 60)
            await visitor.ask("What is your experience with data platforms?")
            context = await services.context.read_own(*key_of(visitor))
            await visitor.ask("And with Kafka?")
            with pytest.raises(NotFound):
                await services.context.read_own("x" * 43, key_of(visitor)[1])
            other = await services.context.read_any(visitor.view.conversation_id)
            with pytest.raises(NotFound):
                await services.context.read_any(uuid.uuid4())
    sent = stand_in.requests[-1].body["messages"]
    instructions, job, history = sent[0]["content"], sent[1]["content"], sent[2:6]
    tokens = context.tokens
    assert tokens.instructions + tokens.profile == count_tokens(instructions)
    assert tokens.job == count_tokens(job) + MESSAGE_FRAME_TOKENS
    texts = [message["content"] for message in history]
    assert tokens.history == sum(count_tokens(text) + MESSAGE_FRAME_TOKENS for text in texts)
    assert context.history_messages == 4
    told = [context.job_description, *context.fit_summary]
    assert sum(map(count_tokens, told)) <= tokens.job_limit == 200
    assert all(text in job for text in told)
    assert tokens.profile <= tokens.profile_limit
    given = [section for section in context.sections if section.is_given]
    assert 0 < len(given) < len(context.sections)
    assert all(section.heading in instructions for section in given)
    # What tells most stays, what tells least goes first.
    kinds = {section.kind for section in context.sections if section.is_given}
    assert "about" in kinds
    assert "interest" not in kinds
    assert tokens.total == tokens.instructions + tokens.profile + tokens.job + tokens.history
    assert other.history_messages == 6
