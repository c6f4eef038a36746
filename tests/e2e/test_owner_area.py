import httpx
import pytest
from playwright.sync_api import expect

from tests.e2e.test_owner_sign_in import owned_app, sign_in  # noqa: F401
from tests.e2e.visitor_page import WAIT

pytestmark = pytest.mark.browser


def test_the_owner_sees_what_a_visitor_left_and_a_visitor_does_not(visit, owned_app):  # noqa: F811
    visitor = visit(owned_app)
    visitor.open()
    visitor.ask("My name is Ana Ruiz and my e-mail is ana@example.com")
    visitor.ask("can I talk to a human please")

    owner = visit(owned_app)
    owner.guard.allow_broken_connections()
    page = owner.page
    sign_in(page, owned_app)
    page.get_by_role("tab", name="Contacts", exact=True).click()
    expect(page.get_by_text("ana@example.com").first).to_be_visible(timeout=WAIT)
    page.get_by_role("tab", name="Inbox", exact=True).click()
    expect(page.get_by_text("Waits for you").first).to_be_visible(timeout=WAIT)
    page.get_by_role("tab", name="Analytics", exact=True).click()
    expect(page.locator(".js-plotly-plot").first).to_be_visible(timeout=2 * WAIT)

    expect(visitor.page.get_by_role("tab", name="Owner")).to_have_count(0)
    assert httpx.get(f"{owned_app.url}/api/owner/contacts.csv").status_code == 401
