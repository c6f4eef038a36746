import pytest
from playwright.sync_api import expect

from chatbot.storage.models import Message
from tests.e2e.conftest import read_rows
from tests.e2e.visitor_page import WAIT
from tests.stand_in import Reply

pytestmark = pytest.mark.browser

# Sentences without a claim; a word with a figure in it would be the name of something.
LETTERS = str.maketrans("0123456789", "abcdefghij")
WORDS = [f"Look word{str(number).translate(LETTERS)}." for number in range(200)]
LONG = Reply(text=f"{' '.join(WORDS)} the end.", tokens_per_second=25)


def own_messages(visitor):
    key = visitor.conversation_id
    return [row for row in read_rows(visitor.app, Message) if str(row.conversation_id) == key]


def test_stop_keeps_what_was_shown_and_retry_answers_again(visitor, say):
    say(LONG, Reply(text="A whole answer."))
    visitor.send("Tell me about your work with maps")
    visitor.wait_for_words("wordba")
    visitor.button("Stop").click()
    expect(visitor.button("Continue")).to_be_visible(timeout=WAIT)
    visitor.wait_for_words("wordba")
    assert [row.status for row in own_messages(visitor)] == ["done", "interrupted"]
    visitor.button("Retry").click()
    visitor.wait_for_words("A whole answer.")
    expect(visitor.log).not_to_contain_text("wordba")
    expect(visitor.questions).to_have_count(1)


def test_an_edited_message_replaces_what_followed_it(visitor, say):
    say(Reply(text="The first answer."), Reply(text="The second answer."))
    visitor.ask("What is your favourite langage?")
    question = visitor.questions.last
    question.hover()
    question.get_by_role("button", name="Edit").click()
    expect(visitor.box).to_have_value("What is your favourite langage?")
    visitor.box.fill("What is your favourite language?")
    visitor.box.press("Enter")
    visitor.wait_for_words("The second answer.")
    expect(visitor.questions).to_have_count(1)
    expect(visitor.questions).to_contain_text("What is your favourite language?")
    expect(visitor.log).not_to_contain_text("The first answer.")
    expect(visitor.box).to_have_value("")


def test_a_cancelled_edit_changes_nothing(visitor):
    visitor.ask("What is your favourite tool?")
    question = visitor.questions.last
    question.hover()
    question.get_by_role("button", name="Edit").click()
    visitor.button("Cancel").click()
    expect(visitor.box).to_have_value("")
    visitor.ask("And your favourite book at work?")
    expect(visitor.questions).to_have_count(2)


def test_an_answer_can_be_copied(visit, app, say):
    visitor = visit(app, permissions=["clipboard-read", "clipboard-write"])
    say(Reply(text="Some words [S1] and **bold** ones."))
    answer = visitor.ask("What is worth copying of your work?")
    answer.get_by_role("button", name="Copy").click()
    copied = "() => navigator.clipboard.readText()"
    visitor.page.wait_for_function(f"async () => (await ({copied})()).startsWith('Some words')")
    assert visitor.page.evaluate(copied).split() == "Some words and bold ones.".split()


def test_thumbs_are_stored_with_their_reason(visitor):
    answer = visitor.ask("What is your best work so far?")
    good = answer.get_by_role("button", name="Good answer")
    good.click()
    expect(good).to_have_attribute("aria-pressed", "true", timeout=WAIT)
    poor = answer.get_by_role("button", name="Poor answer")
    poor.click()
    expect(poor).to_have_attribute("aria-pressed", "true", timeout=WAIT)
    expect(good).to_have_attribute("aria-pressed", "false")
    answer.get_by_role("textbox", name="What was wrong?").fill("It is about another project")
    answer.get_by_role("button", name="Save").click()
    expect(answer.get_by_text("Thank you.")).to_be_visible(timeout=WAIT)
    visitor.reload()
    expect(visitor.button("Poor answer")).to_have_attribute("aria-pressed", "true", timeout=WAIT)
    row = own_messages(visitor)[-1]
    assert (row.feedback, row.feedback_reason) == ("down", "It is about another project")


def test_earlier_chats_can_be_opened_again(visitor, say):
    say(Reply(text="About boats."), Reply(text="About bread."))
    visitor.ask("What do you build with boats?")
    first = visitor.conversation_id
    visitor.button("New chat").click()
    expect(visitor.questions).to_have_count(0, timeout=WAIT)
    expect(visitor.page.get_by_role("button").filter(has_text="?").first).to_be_visible()
    visitor.ask("What do you build with bread?")
    visitor.page.get_by_role("button", name="What do you build with boats?").click()
    visitor.wait_for_words("About boats.")
    expect(visitor.log).not_to_contain_text("About bread.")
    visitor.reload()
    visitor.wait_for_words("About boats.")
    assert visitor.conversation_id == first


def test_a_double_click_on_send_is_one_turn(visitor):
    visitor.box.fill("What do you do twice at work?")
    visitor.button("Send").dblclick()
    expect(visitor.questions).to_have_count(1, timeout=WAIT)
    visitor.wait_for_answer()
    assert [row.role for row in own_messages(visitor)] == ["user", "assistant"]
