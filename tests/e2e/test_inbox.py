"""The owner's inbox on a desktop while visitors chat on their phones."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.test_accessibility import find_violations
from tests.e2e.test_owner_sign_in import owned_app, sign_in, type_password  # noqa: F401
from tests.e2e.test_page import PHONE
from tests.e2e.visitor_page import WAIT, VisitorPage

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)> **b** [x](javascript:alert(1))"
PHONE_OPTIONS = {"viewport": PHONE, "has_touch": True, "is_mobile": True}


class InboxPage:
    """The owner's open inbox. Every method waits until what it speaks of has happened."""

    def __init__(self, owner: VisitorPage) -> None:
        self.owner = owner
        self.page: Page = owner.page
        self.reply = self.page.get_by_role("textbox", name="Reply to the visitor")
        self.talk = self.page.locator("#owner-inbox-talk")
        self.rows = self.page.locator("#owner-inbox-list .own-row")

    def row(self, chat: str) -> Locator:
        return self.page.locator(f"#own-inbox-open-{chat}")

    def button(self, name: str) -> Locator:
        return self.page.locator("#owner-inbox-split").get_by_role("button", name=name, exact=True)

    def open(self, chat: str) -> None:
        self.row(chat).click()
        self.expect_open(chat)

    def expect_open(self, chat: str) -> None:
        expect(self.page.locator(f"#own-inbox-at-{chat}")).to_be_visible(timeout=WAIT)


@pytest.fixture
def open_inbox(visit, owned_app):  # noqa: F811
    def open_page(**options) -> InboxPage:
        owner = visit(owned_app, **options)
        owner.guard.allow_broken_connections()
        sign_in(owner.page, owned_app)
        inbox = InboxPage(owner)
        expect(
            inbox.page.locator("#owner-inbox-list :is(.own-row, .own-blank)").first
        ).to_be_visible(timeout=WAIT)
        return inbox

    return open_page


@pytest.fixture
def visitor(visit, owned_app) -> VisitorPage:  # noqa: F811
    return visit(owned_app, **PHONE_OPTIONS)


def test_a_chat_is_taken_over_answered_and_handed_back(open_inbox, visitor):
    inbox = open_inbox()
    visitor.ask("Where did you study?")
    chat = visitor.conversation_id
    row = inbox.row(chat)
    expect(row).to_be_visible(timeout=WAIT)
    expect(row).to_have_class(re.compile("is-unread"), timeout=WAIT)
    inbox.open(chat)
    expect(inbox.talk).to_contain_text("Where did you study?")
    expect(row).not_to_have_class(re.compile("is-unread"), timeout=WAIT)

    inbox.button("Take over").click()
    expect(inbox.button("Hand back")).to_be_visible(timeout=WAIT)
    inbox.reply.fill("Hello, this is Mara herself.")
    inbox.reply.press("Enter")
    visitor.wait_for_words("Hello, this is Mara herself.")
    expect(inbox.talk).to_contain_text("Hello, this is Mara herself.", timeout=WAIT)
    expect(inbox.reply).to_have_value("", timeout=WAIT)

    visitor.box.press_sequentially("Can we")
    expect(inbox.page.get_by_text("The visitor is typing")).to_be_visible(timeout=WAIT)

    # What the owner is typing stays while the visitor's words come in.
    inbox.reply.press_sequentially("I will be")
    visitor.send("Can we talk today?")
    expect(inbox.talk).to_contain_text("Can we talk today?", timeout=WAIT)
    expect(inbox.reply).to_have_value("I will be")
    expect(inbox.reply).to_be_focused()
    expect(row).to_contain_text("Waits for you", timeout=WAIT)

    inbox.button("Hand back").click()
    expect(inbox.button("Take over")).to_be_visible(timeout=WAIT)
    answers = visitor.answers.count()
    visitor.ask("What do you do now?")
    assert visitor.answers.count() > answers
    expect(inbox.talk).to_contain_text("What do you do now?", timeout=WAIT)
    expect(inbox.reply).to_have_value("I will be")


def test_sending_takes_over_and_a_draft_stays_with_its_chat(open_inbox, visit, owned_app):  # noqa: F811
    first, second = visit(owned_app, **PHONE_OPTIONS), visit(owned_app, **PHONE_OPTIONS)
    first.ask("Do you know Python?")
    second.ask("Do you know Kotlin?")
    inbox = open_inbox()
    inbox.open(first.conversation_id)
    inbox.reply.press_sequentially("For the first")
    inbox.open(second.conversation_id)
    expect(inbox.reply).to_have_value("")
    inbox.reply.press_sequentially("For the second")
    inbox.button("Send").click()
    second.wait_for_words("For the second")
    expect(inbox.button("Hand back")).to_be_visible(timeout=WAIT)
    inbox.open(first.conversation_id)
    expect(inbox.reply).to_have_value("For the first")
    expect(first.log).not_to_contain_text("For the")


