"""axe-core on every tab, in both schemes, before and after a form has been answered."""

from importlib.resources import files

import pytest
from playwright.sync_api import expect

from tests.e2e.test_page import PHONE
from tests.e2e.visitor_page import WAIT, VisitorPage

pytestmark = pytest.mark.browser

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
FIND_VIOLATIONS = """async () => {
    const found = await axe.run(document);
    if (found.passes.length < 10) return ["axe has not looked at the page"];
    return found.violations.map((rule) =>
        `${rule.impact} ${rule.id}: ${rule.nodes.map((node) => node.target.join(" ")).join(", ")}`);
}"""


def find_violations(visitor: VisitorPage) -> list[str]:
    # Not an element of the page: the policy of the page would rightly refuse it.
    visitor.page.evaluate(AXE)
    return visitor.page.evaluate(FIND_VIOLATIONS)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_chat_is_accessible(visit, limited_app, scheme):
    visitor = visit(limited_app, color_scheme=scheme)
    assert find_violations(visitor) == []
    visitor.ask("Where did you study?")
    visitor.button("Talk to Mara").click()
    visitor.wait_for_words("Mara has been told")
    assert find_violations(visitor) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_contact_form_is_accessible(visit, limited_app, scheme):
    visitor = visit(limited_app, color_scheme=scheme)
    visitor.open_part("Contact")
    assert find_violations(visitor) == []
    visitor.button("Send to Mara").click()
    expect(visitor.alert).to_be_visible(timeout=WAIT)
    assert find_violations(visitor) == []
    visitor.page.get_by_role("textbox", name="E-mail").fill("ana@example.com")
    visitor.button("Send to Mara").click()
    expect(visitor.button("Change or add something")).to_be_visible(timeout=WAIT)
    assert find_violations(visitor) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_way_to_a_human_is_accessible(visit, limited_app, scheme):
    visitor = visit(limited_app, color_scheme=scheme)
    visitor.open_part("Talk to a human")
    assert find_violations(visitor) == []
    visitor.button("Ask Mara to join").click()
    expect(visitor.page.get_by_text("Mara has been told at")).to_be_visible(timeout=WAIT)
    assert find_violations(visitor) == []


@pytest.mark.parametrize("part", ["Chat", "Contact", "Talk to a human"])
def test_a_phone_is_accessible(visit, limited_app, part):
    visitor = visit(limited_app, viewport=PHONE, has_touch=True, is_mobile=True)
    visitor.open_part(part)
    assert find_violations(visitor) == []


def test_a_fault_is_found(visit, limited_app):
    visitor = visit(limited_app)
    visitor.page.evaluate("() => document.querySelector('h1').after(new Image())")
    visitor.page.evaluate("() => document.querySelector('h1').style.color = '#eeeeee'")
    found = " ".join(find_violations(visitor))
    assert "image-alt" in found
    assert "color-contrast" in found
