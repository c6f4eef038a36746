"""A call from a phone: held, booked once, seen by the owner, cancelled by its link."""

import pytest
from playwright.sync_api import expect

from chatbot.storage.models import Booking
from tests.app_process import AppProcess
from tests.e2e.conftest import read_rows
from tests.e2e.guard import Guard
from tests.e2e.test_accessibility import find_violations
from tests.e2e.test_owner_sign_in import PASSWORD, sign_in
from tests.e2e.visitor_page import WAIT, VisitorPage

pytestmark = pytest.mark.browser

PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "timezone_id": "America/New_York",
}


@pytest.fixture(scope="module")
def calls_app(tmp_path_factory):
    settings = {
        "OWNER_PASSWORD": PASSWORD,
        "TIME_ZONE": "Europe/Berlin",
        "CALL_HOURS": "Mon-Sun 00:00-24:00",
    }
    with AppProcess(tmp_path_factory.mktemp("calls"), settings) as app:
        yield app


def choose_time(visitor) -> None:
    """From the chat to the form for a time that is held."""
    page = visitor.page
    page.locator("a.cc-book:visible").first.click()
    page.wait_for_url("**/book?*", timeout=WAIT)
    expect(page.get_by_text("Times are in America/New York")).to_be_visible(timeout=WAIT)
    page.locator("details.day").nth(1).locator("summary").click()
    page.locator("details.day").nth(1).locator(".slots button").nth(3).click()
    page.wait_for_url("**/book/held?*", timeout=WAIT)


def fill_in(page, email: str) -> None:
    page.get_by_label("Your name").fill("Ana Lima")
    page.get_by_label("E-mail", exact=True).fill(email)
    page.get_by_label("What is it about? (optional)").fill("A role in Berlin")


def test_a_call_is_booked_by_phone_seen_by_the_owner_and_cancelled_by_link(visit, calls_app):
    visitor = visit(calls_app, **PHONE)
    visitor.guard.allow_broken_connections()
    page = visitor.page
    choose_time(visitor)
    expect(page.get_by_role("timer")).not_to_be_empty(timeout=WAIT)
    fill_in(page, "ana@example.com")
    page.get_by_role("button", name="Book this call").dblclick()
    page.wait_for_url("**/call/*", timeout=WAIT)
    expect(page.get_by_role("heading", name="Your call is booked")).to_be_visible(timeout=WAIT)
    link = page.get_by_label("Keep this link").input_value()
    assert link.startswith(f"{calls_app.url}/call/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Add to your calendar").click()
    assert download.value.suggested_filename == "call.ics"
    [row] = [row for row in read_rows(calls_app, Booking) if row.status == "booked"]
    assert (row.email, row.time_zone) == ("ana@example.com", "America/New_York")

    owner = visit(calls_app)
    owner.guard.allow_broken_connections()
    sign_in(owner.page, calls_app)
    owner.page.get_by_role("tab", name="Calls", exact=True).click()
    calls = owner.page.locator("#owner-calls-list")
    expect(calls.get_by_text("Ana Lima · ana@example.com")).to_be_visible(timeout=WAIT)
    expect(calls.get_by_text("A role in Berlin")).to_be_visible(timeout=WAIT)

    page.goto(link)
    page.get_by_text("Cancel the call", exact=True).click()
    page.get_by_role("button", name="Yes, cancel it").click()
    expect(page.get_by_role("heading", name="This call was cancelled")).to_be_visible(timeout=WAIT)
    assert [row.status for row in read_rows(calls_app, Booking)].count("booked") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_accessible(browser, calls_app, scheme):
    # Without a watch on the console, where Chromium reports that a form was answered with 422.
    context = browser.new_context(**PHONE, color_scheme=scheme)
    visitor = VisitorPage(context.new_page(), calls_app, Guard(context, calls_app.url)).open()
    page = visitor.page
    choose_time(visitor)
    assert find_violations(visitor) == []
    fill_in(page, "not an address")
    page.locator("form.once").evaluate("form => { form.noValidate = true; }")
    page.get_by_role("button", name="Book this call").click()
    expect(page.get_by_label("E-mail", exact=True)).to_be_focused(timeout=WAIT)
    assert find_violations(visitor) == []
    fill_in(page, f"{scheme}@example.com")
    page.get_by_role("button", name="Book this call").click()
    expect(page.get_by_role("heading", name="Your call is booked")).to_be_visible(timeout=WAIT)
    assert find_violations(visitor) == []
    page.get_by_role("link", name="Move to another time").click()
    expect(page.get_by_role("heading", name="Choose a new time")).to_be_visible(timeout=WAIT)
    assert find_violations(visitor) == []
    context.close()


def test_the_words_in_the_chat_bring_the_way_to_book(visit, calls_app):
    visitor = visit(calls_app, **PHONE)
    visitor.guard.allow_broken_connections()
    answer = visitor.ask("Can we schedule a call?")
    answer.get_by_role("link", name="Book a call").click()
    visitor.page.wait_for_url("**/book?*", timeout=WAIT)
    assert "key=" in visitor.page.url


def test_a_chat_goes_on_on_another_device(visit, calls_app):
    visitor = visit(calls_app)
    visitor.guard.allow_broken_connections()
    visitor.ask("What did Mara study?")
    visitor.button("Continue on another device").click()
    address = visitor.page.locator(".cc-address")
    expect(address).to_contain_text(f"{calls_app.url}/return/", timeout=WAIT)
    link = address.inner_text().strip()

    other = visit(calls_app, **PHONE)
    other.guard.allow_broken_connections()
    assert other.conversation_id != visitor.conversation_id
    other.page.goto(link)
    other.page.get_by_role("button", name="Open my chat").click()
    other.wait_until_ready()
    expect(other.page.locator("#conversation-id textarea")).to_have_value(
        visitor.conversation_id, timeout=WAIT
    )
    other.wait_for_words("What did Mara study?")
    assert "return" not in other.page.url
    other.reload()
    assert other.conversation_id == visitor.conversation_id


def test_a_call_can_be_booked_without_a_script(browser, calls_app):
    context = browser.new_context(java_script_enabled=False, viewport=PHONE["viewport"])
    page = context.new_page()
    page.goto(f"{calls_app.url}/book")
    expect(page.get_by_text("Times are in Europe/Berlin")).to_be_visible(timeout=WAIT)
    page.locator(".slots button").first.click()
    fill_in(page, "plain@example.com")
    page.get_by_role("button", name="Book this call").click()
    expect(page.get_by_role("heading", name="Your call is booked")).to_be_visible(timeout=WAIT)
    context.close()
