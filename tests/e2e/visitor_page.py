"""The page as its visitor sees it: found by role and name, as a screen reader finds it."""

from playwright.sync_api import Locator, Page, expect

from tests.app_process import AppProcess
from tests.e2e.guard import Guard

WAIT = 60_000
OWNER = "Mara Lindqvist"


class VisitorPage:
    """One open tab. Every method waits until what it speaks of has happened."""

    def __init__(self, page: Page, app: AppProcess, guard: Guard) -> None:
        self.page = page
        self.app = app
        self.guard = guard
        self._context = page.context
        self.box = page.get_by_role("textbox", name="Message", exact=True)
        self.log = page.get_by_role("log")
        self.answers = page.get_by_test_id("bot")
        self.questions = page.get_by_test_id("user")
        self.alert = page.get_by_role("alert")

    def open_tab(self) -> "VisitorPage":
        """Another tab of the same visitor."""
        return VisitorPage(self._context.new_page(), self.app, self.guard).open()

    def open(self) -> "VisitorPage":
        self.page.goto(self.app.url)
        return self.wait_until_ready()

    def reload(self) -> "VisitorPage":
        # Gradio reports the stream that a page leaves behind as an error.
        self.guard.allow_broken_connections()
        self.page.reload()
        return self.wait_until_ready()

    def wait_until_ready(self) -> "VisitorPage":
        """Waits until the server has told the page which chat is open."""
        expect(self.page.locator("#conversation-id textarea")).not_to_have_value("", timeout=WAIT)
        return self

    @property
    def conversation_id(self) -> str:
        return self.page.locator("#conversation-id textarea").input_value()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def open_part(self, name: str) -> Locator:
        """Opens one of the page's tabs by its name and returns its panel."""
        self.page.get_by_role("tab", name=name, exact=True).click()
        panel = self.page.get_by_role("tabpanel", name=name, exact=True)
        expect(panel).to_be_visible(timeout=WAIT)
        return panel

    def source_mark(self, answer: Locator, number: int) -> Locator:
        """The small number in an answer that leads to its source."""
        name = f"Source {number}"
        link = answer.get_by_role("link", name=name)
        return link.or_(answer.get_by_role("button", name=name)).first

    def send(self, text: str) -> None:
        """Types and sends; returns when the message is shown as sent."""
        count = self.questions.count()
        self.box.fill(text)
        self.button("Send").click()
        expect(self.questions).to_have_count(count + 1, timeout=WAIT)

    def ask(self, text: str) -> Locator:
        """Sends a message and waits for the end of its answer, which it returns."""
        self.send(text)
        return self.wait_for_answer()

    def wait_for_answer(self) -> Locator:
        """The last answer, when nothing is being written any more."""
        expect(self.button("Stop")).to_be_hidden(timeout=WAIT)
        expect(self.button("Send")).to_be_visible(timeout=WAIT)
        return self.answers.last

    def wait_for_words(self, words: str) -> None:
        """Waits until the message list shows these words."""
        expect(self.log).to_contain_text(words, timeout=WAIT)
