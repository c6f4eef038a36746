from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from chatbot.storage.database import Database
from chatbot.ui.locales.en import ENGLISH
from chatbot.ui.sign_in_page import SignInPage
from chatbot.ui.theme import sign_in_head
from chatbot.web.access import AccessValues, OwnerAccess
from chatbot.web.hardening import Hardening, HardeningValues
from chatbot.web.owner_routes import OWNER_PATHS, build_owner_router
from tests.ui.examples import VALUES
from tests.web.test_access import CHEAP, PASSWORD, SECRET

NAME = "career-chat-owner"
FOREIGN = {"origin": "https://evil.example"}


@pytest.fixture
def access(sqlite_database: Database) -> OwnerAccess:
    return OwnerAccess(AccessValues(secret_key=SECRET, password=CHEAP), database=sqlite_database)


@pytest.fixture
async def client(access: OwnerAccess) -> AsyncIterator[httpx.AsyncClient]:
    site = FastAPI(openapi_url=None)
    page = SignInPage(VALUES, ENGLISH, has_password=True, has_hugging_face=False)
    site.include_router(build_owner_router(access, page))
    values = HardeningValues(title="", description="", own_paths=OWNER_PATHS)
    transport = httpx.ASGITransport(app=Hardening(site, values))
    async with httpx.AsyncClient(transport=transport, base_url="http://app.example") as client:
        yield client


async def sign_in(client: httpx.AsyncClient, **headers: str) -> httpx.Response:
    return await client.post("/owner", data={"password": PASSWORD}, headers=headers)


async def test_the_page_needs_no_script_and_can_be_framed_by_nobody(
    client: httpx.AsyncClient,
) -> None:
    response = await client.get("/owner")
    assert response.status_code == 200
    for word in ("<script", "<style", " style=", "onclick"):
        assert word not in response.text
    policy = response.headers["content-security-policy"].split("; ")
    assert policy[0] == "default-src 'none'"
    assert "frame-ancestors 'none'" in policy
    assert not [part for part in policy if part.startswith("script-src")]
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"


async def test_the_field_has_a_label_and_tells_password_managers_what_it_is(
    client: httpx.AsyncClient,
) -> None:
    page = (await client.get("/owner/")).text
    assert '<label for="password">Password</label>' in page
    assert 'autocomplete="current-password"' in page
    assert 'href="/"' in page
    assert "Hugging Face" not in page
    assert sign_in_head(VALUES) in page


async def test_the_right_password_leads_to_the_area(client: httpx.AsyncClient) -> None:
    response = await sign_in(client, origin="http://app.example")
    assert (response.status_code, response.headers["location"]) == (303, "/#owner")
    cookie = response.headers["set-cookie"].lower()
    assert cookie.startswith(f"{NAME}=")
    assert {"httponly", "path=/", "samesite=lax"} <= set(cookie.split("; "))
    assert "secure" not in cookie
    again = await client.get("/owner")
    assert (again.status_code, again.headers["location"]) == (303, "/#owner")


async def test_over_https_the_cookie_is_bound_to_the_host(client: httpx.AsyncClient) -> None:
    response = await sign_in(client, **{"x-forwarded-proto": "https"})
    cookie = response.headers["set-cookie"]
    assert cookie.startswith(f"__Host-{NAME}=")
    assert {"HttpOnly", "Secure", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


@pytest.mark.parametrize(
    "form", [{"password": "wrong"}, {"password": ""}, {}, {"password": "<b>'\"&\x00"}]
)
async def test_a_wrong_password_is_said_and_opens_nothing(
    client: httpx.AsyncClient, form: dict[str, str]
) -> None:
    response = await client.post("/owner", data=form)
    assert response.status_code == 403
    assert 'role="alert">This is not the password.</p>' in response.text
    assert 'aria-invalid="true"' in response.text
    assert "<b>" not in response.text
    assert "set-cookie" not in response.headers


async def test_a_closed_door_says_for_how_long(client: httpx.AsyncClient) -> None:
    for _ in range(5):
        response = await client.post("/owner", data={"password": "wrong"})
    assert response.status_code == 429
    assert "Try again in 15 minutes" in response.text
    response = await sign_in(client)
    assert response.status_code == 429
    assert "set-cookie" not in response.headers


async def test_signing_out_ends_the_sign_in_not_only_the_cookie(
    client: httpx.AsyncClient,
) -> None:
    value = (await sign_in(client)).cookies[NAME]
    response = await client.post("/owner/sign-out")
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert NAME not in client.cookies
    stolen = await client.get("/owner", headers={"cookie": f"{NAME}={value}"})
    assert stolen.status_code == 200


async def test_signing_out_everywhere_ends_the_other_browsers_too(
    client: httpx.AsyncClient,
) -> None:
    other = (await sign_in(client)).cookies[NAME]
    client.cookies.clear()
    await sign_in(client)
    await client.post("/owner/sign-out", data={"everywhere": "yes"})
    response = await client.get("/owner", headers={"cookie": f"{NAME}={other}"})
    assert response.status_code == 200


async def test_a_second_sign_in_replaces_the_first(client: httpx.AsyncClient) -> None:
    first = (await sign_in(client)).cookies[NAME]
    await sign_in(client)
    response = await client.get("/owner", headers={"cookie": f"{NAME}={first}"})
    assert response.status_code == 200


@pytest.mark.parametrize("path", ["/owner", "/owner/sign-out"])
async def test_another_site_can_neither_sign_in_nor_out(
    client: httpx.AsyncClient, path: str
) -> None:
    for origin in (FOREIGN, {"origin": "null"}):
        response = await client.post(path, data={"password": PASSWORD}, headers=origin)
        assert response.status_code == 403
        assert response.json()["error"]["code"] == "foreign_origin"


@pytest.mark.parametrize("path", ["/owner/x", "/ownership", "/owner/hugging-face", "/login/x"])
async def test_nothing_else_is_there(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code == 404


async def test_a_form_of_another_shape_is_refused(client: httpx.AsyncClient) -> None:
    for content in (b"\xff\xfe", b"password", b"x" * 70_000):
        headers = {"content-type": "application/x-www-form-urlencoded"}
        response = await client.post("/owner", content=content, headers=headers)
        assert response.status_code in (403, 413)
    response = await client.post("/owner", files={"password": ("a.txt", b"x")})
    assert response.status_code == 422


GOAL = "inbox/0190b2c1-0000-7000-8000-000000000001"


async def test_the_sign_in_leads_to_what_the_owner_wanted(client: httpx.AsyncClient) -> None:
    page = (await client.get("/owner", params={"to": GOAL})).text
    assert f'<input type="hidden" name="to" value="{GOAL}">' in page
    wrong = await client.post("/owner", data={"password": "no", "to": GOAL})
    assert f'value="{GOAL}"' in wrong.text
    place = "/#owner." + GOAL.replace("/", ".")
    response = await client.post("/owner", data={"password": PASSWORD, "to": GOAL})
    assert response.headers["location"] == place
    assert (await client.get("/owner", params={"to": GOAL})).headers["location"] == place
    assert (await client.get("/owner?to=inbox")).headers["location"] == "/#owner.inbox"


@pytest.mark.parametrize(
    "goal", ["//evil.example", "inbox/1", 'inbox"><b', "Inbox", "a/b/c", "x" * 99]
)
async def test_nothing_else_can_be_wanted(client: httpx.AsyncClient, goal: str) -> None:
    assert 'name="to"' not in (await client.get("/owner", params={"to": goal})).text
    response = await client.post("/owner", data={"password": PASSWORD, "to": goal})
    assert response.headers["location"] == "/#owner"
