"""From a visitor's call to the owner's phone and back: the message, the page, the one button."""

import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from chatbot.storage.models import ActionLink, Contact, Conversation, Question
from tests.app_process import AppProcess
from tests.e2e.conftest import read_rows
from tests.e2e.test_accessibility import AXE, FIND_VIOLATIONS
from tests.e2e.test_page import PHONE
from tests.e2e.visitor_page import WAIT
from tests.receiver import TOKEN, USER, Push, Receiver

pytestmark = pytest.mark.browser

ADDRESS = "https://mara.example"
SECONDS = 60
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def told_app(tmp_path_factory, receiver: Receiver) -> Iterator[AppProcess]:
    """The program with a phone to push to."""
    settings = {
        "PUSHOVER_USER": USER,
        "PUSHOVER_TOKEN": TOKEN,
        "PUBLIC_URL": ADDRESS,
        "OWNER_PASSWORD": "the password of an owner with a phone",
        "TIME_ZONE": "Europe/Berlin",
    }
    script = str(Path(__file__).parent.parent / "pushover_app.py")
    folder = tmp_path_factory.mktemp("told")
    with AppProcess(folder, settings, command=(sys.executable, script, receiver.url)) as app:
        yield app


@pytest.fixture(params=["light", "dark"])
def phone(browser: Browser, request) -> Iterator[Page]:
    """The owner's phone, signed in nowhere, on which no script runs."""
    context = browser.new_context(
        viewport=PHONE, has_touch=True, is_mobile=True, color_scheme=request.param
    )
    yield context.new_page()
    context.close()


def wait_for_push(receiver: Receiver, title: str, before: int) -> Push:
    """The push with this title that came after the first `before` of any kind."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        found = [push for push in receiver.accepted[before:] if push.title == title]
        if found:
            return found[-1]
        time.sleep(0.05)
    raise AssertionError(f"no push {title!r}: {[push.title for push in receiver.accepted]}")


def open_link(page: Page, app: AppProcess, push: Push, label: str) -> str:
    """Open the link that stands behind a label, on this machine instead of the public address."""
    [url] = re.findall(rf"^{label}: (\S+)$", push.message, re.MULTILINE)
    assert url.startswith(f"{ADDRESS}/act/")
    local = app.url + url.removeprefix(ADDRESS)
    page.goto(local)
    return local


def expect_accessible(page: Page) -> None:
    page.evaluate(AXE)
    assert page.evaluate(FIND_VIOLATIONS) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_owner_takes_over_from_the_phone(visit, told_app, receiver, phone):
    count = len(receiver.accepted)
    visitor = visit(told_app)
    visitor.ask("Where did you study?")
    visitor.button("Talk to Mara").click()
    visitor.wait_for_words("Mara has been told")
    push = wait_for_push(receiver, "Someone in the chat needs you", count)
    assert push.fields["url_title"] == "Take over"
    assert f"Take over: {push.fields['url']}" in push.message
    assert re.search(rf"^Read the chat: {ADDRESS}/owner\?to=inbox/\S{{36}}$", push.message, re.M)

    local = open_link(phone, told_app, push, "Take over")
    expect(phone.get_by_role("heading", name="Take over this chat?")).to_be_visible()
    expect_accessible(phone)
    for _ in range(5):
        phone.reload()
    assert read_rows(told_app, Conversation)[-1].floor == "bot"
    phone.get_by_role("button", name="Take over").click()
    expect(phone.get_by_role("heading", name="You have taken over")).to_be_visible(timeout=WAIT)
    expect_accessible(phone)
    conversation = read_rows(told_app, Conversation)[-1]
    assert (conversation.floor, conversation.floor_epoch) == ("owner", 1)
    expect(phone.get_by_role("link", name="Open the chat")).to_have_attribute(
        "href", f"/owner?to=inbox/{conversation.id}"
    )

    phone.goto(local)
    expect(phone.get_by_role("heading", name="This link has been used")).to_be_visible()
    assert phone.get_by_role("button").count() == 0
    assert local.rpartition("/")[2] not in told_app.log


def test_the_owner_answers_from_the_phone(visit, told_app, receiver, phone, request):
    count = len(receiver.accepted)
    visitor = visit(told_app)
    # Another matter each time: what was answered before is known.
    thing = {"light": "xylophones", "dark": "submarines"}[request.node.callspec.params["phone"]]
    visitor.ask(f"Did you ever build {thing}?")
    push = wait_for_push(receiver, "A question waits for your answer", count)
    open_link(phone, told_app, push, "Answer")
    expect(phone.get_by_text(thing)).to_be_visible()
    expect_accessible(phone)
    box = phone.get_by_label("Your answer")
    box.fill("   ")
    phone.get_by_role("button", name="Save the answer").click()
    expect(phone.get_by_role("alert")).to_have_text("Please type the answer first.", timeout=WAIT)
    expect_accessible(phone)
    box.fill("Yes.\nOne of <b>rosewood</b>.")
    phone.get_by_role("button", name="Save the answer").click()
    expect(phone.get_by_role("heading", name="Your answer is saved")).to_be_visible(timeout=WAIT)
    question = read_rows(told_app, Question)[-1]
    assert (question.status, question.answer) == ("answered", "Yes.\nOne of <b>rosewood</b>.")


def test_a_contact_is_sorted_from_the_phone(visit, told_app, receiver, phone):
    count = len(receiver.accepted)
    visitor = visit(told_app)
    visitor.open_part("Contact")
    visitor.page.get_by_role("textbox", name="Name").fill(HOSTILE)
    visitor.page.get_by_role("textbox", name="E-mail").fill(f"ana{count}@example.com")
    visitor.button("Send to Mara").click()
    expect(visitor.button("Change or add something")).to_be_visible(timeout=WAIT)
    push = wait_for_push(receiver, "New contact (may be junk)", count)
    assert len(push.message) <= 1024
    open_link(phone, told_app, push, "Not a lead")
    expect(phone.get_by_text(HOSTILE, exact=True)).to_be_visible()
    assert phone.locator("img").count() == 0
    expect_accessible(phone)
    open_link(phone, told_app, push, "Mark as contacted")
    phone.get_by_role("button", name="Mark as contacted").click()
    heading = phone.get_by_role("heading", name="Marked as contacted")
    expect(heading).to_be_visible(timeout=WAIT)
    contact = read_rows(told_app, Contact)[-1]
    links = [row for row in read_rows(told_app, ActionLink) if row.target_id == contact.id]
    assert contact.status == "contacted"
    assert sorted((row.action, row.used_at is not None) for row in links) == [
        ("mark_contacted", True),
        ("not_a_lead", False),
    ]


def test_a_link_that_is_not_known_says_so(told_app, phone):
    phone.goto(f"{told_app.url}/act/not-a-link")
    expect(phone.get_by_role("heading", name="This link is not known here")).to_be_visible()
    expect_accessible(phone)
