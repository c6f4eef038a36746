"""Who may do what: a table over every event of the page and every route of the site.

An event or a route that is not in the table fails the tests. `PUBLIC` may be called by everybody
(what it shows is bound to the visitor's token, see tests/e2e/test_forged_calls.py); `SHOWS_OWNER`
answers everybody and shows something to the owner only; `OWNER` answers the owner only.
"""

import asyncio
import base64
import hashlib
import hmac
import inspect
import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import gradio as gr
import httpx
import pytest
import uvicorn
from fastapi import APIRouter, FastAPI, WebSocket
from fastapi.routing import APIWebSocketRoute
from starlette.applications import Starlette
from starlette.routing import Mount

from chatbot.services import build_services
from chatbot.site import build_site
from chatbot.storage.database import DatabaseValues
from chatbot.web.hardening import Hardening
from tests.fakes import make_settings

PASSWORD = "the password of the authorization table"
CANARY = "only-the-owner-may-read-this"
PUBLIC, SHOWS_OWNER, OWNER = "public", "shows the owner something", "owner"

EVENTS = {
    "open_page": PUBLIC,
    "send_message": PUBLIC,
    "send_starter": PUBLIC,
    "stop": PUBLIC,
    "talk": PUBLIC,
    "new_chat": PUBLIC,
    "show_earlier": PUBLIC,
    "act": PUBLIC,
    "refresh": PUBLIC,
    "send_contact": PUBLIC,
    "ask_for_human": PUBLIC,
    "show_owner_tab": SHOWS_OWNER,
    "fill_owner_tab": SHOWS_OWNER,
    "read_canary": OWNER,
}

# (method, path): the status for nobody and for a visitor, and the status for the owner.
ROUTES = {
    ("WEBSOCKET", "/api/bell"): (None, None),
    ("WEBSOCKET", "/api/chats/{chat_id}/events"): (None, None),
    ("GET", "/api/health"): (200, 200),
    ("HEAD", "/api/health"): (200, 200),
    ("GET", "/page/page.css"): (200, 200),
    ("GET", "/page/page.js"): (200, 200),
    ("GET", "/page/sign-in.css"): (200, 200),
    ("GET", "/owner"): (200, 303),
    ("GET", "/owner/"): (200, 303),
    ("POST", "/owner"): (403, 403),
    ("POST", "/owner/sign-out"): (303, 303),
    ("GET", "/api/owner/contacts.csv"): (401, 200),
    # A token opens these, not a sign-in: this one is none.
    ("GET", "/act/{token}"): (404, 404),
    ("HEAD", "/act/{token}"): (404, 404),
    ("POST", "/act/{token}"): (404, 404),
    ("GET", "/owner/contacts/import"): (303, 200),
    ("POST", "/owner/contacts/import"): (401, 422),
    ("POST", "/owner/contacts/import/confirm"): (401, 422),
    ("GET", "/privacy"): (200, 200),
    # Nobody without the token of the session in question, the owner neither.
    ("POST", "/api/me/export"): (401, 401),
    ("POST", "/api/me/erase"): (401, 401),
    ("GET", "/api/owner/calls/{booking_id}.ics"): (401, 404),
    ("GET", "/api/slots"): (200, 200),
    ("POST", "/api/bookings"): (422, 422),
    ("GET", "/page/calls.css"): (200, 200),
    ("GET", "/page/calls.js"): (200, 200),
    # Whoever has the secret of a call or a link may use it; without one there is nothing.
    ("GET", "/book"): (200, 200),
    ("POST", "/book/hold"): (409, 409),
    ("GET", "/book/held"): (200, 200),
    ("POST", "/book/confirm"): (200, 200),
    ("GET", "/call/{token}"): (404, 404),
    ("GET", "/call/{token}/call.ics"): (404, 404),
    ("GET", "/call/{token}/move"): (404, 404),
    ("POST", "/call/{token}/move"): (404, 404),
    ("POST", "/call/{token}/cancel"): (404, 404),
    ("POST", "/call/{token}/code"): (404, 404),
    ("POST", "/call/{token}/check"): (404, 404),
    ("GET", "/fit"): (200, 200),
    ("POST", "/fit/make"): (422, 422),
    ("GET", "/fit/{token}"): (404, 404),
    ("GET", "/fit/{token}/fit-sheet.md"): (404, 404),
    ("GET", "/verify"): (404, 404),
    ("POST", "/verify/code"): (404, 404),
    ("POST", "/verify/check"): (404, 404),
    # Programs: without a body that fits nothing is done; who may do what is in test_chat_api.py.
    ("POST", "/api/chats"): (422, 422),
    ("GET", "/api/chats"): (401, 200),
    ("GET", "/api/chats/{chat_id}"): (422, 422),
    ("GET", "/api/chats/{chat_id}/messages"): (422, 422),
    ("GET", "/api/chats/{chat_id}/context"): (422, 422),
    ("POST", "/api/chats/{chat_id}/messages"): (422, 422),
    ("POST", "/api/chats/{chat_id}/fit"): (422, 422),
    ("POST", "/api/chats/{chat_id}/feedback"): (422, 422),
    ("POST", "/api/chats/{chat_id}/escalate"): (422, 422),
    ("POST", "/api/chats/{chat_id}/deactivate"): (422, 422),
    ("DELETE", "/api/chats/{chat_id}"): (422, 422),
    ("POST", "/api/contacts"): (422, 422),
    ("POST", "/api/questions"): (422, 422),
    ("GET", "/api/questions"): (401, 200),
    ("POST", "/api/questions/{question_id}/answer"): (422, 422),
    ("GET", "/api/analytics/overview"): (401, 200),
    ("GET", "/api/analytics/daily-active-users"): (401, 200),
    ("GET", "/api/analytics/top-questions"): (401, 200),
    ("GET", "/api/analytics/conversion-rate"): (401, 200),
    ("GET", "/api/analytics/engagement"): (401, 200),
    ("POST", "/api/token"): (422, 422),
    ("DELETE", "/api/token"): (401, 204),
    ("POST", "/api/mcp"): (400, 400),
    ("GET", "/api/openapi.json"): (200, 200),
    ("GET", "/api/docs"): (200, 200),
    ("GET", "/page/api.css"): (200, 200),
    ("GET", "/widget.js"): (200, 200),
    ("GET", "/llms.txt"): (200, 200),
    ("GET", "/preview.png"): (200, 200),
    # The end of `/api`: nothing is there.
    ("GET", "/api/{rest:path}"): (404, 404),
    ("HEAD", "/api/{rest:path}"): (404, 404),
    ("OPTIONS", "/api/{rest:path}"): (404, 404),
    ("POST", "/api/{rest:path}"): (404, 404),
    ("PUT", "/api/{rest:path}"): (404, 404),
    ("PATCH", "/api/{rest:path}"): (404, 404),
    ("DELETE", "/api/{rest:path}"): (404, 404),
    ("GET", "/return/{code}"): (404, 404),
    ("POST", "/return/{code}"): (404, 404),
}

