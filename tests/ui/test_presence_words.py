from datetime import UTC, datetime

import pytest

from chatbot.engine.views import EscalationView
from chatbot.people.presence import PresenceView
from chatbot.ui.forms_frame import FormsFrame
from chatbot.ui.frame import PageFrame
from chatbot.ui.locales.en import ENGLISH
from chatbot.ui.messages import MessageRenderer
from chatbot.ui.presence_words import build_expectation
from tests.page_client import plain_words
from tests.ui.examples import NOON, VALUES, make_message, make_view

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def presence(**changes):
    values = {
        "is_online": False,
        "is_away": False,
        "is_within_hours": False,
        "next_opening": MONDAY,
        "time_zone": "America/Los_Angeles",
    }
    return PresenceView(**{**values, **changes})


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        (None, ""),
        (presence(is_online=True), "Mira is here now and can join in a moment."),
        (
            presence(is_away=True),
            "Mira is away at the moment. Leave an e-mail address to get the answer there.",
        ),
        (
            presence(is_within_hours=True),
            "Mira usually answers within working hours, which are now.",
        ),
        (presence(next_opening=None, has_hours=False), ""),
    ],
)
def test_what_can_be_expected_is_the_truth_of_the_moment(seen, words):
    assert plain_words(build_expectation(seen, ENGLISH, "Mira")) == words


def test_the_next_hours_are_told_with_their_zone_until_the_page_knows_its_own():
    shown = build_expectation(presence(), ENGLISH, "Mira")
    assert 'datetime="2026-11-23T08:00:00Z">Monday 00:00</time>' in shown
    assert "(America/Los Angeles time)" in shown
    assert "(your time)" in shown


def test_the_tab_says_where_the_owner_is():
    frame = FormsFrame(VALUES, ENGLISH)
    here = frame.presence(make_view(presence=presence(is_online=True)))
    assert "Mira is here now" in here
    assert "is-online" in here
    joined = frame.presence(make_view(has_owner=True, escalation=EscalationView(NOON)))
    assert "Mira is in this chat now" in joined
    told = frame.presence(make_view(escalation=EscalationView(NOON), presence=presence()))
    assert "Mira usually answers within working hours" in told


def test_the_chat_says_that_the_owner_has_it():
    frame = PageFrame(VALUES, ENGLISH)
    state = frame.state(make_view(has_owner=True, is_escalated=True, is_ended=True))
    assert "is-human" in state
    assert "Mira is in this chat and answers in person." in state
    assert "is-human" not in frame.state(make_view())
    note = frame.note()
    assert 'id="write-to">Write to Mira' in note
    assert "Mira is typing" in note


def test_notices_of_the_floor_are_worded_and_others_are_shown_as_they_are():
    render = MessageRenderer(VALUES, ENGLISH)
    texts = ["notice:joined", "notice:left", "Mira {knows} <b>it</b>"]
    view = make_view(*(make_message("notice", text) for text in texts))
    shown = [message["content"][0]["text"] for message in render.messages(view)]
    assert "Mira has joined." in shown[0]
    assert "Mira has left." in shown[1]
    assert "Mira {knows} &lt;b&gt;it&lt;/b&gt;" in shown[2]


def test_an_answer_that_the_owner_cut_short_cannot_be_asked_for_again():
    render = MessageRenderer(VALUES, ENGLISH)
    view = make_view(
        make_message("assistant", "I led", status="interrupted", error="taken_over"),
        make_message("assistant", "I led", status="interrupted", error="broken"),
    )
    taken, broken = (message["content"][0]["text"] for message in render.messages(view))
    assert "A person took over from here." in taken
    assert "do-retry" not in taken
    assert "do-go-on" not in taken
    assert "do-retry" in broken