def test_news_does_not_move_what_the_owner_reads(open_inbox, visitor):
    for number in range(4):
        visitor.ask(f"Where did you study, and what, and when? {number}")
    inbox = open_inbox()
    inbox.open(visitor.conversation_id)
    expect(inbox.talk).to_contain_text("when? 3", timeout=WAIT)
    inbox.page.wait_for_function(
        "() => { const talk = document.getElementById('owner-inbox-talk');"
        " return talk.scrollTop > 100"
        " && talk.scrollHeight - talk.scrollTop - talk.clientHeight < 3; }"
    )
    inbox.talk.evaluate("talk => { talk.scrollTop = 40; }")
    visitor.ask("And who was your best teacher?")
    expect(inbox.talk).to_contain_text("best teacher?", timeout=WAIT)
    assert inbox.talk.evaluate("talk => talk.scrollTop") == 40


def test_hostile_words_are_words(open_inbox, visitor):
    visitor.ask(HOSTILE)
    inbox = open_inbox()
    expect(inbox.row(visitor.conversation_id)).to_contain_text("onerror", timeout=WAIT)
    inbox.open(visitor.conversation_id)
    expect(inbox.talk).to_contain_text(HOSTILE, timeout=WAIT)
    expect(inbox.page.locator("#owner-inbox-split img")).to_have_count(0)


def test_the_keyboard_moves_opens_replies_and_goes_back(open_inbox, visit, owned_app):  # noqa: F811
    chats = []
    for question in ("Do you know Rust?", "Do you know Go?"):
        visitor = visit(owned_app, **PHONE_OPTIONS)
        visitor.ask(question)
        chats.append(visitor.conversation_id)
    older, newer = chats
    inbox = open_inbox()
    expect(inbox.rows.first).to_have_attribute("id", f"own-inbox-open-{newer}", timeout=WAIT)
    keyboard = inbox.page.keyboard
    inbox.page.locator("#owner-inbox-button").focus()
    keyboard.press("j")
    expect(inbox.row(newer)).to_be_focused()
    keyboard.press("j")
    expect(inbox.row(older)).to_be_focused()
    keyboard.press("k")
    expect(inbox.row(newer)).to_be_focused()
    keyboard.press("Enter")
    inbox.expect_open(newer)
    expect(inbox.page.locator(f"#own-inbox-at-{newer}")).to_be_focused(timeout=WAIT)
    keyboard.press("r")
    expect(inbox.reply).to_be_focused()
    keyboard.press("Escape")
    expect(inbox.reply).not_to_be_focused()
    keyboard.press("?")
    expect(inbox.page.get_by_text("Mark unread", exact=True).last).to_be_visible()
    keyboard.press("u")
    expect(inbox.row(newer)).to_have_class(re.compile("is-unread"), timeout=WAIT)
    inbox.open(newer)
    keyboard.press("Escape")
    expect(inbox.page.get_by_text("Choose a conversation")).to_be_visible(timeout=WAIT)


def test_a_phone_shows_the_list_or_one_conversation(open_inbox, visitor):
    visitor.ask("Can you work in Oslo?")
    chat = visitor.conversation_id
    inbox = open_inbox(**PHONE_OPTIONS)
    inbox.open(chat)
    expect(inbox.row(chat)).to_be_hidden()
    box = inbox.reply.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] > PHONE["height"] - 80
    inbox.button("About").click()
    expect(inbox.page.get_by_text("No contact details left yet.")).to_be_visible()
    expect(inbox.reply).to_be_hidden()
    inbox.button("About").click()
    expect(inbox.reply).to_be_visible()
    inbox.button("Inbox").click()
    expect(inbox.row(chat)).to_be_visible(timeout=WAIT)
    inbox.open(chat)
    inbox.page.go_back()
    expect(inbox.row(chat)).to_be_visible(timeout=WAIT)
    expect(inbox.reply).to_be_hidden()


def test_a_link_opens_its_conversation_signed_in_or_not(visit, open_inbox, visitor, owned_app):  # noqa: F811
    visitor.ask("Where do you live?")
    chat = visitor.conversation_id
    link = f"{owned_app.url}/#owner/inbox/{chat}"
    stranger = visit(owned_app)
    stranger.guard.allow_broken_connections()
    stranger.page.goto("about:blank")
    stranger.page.goto(link)
    expect(stranger.page.get_by_label("Password")).to_be_visible(timeout=WAIT)
    type_password(stranger.page, "the password of an owner in a browser")
    InboxPage(stranger).expect_open(chat)
    inbox = open_inbox()
    inbox.page.goto("about:blank")
    inbox.page.goto(link)
    inbox.expect_open(chat)


def test_the_owner_sets_themselves_away_and_back(open_inbox):
    page = open_inbox().page
    page.get_by_role("button", name="Set to away").click()
    expect(page.get_by_text("You are away", exact=True)).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name="Set to online").click()
    expect(page.get_by_text("You are online", exact=True)).to_be_visible(timeout=WAIT)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_inbox_is_accessible(open_inbox, visitor, scheme):
    visitor.ask("My name is Ana Ruiz and my e-mail is ana@example.com")
    visitor.ask("can I talk to a human please")
    inbox = open_inbox(color_scheme=scheme)
    assert find_violations(inbox.owner) == []
    inbox.open(visitor.conversation_id)
    assert find_violations(inbox.owner) == []


def test_the_inbox_of_a_phone_is_accessible(open_inbox, visitor):
    visitor.ask("Where did you study?")
    inbox = open_inbox(**PHONE_OPTIONS)
    assert find_violations(inbox.owner) == []
    inbox.open(visitor.conversation_id)
    assert find_violations(inbox.owner) == []
