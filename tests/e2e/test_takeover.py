"""A takeover in two browsers: the owner at a desk, the visitor on a phone."""

import re
import statistics
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from chatbot.storage.models import Message
from tests.app_process import AppProcess
from tests.e2e.conftest import read_rows
from tests.e2e.test_accessibility import find_violations
from tests.e2e.test_owner_sign_in import PASSWORD, sign_in
from tests.e2e.test_page import PHONE
from tests.e2e.visitor_page import WAIT, VisitorPage
from tests.stand_in import Reply, StandIn

pytestmark = pytest.mark.browser

DESK = Path(__file__).parent / "takeover_app.py"
NOTE_WORDS = """(words) => {
    const seen = () => document.querySelector("#log")?.innerText.includes(words);
    window.seenAt = seen() ? Date.now() : 0;
    new MutationObserver((_, watch) => {
        if (!seen()) return;
        window.seenAt = Date.now();
        watch.disconnect();
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""
NOTE_PRESS = """() => addEventListener("click", () => { window.pressedAt = Date.now(); },
    { capture: true, once: true })"""
NOTE_SIGNS = """() => {
    window.signs = [];
    for (const name of ["ring", "typing"]) {
        document.addEventListener(`careerowner:${name}`,
            (event) => window.signs.push(`${name}:${event.detail.conversation}`));
    }
}"""


@pytest.fixture(scope="module")
def desk_app(_stand_in: StandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    settings = {
        "OPENAI_BASE_URL": _stand_in.base_url,
        "OWNER_PASSWORD": PASSWORD,
        "WORKING_HOURS": "Mon-Sun 00:00-24:00",
    }
    command = (sys.executable, str(DESK))
    with AppProcess(tmp_path_factory.mktemp("desk"), settings, command=command) as app:
        yield app


class OwnerPage:
    """The owner's open tab, aimed at one conversation."""

    def __init__(self, page: Page, conversation_id: str) -> None:
        self.page = page
        self.conversation_id = conversation_id
        page.locator("#desk-chat textarea").fill(conversation_id)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def say(self, words: str) -> None:
        self.page.locator("#desk-words textarea").fill(words)
        self.page.locator("#desk-id textarea").fill(uuid.uuid4().hex)
        self.press("Say")

    def wait_for_sign(self, sign: str) -> None:
        self.page.wait_for_function(
            "(sign) => window.signs.includes(sign)",
            arg=f"{sign}:{self.conversation_id}",
            timeout=WAIT,
        )


@pytest.fixture
def visitor(visit: Callable[..., VisitorPage], desk_app: AppProcess) -> VisitorPage:
    return visit(desk_app, viewport=PHONE, has_touch=True, is_mobile=True)


@pytest.fixture
def owner(
    visit: Callable[..., VisitorPage], desk_app: AppProcess, visitor: VisitorPage
) -> OwnerPage:
    opened = visit(desk_app)
    opened.guard.allow_broken_connections()
    sign_in(opened.page, desk_app)
    opened.page.evaluate(NOTE_SIGNS)
    return OwnerPage(opened.page, visitor.conversation_id)


