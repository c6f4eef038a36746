"""A stand-in for the Hub's routes around Spaces, on loopback: what the deploy commands talk to.

with HubSpaces() as hub:
    hub.add_space("ana/chat")
    ...  # HF_ENDPOINT=hub.url
    hub.writes  # the requests that were no GET
"""

import base64
import hashlib
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit


@dataclass
class Space:
    """One Space. `stages` are what its runtime says from the next commit on, the last for good; a
    stage is a name, or a name and the commit that it belongs to."""

    files: dict[str, bytes] = field(default_factory=dict)
    commits: int = 0
    secrets: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    visibility: str = "public"
    hardware: str = "cpu-basic"
    stages: list[str] = field(default_factory=lambda: ["RUNNING"])
    names_commit: bool = True
    error: str = ""
    restarts: int = 0
    replicas: int = 1

    @property
    def sha(self) -> str:
        return hashlib.sha1(str(self.commits).encode()).hexdigest()


@dataclass(frozen=True)
class Failure:
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    message: str = "No."


class HubSpaces:
    """The Hub; `failures` answer requests whose "METHOD path" they match in the route's place.

    `durable` is what the program on a Space says of its data, one answer after the other, the last
    for good.
    """

    def __init__(self) -> None:
        self.account: dict[str, Any] = {
            "type": "user",
            "name": "ana",
            "isPro": True,
            "orgs": [{"name": "acme"}],
            "auth": {"type": "access_token", "accessToken": {"role": "write"}},
        }
        self.spaces: dict[str, Space] = {}
        self.buckets: dict[str, str] = {}
        self.failures: dict[str, Failure] = {}
        self.requests: list[tuple[str, str]] = []
        self.log_lines = ["first line\n", "last line\n"]
        self.app_host = ""
        self.drops: set[str] = set()
        self.health_headers: dict[str, str] = {}
        self.durable: list[bool] = [True]
        self.on_preupload: Callable[[Space], None] = lambda _space: None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def add_space(self, repo: str, **values: Any) -> Space:
        self.spaces[repo] = Space(**values)
        return self.spaces[repo]

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [request for request in self.requests if request[0] != "GET"]

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, str], Any]:
        self.requests.append((method, path))
        for pattern, failure in self.failures.items():
            if re.fullmatch(pattern, f"{method} {path}"):
                return failure.status, failure.headers, {"error": failure.message}
        for pattern, route in _ROUTES.items():
            if found := re.fullmatch(pattern, f"{method} {path}"):
                return route(self, body, *found.groups())
        return 404, {"x-error-code": "RepoNotFound"}, {"error": "Repository not found"}


Answer = tuple[int, dict[str, str], Any]
_GONE: Answer = (404, {"x-error-code": "RepoNotFound"}, {"error": "Repository not found"})


def _who(hub: HubSpaces, _body: bytes) -> Answer:
    return 200, {}, hub.account


def _create(hub: HubSpaces, body: bytes) -> Answer:
    asked = json.loads(body)
    repo = f"{asked.get('organization') or hub.account['name']}/{asked['name']}"
    if repo in hub.spaces:
        return 409, {}, {"error": "You already created this space repo", "url": f"{hub.url}/{repo}"}
    hub.add_space(
        repo,
        visibility=asked.get("visibility", "public"),
        hardware=asked.get("hardware", "cpu-basic"),
        secrets={pair["key"]: pair["value"] for pair in asked.get("secrets", ())},
        variables={pair["key"]: pair["value"] for pair in asked.get("variables", ())},
        files={".gitattributes": b"*.bin filter=lfs\n"},
    )
    return 200, {}, {"url": f"https://huggingface.co/spaces/{repo}"}


def _info(hub: HubSpaces, _body: bytes, repo: str) -> Answer:
    if (space := hub.spaces.get(repo)) is None:
        return _GONE
    said = {
        "id": repo,
        "sha": space.sha,
        "private": space.visibility == "private",
        "host": hub.app_host or hub.url,
        "subdomain": repo.replace("/", "-"),
        "tags": [],
        "siblings": [{"rfilename": path} for path in space.files],
    }
    return 200, {}, said


def _runtime(hub: HubSpaces, _body: bytes, repo: str) -> Answer:
    space = hub.spaces[repo]
    stage, _, commit = (
        space.stages.pop(0) if len(space.stages) > 1 else space.stages[0]
    ).partition(" ")
    hardware = {"current": space.hardware, "requested": space.hardware}
    replicas = {"current": 1, "requested": space.replicas}
    said = {
        "stage": stage,
        "hardware": hardware,
        "errorMessage": space.error,
        "replicas": replicas,
    }
    if space.names_commit:
        said["sha"] = commit or space.sha
    return 200, {}, said


def _tree(hub: HubSpaces, _body: bytes, repo: str) -> Answer:
    if repo not in hub.spaces:
        return _GONE
    files = hub.spaces[repo].files.items()
    return (
        200,
        {},
        [
            {"type": "file", "path": path, "size": len(content), "oid": blob_id(content)}
            for path, content in files
        ],
    )


def _preupload(hub: HubSpaces, body: bytes, repo: str) -> Answer:
    files = hub.spaces[repo].files
    hub.on_preupload(hub.spaces[repo])
    said = []
    for asked in json.loads(body)["files"]:
        path = asked["path"]
        mode = {"path": path, "uploadMode": "regular", "shouldIgnore": path in hub.drops}
        if path in files:
            mode["oid"] = blob_id(files[path])
        said.append(mode)
    return 200, {}, {"files": said}


