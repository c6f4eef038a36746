from dataclasses import replace
from typing import Any

import pytest

from chatbot.engine.views import ChatView
from chatbot.ui.locales.en import ENGLISH
from chatbot.ui.messages import MessageRenderer, link_hosts
from chatbot.ui.values import PageLink
from tests.ui.examples import CITATION, VALUES, make_message, make_view

HOSTILE = '<img src=x onerror=alert(1)>\n\n<script>x</script> **b** [a](https://evil.example) "q"'


def render(view: ChatView) -> list[str]:
    rendered = MessageRenderer(VALUES, ENGLISH).messages(view)
    return [message["content"][0]["text"] for message in rendered]


def answer(**changes: Any) -> str:
    text = changes.pop("text", "Eleven people [1].")
    return render(make_view(make_message("assistant", text, citations=(CITATION,), **changes)))[0]


def test_only_the_visitor_is_on_the_right_side() -> None:
    roles = ("user", "assistant", "owner", "notice")
    view = make_view(*(make_message(role, "Hi") for role in roles))
    rendered = MessageRenderer(VALUES, ENGLISH).messages(view)
    assert [message["role"] for message in rendered] == ["user", *["assistant"] * 3]


@pytest.mark.parametrize("role", ["user", "owner", "notice"])
def test_what_people_write_is_shown_as_text(role: str) -> None:
    [markup] = render(make_view(make_message(role, HOSTILE)))
    assert "<img" not in markup
    assert "<script" not in markup
    assert "\n" not in markup
    assert "**b** [a](https://evil.example)" in markup


def test_an_answer_shows_its_sources_as_text() -> None:
    markup = answer()
    assert "<p>Led &lt;eleven&gt; people.<br><br>Yes.</p>" in markup
    assert "<summary><b>1</b><span>Work: Nordwind (resume.json)</span></summary>" in markup


def test_a_marker_points_at_its_source() -> None:
    message = make_message("assistant", "Eleven [1].", citations=(CITATION,))
    [markup] = render(make_view(message))
    assert f'id="do-cite-{message.id}-1"' in markup
    assert f'id="src-{message.id}-1"' in markup


def test_the_html_after_an_answer_is_one_line() -> None:
    markup = answer(status="interrupted", feedback="down", error=HOSTILE)
    assert "\n" not in markup.split("\n\n", 1)[1]
    assert "<img" not in markup


def test_a_hostile_source_label_stays_inside_its_attribute() -> None:
    label = '"><img src=x onerror=alert(1)>'
    message = make_message("assistant", "A [1]", citations=(replace(CITATION, label=label),))
    [markup] = render(make_view(message))
    assert "<img" not in markup
    assert 'title="&quot;&gt;&lt;img' in markup


def test_an_answer_without_text_yet_shows_what_is_being_done() -> None:
    message = make_message("assistant", "", status="streaming")
    [markup] = render(make_view(message, status_line="Saving your details", is_answering=True))
    assert 'class="cc-wait"' in markup
    assert "Saving your details" in markup


def test_a_running_answer_has_no_buttons() -> None:
    assert "<button" not in answer(status="streaming")


def test_an_interrupted_answer_offers_continue_and_retry() -> None:
    markup = answer(status="interrupted", error="stopped")
    assert "You stopped this answer." in markup
    assert "do-go-on-" in markup
    assert "do-retry-" in markup


def test_a_failed_answer_offers_retry_only() -> None:
    markup = answer(status="failed", text="")
    assert ENGLISH.failed in markup
    assert "do-retry-" in markup
    assert "do-go-on-" not in markup


def test_limited_answers_are_labelled() -> None:
    assert ENGLISH.limited in answer(limited=True)
    assert ENGLISH.limited not in answer()


def test_a_thumb_shows_and_a_thumb_down_asks_why() -> None:
    assert 'cc-good cc-icon cc-on"' in answer(feedback="up")
    assert ENGLISH.what_was_wrong not in answer(feedback="up")
    assert ENGLISH.what_was_wrong in answer(feedback="down")


def test_a_finished_message_is_built_once() -> None:
    renderer = MessageRenderer(VALUES, ENGLISH)
    message = make_message("assistant", "Hello")
    [first], [second] = (renderer.messages(make_view(message)) for _ in range(2))
    assert first is second


def test_a_rating_is_drawn_at_once() -> None:
    renderer = MessageRenderer(VALUES, ENGLISH)
    message = make_message("assistant", "Hello")
    renderer.messages(make_view(message))
    [rated] = renderer.messages(make_view(replace(message, feedback="up")))
    assert "cc-on" in rated["content"][0]["text"]


def test_answers_may_link_where_the_owner_links() -> None:
    links = (
        PageLink("Site", "https://www.mira.example/cv"),
        PageLink("Mail", "mailto:a@b.example"),
    )
    assert link_hosts(replace(VALUES, links=links)) == {"mira.example"}


def test_an_answer_of_the_owner_stands_below_the_line_that_tells_of_it() -> None:
    text = "Mira has answered your question “<b>{name}</b>?”:\n\nYes.\n{No} <i>x</i>"
    assert render(make_view(make_message("notice", text))) == [
        '<div class="cc-notice cc-told"><p>Mira has answered your question '
        "“&lt;b&gt;{name}&lt;/b&gt;?”:</p>"
        '<p class="cc-text">Yes.<br>{No} &lt;i&gt;x&lt;/i&gt;</p></div>'
    ]
