"""A fit sheet in Chromium: made by a visitor on a phone, found by the owner, used in Tailor."""

import pypdfium2
import pytest
from playwright.sync_api import expect

from chatbot.storage.models import JobDescription
from tests.e2e.conftest import read_rows
from tests.e2e.test_accessibility import find_violations
from tests.e2e.test_owner_sign_in import owned_app, sign_in  # noqa: F401
from tests.e2e.test_page import PHONE, scrolls_sideways
from tests.e2e.visitor_page import WAIT, VisitorPage
from tests.knowledge.test_fit import JOB

pytestmark = pytest.mark.browser

TITLE = "Senior Data Platform Engineer (m/f/d)"
LONG = "Engineer\n\nRequirements\n" + "\n".join(
    f"- At least {years} years of experience with Python, PostgreSQL and Kafka in a regulated "
    "environment, where each change is reviewed, documented and tested by others before it is used"
    for years in range(2, 40)
)


def test_a_visitor_makes_a_sheet_and_the_owner_tailors_their_cv(visit, owned_app):  # noqa: F811
    visitor = visit(owned_app, viewport=PHONE)
    page = visitor.page
    answer = visitor.ask(JOB)
    expect(answer).to_contain_text("2 of 5 requirements met, 1 missing, 2 open.")
    with page.expect_popup() as opened:
        answer.get_by_role("link", name="Open the fit sheet").click()
    sheet = opened.value
    expect(sheet.get_by_role("heading", name=f"Mara Lindqvist for {TITLE}")).to_be_visible()
    gap = sheet.locator("li.is-gap").filter(has_text="Strong knowledge of Rust")
    expect(gap).to_contain_text("Languages (Expert): Python, SQL, Go, Java")
    assert not scrolls_sideways(sheet)
    assert find_violations(VisitorPage(sheet, owned_app, visitor.guard)) == []
    sheet.close()

    visitor.ask("My name is Ines Ruiz and my e-mail is ines@freight.example")
    visitor.button("Menu").click()
    page.locator("#facts").get_by_role("link", name="Fit sheet", exact=True).click()
    page.wait_for_url("**/fit?key=*", timeout=WAIT)
    assert not scrolls_sideways(page)
    assert find_violations(visitor) == []
    expect(page.get_by_role("link", name=TITLE)).to_be_visible()
    page.get_by_label("Job description or link").fill(JOB.replace("Rust", "Kotlin"))
    page.get_by_role("button", name="Make the fit sheet").click()
    expect(page.get_by_text("Strong knowledge of Kotlin").first).to_be_visible(timeout=WAIT)
    assert len(read_rows(owned_app, JobDescription)) == 2

    owner = visit(owned_app)
    owner.guard.allow_broken_connections()
    sign_in(owner.page, owned_app)
    own = owner.page
    own.get_by_role("tab", name="Contacts", exact=True).click()
    own.locator("#owner-contacts-list .own-row").filter(has_text="Ines Ruiz").first.click()
    about = own.locator("#owner-contacts-about")
    about.locator(".contact-job summary").filter(has_text=TITLE).first.click()
    expect(about).to_contain_text("Strong knowledge of Rust", timeout=WAIT)
    about.get_by_role("button", name="Open in Tailor").first.click()
    rest = own.locator("#owner-tailor-rest")
    expect(rest).to_contain_text("is a gap", timeout=WAIT)
    own.get_by_label("Ask about this job").fill("Write a cover letter")
    own.locator("#owner-tailor-ask").click()
    talk = own.locator("#owner-tailor-talk")
    expect(talk).to_contain_text("Dear hiring team", timeout=WAIT)
    expect(talk).to_contain_text("[1] Experience:")


@pytest.mark.parametrize("text", [JOB, LONG], ids=["6 requirements", "30 long ones"])
def test_a_sheet_prints_to_one_page(visit, limited_app, text):
    visitor = visit(limited_app)
    page = visitor.page
    page.goto(f"{limited_app.url}/fit")
    page.get_by_label("Job description or link").fill(text)
    page.get_by_role("button", name="Make the fit sheet").click()
    expect(page.locator("#fit")).to_be_visible(timeout=WAIT)
    for paper in ({"prefer_css_page_size": True}, {"format": "Letter"}):
        printed = pypdfium2.PdfDocument(page.pdf(**paper))
        assert len(printed) == 1
        words = printed[0].get_textpage().get_text_range()
        assert words.count("Open") + words.count("Met") + words.count("Gap") >= 6
        assert "Every quote is word for word." in " ".join(words.split())
        assert "Download as Markdown" not in words
        told = " ".join(words.split())
        # Every job that years were counted of where there is room, else the first.
        assert ("Kvarnby Health" in told) == (text == JOB)
        # What is shortened is the requirement, and never what was found.
        assert "15 years and 3 months with Python" in told