def _commit(hub: HubSpaces, body: bytes, repo: str) -> Answer:
    space = hub.spaces[repo]
    lines = [json.loads(line) for line in body.splitlines() if line]
    parent = next(line["value"] for line in lines if line["key"] == "header").get("parentCommit")
    if parent not in (None, space.sha):
        return 412, {}, {"error": "A commit has happened since. Please refresh and try again."}
    for line in lines:
        value = line["value"]
        if line["key"] == "file":
            space.files[value["path"]] = base64.b64decode(value["content"])
        elif line["key"] == "deletedFile":
            del space.files[value["path"]]
    space.commits += 1
    said = {"commitUrl": f"{hub.url}/{repo}/commit/{space.sha}", "commitOid": space.sha}
    return 200, {}, said


def _list_values(hub: HubSpaces, _body: bytes, repo: str, kind: str) -> Answer:
    values = getattr(hub.spaces[repo], kind)
    shown = {
        name: {"value": value} if kind == "variables" else {} for name, value in values.items()
    }
    return 200, {}, shown


def _set_value(hub: HubSpaces, body: bytes, repo: str, kind: str) -> Answer:
    asked = json.loads(body)
    getattr(hub.spaces[repo], kind)[asked["key"]] = asked["value"]
    return _list_values(hub, b"", repo, kind)


def _set_hardware(hub: HubSpaces, body: bytes, repo: str) -> Answer:
    hub.spaces[repo].hardware = json.loads(body)["flavor"]
    return _runtime(hub, b"", repo)


def _set_repo(hub: HubSpaces, body: bytes, repo: str) -> Answer:
    hub.spaces[repo].visibility = json.loads(body)["visibility"]
    return 200, {}, {}


def _restart(hub: HubSpaces, _body: bytes, repo: str) -> Answer:
    hub.spaces[repo].restarts += 1
    return 200, {}, {"stage": "BUILDING", "hardware": {}}


def _log(hub: HubSpaces, _body: bytes, _repo: str, _kind: str) -> Answer:
    events = [f"data: {json.dumps({'data': line, 'timestamp': ''})}\n\n" for line in hub.log_lines]
    return 200, {"content-type": "text/event-stream"}, "".join(events)


def _make_bucket(hub: HubSpaces, body: bytes, bucket: str) -> Answer:
    if bucket in hub.buckets:
        return 409, {}, {"error": "exists", "url": f"{hub.url}/buckets/{bucket}"}
    hub.buckets[bucket] = json.loads(body).get("visibility", "public")
    return 200, {}, {"url": f"{hub.url}/buckets/{bucket}"}


def _bucket(hub: HubSpaces, _body: bytes, bucket: str) -> Answer:
    if bucket not in hub.buckets:
        return _GONE
    said = {
        "id": bucket,
        "private": hub.buckets[bucket] == "private",
        "createdAt": "2026-01-01T00:00:00.000Z",
        "size": 0,
        "totalFiles": 0,
    }
    return 200, {}, said


def _health(hub: HubSpaces, _body: bytes) -> Answer:
    from chatbot import __version__

    is_durable = hub.durable.pop(0) if len(hub.durable) > 1 else hub.durable[0]
    return 200, {}, {"status": "ok", "version": __version__, "durable": is_durable}


_REPO = "([^/ ]+/[^/ ]+)"
_ROUTES: dict[str, Callable[..., Answer]] = {
    "GET /api/whoami-v2": _who,
    "GET /api/health": _health,
    "POST /api/repos/create": _create,
    "POST /api/validate-yaml": lambda _hub, _body: (200, {}, {"errors": [], "warnings": []}),
    f"GET /api/spaces/{_REPO}(?:/revision/main)?": _info,
    f"GET /api/spaces/{_REPO}/runtime": _runtime,
    f"GET /api/spaces/{_REPO}/tree/main": _tree,
    f"POST /api/spaces/{_REPO}/preupload/main": _preupload,
    f"POST /api/spaces/{_REPO}/commit/main": _commit,
    f"GET /api/spaces/{_REPO}/(secrets|variables)": _list_values,
    f"POST /api/spaces/{_REPO}/(secrets|variables)": _set_value,
    f"POST /api/spaces/{_REPO}/hardware": _set_hardware,
    f"PUT /api/spaces/{_REPO}/settings": _set_repo,
    f"POST /api/spaces/{_REPO}/restart": _restart,
    f"GET /api/spaces/{_REPO}/logs/(build|run)": _log,
    f"POST /api/buckets/{_REPO}": _make_bucket,
    f"GET /api/buckets/{_REPO}": _bucket,
}


def blob_id(content: bytes) -> str:
    """What git calls a file of this content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def _handler(hub: HubSpaces) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            path = urlsplit(self.path).path
            if path == "/api/health":
                hub.health_headers = {name.lower(): self.headers[name] for name in self.headers}
            status, headers, said = hub.answer(self.command, path, body)
            content = said.encode() if isinstance(said, str) else json.dumps(said).encode()
            self.send_response(status)
            for name, value in {"content-type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_PUT = do_DELETE = do_GET

        def log_message(self, *_: object) -> None:
            pass

    return Handler