# The routes of Gradio that are let through; every other of its routes must be a 404.
GRADIO_ROUTES = {
    ("GET", "/"),
    ("HEAD", "/"),
    ("GET", "/config"),
    ("GET", "/theme.css"),
    ("GET", "/favicon.ico"),
    ("GET", "/manifest.json"),
    ("GET", "/robots.txt"),
    ("GET", "/static/{path:path}"),
    ("GET", "/assets/{path:path}"),
    ("GET", "/gradio_api/heartbeat/{session_hash}"),
    ("GET", "/gradio_api/queue/data"),
    ("POST", "/gradio_api/queue/join"),
    ("POST", "/gradio_api/run/predict"),
    ("POST", "/gradio_api/cancel"),
    ("GET", "/gradio_api/app_id"),
}


def name_of(event: Any) -> str:
    """The function behind an event; Gradio gives all of its `gr.render` the same name."""
    return str(event.renderable.fn.__name__ if event.renderable else event.name)


def build_canary(_request: gr.Request, door: Any) -> None:
    """An owner's tab with one event, as all of them are to be."""

    async def read_canary(request: gr.Request) -> str:
        await door.require_owner(request)
        return CANARY

    button, words = gr.Button("Read"), gr.Markdown(f"tab of {CANARY}")
    button.click(read_canary, outputs=words, api_visibility="private")


