"""A lying model in the browser: what the visitor reads, and what the owner sees."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.app_process import AppProcess
from tests.e2e.test_inbox import InboxPage
from tests.e2e.test_owner_sign_in import PASSWORD, sign_in
from tests.e2e.test_page import PHONE
from tests.e2e.visitor_page import WAIT
from tests.stand_in import Reply, StandIn

pytestmark = pytest.mark.browser

TRUE = "Mara is a Staff Engineer at Nordhavn Freight [S3]."
LIE = "She was the Chief Technology Officer of Siemens from 2012 to 2015 [S4]."


@pytest.fixture(scope="module")
def lying_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    with StandIn(default=Reply(text=f"{TRUE} {LIE}", tokens_per_second=60)) as stand_in:
        settings = {"OPENAI_BASE_URL": stand_in.base_url, "OWNER_PASSWORD": PASSWORD}
        with AppProcess(tmp_path_factory.mktemp("lying"), settings) as app:
            yield app


def test_the_visitor_reads_that_it_is_not_in_the_records_and_the_owner_reads_the_lie(
    visit, lying_app
):
    visitor = visit(lying_app, viewport=PHONE, has_touch=True, is_mobile=True)
    visitor.send("Where has she worked?")
    visitor.wait_for_words("I have left something out here, because it is not in Mara's records.")
    expect(visitor.answers.last).to_contain_text("Staff Engineer at Nordhavn Freight")
    assert "Siemens" not in visitor.page.content()

    owner = visit(lying_app)
    owner.guard.allow_broken_connections()
    sign_in(owner.page, lying_app)
    inbox = InboxPage(owner)
    inbox.open(visitor.conversation_id)
    held = inbox.talk.locator(".inbox-withheld")
    expect(held).to_contain_text("Not shown to the visitor", timeout=WAIT)
    expect(held).to_contain_text("Chief Technology Officer of Siemens")

    inbox.button("Share private facts").click()
    expect(inbox.button("Stop sharing")).to_be_visible(timeout=WAIT)
    inbox.button("Stop sharing").click()
    expect(inbox.button("Share private facts")).to_be_visible(timeout=WAIT)
