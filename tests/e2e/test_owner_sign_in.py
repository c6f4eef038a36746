import json

import pytest
from playwright.sync_api import expect

from tests.app_process import AppProcess
from tests.e2e.visitor_page import WAIT

pytestmark = pytest.mark.browser

PASSWORD = "the password of an owner in a browser"


@pytest.fixture(scope="module")
def owned_app(tmp_path_factory):
    with AppProcess(tmp_path_factory.mktemp("owned"), {"OWNER_PASSWORD": PASSWORD}) as app:
        yield app


def type_password(page, password):
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def sign_in(page, app):
    page.goto(f"{app.url}/owner")
    type_password(page, PASSWORD)
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible(timeout=WAIT)


def test_the_owner_signs_in_after_a_slip_and_out_again(visit, owned_app):
    visitor = visit(owned_app)
    visitor.guard.allow_broken_connections()
    page = visitor.page
    page.goto(f"{owned_app.url}/owner")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Password").press("Enter")
    button = page.get_by_role("button", name="Sign out", exact=True)
    expect(button).to_be_visible(timeout=WAIT)
    expect(page.get_by_role("tab", name="Owner")).to_have_attribute("aria-selected", "true")
    assert "#owner" not in page.url
    button.click()
    visitor.wait_until_ready()
    expect(page.get_by_role("tab", name="Owner")).to_have_count(0)
    expect(button).to_have_count(0)


def test_a_wrong_password_is_said_in_words(browser, owned_app):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{owned_app.url}/owner")
    type_password(page, "wrong")
    expect(page.get_by_role("alert")).to_have_text("This is not the password.")
    expect(page.get_by_label("Password")).to_be_focused()
    type_password(page, PASSWORD)
    assert page.url.endswith("/#owner")
    [cookie] = context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    context.close()


def test_a_visitor_never_sees_the_area(visit, owned_app):
    page = visit(owned_app).page
    page.wait_for_timeout(500)
    expect(page.get_by_role("tab", name="Owner")).to_have_count(0)
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)
    config = json.dumps(page.request.get(f"{owned_app.url}/config").json())
    assert "Sign out" not in config
    assert "owner-area" not in config
    link = page.get_by_role("link", name="Owner", exact=True)
    expect(link).to_have_attribute("href", "/owner")


def test_a_restart_keeps_the_owner_signed_in(visit, owned_app):
    visitor = visit(owned_app)
    visitor.guard.allow_broken_connections()
    sign_in(visitor.page, owned_app)
    owned_app.restart()
    visitor.page.goto(f"{owned_app.url}/owner")
    button = visitor.page.get_by_role("button", name="Sign out everywhere")
    expect(button).to_be_visible(timeout=WAIT)
    button.click()
    visitor.wait_until_ready()
    visitor.page.goto(f"{owned_app.url}/owner")
    expect(visitor.page.get_by_label("Password")).to_be_visible()
