import re
from collections.abc import AsyncIterator, Mapping

import httpx
import pytest
from fastapi import FastAPI

from chatbot.people.contacts_file import MAX_FILE_BYTES
from chatbot.storage.models import Contact
from chatbot.ui.contacts_import_page import ContactsImportPage
from chatbot.ui.locales.owner_contacts_en import ENGLISH_IMPORT
from chatbot.web.contacts_import import (
    CONFIRM_PATH,
    IMPORT_BODIES,
    IMPORT_PATH,
    MAX_BODY_BYTES,
    build_contacts_import_router,
)
from chatbot.web.hardening import Hardening, HardeningValues
from chatbot.web.owner_files import CONTACTS_PATH, build_owner_files_router
from tests.contact_examples import add, contacts, make_desk
from tests.ui.examples import VALUES

OWNER = {"cookie": "owner=yes"}
FOREIGN = {**OWNER, "origin": "https://evil.example"}
CSV = b"Name,E-mail\r\nAna,ana@x.example\r\n<script>x</script>,eva@x.example\r\nBen,nothing"


async def find_owner(headers: Mapping[str, str]) -> object | None:
    return True if headers.get("cookie") == OWNER["cookie"] else None


@pytest.fixture
async def client(sqlite_database) -> AsyncIterator[httpx.AsyncClient]:
    desk = make_desk(sqlite_database)
    page = ContactsImportPage(VALUES, ENGLISH_IMPORT)
    site = FastAPI(openapi_url=None)
    site.include_router(build_owner_files_router(desk, find_owner))
    site.include_router(
        build_contacts_import_router(desk, find_owner, page, ENGLISH_IMPORT.no_file)
    )
    values = HardeningValues(
        title="", description="", own_paths=frozenset(IMPORT_BODIES), large_bodies=IMPORT_BODIES
    )
    transport = httpx.ASGITransport(app=Hardening(site, values))
    async with httpx.AsyncClient(transport=transport, base_url="http://app.example") as client:
        yield client


async def upload(client, data=CSV, headers=OWNER):
    return await client.post(IMPORT_PATH, files={"file": ("c.csv", data)}, headers=headers)


def find_file(page: str) -> str:
    [value] = re.findall(r'name="file" value="([^"]*)"', page)
    return value


async def confirm(client, file: str, headers=OWNER):
    return await client.post(CONFIRM_PATH, data={"file": file}, headers=headers)


async def test_nobody_else_gets_in(client, sqlite_database):
    asked = await client.get(IMPORT_PATH)
    assert (asked.status_code, asked.headers["location"]) == (303, "/owner")
    assert (await upload(client, headers={})).status_code == 401
    assert (await confirm(client, "", headers={})).status_code == 401
    assert (await client.get(CONTACTS_PATH)).status_code == 401
    assert contacts(sqlite_database) == []


async def test_another_site_cannot_import_in_the_owners_name(client, sqlite_database):
    for response in (await upload(client, headers=FOREIGN), await confirm(client, "", FOREIGN)):
        assert response.status_code == 403
    assert contacts(sqlite_database) == []


async def test_a_file_is_shown_then_imported(client, sqlite_database):
    shown = await upload(client)
    assert shown.status_code == 200
    assert contacts(sqlite_database) == []
    assert "<script>" not in shown.text
    assert "&lt;script&gt;" in shown.text
    assert "Import 2 contacts" in shown.text
    assert re.search(r"<b>1</b> cannot be used.*Line 4.*Ben.*cannot be used", shown.text)
    done = await confirm(client, find_file(shown.text))
    assert (done.status_code, len(contacts(sqlite_database))) == (200, 2)
    assert "Imported." in done.text
    again = await upload(client)
    assert "This file changes nothing." in again.text
    assert 'name="file" value=' not in again.text


async def test_the_same_confirmation_twice_is_once(client, sqlite_database):
    file = find_file((await upload(client)).text)
    for _ in range(2):
        assert (await confirm(client, file)).status_code == 200
    assert len(contacts(sqlite_database)) == 2


async def test_what_is_exported_changes_nothing(client, sqlite_database):
    add(sqlite_database, Contact(name="=1+1", email="a@x.example", notes="- x", tags=["a"]))
    exported = (await client.get(CONTACTS_PATH, headers=OWNER)).content
    assert "This file changes nothing." in (await upload(client, exported)).text


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"files": {"file": ("c.csv", b"")}}, 422, "Choose a file first."),
        ({"data": {"file": "text"}}, 422, "Choose a file first."),
        ({}, 422, "Choose a file first."),
        ({"files": {"file": ("c.csv", b"hello")}}, 422, "No line of headings"),
        ({"files": {"file": ("c.csv", b"x" * (MAX_FILE_BYTES + 1))}}, 413, "larger than 1 MB"),
    ],
)
async def test_what_cannot_be_imported_is_said_on_the_page(client, body, status, words):
    response = await client.post(IMPORT_PATH, headers=OWNER, **body)
    assert response.status_code == status
    assert 'role="alert"' in response.text
    assert words in response.text


async def test_a_confirmation_of_nonsense_is_refused(client, sqlite_database):
    for file in ("", "no base64!", "é", "AAAA"):
        assert (await confirm(client, file)).status_code == 422
    assert contacts(sqlite_database) == []


async def test_a_body_without_end_is_cut_off(client):
    for path in (IMPORT_PATH, CONFIRM_PATH):
        headers = {**OWNER, "content-type": "text/plain"}
        response = await client.post(path, content=b"x" * (MAX_BODY_BYTES + 1), headers=headers)
        assert response.status_code == 413
    small = await client.post(CONTACTS_PATH, content=b"x" * 70_000, headers=OWNER)
    assert small.status_code == 413


@pytest.mark.parametrize("headers", [{"content-type": "multipart/form-data"}, {}])
async def test_a_form_that_cannot_be_read_is_refused(client, headers):
    response = await client.post(IMPORT_PATH, content=b"--x\r\n", headers={**OWNER, **headers})
    assert response.status_code in (400, 422)


async def test_the_pages_run_no_script_and_are_kept_by_nobody(client):
    for response in (await client.get(IMPORT_PATH, headers=OWNER), await upload(client)):
        assert "<script" not in response.text
        assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
        assert response.headers["cache-control"] == "no-store"
