"""The chat bubble on a site of another origin and another host name, under a strict policy."""

import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from chatbot.storage.models import ChatSession
from chatbot.ui.values import PageValues
from chatbot.ui.widget import build_widget
from tests.door_server import DoorServer
from tests.fakes import read_rows
from tests.stand_in import Reply

pytestmark = pytest.mark.browser

HOST_PAGE = """<!doctype html><html lang="en"><head><title>My own site</title></head>
<body><main><h1>My own site</h1><a href="#x">A link</a></main>
<script src="{home}/widget.js" async></script></body></html>"""
POLICY = "default-src 'none'; script-src {home}; frame-src {home}"
LABEL, TITLE = "Ask about Mara", "Chat with Mara\u2019s AI stand-in"


class Site:
    """Somebody's own site, at "localhost" where the program is at "127.0.0.1"."""

    def __init__(self) -> None:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = HOST_PAGE.format(home=site.home).encode()
                self.send_response(200)
                self.send_header("content-type", "text/html")
                self.send_header("content-security-policy", POLICY.format(home=site.home))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        self.home = ""
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.server.shutdown()


@pytest.fixture(scope="module")
def server(site: Site, sqlite_template, tmp_path_factory) -> Iterator[DoorServer]:
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("widget") / "chatbot.db")
    with DoorServer(path, embed_origins=site.origin) as server:
        server.stand_in.default = Reply(text="I know PostgreSQL well.")
        site.home = server.url
        yield server


@pytest.fixture
def page(browser: Browser, site: Site, server: DoorServer) -> Iterator[Page]:
    assert site.home == server.url
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto(site.origin)
    yield page
    context.close()
    assert [text for text in refused if "Content Security Policy" in text] == []


def test_a_visitor_chats_through_the_bubble_by_keyboard(page: Page, server: DoorServer) -> None:
    bubble = page.get_by_role("button", name=LABEL)
    expect(bubble).to_have_attribute("aria-expanded", "false")
    assert page.locator("iframe").count() == 0
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(bubble).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("dialog", name=TITLE)).to_be_visible()
    chat = page.frame_locator("iframe")
    expect(chat.locator("#conversation-id textarea")).not_to_have_value("")
    assert page.evaluate("document.activeElement.shadowRoot.activeElement.tagName") == "IFRAME"
    expect(chat.get_by_role("tab", name="Contact")).to_be_hidden()
    expect(chat.get_by_role("button", name="Talk to Mara")).to_be_visible()
    box = chat.get_by_role("textbox", name="Message", exact=True)
    box.fill("Which databases?")
    box.press("Enter")
    expect(chat.get_by_test_id("bot").last).to_contain_text("I know PostgreSQL well.")
    expect(box).to_have_value("")
    assert read_rows(server.services, ChatSession)[-1].channel == "widget"
    box.press("Escape")
    expect(bubble).to_have_attribute("aria-expanded", "false")
    expect(bubble).to_be_focused()
    bubble.press("Enter")
    expect(chat.get_by_test_id("bot").last).to_be_visible()
    page.get_by_role("button", name="Close the chat").click()
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_the_open_bubble_is_accessible_and_fits_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("button", name=LABEL).click()
    panel = page.get_by_role("dialog", name=TITLE)
    expect(panel).to_be_visible()
    box = panel.bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (390, 844)
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa"], "iframes": False})
    assert found.response["violations"] == []


@pytest.mark.usefixtures("server")
def test_a_site_that_is_not_allowed_shows_nothing(browser: Browser, site: Site) -> None:
    page = browser.new_page()
    page.goto(site.origin.replace("localhost", "127.0.0.1"))
    page.get_by_role("button", name=LABEL).click()
    frame = page.locator("iframe")
    expect(frame).to_be_visible()
    page.wait_for_timeout(1000)
    assert page.frame_locator("iframe").locator("#page").count() == 0
    page.close()


def test_the_script_is_small_and_carries_no_markup_of_the_owners() -> None:
    script = build_widget(PageValues(name='"</script>`${x}', first_name='"</script>`${x}'))
    assert len(script.encode()) < 10_000
    assert '"label": "Ask about \\"</script>`${x}"' in script
