"""An unanswered question becomes knowledge once: visitor asks, owner answers, everybody knows."""

import uuid

import pytest
from playwright.sync_api import Page, expect

from chatbot.storage.models import Message, Question
from tests.app_process import AppProcess
from tests.e2e.conftest import read_rows
from tests.e2e.test_accessibility import find_violations
from tests.e2e.test_owner_sign_in import PASSWORD, sign_in
from tests.e2e.test_page import PHONE
from tests.e2e.visitor_page import WAIT, VisitorPage

pytestmark = pytest.mark.browser

UNKNOWN = "passed your question on"


@pytest.fixture(scope="module")
def loop_app(tmp_path_factory):
    """A program of its own: what one test teaches it, the others know."""
    with AppProcess(tmp_path_factory.mktemp("loop"), {"OWNER_PASSWORD": PASSWORD}) as app:
        yield app


class OwnerPage:
    """The owner's Knowledge tab in a browser."""

    def __init__(self, visitor: VisitorPage, app: AppProcess) -> None:
        visitor.guard.allow_broken_connections()
        self.visitor = visitor
        self.page: Page = visitor.page
        sign_in(self.page, app)

    def open_tab(self) -> "OwnerPage":
        self.page.get_by_role("tab", name="Knowledge", exact=True).click()
        expect(self.page.locator("#owner-knowledge-list .own-wait")).to_have_count(0, timeout=WAIT)
        return self

    def show(self, part: str) -> None:
        self.page.get_by_role("radio", name=part, exact=True).check(force=True)

    def row(self, words: str):
        return self.page.locator("#owner-knowledge-list .own-row", has_text=words)

    def open(self, words: str) -> None:
        self.row(words).first.click()
        expect(self.page.locator("#owner-knowledge-detail .own-head")).to_contain_text(
            words, timeout=WAIT
        )

    @property
    def answer(self):
        return self.page.get_by_role("textbox", name="Your answer, in your own words")

    def save(self, text: str) -> None:
        self.answer.fill(text)
        self.page.get_by_role("button", name="Save answer").click()
        self.wait_for_line("Saved.")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def wait_for_line(self, words: str) -> None:
        expect(self.page.locator("#owner-knowledge-line")).to_contain_text(words, timeout=WAIT)


def notices_of(visitor: VisitorPage) -> list[str]:
    rows = read_rows(visitor.app, Message)
    key = uuid.UUID(visitor.conversation_id)
    return [row.content for row in rows if row.role == "notice" and row.conversation_id == key]


@pytest.mark.parametrize(
    ("asked", "in_other_words", "options"),
    [
        ("Does Mara hold a falconry licence?", "what falconry licence does she hold", {}),
        (
            "Which cheese does Mara like best?",
            "what cheese does she like best",
            {"viewport": PHONE, "has_touch": True, "is_mobile": True},
        ),
    ],
)
def test_an_unanswered_question_becomes_knowledge_once(
    visit, loop_app, asked, in_other_words, options
):
    asker = visit(loop_app, **options)
    asker.ask(asked)
    asker.wait_for_words(UNKNOWN)
    asker.page.goto("about:blank")

    owner = OwnerPage(visit(loop_app), loop_app).open_tab()
    owner.open(asked)
    owner.save("Only the one from Jämtland, since 2019.")
    expect(owner.row(asked)).to_have_count(0, timeout=WAIT)

    asker.open()
    asker.wait_for_words("Only the one from Jämtland, since 2019.")
    expect(asker.log.locator(".cc-notice", has_text="has answered your question")).to_have_count(1)
    asker.open_tab().wait_for_words("Only the one from Jämtland")
    assert len(notices_of(asker)) == 1

    other = visit(loop_app, **options)
    answer = other.ask(in_other_words)
    expect(answer).to_contain_text("Only the one from Jämtland, since 2019.")
    other.source_mark(answer, 1).click()
    source = answer.locator("details.cc-src")
    expect(source).to_have_attribute("open", "")
    expect(source).to_contain_text("In Mara’s own words")
    assert len([row for row in read_rows(loop_app, Question) if row.text == asked]) == 1


def test_a_page_that_is_open_shows_the_answer_at_once(visit, loop_app):
    asker = visit(loop_app)
    asker.ask("Has Mara ever flown a glider?")
    owner = OwnerPage(visit(loop_app), loop_app).open_tab()
    owner.open("Has Mara ever flown a glider?")
    owner.save("No glider for me.")
    asker.wait_for_words("No glider for me.")
    assert len(notices_of(asker)) == 1


def test_versions_are_undone_and_a_withdrawn_answer_is_forgotten(visit, loop_app):
    asked = "Is Mara allergic to peanuts?"
    asker = visit(loop_app)
    asker.ask(asked)
    owner = OwnerPage(visit(loop_app), loop_app).open_tab()
    owner.open(asked)
    owner.save("First words.")
    owner.save("Second words.")
    owner.press("Back to this")
    owner.wait_for_line("Back to the earlier version")
    expect(owner.answer).to_have_value("First words.")
    expect(asker.ask(asked)).to_contain_text("First words.")
    owner.press("Withdraw")
    owner.wait_for_line("Withdrawn.")
    expect(asker.ask(asked)).to_contain_text(UNKNOWN)
    owner.press("Use again")
    owner.wait_for_line("In use again.")
    expect(asker.ask(asked)).to_contain_text("First words.")


