"""The fit sheet's pages as a browser without a script asks for them, over the whole site."""

import re

import pytest

from chatbot.engine.visitor_chat import PageInfo
from chatbot.storage.models import ChatSession, JobDescription
from tests.fakes import read_rows
from tests.knowledge.test_fit import JOB
from tests.web.test_call_routes import HOSTILE, client, fields_of, silent  # noqa: F401


async def open_chat(served):
    view = await served.services.chat.open_page(None, page=PageInfo(page="p"))
    return view, await served.services.calls.make_key(view.token, str(view.conversation_id))


async def test_a_job_description_becomes_a_page_and_a_file(silent, client):  # noqa: F811
    view, key = await open_chat(silent)
    asked = await client.get("/fit", params={"key": key})
    assert asked.status_code == 200
    form = fields_of(asked.text)
    assert form == {"key": key}
    job = JOB.replace("- Excellent communication skills", f"- Excellent skills {HOSTILE}")
    made = await client.post("/fit/make", data={**form, "text": job})
    assert made.status_code == 303
    path = made.headers["location"]
    page = await client.get(path)
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert "<script>alert" not in page.text
    assert page.text.index("of 5 requirements met") < page.text.index("Strong knowledge of Rust")
    file = await client.get(f"{path}/fit-sheet.md")
    assert file.headers["content-type"] == "text/markdown; charset=utf-8"
    assert file.headers["content-disposition"] == 'attachment; filename="fit-sheet.md"'
    assert "- **Gap**: Strong knowledge of Rust" in file.text
    (row,) = [r for r in read_rows(silent.services, JobDescription) if r.text == job.strip()]
    assert row.conversation_id == view.conversation_id
    again = await client.get("/fit", params={"key": key})
    assert re.search(r'<a href="/fit/[^"]+">Senior Data Platform Engineer', again.text)


async def test_what_cannot_be_used_is_said_and_the_text_stays(silent, client):  # noqa: F811
    _, key = await open_chat(silent)
    before = len(read_rows(silent.services, ChatSession))
    for data, words in (
        ({"key": key, "text": "Nice & short"}, "too short"),
        ({"key": key, "text": JOB + "x" * 20_000}, "20,000 is the most"),
        ({"key": "forged", "text": "Nice & short"}, "too short"),
        ({"key": key, "text": "http://127.0.0.1/job"}, "no public web address"),
        ({"key": key, "text": "http://169.254.169.254/latest/meta-data"}, "no public web address"),
    ):
        refused = await client.post("/fit/make", data=data)
        assert refused.status_code == 422
        assert words in refused.text
        assert data["text"][:12].replace("&", "&amp;") in refused.text
    assert len(read_rows(silent.services, ChatSession)) == before


async def test_without_a_chat_a_sheet_has_a_visit_of_its_own(silent, client):  # noqa: F811
    before = len(read_rows(silent.services, ChatSession))
    made = await client.post("/fit/make", data={"text": JOB})
    assert made.status_code == 303
    assert len(read_rows(silent.services, ChatSession)) == before + 1


@pytest.mark.parametrize("path", ["/fit/x", "/fit/x/fit-sheet.md", "/fit/" + "a" * 300])
async def test_a_link_that_opens_nothing_says_so(client, path):  # noqa: F811
    page = await client.get(path)
    assert page.status_code == 404
    assert "This fit sheet is not here" in page.text
