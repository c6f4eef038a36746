"""Whoever writes too often is asked to wait, in the page, and loses nothing that was typed."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.app_process import AppProcess
from tests.e2e.visitor_page import VisitorPage

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def strict_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    settings = {"RATE_LIMITS": "session 1/minute; address off; contact 1/hour"}
    with AppProcess(tmp_path_factory.mktemp("strict"), settings) as app:
        yield app


@pytest.mark.parametrize(
    "look", [{}, {"viewport": PHONE, "color_scheme": "dark"}], ids=["desktop", "phone"]
)
def test_what_was_typed_is_still_there(
    visit: Callable[..., VisitorPage], strict_app: AppProcess, look: dict
) -> None:
    visitor = visit(strict_app, **look)
    page = visitor.page
    page.clock.install()
    visitor.ask("What has Mara built?")
    visitor.box.fill("And where did she study?")
    visitor.button("Send").click()
    line = page.locator(".cc-limit")
    expect(line.locator(".cc-until")).to_be_visible()
    expect(line).to_contain_text("can be sent in")
    expect(visitor.box).to_have_value("And where did she study?")
    assert line.bounding_box()["height"] < 80
    page.clock.fast_forward(61_000)
    expect(line.locator(".cc-again")).to_be_visible()
    expect(line.locator(".cc-until")).to_be_hidden()


def test_the_contact_form_keeps_what_was_typed(
    visit: Callable[..., VisitorPage], strict_app: AppProcess
) -> None:
    page = visit(strict_app).page
    for email in ("ana@example.com", "bo@example.com"):
        page.get_by_role("tab", name="Contact").click()
        again = page.locator("#do-again")
        if again.is_visible():
            again.click()
        page.locator("#contact-email input").fill(email)
        page.locator("#contact-send").click()
        expect(page.locator(".cc-receipt, #contact .cc-limit").last).to_be_visible()
    expect(page.locator("#contact .cc-limit")).to_contain_text("can be sent in")
    expect(page.locator("#contact-email input")).to_have_value("bo@example.com")
