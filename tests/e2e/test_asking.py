import pytest
from playwright.sync_api import expect

from chatbot.storage.models import Contact, Escalation, Message, Question
from tests.e2e.conftest import read_rows
from tests.e2e.visitor_page import OWNER, WAIT
from tests.stand_in import Reply, ToolCall

pytestmark = pytest.mark.browser


def test_the_page_opens_with_who_it_speaks_for_and_four_starters(visitor):
    page = visitor.page
    expect(page.get_by_role("heading", name=OWNER, level=1)).to_be_visible()
    expect(page.get_by_text("AI stand-in").first).to_be_visible()
    expect(page.get_by_text("stored here")).to_be_visible()
    starters = page.get_by_role("button").filter(has_text="?")
    expect(starters).to_have_count(4)
    starters.first.click()
    expect(visitor.questions).to_have_count(1, timeout=WAIT)
    visitor.wait_for_answer()


def test_an_answer_streams_and_its_source_opens(visitor, say):
    # Sentences without a claim: a word with a figure in it would be the name of something.
    words = [f"Look word{first}{last}." for first in "abcdef" for last in "abcdefgh"]
    say(Reply(text=f"From the records [S1]. {' '.join(words)} The end.", tokens_per_second=40))
    visitor.send("What do you work on these days?")
    visitor.wait_for_words("wordac")
    early = visitor.answers.last.inner_text()
    visitor.wait_for_words("worddc")
    answer = visitor.wait_for_answer()
    assert "The end." not in early
    expect(answer).to_contain_text(f"{' '.join(words)} The end.")
    row = next(row for row in read_rows(visitor.app, Message) if words[-1] in row.content)
    passage = visitor.page.get_by_text(row.citations[0]["passage"][:40])
    expect(passage).to_be_hidden()
    visitor.source_mark(answer, 1).click()
    expect(passage).to_be_visible()


def test_a_tool_saves_the_visitors_contact(visitor, say):
    arguments = '{"email": "ana.ruiz@example.com", "name": "Ana Ruiz", "notes": "Hiring a lead"}'
    say(
        Reply(tool_calls=(ToolCall("record_user_details", arguments),)),
        Reply(text="Thank you, Ana. Mara will write to you."),
    )
    answer = visitor.ask("I am Ana Ruiz, write to ana.ruiz@example.com please")
    expect(answer).to_contain_text("Thank you, Ana. Mara will write to you.")
    contacts = [
        row for row in read_rows(visitor.app, Contact) if row.email == "ana.ruiz@example.com"
    ]
    assert [(row.name, row.notes) for row in contacts] == [("Ana Ruiz", "Hiring a lead")]


def test_a_question_without_an_answer_is_filed(visitor, say):
    arguments = '{"question": "Has Mara ever sailed to Iceland?"}'
    say(
        Reply(tool_calls=(ToolCall("record_unknown_question", arguments),)),
        Reply(text="I do not know, so I have passed it on."),
    )
    answer = visitor.ask("Have you ever sailed to Iceland?")
    expect(answer).to_contain_text("I do not know, so I have passed it on.")
    questions = [row for row in read_rows(visitor.app, Question) if "Iceland" in row.text]
    assert [row.status for row in questions] == ["open"]


def test_the_talk_button_calls_the_owner(visitor):
    visitor.button("Talk to Mara").click()
    expect(visitor.page.get_by_text("Mara has been told").first).to_be_visible(timeout=WAIT)
    key = visitor.conversation_id
    rows = [row for row in read_rows(visitor.app, Escalation) if str(row.conversation_id) == key]
    assert [(row.reason, row.status) for row in rows] == [("requested", "open")]


def test_words_call_the_owner(visitor):
    answer = visitor.ask("Can I talk to a real person please?")
    expect(answer).to_contain_text("told Mara")
    expect(visitor.page.get_by_text("Mara has been told").first).to_be_visible(timeout=WAIT)
    key = visitor.conversation_id
    rows = [row for row in read_rows(visitor.app, Escalation) if str(row.conversation_id) == key]
    assert len(rows) == 1


def test_limited_mode_says_so_and_quotes_the_profile(visit, limited_app):
    visitor = visit(limited_app)
    expect(visitor.page.get_by_text("No model is connected")).to_be_visible()
    answer = visitor.ask("Where did you study?")
    expect(answer.get_by_text("Limited mode")).to_be_visible()
    source = answer.get_by_role("group").first
    expect(source).not_to_have_attribute("open", "")
    visitor.source_mark(answer, 1).click()
    expect(source).to_have_attribute("open", "")
