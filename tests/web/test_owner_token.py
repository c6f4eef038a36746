"""The owner's token for programs: what is not exactly ours opens nothing."""

import base64
import json
from datetime import timedelta

import jwt
import pytest

from chatbot.errors import InvalidInput
from chatbot.storage.database import Database
from chatbot.storage.models import utc_now
from chatbot.web.access import AccessValues, OwnerAccess, TooManyTries
from chatbot.web.owner_token import OwnerTokens
from tests.web.test_access import CHEAP, HOME, PASSWORD, SECRET, cheap_hash

CLAIMS = {"sub": "owner", "aud": "career-chatbot-api", "iss": "career-chatbot", "jti": "a-sign-in"}


def key_of(tokens: OwnerTokens) -> bytes:
    return tokens._key


def sign(key: bytes, algorithm: str = "HS256", **changes) -> str:
    now = utc_now()
    claims = {**CLAIMS, "iat": now, "exp": now + timedelta(minutes=5), **changes}
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, key, algorithm=algorithm)


def unsigned() -> str:
    parts = [{"alg": "none", "typ": "JWT"}, {**CLAIMS, "iat": 1, "exp": 4_000_000_000}]
    words = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts]
    return b".".join([*words, b""]).decode()


def test_a_token_is_read_by_its_key_only() -> None:
    tokens = OwnerTokens(SECRET)
    made = tokens.make("a-sign-in", now=utc_now())
    assert tokens.read(made) == "a-sign-in"
    assert OwnerTokens(SECRET + "x").read(made) is None
    assert jwt.get_unverified_header(made)["alg"] == "HS256"
    assert tokens.read(sign(key_of(tokens))) == "a-sign-in"


@pytest.mark.filterwarnings("ignore:The HMAC key")
@pytest.mark.parametrize(
    "changes",
    [
        {"aud": "another"},
        {"iss": "another"},
        {"aud": None},
        {"iss": None},
        {"jti": None},
        {"exp": None},
        {"iat": None},
        {"exp": utc_now() - timedelta(seconds=1)},
        {"algorithm": "HS512"},
        {"algorithm": "HS384"},
    ],
)
def test_what_is_not_exactly_ours_is_refused(changes: dict) -> None:
    tokens = OwnerTokens(SECRET)
    assert tokens.read(sign(key_of(tokens), **changes)) is None


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c", "..", unsigned(), "x" * 3000 + ".b.c"])
def test_what_is_no_token_is_refused(token: str) -> None:
    assert OwnerTokens(SECRET).read(token) is None


def test_a_short_key_makes_no_tokens() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        OwnerTokens("k" * 31)


async def issue(access: OwnerAccess) -> dict[str, str]:
    token = await access.issue_token(PASSWORD, address=HOME)
    return {"authorization": f"Bearer {token}"}


async def test_a_token_is_a_sign_in_that_can_be_ended(sqlite_database: Database) -> None:
    access = OwnerAccess(AccessValues(SECRET, CHEAP), database=sqlite_database)
    first, second = await issue(access), await issue(access)
    found = await access.find(first)
    assert found is not None
    assert timedelta(minutes=59) < found.expires_at - found.since <= timedelta(hours=1)
    await access.sign_out(first)
    assert await access.find(first) is None
    assert await access.find(second) is not None
    changed = AccessValues(SECRET, cheap_hash("another password"))
    assert await OwnerAccess(changed, database=sqlite_database).find(second) is None


async def test_tries_count_together_with_the_sign_in_page(sqlite_database: Database) -> None:
    access = OwnerAccess(AccessValues(SECRET, CHEAP), database=sqlite_database)
    for number in range(4):
        with pytest.raises(InvalidInput):
            await (access.issue_token if number % 2 else access.sign_in)("wrong", address=HOME)
    with pytest.raises(TooManyTries):
        await access.sign_in("wrong", address=HOME)
    with pytest.raises(TooManyTries) as closed:
        await access.issue_token(PASSWORD, address=HOME)
    assert 800 < closed.value.retry_after <= 900
