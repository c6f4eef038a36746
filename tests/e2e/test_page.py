import re

import pytest
from playwright.sync_api import expect

from tests.e2e.visitor_page import OWNER, WAIT
from tests.stand_in import Reply

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
SENTENCES = "This is a sentence of an answer that has many of them, one after another. "

WATCH_SHIFTS = """() => {
    window.shifts = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
            if (!entry.hadRecentInput) window.shifts += entry.value;
        }
    }).observe({ type: "layout-shift" });
}"""

# The contrast of an element's text with what is behind it, both as the browser computed them.
CONTRAST = """(element) => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgba = (color) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    };
    const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3]));
    const grounds = [];
    for (let node = element; node; node = node.parentElement) {
        grounds.push(rgba(getComputedStyle(node).backgroundColor));
    }
    const ground = grounds.reverse().reduce((under, top) => over(top, under), [255, 255, 255]);
    const text = over(rgba(getComputedStyle(element).color), ground);
    const light = (color) => color
        .map((part) => part / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
        .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
    const [dark, bright] = [light(text), light(ground)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
}"""


def is_in_viewport(locator):
    box = locator.bounding_box()
    size = locator.page.viewport_size
    return (
        box["x"] >= 0
        and box["y"] >= 0
        and box["x"] + box["width"] <= size["width"]
        and box["y"] + box["height"] <= size["height"]
    )


def scrolls_sideways(page):
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_a_phone_shows_everything_that_matters_at_once(visit, app):
    visitor = visit(app, viewport=PHONE, has_touch=True, is_mobile=True)
    page = visitor.page
    starters = page.get_by_role("button").filter(has_text="?")
    expect(starters).to_have_count(4)
    shown = [
        page.get_by_role("heading", name=OWNER, level=1),
        page.get_by_text(re.compile("I may be wrong, and Mara reads this chat")),
        *starters.all(),
        visitor.box,
    ]
    for part in shown:
        expect(part).to_be_visible()
        assert is_in_viewport(part)
    assert not scrolls_sideways(page)


def test_nothing_jumps_on_a_phone_while_an_answer_comes(visit, app, say):
    say(Reply(text=f"First [S1]. {SENTENCES * 12} The end.", tokens_per_second=80))
    visitor = visit(app, viewport=PHONE, has_touch=True, is_mobile=True)
    visitor.ask("What do you do now?")
    visitor.page.evaluate(WATCH_SHIFTS)
    visitor.ask("And what did you do before?")
    visitor.wait_for_words("The end.")
    assert visitor.page.evaluate("window.shifts") < 0.05
    assert is_in_viewport(visitor.box)
    assert not scrolls_sideways(visitor.page)


def test_the_menu_of_a_phone_opens_an_earlier_chat(visit, app):
    visitor = visit(app, viewport=PHONE, has_touch=True, is_mobile=True)
    visitor.ask("What do you do on phones?")
    expect(visitor.button("New chat")).to_be_hidden()
    visitor.button("Menu").click()
    visitor.button("New chat").click()
    expect(visitor.questions).to_have_count(0, timeout=WAIT)
    visitor.button("Menu").click()
    visitor.page.get_by_role("button", name="What do you do on phones?").click()
    visitor.wait_for_words("What do you do on phones?")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_both_schemes(visit, app, scheme):
    visitor = visit(app, color_scheme=scheme)
    page = visitor.page
    opening = [
        page.get_by_role("heading", name=OWNER, level=1),
        page.get_by_role("heading", level=2).first,
        page.get_by_text(re.compile("I may be wrong, and Mara reads this chat")),
        page.get_by_text("stored here"),
        *page.get_by_role("button").filter(has_text="?").all(),
        visitor.button("Talk to Mara"),
        visitor.button("New chat"),
        visitor.box,
    ]
    contrasts = [part.evaluate(CONTRAST) for part in opening]
    visitor.ask("What do you do in the dark?")
    answer = visitor.answers.last.get_by_role("paragraph").first
    contrasts += [part.evaluate(CONTRAST) for part in (answer, visitor.questions.last)]
    ground = page.evaluate(
        "getComputedStyle(document.documentElement).backgroundColor.match(/\\d+/g).map(Number)"
    )
    assert min(contrasts) >= 4.5
    assert (sum(ground) < 150) is (scheme == "dark")


def test_nothing_of_gradios_own_page_is_left(visitor):
    page = visitor.page
    for words in ("Built with Gradio", "Use via API", "Settings"):
        expect(page.get_by_text(words)).to_be_hidden()
    assert "Gradio" not in page.locator("body").inner_text()
    assert OWNER in page.title()


def test_the_keyboard_is_enough(visitor, say):
    say(Reply(text="Answered to the keyboard."))
    for _ in range(30):
        visitor.page.keyboard.press("Tab")
        if visitor.box.evaluate("box => box === document.activeElement"):
            break
    expect(visitor.box).to_be_focused()
    visitor.page.keyboard.type("What do you do without a mouse?")
    visitor.page.keyboard.press("Enter")
    visitor.wait_for_words("Answered to the keyboard.")
    expect(visitor.box).to_have_value("")


def test_a_message_that_is_too_long_is_refused_and_kept(visitor):
    text = "a" * 2001
    visitor.box.fill(text)
    visitor.button("Send").click()
    expect(visitor.alert).to_contain_text("2,001", timeout=WAIT)
    expect(visitor.alert).to_be_visible()
    expect(visitor.box).to_have_value(text)
    visitor.box.fill("What do you do in short?")
    visitor.button("Send").click()
    expect(visitor.questions).to_have_count(1, timeout=WAIT)
    expect(visitor.alert).to_be_hidden()


def test_an_empty_message_is_not_sent(visitor):
    visitor.box.press("Enter")
    expect(visitor.alert).to_be_visible(timeout=WAIT)
    expect(visitor.questions).to_have_count(0)