def test_the_owner_joins_writes_and_leaves(visitor, owner, say, desk_app):
    say(Reply(tokens=400, tokens_per_second=40), Reply(text="The stand-in is back."))
    visitor.send("Tell me about your work")
    owner.wait_for_sign("ring")
    expect(visitor.answers.last).to_contain_text("payments", timeout=WAIT)
    owner.press("Take over")
    visitor.wait_for_words("Mara has joined")
    visitor.wait_for_words("A person took over from here.")
    shown = visitor.answers.nth(0).inner_text()
    box = visitor.page.get_by_placeholder("Write to Mara")
    expect(box).to_be_visible()
    expect(visitor.page.get_by_text("Mara is in this chat and answers in person.")).to_be_visible()
    expect(visitor.button("Stop")).to_be_hidden()

    owner.say("Hello, this is Mara. How can I help?")
    visitor.wait_for_words("Hello, this is Mara.")
    expect(visitor.log).to_contain_text("in person")
    visitor.send("Could we talk on Monday?")
    expect(visitor.page.locator("#log .cc-wait")).to_have_count(0)
    assert visitor.answers.nth(0).inner_text() == shown

    owner.press("Hand back")
    visitor.wait_for_words("Mara has left.")
    expect(visitor.page.get_by_placeholder("Ask about Mara")).to_be_visible()
    visitor.ask("And what do you build?")
    visitor.wait_for_words("The stand-in is back.")
    rows = [row for row in read_rows(desk_app, Message) if row.replaced_at is None]
    mine = [row for row in rows if str(row.conversation_id) == owner.conversation_id]
    assert [row.role for row in mine] == [
        "user", "assistant", "notice", "owner", "user", "notice", "user", "assistant",
    ]  # fmt: skip
    assert (mine[1].status, mine[1].error) == ("interrupted", "taken_over")
    assert mine[1].content.split()[:8] == shown.split()[:8]


def test_both_see_that_the_other_is_writing(visitor, owner):
    visitor.ask("Where did you study?")
    owner.press("Take over")
    visitor.wait_for_words("Mara has joined")
    visitor.box.press_sequentially("I wonder")
    owner.wait_for_sign("typing")
    hint = visitor.page.get_by_text("Mara is typing")
    expect(hint).to_be_hidden()
    owner.page.evaluate("(id) => window.careerOwnerLive.typing(id)", owner.conversation_id)
    expect(hint).to_be_visible(timeout=WAIT)
    owner.say("Yes?")
    expect(hint).to_be_hidden(timeout=WAIT)
    owner.press("Hand back")
    visitor.wait_for_words("Mara has left.")


def test_what_the_owner_writes_is_seen_at_once(visitor, owner):
    """Prints how fast; no limit, since a busy machine says nothing about the program."""
    visitor.ask("Where did you study?")
    owner.press("Take over")
    visitor.wait_for_words("Mara has joined")
    times = []
    for number in range(15):
        words = f"This is line {number} of the owner."
        visitor.page.evaluate(NOTE_WORDS, words)
        owner.page.locator("#desk-words textarea").fill(words)
        owner.page.locator("#desk-id textarea").fill(uuid.uuid4().hex)
        owner.page.evaluate(NOTE_PRESS)
        owner.press("Say")
        visitor.page.wait_for_function("() => window.seenAt > 0", timeout=WAIT)
        times.append(
            visitor.page.evaluate("window.seenAt") - owner.page.evaluate("window.pressedAt")
        )
    figures = f"median {statistics.median(times):.0f} ms, all {sorted(times)}"
    sys.stdout.write(f"owner to visitor: {figures}\n")
    assert all(time >= 0 for time in times)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_chat_with_the_owner_is_accessible(visit, desk_app, scheme):
    visitor = visit(desk_app, color_scheme=scheme)
    opened = visit(desk_app)
    opened.guard.allow_broken_connections()
    sign_in(opened.page, desk_app)
    owner = OwnerPage(opened.page, visitor.conversation_id)
    visitor.ask("Where did you study?")
    owner.press("Take over")
    visitor.wait_for_words("Mara has joined")
    owner.say("Hello from Mara.")
    visitor.wait_for_words("Hello from Mara.")
    assert find_violations(visitor) == []
    panel = visitor.open_part("Talk to a human")
    expect(panel.get_by_text("Mara is in this chat now")).to_be_visible(timeout=WAIT)
    assert find_violations(visitor) == []
    assert re.search("reaches Mara directly", panel.inner_text())


def test_a_visitor_is_told_that_the_owner_is_here(visit, desk_app):
    opened = visit(desk_app)
    opened.guard.allow_broken_connections()
    sign_in(opened.page, desk_app)
    expect(opened.page.locator("#desk-chat")).to_be_visible(timeout=WAIT)
    visitor = visit(desk_app)
    panel = visitor.open_part("Talk to a human")
    expect(panel.get_by_text("Mara is here now")).to_be_visible(timeout=WAIT)
