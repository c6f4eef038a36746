"""The whole program with an owner, a model and a canary in every secret setting."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from chatbot.storage.database import Database, DatabaseValues
from tests.app_process import AppProcess
from tests.stand_in import StandIn

# Long enough for every setting, and found by one search: of letters only, so that it stays as it is
# in markup and in addresses. The part after the dash differs.
CANARY = "canarythatnobodymayeverseeanywhere"
PASSWORD = f"{CANARY}-password"
SECRETS = {
    "SECRET_KEY": f"{CANARY}-signing",
    "DATABASE_KEY": f"{CANARY}-database",
    "OWNER_PASSWORD": PASSWORD,
    "OPENAI_API_KEY": f"{CANARY}-provider",
    "PUSHOVER_USER": f"{CANARY}-user",
    "PUSHOVER_TOKEN": f"{CANARY}-application",
    "NOTIFY_URLS": f"json://me:{CANARY}-notify@127.0.0.1:9/nobody-is-there",
    "EMAIL_URL": f"resend://{CANARY}-mail:me@example.com",
    "REDIS_URL": f"redis://:{CANARY}-redis@127.0.0.1:1/0",
    "OAUTH_CLIENT_SECRET": f"{CANARY}-oauth",
    "SNAPSHOT_TOKEN": f"{CANARY}-copies",
}


@dataclass
class Fortress:
    """The running program, and every byte that was seen of it."""

    app: AppProcess
    stand_in: StandIn
    store: Path
    seen: list[tuple[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.app.url

    @property
    def host(self) -> str:
        return self.url.removeprefix("http://")

    def client(self, **headers: str) -> httpx.Client:
        """A browser that keeps cookies; whatever comes back is noted."""

        def note(response: httpx.Response) -> None:
            response.read()
            words = f"{response.status_code} {response.headers} {response.text}"
            self.seen.append((str(response.url), words))

        return httpx.Client(
            base_url=self.url, headers=headers, timeout=60, event_hooks={"response": [note]}
        )

    def sign_in(self) -> httpx.Client:
        client = self.client()
        assert client.post("/owner", data={"password": PASSWORD}).status_code == 303
        return client

    def open_database(self) -> Database:
        return Database(DatabaseValues(self.app.database_url, SECRETS["DATABASE_KEY"]))


@pytest.fixture(scope="package")
def fortress(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fortress]:
    folder = tmp_path_factory.mktemp("fortress")
    copies = {"SNAPSHOT_STORE": str(folder / "store")}
    with build_fortress(folder, SECRETS | copies) as fortress:
        yield fortress


@contextmanager
def build_fortress(folder: Path, settings: dict[str, str]) -> Iterator[Fortress]:
    """The program with these settings, and what it needs beside them."""
    with StandIn() as stand_in:
        always = {
            "OPENAI_BASE_URL": stand_in.base_url,
            "LOG_LEVEL": "debug",
            "RATE_LIMITS": "session 100000/day; address off; contact off; escalation off",
            "PUBLIC_URL": "https://me.example",
            "CALL_HOURS": "Mon-Sun 00:00-23:00",
        }
        with AppProcess(folder, always | settings) as app:
            yield Fortress(app, stand_in, folder / "store")