def test_groups_are_merged_split_dismissed_and_reopened(visit, loop_app):
    first, second = "Did Mara ride an elephant?", "Would Mara ever ride a horse to work?"
    asker = visit(loop_app)
    asker.ask(first)
    asker.ask(second)
    owner = OwnerPage(visit(loop_app), loop_app).open_tab()
    owner.open(first)
    owner.page.locator("li", has_text=second).get_by_role("button", name="Same question").click()
    owner.wait_for_line("Now one question.")
    expect(owner.row(first)).to_contain_text("asked 2 times", timeout=WAIT)
    owner.page.locator("li", has_text=second).get_by_role("button", name="Not the same").click()
    owner.wait_for_line("Now a question of its own.")
    owner.page.get_by_role("textbox", name="Reason").fill("Too private")
    owner.press("Dismiss")
    owner.wait_for_line("Dismissed.")
    owner.show("Dismissed")
    expect(owner.row(second)).to_contain_text("Too private", timeout=WAIT)
    owner.press("Reopen")
    owner.wait_for_line("Open again.")
    owner.show("Open")
    expect(owner.row(second)).to_have_count(1, timeout=WAIT)


def test_a_poor_answer_is_corrected_and_from_then_on_better(visit, loop_app):
    asked = "What did Mara study at the university?"
    visitor = visit(loop_app)
    answer = visitor.ask(asked)
    answer.get_by_role("button", name="Poor answer").click()
    answer.get_by_role("button", name="Too vague").click()
    expect(answer.get_by_text("Thank you.")).to_be_visible(timeout=WAIT)

    owner = OwnerPage(visit(loop_app), loop_app).open_tab()
    owner.show("Rated poor")
    owner.open(asked)
    expect(owner.page.locator("#owner-knowledge-detail")).to_contain_text("Too vague")
    owner.save("Scheduling, mostly.")
    expect(owner.row(asked)).to_have_count(0, timeout=WAIT)
    expect(visitor.ask("what did Mara study at university")).to_contain_text("Scheduling, mostly.")


def test_the_inbox_leads_to_a_better_answer(visit, loop_app):
    asked = "Where does Mara live these days?"
    visitor = visit(loop_app)
    visitor.ask(asked)
    owner = OwnerPage(visit(loop_app), loop_app)
    owner.page.get_by_role("tab", name="Inbox", exact=True).click()
    owner.page.get_by_text(asked).first.click()
    owner.page.get_by_role("button", name="Better answer").first.click()
    question = owner.page.get_by_role("textbox", name="Question, as it is quoted")
    expect(question).to_have_value(asked, timeout=WAIT)
    owner.save("On a boat.")
    expect(visitor.ask("where does Mara live these days")).to_contain_text("On a boat.")


def test_the_exam_is_held_in_the_tab(visit, loop_app):
    asked = "Can Mara juggle five oranges?"
    visit(loop_app).ask(asked)
    owner = OwnerPage(visit(loop_app), loop_app).open_tab()
    owner.open(asked)
    owner.save("Three of them, on a good day.")
    owner.show("Exam")
    owner.press("Run the exam")
    owner.wait_for_line("The exam is over.")
    expect(owner.row(asked)).to_contain_text("Passed")
    owner.row(asked).click()
    expect(owner.page.locator("#owner-knowledge-rest")).to_contain_text(
        "In the last exam", timeout=WAIT
    )


def test_the_address_of_a_notification_opens_its_question(visit, loop_app):
    asked = "Would Mara eat fried insects?"
    visit(loop_app).ask(asked)
    [question] = [row for row in read_rows(loop_app, Question) if row.text == asked]
    owner = visit(loop_app)
    owner.guard.allow_broken_connections()
    owner.page.goto("about:blank")
    owner.page.goto(f"{loop_app.url}/#owner/knowledge/{question.id}")
    owner.page.get_by_label("Password").fill(PASSWORD)
    owner.page.get_by_role("button", name="Sign in").click()
    expect(owner.page.locator("#owner-knowledge-detail .own-head")).to_contain_text(
        asked, timeout=2 * WAIT
    )


@pytest.mark.parametrize(
    ("asked", "options"),
    [
        ("Has Mara met the king of Norway?", {}),
        ("Does she own a submarine?", {"color_scheme": "dark"}),
        ("Which shoe size does Mara wear?", {"viewport": PHONE, "has_touch": True}),
        ("How tall is Mara?", {"viewport": PHONE, "color_scheme": "dark"}),
    ],
)
def test_the_tab_is_accessible(visit, loop_app, asked, options):
    visit(loop_app).ask(asked)
    owner = OwnerPage(visit(loop_app, **options), loop_app).open_tab()
    assert find_violations(owner.visitor) == []
    owner.open(asked)
    assert find_violations(owner.visitor) == []
    owner.save("Some words.")
    owner.save("Other words.")
    assert find_violations(owner.visitor) == []
