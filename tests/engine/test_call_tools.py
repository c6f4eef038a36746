import json
import re

import pytest

from chatbot.engine.call_tools import BOOK, LIST
from chatbot.engine.limited import CALL_OFFER, Rules
from chatbot.engine.tools import ToolContext
from chatbot.knowledge.profile import load_profile
from chatbot.knowledge.retrieval import Retriever
from chatbot.people.call_request import wants_call
from chatbot.storage.models import Booking, Contact, Notification
from chatbot.storage.models import ToolCall as ToolCallRow
from tests.fakes import PROFILE, Visitor, make_settings, read_rows, running_services
from tests.stand_in import Reply, StandIn, ToolCall

ALWAYS = {"call_hours": "Mon-Sun 00:00-24:00", "time_zone": "Europe/Berlin"}
KEY = {"openai_api_key": "sk-test", "openai_model": "gpt-4.1-mini"}


def call(name: str, **arguments: str) -> Reply:
    return Reply(tool_calls=(ToolCall(name, json.dumps(arguments)),))


async def test_a_time_is_offered_then_booked_after_the_visitor_said_yes(sqlite_values):
    with StandIn() as stand_in:
        settings = make_settings(sqlite_values, **ALWAYS, **KEY, openai_base_url=stand_in.base_url)
        async with running_services(settings) as services:
            visitor = await Visitor.arrive(services.chat)
            stand_in.script(
                call(LIST, time_zone="America/New_York"), Reply("Would the first one suit?")
            )
            await visitor.ask("I am Ana Lima, ana@example.com. Can we talk next week?")
            [listed] = read_rows(services, ToolCallRow)
            start = re.search(r"(\S+Z) is ", listed.result)[1]
            assert "America/New York" in listed.result
            booking = {"start": start, "name": "Ana Lima", "email": "ana@example.com"}
            # Two calls of one answer and a repeat of it are one booking.
            stand_in.script(
                Reply(tool_calls=tuple(ToolCall(BOOK, json.dumps(booking), id=n) for n in "ab")),
                Reply("It is booked."),
            )
            await visitor.ask("Yes please")
            rows = read_rows(services, Booking)
            told, contacts = read_rows(services, Notification), read_rows(services, Contact)
            outcomes = [row.outcome for row in read_rows(services, ToolCallRow)]
    assert [(row.status, row.email) for row in rows] == [("booked", "ana@example.com")]
    assert rows[0].conversation_id == visitor.view.conversation_id
    assert [row.kind for row in told] == ["booking"]
    assert [row.email for row in contacts] == ["ana@example.com"]
    assert set(outcomes) == {"done"}


async def begin(visitor: Visitor, text: str) -> ToolContext:
    """A turn in which tools can be run."""
    turn = await visitor.ask("Hello")
    return ToolContext(
        conversation_id=visitor.view.conversation_id,
        turn_id=turn.id,
        visitor_text=text,
        owner_first_name="Mara",
    )


def toolbox(services):
    return services.answering._toolbox


async def test_what_was_not_offered_or_typed_is_not_booked(sqlite_values):
    async with running_services(make_settings(sqlite_values, **ALWAYS)) as services:
        visitor = await Visitor.arrive(services.chat)
        typed = await begin(visitor, "ana@example.com")
        start = (await services.calls.desk.list_slots())[0]
        wish = {"start": f"{start:%Y-%m-%dT%H:%MZ}", "name": "Ana", "email": "ana@example.com"}
        tools = toolbox(services)
        unoffered = await tools.run(BOOK, json.dumps(wish), position=0, context=typed)
        assert (unoffered.outcome, "offer this time first" in unoffered.text) == ("refused", True)
        invented = json.dumps({**wish, "email": "invented@example.com"})
        untyped = await tools.run(BOOK, invented, position=1, context=typed)
        assert (untyped.outcome, "not typed" in untyped.text) == ("refused", True)
        odd = json.dumps({**wish, "start": "tomorrow"})
        assert (await tools.run(BOOK, odd, position=2, context=typed)).outcome == "refused"
        assert read_rows(services, Booking) == []


async def test_slots_can_be_asked_for_one_day_and_an_empty_one_is_said(sqlite_values):
    async with running_services(make_settings(sqlite_values, **ALWAYS)) as services:
        visitor = await Visitor.arrive(services.chat)
        tools, where = toolbox(services), await begin(visitor, "")
        day = (await services.calls.desk.list_slots())[-1].date()
        one = await tools.run(LIST, json.dumps({"day": str(day)}), position=0, context=where)
        assert one.text.count(" is ") <= 8
        none = await tools.run(LIST, '{"day": "2001-01-01"}', position=1, context=where)
        assert "No time is free on that day" in none.text


async def test_the_tools_follow_the_settings(sqlite_values):
    for values, names in (
        ({**ALWAYS}, {LIST, BOOK}),
        ({"call_hours": "none"}, set()),
        ({"calendar_url": "https://cal.com/mara"}, {LIST}),
    ):
        async with running_services(make_settings(sqlite_values, **values)) as services:
            schemas = toolbox(services).schemas()
            found = {schema["function"]["name"] for schema in schemas} & {LIST, BOOK}
            assert found == names
            if "calendar_url" in values:
                visitor = await Visitor.arrive(services.chat)
                said = await toolbox(services).run(
                    LIST, "{}", position=0, context=await begin(visitor, "")
                )
                assert "[Book a call](https://cal.com/mara)" in said.text


@pytest.mark.parametrize(
    "text",
    [
        "Can I book a call?",
        "Let's schedule a meeting with her",
        "could we set up a short intro call next week",
        "I would like to arrange an interview",
        "please schedule a quick chat",
        "When would be a good time to talk to Mara?",
        "find a time for a call",
        "Can we hop on a call?",
    ],
)
def test_who_wants_a_call_is_heard(text: str):
    assert wants_call(text)


@pytest.mark.parametrize(
    "text",
    [
        "Did Mara schedule meetings for the team?",
        "What does she do?",
        "Has she ever organised a conference call?",
        "Which books does she like?",
        "What is her call to action?",
        "Tell me about the scheduling service she wrote",
        "Call me at +44 20 7183 8750",
    ],
)
def test_other_words_are_not_taken_for_it(text: str):
    assert not wants_call(text)


@pytest.mark.parametrize(("address", "is_offered"), [("/book", True), ("", False)])
def test_without_a_model_the_words_bring_the_button(address: str, is_offered: bool):
    profile = load_profile(PROFILE)
    rules = Rules(
        profile,
        Retriever(profile.sections, owner_name=profile.name),
        escalation_keywords=[],
        call_address=address,
    )
    reading = rules.read("Can we schedule a call?")
    answer = rules.reply(reading, None, is_escalated=False, has_email=False)
    offer = CALL_OFFER.format(first="Mara", url=address)
    assert (offer in answer.text) is is_offered
    if is_offered:
        assert not answer.files_question