def walk(routes: list[Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """(method, path) of every route, those of included routers too."""
    for route in routes:
        if hasattr(route, "original_router"):
            context = route.include_context
            yield from walk(route.original_router.routes, prefix + context.prefix)
        elif isinstance(route, APIWebSocketRoute):
            yield "WEBSOCKET", prefix + route.path
        elif isinstance(route, Mount):
            yield "MOUNT", prefix + route.path
        else:
            yield from ((method, prefix + route.path) for method in route.methods)


@dataclass
class Served:
    """The site while it is served, and what is inside it."""

    url: str
    site: Hardening

    @property
    def routes(self) -> list[Any]:
        return list(self.site._app.routes)

    @property
    def page(self) -> gr.Blocks:
        [mount] = [route for route in self.routes if isinstance(route, Mount)]
        return mount.app.get_blocks()

    @property
    def gradio_routes(self) -> set[tuple[str, str]]:
        [mount] = [route for route in self.routes if isinstance(route, Mount)]
        return set(walk(mount.app.routes))

    def late_events(self, caller: "Caller") -> dict[int, Any]:
        """The events that were made for this caller's page."""
        if caller.session not in self.page.state_holder:
            return {}
        state = self.page.state_holder.session_data[caller.session]
        fns = state.blocks_config.fns
        return {key: fn for key, fn in fns.items() if key not in self.page.fns}


@dataclass
class Caller:
    """Somebody with one open page."""

    url: str
    session: str
    cookies: dict[str, str] = field(default_factory=dict)

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        # Without TLS to verify, a client costs a millisecond instead of fifty.
        with httpx.Client(
            base_url=self.url, cookies=self.cookies, timeout=20, verify=False
        ) as client:
            return client.request(method, path, **options)

    def call(
        self, way: str, event_id: int, fn: Any, session: str = "", data: list[Any] | None = None
    ) -> tuple[int, str]:
        """Status and words of an event that is called on one of Gradio's ways."""
        body = {
            "data": data or [None] * len(fn.inputs),
            "fn_index": event_id,
            "session_hash": session or self.session,
            "username": "owner",
            "request": {"username": "owner"},
        }
        path = f"/gradio_api/{way}".format(name=fn.api_name or fn.name)
        response = self.request("POST", path, json=body)
        if response.status_code != 200 or way != "queue/join":
            return response.status_code, response.text
        return self.read_stream(session or self.session)

    def read_stream(self, session: str) -> tuple[int, str]:
        parameters = {"session_hash": session}
        response = self.request("GET", "/gradio_api/queue/data", params=parameters)
        return response.status_code, response.text

    def open_page(self, page: gr.Blocks) -> None:
        for event_id, fn in page.fns.items():
            if name_of(fn) in ("show_owner_tab", "fill_owner_tab"):
                assert self.call("run/predict", event_id, fn)[0] == 200


# Every way to call an event that Gradio has, by event or by name; the open ones take it by its id.
WAYS = (
    "run/predict",
    "run/{name}",
    "api/predict",
    "api/{name}",
    "call/{name}",
    "call/v2/{name}",
    "queue/join",
)
OPEN_WAYS = ("run/predict", "queue/join")


def serve(sqlite_template, tmp_path_factory, tabs: Any) -> Iterator[Served]:
    path = tmp_path_factory.mktemp("site") / "chatbot.db"
    path.write_bytes(sqlite_template.read_bytes())
    settings = make_settings(
        DatabaseValues(f"sqlite:///{path}"),
        owner_password=PASSWORD,
        public_url="https://me.example",
    )
    site = build_site(settings, build_services(settings), build_owner_tabs=tabs)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(site, log_config=None))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield Served(f"http://127.0.0.1:{listener.getsockname()[1]}", site)
    server.should_exit = True
    thread.join()


def sign_in(served: Served) -> Caller:
    with httpx.Client(base_url=served.url, timeout=20) as client:
        response = client.post("/owner", data={"password": PASSWORD})
        assert response.status_code == 303
        caller = Caller(served.url, f"owner{time.time_ns()}", dict(client.cookies))
    caller.open_page(served.page)
    return caller


@pytest.fixture(scope="module")
def served(sqlite_template, tmp_path_factory) -> Iterator[Served]:
    yield from serve(sqlite_template, tmp_path_factory, build_canary)


@pytest.fixture
def nobody(served: Served) -> Caller:
    """A program that has opened no page."""
    return Caller(served.url, "nobody")


@pytest.fixture
def visitor(served: Served) -> Caller:
    """A visitor with an open page and a cookie of their own making."""
    caller = Caller(served.url, "visitor", {"career-chat-owner": "owner." + "0" * 64})
    caller.open_page(served.page)
    return caller


@pytest.fixture
def owner(served: Served) -> Caller:
    return sign_in(served)


def test_every_event_is_in_the_table(served: Served, owner: Caller) -> None:
    fns = [*served.page.fns.values(), *served.late_events(owner).values()]
    assert {name_of(fn) for fn in fns} == set(EVENTS)


def test_every_route_is_in_the_table(served: Served) -> None:
    found = set(walk(served.routes)) - {("MOUNT", "")}
    assert found == set(ROUTES)


def test_a_route_that_nobody_listed_would_be_found() -> None:
    """Wherever it is added: on the site, in a router, behind a mount or as a WebSocket."""
    site, router = FastAPI(openapi_url=None, docs_url=None, redoc_url=None), APIRouter()

    async def answer() -> None: ...

    async def talk(socket: WebSocket) -> None: ...

    site.get("/plain")(answer)
    router.delete("/inside")(answer)
    router.websocket("/socket")(talk)
    site.include_router(router, prefix="/api")
    site.mount("/files", Starlette())
    assert set(walk(list(site.routes))) == {
        ("GET", "/plain"),
        ("DELETE", "/api/inside"),
        ("WEBSOCKET", "/api/socket"),
        ("MOUNT", "/files"),
    }


def test_an_event_that_nobody_listed_would_be_found(served: Served) -> None:
    async def unlisted() -> None: ...

    async def drawn() -> None: ...

    async def called() -> int:
        return 1

    with gr.Blocks() as page:
        page.load(unlisted)
        gr.render(triggers=[page.load])(drawn)
        gr.api(called)
    names = {name_of(fn) for fn in page.fns.values()}
    assert names == {"unlisted", "drawn", "called"}
    assert not names & set(EVENTS)
    assert "open_page" in {name_of(fn) for fn in served.page.fns.values()}


@pytest.mark.parametrize(("method", "path"), [key for key in ROUTES if key[0] != "WEBSOCKET"])
def test_every_route_answers_as_the_table_says(
    nobody: Caller, visitor: Caller, owner: Caller, method: str, path: str
) -> None:
    others, own = ROUTES[method, path]
    statuses = [caller.request(method, path).status_code for caller in (nobody, visitor, owner)]
    assert statuses == [others, others, own]


def test_no_other_route_of_gradio_answers(served: Served, visitor: Caller, owner: Caller) -> None:
    # HEAD is answered by GET, and "predict" is one name that `/run/{api_name}` takes.
    unnamed = {("HEAD", "/"), ("POST", "/gradio_api/run/predict")}
    assert served.gradio_routes >= GRADIO_ROUTES - unnamed
    for method, path in served.gradio_routes - GRADIO_ROUTES:
        for caller in (visitor, owner):
            status = caller.request(method, path.replace("{path:path}", "x")).status_code
            assert status in (404, 405), (method, path, status)


def test_every_way_to_call_an_event_is_tried(served: Served) -> None:
    found = {
        path.removeprefix("/gradio_api/").rstrip("/").replace("{api_name}", "{name}")
        for method, path in served.gradio_routes
        if method == "POST" and ("{api_name}" in path or "/queue/" in path)
    }
    assert found == {way for way in WAYS if "predict" not in way}


@pytest.mark.parametrize("way", WAYS)
def test_every_public_event_answers_everybody(
    served: Served, nobody: Caller, visitor: Caller, owner: Caller, way: str
) -> None:
    public = {key: fn for key, fn in served.page.fns.items() if EVENTS.get(name_of(fn)) == PUBLIC}
    expected = 200 if way in OPEN_WAYS else 404
    for event_id, fn in public.items():
        for caller in (nobody, visitor, owner):
            status, words = caller.call(way, event_id, fn)
            assert status == expected, (name_of(fn), words)
            assert CANARY not in words


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", [name for name, who in EVENTS.items() if who == SHOWS_OWNER])
def test_the_owners_tab_is_shown_to_the_owner_only(
    served: Served, nobody: Caller, visitor: Caller, owner: Caller, name: str, way: str
) -> None:
    [(event_id, fn)] = [item for item in served.page.fns.items() if name_of(item[1]) == name]
    trace = CANARY if name == "fill_owner_tab" else '"visible":true'
    shown = [
        trace in caller.call(way, event_id, fn)[1].replace(" ", "").replace("tabof", "")
        for caller in (nobody, visitor, owner)
    ]
    assert shown == [False, False, way in OPEN_WAYS]


@pytest.mark.parametrize("way", WAYS)
def test_every_event_of_the_owner_answers_the_owner_only(
    served: Served, nobody: Caller, visitor: Caller, owner: Caller, way: str
) -> None:
    late = served.late_events(owner)
    assert {EVENTS[name_of(fn)] for fn in late.values()} == {OWNER}
    assert served.late_events(visitor) == {}
    for event_id, fn in late.items():
        for caller in (nobody, visitor):
            for session in (caller.session, owner.session):
                status, words = caller.call(way, event_id, fn, session)
                assert status == 404
                assert CANARY not in words
        status, words = owner.call(way, event_id, fn)
        assert (status, CANARY in words) == ((200, True) if way in OPEN_WAYS else (404, False))


def test_a_handler_asks_for_itself(served: Served, owner: Caller) -> None:
    """Even where nothing in front of it would."""
    [fn] = served.late_events(owner).values()
    from chatbot.errors import PermissionDenied

    for username in ("visitor", None, "owner"):
        request = gr.Request(headers={"cookie": "career-chat-owner=a.b"}, username=username)
        coroutine = fn.fn(request)
        with pytest.raises(PermissionDenied):
            coroutine.send(None)


def test_the_owners_page_is_nobody_elses(served: Served, visitor: Caller, owner: Caller) -> None:
    assert visitor.read_stream(owner.session)[0] == 404
    for event_id, fn in served.page.fns.items():
        assert visitor.call("run/predict", event_id, fn, owner.session)[0] == 404
    with httpx.stream(
        "GET",
        f"{visitor.url}/gradio_api/queue/data",
        params={"session_hash": visitor.session},
        timeout=20,
    ) as stream:
        assert stream.status_code == 200


def test_signing_out_closes_the_page_that_is_still_open(served: Served, owner: Caller) -> None:
    [(event_id, fn)] = served.late_events(owner).items()
    assert owner.call("run/predict", event_id, fn)[0] == 200
    owner.request("POST", "/owner/sign-out")
    assert owner.call("run/predict", event_id, fn)[0] == 404


def test_a_visitors_configuration_has_no_trace_of_the_area(
    nobody: Caller, visitor: Caller, owner: Caller
) -> None:
    for caller in (nobody, visitor):
        for path in ("/config", "/"):
            words = caller.request("GET", path).text
            assert CANARY not in words
            assert "read_canary" not in words
            assert "Sign out" not in words
        assert caller.request("GET", "/config").json()["username"] == "visitor"
    assert owner.request("GET", "/config").json()["username"] == "owner"


def forged_session(key: str, user: str = "mara") -> str:
    """A session cookie as Starlette signs it, in which Hugging Face vouches for the owner."""
    claims = {"oauth_info": {"userinfo": {"preferred_username": user}, "expires_at": 2**40}}
    data = base64.b64encode(json.dumps(claims).encode())
    stamp = base64.urlsafe_b64encode(int(time.time()).to_bytes(4)).rstrip(b"=")
    signed = data + b"." + stamp
    derived = hashlib.sha1(b"itsdangerous.Signer" + b"signer" + key.encode()).digest()
    signature = hmac.new(derived, signed, hashlib.sha1).digest()
    return (signed + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"system": "spaces", "oauth_client_id": "id", "oauth_client_secret": "secret"},
        {"space_id": "mara/chat", "oauth_client_id": "id", "oauth_client_secret": "secret"},
        {"system": "spaces", "space_id": "mara/chat", "oauth_client_id": "id"},
        # Said by a file, but not so: Gradio would make everyone the user of this machine.
        {
            "system": "spaces",
            "space_id": "mara/chat",
            "oauth_client_id": "id",
            "oauth_client_secret": "secret",
        },
    ],
)
async def test_outside_a_space_there_is_no_sign_in_with_hugging_face(sqlite_values, settings):
    made = make_settings(
        sqlite_values, owner_password=PASSWORD, space_author_name="mara", **settings
    )
    services = build_services(made)
    site = build_site(made, services)
    transport = httpx.ASGITransport(app=site)
    async with httpx.AsyncClient(transport=transport, base_url="https://app.example") as client:
        for key in ("-v4", "secret-v4"):
            digest = hashlib.sha256(key.encode()).hexdigest()
            headers = {"cookie": f"session={forged_session(digest)}"}
            for path in ("/owner/hugging-face", "/login/huggingface", "/login/callback"):
                response = await client.get(path, headers=headers)
                assert response.status_code == 404
                assert "set-cookie" not in response.headers
            page = await client.get("/owner", headers=headers)
            assert page.status_code == 200
            assert "Hugging Face" not in page.text
    services.database.close()


