"""Sign-in with Hugging Face as a real Space offers it: the whole program, with a Space's settings.

What the Hub would send back is put into the session, which the Space's own secret signs.
"""

import hashlib
from collections.abc import Iterator

import httpx
import pytest

from tests.app_process import AppProcess
from tests.test_authorization import forged_session

SECRET = "the secret of the app on the Hub"
SPACE = {
    "SYSTEM": "spaces",
    "SPACE_ID": "mara/chat",
    "SPACE_AUTHOR_NAME": "mara",
    "SPACE_HOST": "mara-chat.hf.space",
    "OAUTH_CLIENT_ID": "the app on the Hub",
    "OAUTH_CLIENT_SECRET": SECRET,
    "OAUTH_SCOPES": "openid profile",
    "OPENID_PROVIDER_URL": "http://127.0.0.1:9",
    "SECRET_KEY": "a secret key of more than thirty-two characters",
}


@pytest.fixture(scope="module")
def space(tmp_path_factory) -> Iterator[AppProcess]:
    with AppProcess(tmp_path_factory.mktemp("space"), SPACE) as app:
        yield app


@pytest.fixture
def client(space) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=space.url) as client:
        yield client


def vouched(secret: str, **settings: str) -> dict[str, str]:
    key = hashlib.sha256(f"{secret}-v4".encode()).hexdigest()
    return {"cookie": f"session={forged_session(key, **settings)}"}


def test_the_page_offers_it_and_no_password(client):
    page = client.get("/owner")
    assert "Hugging Face" in page.text
    assert 'type="password"' not in page.text


def test_the_owner_whom_the_hub_names_is_let_in(client):
    response = client.get("/owner/hugging-face", headers=vouched(SECRET))
    assert (response.status_code, response.headers["location"]) == (303, "/#owner")
    cookie = response.cookies["career-chat-owner"]
    health = client.get("/api/health", headers={"cookie": f"career-chat-owner={cookie}"})
    assert health.json()["database"]["ok"] is True


@pytest.mark.parametrize(
    "headers",
    [{}, vouched(SECRET, user="eve"), vouched("another secret"), vouched("")],
    ids=["nobody", "another user", "another secret", "no secret"],
)
def test_nobody_else_is(client, headers):
    response = client.get("/owner/hugging-face", headers=headers)
    assert response.status_code == 403
    assert "career-chat-owner" not in response.cookies
