"""Hostile strings in every field that visitors and the model fill, in every view of the owner."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session

from chatbot.storage.database import Database, DatabaseValues
from chatbot.storage.models import Conversation, Message, utc_now
from tests.app_process import AppProcess
from tests.e2e.conftest import DESKTOP
from tests.e2e.test_owner_sign_in import PASSWORD
from tests.e2e.test_owner_tabs import arrive, close_whole_view, open_tab, tabs_of
from tests.e2e.test_page import PHONE
from tests.e2e.visitor_page import WAIT
from tests.people.visitor_data import Left
from tests.security.payloads import BROKEN_OUT, OWN, list_payloads

pytestmark = pytest.mark.browser

VISITORS = 12
MESSAGES = 40
LONGEST = 1200
# How the page is looked at, each view in each of them.
LOOKS = [(PHONE, "light"), (DESKTOP, "dark")]

FOUND = """() => {
    const found = [];
    const add = (kind, node) => found.push(`${kind}: ${node.outerHTML.slice(0, 160)}`);
    if (window.__pwned !== undefined) found.push("a script ran");
    const own = (address) => {
        const url = new URL(address, location.href);
        return url.host === location.host || url.protocol === "mailto:" || url.protocol === "tel:";
    };
    const area = document.querySelector("#owner-area");
    for (const node of area.querySelectorAll(
        "script, iframe, object, embed, meta, base, link, video, audio, marquee, template, picture"
    )) add("element", node);
    for (const node of document.querySelectorAll("form")) if (!own(node.action)) add("form", node);
    // Two links are ours: the mark of the charts, and the list of notification services.
    const ours = ".modebar-btn, [href^='https://appriseit.com/']";
    for (const node of area.querySelectorAll("a[href]")) {
        if (!own(node.href) && !node.matches(ours)) add("link", node);
    }
    for (const node of area.querySelectorAll("img, source, input[src]")) {
        if (node.src && !own(node.src) && !node.src.startsWith("data:")) add("image", node);
    }
    const acts = /^(href|src|srcset|action|formaction|srcdoc|style|data|poster|ping|xlink:href)$/;
    for (const node of document.body.querySelectorAll("*")) {
        for (const { name, value } of node.attributes) {
            if (name.startsWith("on")) add("handler", node);
            if (acts.test(name) && /evil|pwned|javascript:|vbscript:|data:text/i.test(value)) {
                if (!value.startsWith("mailto:")) add("address", node);
            }
        }
        if (/^\\s*COVER\\s*$/.test(node.textContent) && node.children.length === 0) {
            if (getComputedStyle(node).position === "fixed") add("overlay", node);
        }
    }
    const middle = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
    if (!middle || !document.querySelector("#page").contains(middle)) found.push("covered");
    return found;
}"""


@pytest.fixture(scope="module")
def besieged_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    settings = {"OWNER_PASSWORD": PASSWORD, "CALL_HOURS": "Mon-Sun 00:00-23:00"}
    with AppProcess(tmp_path_factory.mktemp("besieged"), settings) as app:
        database = Database(DatabaseValues(app.database_url))
        database.write_now(fill)
        database.close()
        yield app


def fill(session: Session) -> None:
    """Each visitor has other strings first in every field; the last one's chat holds them all."""
    payloads = [*OWN, *BROKEN_OUT]
    share = -(-len(payloads) // VISITORS)
    left = None
    for number in range(VISITORS):
        marker = "\n".join(payloads[number * share :][:share]) or payloads[number]
        email = f"visitor{number}@evil.example"
        left = Left(session, marker, email=email, token=f"token {number}")
    assert left is not None
    conversation = session.get_one(Conversation, left.conversation)
    conversation.active_at = utc_now()
    texts = [text[:LONGEST] for text in list_payloads()]
    size = -(-len(texts) // MESSAGES)
    for start in range(0, len(texts), size):
        words = "\n\n".join(texts[start : start + size])
        for role in ("user", "assistant"):
            row = Message(conversation_id=left.conversation, role=role, content=words)
            row.citations = [{"label": words[:500], "text": words[:2000], "source": words[:200]}]
            session.add(row)
        session.flush()


def look(page: Page, where: str) -> None:
    """Nothing of theirs acts in what is open, however the page is looked at."""
    for size, scheme in reversed(LOOKS):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(FOUND) == [], f"{where}, {scheme}"


def test_nothing_of_theirs_acts_in_any_view_of_the_owner(visit, besieged_app: AppProcess) -> None:
    page = arrive(visit, besieged_app, "phone", "light").page
    expect(tabs_of(page).first).to_be_visible(timeout=WAIT)
    opened = 0
    for name in tabs_of(page).all_inner_texts():
        panel = open_tab(page, name)
        look(page, name)
        row = panel.locator(".own-row:visible")
        if row.count():
            row.first.click()
            expect(panel.locator(".own-head, .inbox-title").first).to_be_visible(timeout=WAIT)
            page.wait_for_timeout(300)
            look(page, f"{name}, open")
            opened += 1
            close_whole_view(panel)
    assert opened >= 3
    assert "evil.example" in page.content()
