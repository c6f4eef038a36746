import uuid
from dataclasses import replace
from typing import Any

import pytest

from chatbot.engine.views import ChatSummary
from chatbot.ui.frame import PageFrame
from chatbot.ui.locales.en import ENGLISH
from tests.ui.examples import NOON, VALUES, make_message, make_view

FRAME = PageFrame(VALUES, ENGLISH)


def test_the_page_has_the_name_as_its_heading() -> None:
    assert "<h1>Mira Vossberg</h1>" in FRAME.who()
    assert ">MV</span>" in FRAME.who()


def test_a_profile_cannot_bring_markup() -> None:
    frame = PageFrame(
        replace(VALUES, name="<b>x", first_name="<b>x", headline="<img src=x>", problems=("<i>",)),
        ENGLISH,
    )
    for part in (frame.who(), frame.hello(), frame.note(), frame.facts()):
        assert "<b>x" not in part
        assert "<img" not in part
        assert "<i>" not in part


def test_the_opening_says_who_answers_who_reads_and_what_is_stored() -> None:
    hello = FRAME.hello()
    assert "AI stand-in" in hello
    assert "Mira reads this chat" in hello
    assert "stored here for 12 months, and sent to api.openai.com" in hello


def test_without_a_model_nothing_is_said_to_leave() -> None:
    hello = PageFrame(replace(VALUES, provider_host="", is_limited=True), ENGLISH).hello()
    assert "sent to" not in hello
    assert "No model is connected" in hello


def test_an_empty_profile_says_what_to_do() -> None:
    hello = PageFrame(replace(VALUES, problems=("Put your resume.json here.",)), ENGLISH).hello()
    assert "<li>Put your resume.json here.</li>" in hello


@pytest.mark.parametrize(
    ("changes", "flag", "words"),
    [
        ({"is_answering": True}, "is-answering", ""),
        ({"has_earlier": True}, "has-earlier", ""),
        ({"is_ended": True}, "is-ended", "Write to resume it"),
        ({"is_escalated": True}, "is-escalated", "Mira has been told"),
        ({"is_limited": True}, "has-chat", "Limited mode"),
    ],
)
def test_every_state_has_its_flag_and_words(changes: dict[str, Any], flag: str, words: str) -> None:
    state = FRAME.state(make_view(make_message("user", "Hi"), **changes))
    assert flag in state
    assert words in state


def test_an_empty_chat_shows_the_opening() -> None:
    assert "has-chat" not in FRAME.state(make_view())


def test_earlier_chats_are_buttons_with_escaped_titles() -> None:
    other = ChatSummary(uuid.uuid4(), "<b>Hello</b>", NOON)
    view = make_view(make_message("user", "Hi"))
    chats = FRAME.chats(replace(view, chats=(*view.chats, other)))
    assert f'id="do-open-{other.id}"' in chats
    assert "&lt;b&gt;Hello&lt;/b&gt;" in chats
    assert "5 Jan 2027" in chats


def test_a_first_chat_has_no_list_of_earlier_ones() -> None:
    assert FRAME.chats(make_view(make_message("user", "Hi"))) == ""


def test_an_error_is_plain_text() -> None:
    assert "&lt;img" in FRAME.error("<img src=x>")
    assert FRAME.error("") == ""