async def test_without_a_password_there_is_no_area(sqlite_values):
    made = make_settings(sqlite_values)
    services = build_services(made)
    assert services.access is None
    [note] = [note for note in services.notes if note.startswith("OWNER_PASSWORD")]
    assert "\n" not in note
    transport = httpx.ASGITransport(app=build_site(made, services))
    async with httpx.AsyncClient(transport=transport, base_url="http://app.example") as client:
        for path in ("/owner", "/owner/sign-out"):
            assert (await client.get(path)).status_code == 404
        assert "Owner" not in (await client.get("/config")).text
    services.database.close()


def test_the_password_is_not_kept(sqlite_values):
    made = make_settings(sqlite_values, owner_password="a canary of a password")
    services = build_services(made)
    assert made.owner_password is None
    assert "canary" not in repr(vars(services.access))
    services.database.close()


# The events of the owner's own tabs, by the function behind them.
OWNER_EVENTS = {
    "act_on_chat",
    "act_on_contact",
    "add_contact_tag",
    "ask_about_job",
    "announce_test",
    "ask_to_erase",
    "cancel_call",
    "delete_job",
    "dismiss_group",
    "erase_chat",
    "erase_contact",
    "erase_person",
    "find_calls",
    "find_chats",
    "find_contacts",
    "find_jobs",
    "find_knowledge",
    "find_notifications",
    "find_people",
    "find_same_contact",
    "merge_groups",
    "open_contact",
    "open_item",
    "open_job",
    "reload_calls",
    "reload_contacts",
    "reload_jobs",
    "reload_knowledge",
    "reload_notifications",
    "reload_receipts",
    "reopen_group",
    "restore_answer",
    "review_answer",
    "run_exam",
    "save_answer",
    "save_contact",
    "save_job",
    "send_reply",
    "send_test",
    "set_contact_stage",
    "show_calls",
    "show_contacts",
    "show_figures",
    "show_inbox",
    "show_jobs",
    "show_knowledge",
    "show_notifications",
    "show_receipts",
    "take_out_question",
    "undo_answer",
    "withdraw_answer",
}


