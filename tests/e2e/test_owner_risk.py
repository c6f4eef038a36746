"""The owner hears that the data is not safe, and when it is again, on a page that stays open."""

import httpx
import pytest
from playwright.sync_api import expect

from tests.app_process import AppProcess
from tests.e2e.test_owner_sign_in import PASSWORD, sign_in
from tests.storage.copies.parts import wait_until

pytestmark = pytest.mark.browser

# What the owner does who comes back to this tab.
LOOK = "document.dispatchEvent(new Event('visibilitychange'))"


@pytest.fixture
def copied_app(tmp_path):
    settings = {"OWNER_PASSWORD": PASSWORD, "SNAPSHOT_STORE": str(tmp_path / "store")}
    with AppProcess(tmp_path / "program", settings) as app:
        yield app


def test_the_banner_comes_and_goes_while_the_page_is_open(copied_app, visit, tmp_path):
    def is_durable() -> bool:
        return bool(httpx.get(f"{copied_app.url}/api/health").json()["durable"])

    wait_until(is_durable, 30)
    page = visit(copied_app).page
    sign_in(page, copied_app)
    banner = page.locator("#owner-head .cc-risk")
    expect(banner).to_be_hidden()
    (tmp_path / "store").rename(tmp_path / "away")
    httpx.post(f"{copied_app.url}/api/chats", json={}).raise_for_status()
    wait_until(lambda: not is_durable(), 30)
    page.evaluate(LOOK)
    expect(banner).to_contain_text("not safe at the moment: the folder does not work")
    (tmp_path / "away").rename(tmp_path / "store")
    wait_until(is_durable, 30)
    page.evaluate(LOOK)
    expect(banner).to_be_hidden()
