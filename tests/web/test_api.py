import httpx
import pytest
from fastapi import FastAPI

from chatbot import __version__
from chatbot.engine.health import Health, read_health
from chatbot.llm.rounds import ModelStatus
from chatbot.services import build_services
from chatbot.site import build_site
from chatbot.storage.database import Database
from chatbot.web.api import build_api_router
from chatbot.web.hardening import Hardening, HardeningValues
from tests.fakes import make_settings
from tests.people.test_outbox import add_questions

PASSWORD = "the password of an owner who looks at the health"
LIVENESS = {"status": "ok", "version": __version__, "durable": True}


class Doorkeeper:
    """Says whether somebody is the owner, and counts how often the details were read."""

    def __init__(self, health: Health | None = None) -> None:
        self.health = health
        self.looks = 0
        self.risk = ""

    async def is_owner(self, _headers) -> bool:
        return self.health is not None

    async def read(self) -> Health:
        self.looks += 1
        return self.health

    def client(self) -> httpx.AsyncClient:
        site = FastAPI()
        site.include_router(build_api_router(self.is_owner, self.read, lambda: self.risk))
        app = Hardening(site, HardeningValues(title="", description=""))
        return client_of(app)


def client_of(app) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://app.example")


async def test_everyone_may_ask_whether_it_runs():
    door = Doorkeeper()
    response = await door.client().get("/api/health")
    assert response.status_code == 200
    assert response.json() == LIVENESS
    assert response.headers["cache-control"] == "no-store"
    assert door.looks == 0


async def test_everyone_hears_that_the_data_is_at_risk_and_the_owner_why(sqlite_values):
    door = Doorkeeper()
    door.risk = "the store does not answer"
    assert (await door.client().get("/api/health")).json() == {**LIVENESS, "durable": False}
    database = Database(sqlite_values)
    door.health = await read_health(database, models=(), budget_cap=0, risk=door.risk)
    said = (await door.client().get("/api/health")).json()
    assert (said["durable"], said["risk"]) == (False, door.risk)
    database.close()


async def test_a_head_request_gets_the_headers_alone():
    response = await Doorkeeper().client().head("/api/health")
    assert (response.status_code, response.content) == (200, b"")


async def test_nobody_can_write_to_it():
    assert (await Doorkeeper().client().post("/api/health")).status_code == 405


async def test_the_owners_details_name_every_part(database: Database):
    health = await read_health(database, models=(), budget_cap=2_000_000)
    assert (health.is_database_ok, health.dialect) == (True, database.dialect)
    assert (health.budget.spent, health.budget.cap) == (0, 2_000_000)
    assert (health.outbox.pending, health.outbox.oldest_pending) == (0, None)


async def test_the_owner_reads_every_part(database: Database):
    add_questions(database, 2)
    models = [ModelStatus("gpt-4.1-mini", "open", 29.96, "timeout", "Raise the limit.")]
    health = await read_health(database, models=models, budget_cap=2_000_000)
    said = (await Doorkeeper(health).client().get("/api/health")).json()
    assert {name: said[name] for name in LIVENESS} == LIVENESS
    assert (said["database"]["ok"], said["database"]["kind"]) == (True, database.dialect)
    assert said["models"] == [
        {
            "model": "gpt-4.1-mini",
            "breaker": "open",
            "seconds_until_probe": 30.0,
            "last_failure": "timeout",
            "remedy": "Raise the limit.",
        }
    ]
    assert (said["budget"]["spent_usd"], said["budget"]["cap_usd"]) == (0, 2)
    assert (said["outbox"]["pending"], said["outbox"]["failed"]) == (2, 0)
    assert said["outbox"]["oldest_pending_seconds"] >= 0


async def test_a_database_that_does_not_answer_is_a_detail_and_no_error(sqlite_values):
    database = Database(sqlite_values)
    database.close()
    health = await read_health(database, models=(), budget_cap=0)
    assert (health.is_database_ok, health.budget, health.outbox) == (False, None, None)
    said = (await Doorkeeper(health).client().get("/api/health")).json()
    assert said["database"]["ok"] is False
    assert (said["budget"], said["outbox"], said["models"]) == (None, None, [])


@pytest.mark.parametrize("cookie", ["", "career-chat-owner=owner." + "0" * 64])
async def test_only_the_owners_cookie_opens_the_details(sqlite_values, cookie):
    settings = make_settings(sqlite_values, owner_password=PASSWORD, openai_api_key="canary")
    services = build_services(settings)
    async with client_of(build_site(settings, services)) as client:
        headers = {"cookie": cookie} if cookie else {}
        assert (await client.get("/api/health", headers=headers)).json() == LIVENESS
        assert (await client.post("/owner", data={"password": PASSWORD})).status_code == 303
        response = await client.get("/api/health")
        said = response.json()
        assert set(said) == {*LIVENESS, "database", "models", "budget", "outbox", "copies", "risk"}
        assert [model["breaker"] for model in said["models"]] == ["closed"]
        assert said["budget"]["cap_usd"] == 2
        assert "canary" not in response.text
        await client.post("/owner/sign-out")
        assert (await client.get("/api/health")).json() == LIVENESS
    await services.provider.close()
    services.database.close()


async def test_a_sign_in_that_cannot_be_checked_still_gets_an_answer(sqlite_values):
    settings = make_settings(sqlite_values, owner_password=PASSWORD)
    services = build_services(settings)
    async with client_of(build_site(settings, services)) as client:
        await client.post("/owner", data={"password": PASSWORD})
        services.database.close()
        response = await client.get("/api/health")
    assert (response.status_code, response.json()) == (200, LIVENESS)
