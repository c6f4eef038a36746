"""A visitor takes everything along and erases it; the owner sees that it happened, not what."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect

from chatbot.storage.models import ChatSession, Message
from tests.e2e.conftest import read_rows
from tests.e2e.test_accessibility import find_violations
from tests.e2e.test_owner_sign_in import owned_app, sign_in  # noqa: F401
from tests.e2e.test_page import PHONE
from tests.e2e.visitor_page import WAIT, VisitorPage

pytestmark = pytest.mark.browser

SECRET_WORDS = "a nightingale in Gothenburg"


def open_dialog(visitor: VisitorPage):
    visitor.button("Your data").last.click()
    dialog = visitor.page.get_by_role("dialog", name="Your data")
    expect(dialog).to_be_visible(timeout=WAIT)
    return dialog


def download(visitor: VisitorPage) -> tuple[dict, str]:
    with visitor.page.expect_download(timeout=WAIT) as started:
        visitor.button("Download everything").click()
    content = Path(started.value.path()).read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return json.loads(archive.read("data.json")), archive.read("data.html").decode()


def erase(visitor: VisitorPage) -> None:
    visitor.button("Delete everything").click()
    visitor.button("Delete for good").click()
    expect(visitor.page.get_by_role("heading", name="Everything is deleted")).to_be_visible(
        timeout=WAIT
    )


def test_a_visitor_takes_everything_along_erases_it_and_the_owner_sees_a_receipt(
    visit,
    owned_app,  # noqa: F811
):
    visitor = visit(owned_app, viewport=PHONE, has_touch=True, is_mobile=True)
    visitor.guard.allow_broken_connections()
    visitor.ask(f"Does Mara know {SECRET_WORDS}?")
    second = visitor.open_tab()
    second.wait_for_words(SECRET_WORDS)

    open_dialog(visitor)
    data, page = download(visitor)
    assert any(SECRET_WORDS in row["content"] for row in data["message"])
    assert SECRET_WORDS in page
    erase(visitor)
    expect(visitor.log).to_be_hidden()
    assert not [row for row in read_rows(owned_app, Message) if SECRET_WORDS in row.content]
    assert not [row for row in read_rows(owned_app, ChatSession) if str(row.id) in str(data)]

    visitor.button("Start a new chat").click()
    expect(visitor.page.get_by_role("heading", name="Ask me about")).to_be_visible(timeout=WAIT)
    visitor.wait_until_ready()
    assert SECRET_WORDS not in visitor.page.content()
    # The other tab has gone with it.
    expect(second.page.get_by_role("heading", name="Ask me about")).to_be_visible(timeout=WAIT)
    assert SECRET_WORDS not in second.page.content()
    visitor.ask("Where did you study?")

    owner = visit(owned_app)
    owner.guard.allow_broken_connections()
    sign_in(owner.page, owned_app)
    owner.page.get_by_role("tab", name="Privacy", exact=True).click()
    receipts = owner.page.locator("#owner-privacy-list")
    expect(receipts).to_contain_text("By the visitor", timeout=WAIT)
    expect(receipts).to_contain_text("messages")
    assert SECRET_WORDS not in owner.page.content()


def test_nothing_is_erased_by_a_slip(visit, limited_app):
    visitor = visit(limited_app)
    visitor.ask("Where did you study?")
    dialog = open_dialog(visitor)
    visitor.button("Delete everything").click()
    visitor.button("Keep it").click()
    expect(visitor.button("Delete everything")).to_be_focused()
    visitor.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert visitor.reload().answers.count() == 1


def test_erasing_ends_an_answer_that_is_being_written(visit, app, say):
    from tests.stand_in import Reply

    say(Reply(text="word " * 400, tokens_per_second=20))
    visitor = visit(app)
    visitor.guard.allow_broken_connections()
    visitor.send("Tell me a lot")
    visitor.wait_for_words("word word")
    open_dialog(visitor)
    erase(visitor)
    visitor.button("Start a new chat").click()
    visitor.wait_until_ready()
    expect(visitor.page.get_by_role("heading", name="Ask me about")).to_be_visible(timeout=WAIT)
    assert not [row for row in read_rows(app, Message) if row.content == "Tell me a lot"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_dialog_and_the_page_about_privacy_are_accessible(visit, limited_app, scheme):
    visitor = visit(limited_app, color_scheme=scheme, viewport=PHONE)
    open_dialog(visitor)
    assert find_violations(visitor) == []
    visitor.button("Delete everything").click()
    assert find_violations(visitor) == []
    visitor.page.goto(f"{limited_app.url}/privacy")
    expect(visitor.page.get_by_role("heading", name="What happens to your data")).to_be_visible()
    assert find_violations(visitor) == []
    assert visitor.page.context.cookies() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_owners_tab_is_accessible(visit, owned_app, scheme):  # noqa: F811
    owner = visit(owned_app, color_scheme=scheme)
    owner.guard.allow_broken_connections()
    sign_in(owner.page, owned_app)
    owner.page.get_by_role("tab", name="Privacy", exact=True).click()
    search = owner.page.get_by_role("textbox", name="Name, e-mail address")
    expect(search).to_be_visible(timeout=WAIT)
    search.fill("zebra")
    expect(owner.page.get_by_text("Nobody matches")).to_be_visible(timeout=WAIT)
    assert find_violations(owner) == []
