from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from chatbot.storage.models import Message
from tests.app_process import AppProcess
from tests.e2e.conftest import read_rows
from tests.e2e.visitor_page import WAIT
from tests.stand_in import Reply

pytestmark = pytest.mark.browser

# Sentences without a claim; a word with a figure in it would be the name of something.
LETTERS = str.maketrans("0123456789", "abcdefghij")
WORDS = [f"Look word{str(number).translate(LETTERS)}." for number in range(100)]
LONG = Reply(text=f"{' '.join(WORDS)} the end.", tokens_per_second=25)
SHORT = Reply(text=f"{' '.join(WORDS[:50])} the end.", tokens_per_second=25)
RESTART = 30_000


@pytest.fixture(scope="module")
def mortal_app(_stand_in, tmp_path_factory) -> Iterator[AppProcess]:
    """A program that a test may end; every test leaves it running."""
    settings = {"OPENAI_BASE_URL": _stand_in.base_url}
    with AppProcess(tmp_path_factory.mktemp("mortal"), settings) as app:
        yield app


def test_a_reload_in_mid_answer_shows_the_same_answer_going_on(visitor, say):
    say(SHORT)
    visitor.send("Tell me about your work with pipelines")
    visitor.wait_for_words("wordf")
    key = visitor.conversation_id
    visitor.reload()
    expect(visitor.questions).to_contain_text(["Tell me about your work with pipelines"])
    visitor.wait_for_words("wordea")
    expect(visitor.wait_for_answer()).to_contain_text(SHORT.text)
    assert visitor.conversation_id == key


def test_a_second_tab_shows_the_answer_while_it_is_written(visitor, say):
    say(SHORT)
    second = visitor.open_tab()
    assert second.conversation_id == visitor.conversation_id
    visitor.send("Tell me about your work with ledgers")
    second.wait_for_words("wordf")
    assert "the end." not in second.log.inner_text()
    expect(second.wait_for_answer()).to_contain_text(SHORT.text, timeout=WAIT)
    expect(visitor.wait_for_answer()).to_contain_text(SHORT.text)
    expect(second.questions).to_contain_text(["Tell me about your work with ledgers"])


def test_an_answer_is_finished_without_its_tab(visitor, say):
    say(SHORT)
    visitor.send("Tell me about your work with teams")
    visitor.wait_for_words("wordf")
    visitor.page.close()
    again = visitor.open_tab()
    expect(again.answers.last).to_contain_text(SHORT.text, timeout=WAIT)


def test_a_killed_server_leaves_what_it_stored_and_the_answer_goes_on(visit, say, mortal_app):
    visitor = visit(mortal_app)
    visitor.guard.allow_broken_connections()
    say(LONG, Reply(text="and this is the rest of it."))
    visitor.send("Tell me about your work with ships")
    visitor.wait_for_words("wordfa")
    mortal_app.kill()
    mortal_app.start()
    go_on = visitor.button("Continue")
    expect(go_on).to_be_visible(timeout=RESTART)
    expect(visitor.log).to_contain_text(
        "Look worda. Look wordb. Look wordc. Look wordd. Look worde. Look wordf."
    )
    go_on.click()
    visitor.wait_for_words("and this is the rest of it.")
    visitor.wait_for_answer()
    expect(go_on).to_be_hidden()
    key = visitor.conversation_id
    stored = [row for row in read_rows(mortal_app, Message) if str(row.conversation_id) == key]
    assert stored[-1].status == "done"
    assert len(visitor.questions.all()) == 1


def test_an_open_page_survives_a_restart_in_mid_answer(visit, say, mortal_app):
    visitor = visit(mortal_app)
    visitor.guard.allow_broken_connections()
    say(SHORT)
    visitor.send("Tell me about your work with trains")
    visitor.wait_for_words("wordca")
    shown = visitor.answers.last.inner_text().strip()
    mortal_app.restart()
    say(Reply(text="Here I am again."))
    expect(visitor.button("Stop")).to_be_hidden(timeout=RESTART)
    expect(visitor.log).to_contain_text(shown)
    expect(visitor.ask("Are you back at work?")).to_contain_text("Here I am again.")


def test_a_page_left_alone_over_a_restart_can_send(visit, say, mortal_app):
    visitor = visit(mortal_app)
    visitor.guard.allow_broken_connections()
    say(Reply(text="The first answer."), Reply(text="The second answer."))
    visitor.ask("What did you build first?")
    mortal_app.restart()
    expect(visitor.ask("What did you build next?")).to_contain_text("The second answer.")
    expect(visitor.questions).to_have_count(2)


# The last one: the program avoids a provider that has just failed for a while.
def test_a_provider_that_dies_leaves_limited_answers(visit, stand_in, mortal_app):
    visitor = visit(mortal_app)
    stand_in.default = Reply(text="The model speaks.")
    expect(visitor.ask("What do you do now?")).to_contain_text("The model speaks.")
    stand_in.refuse()
    try:
        answer = visitor.ask("Where did you study?")
        expect(answer.get_by_text("Limited mode")).to_be_visible(timeout=RESTART)
        expect(visitor.source_mark(answer, 1)).to_be_visible()
        expect(visitor.alert).to_be_hidden()
    finally:
        stand_in.listen()