@pytest.fixture(scope="module")
def real(sqlite_template, tmp_path_factory) -> Iterator[Served]:
    """The site with the owner's own tabs."""
    yield from serve(sqlite_template, tmp_path_factory, None)


def test_the_details_of_the_health_are_the_owners(
    nobody: Caller, visitor: Caller, owner: Caller
) -> None:
    shown = [
        set(caller.request("GET", "/api/health").json()) - {"status", "version", "durable"}
        for caller in (nobody, visitor, owner)
    ]
    assert shown == [set(), set(), {"database", "models", "budget", "outbox", "copies", "risk"}]


def test_every_event_of_the_owners_tabs_is_listed_and_the_owners_only(real: Served) -> None:
    own = sign_in(real)
    late = real.late_events(own)
    assert {name_of(fn) for fn in late.values()} == OWNER_EVENTS
    stranger = Caller(real.url, "stranger")
    stranger.open_page(real.page)
    assert real.late_events(stranger) == {}
    for event_id, fn in late.items():
        for way in WAYS:
            for session in (stranger.session, own.session):
                assert stranger.call(way, event_id, fn, session)[0] == 404


def test_every_handler_of_the_owners_tabs_asks_for_itself(real: Served) -> None:
    """Even where nothing in front of it would; a handler that is added later too."""
    late = real.late_events(sign_in(real))
    assert len(late) >= len(OWNER_EVENTS)
    for fn in late.values():
        names = [name for name in inspect.signature(fn.fn).parameters if name != "request"]
        for username in ("visitor", "owner"):
            request = gr.Request(headers={"cookie": "career-chat-owner=a.b"}, username=username)
            [words] = asyncio.run(fn.fn(request, **dict.fromkeys(names))).values()
            assert 'href="/owner"' in str(words), fn.name
