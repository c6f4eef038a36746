"""The Hub's REST routes for buckets and datasets, on a loopback port.

    with HubStandIn() as hub:
        store = BucketStore("me/chat", token="hf_x", endpoint=hub.url)

Uploads to a bucket go through a native library to a server of its own, which cannot be had here:
`hub.session()` takes its place, and posts the bytes to `/xet/{hash}`.
"""

import base64
import contextlib
import hashlib
import json
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlsplit
from urllib.request import Request, urlopen

SHA = "0" * 40
NOW = "2026-01-01T00:00:00.000Z"


@dataclass
class Place:
    """One bucket or dataset."""

    is_private: bool
    files: dict[str, bytes] = field(default_factory=dict)
    commits: int = 0
    squashed: int = 0


class HubStandIn:
    """`faults` are statuses that the next requests get in place of an answer, with headers; -1
    hangs. `after` has the request done before its fault is sent. `tokens` are accepted."""

    def __init__(self) -> None:
        self.buckets: dict[str, Place] = {}
        self.datasets: dict[str, Place] = {}
        self.xet: dict[str, bytes] = {}
        self.faults: deque[tuple[int, dict[str, str]]] = deque()
        self.after = False
        self.tokens = {"hf_token"}
        self.requests: list[tuple[str, str]] = []
        self.makes_public = False
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                stand_in._handle(self)

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = handle_any

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def session(self) -> Any:
        """In place of `huggingface_hub.utils._xet.get_xet_session()`."""

        @contextlib.contextmanager
        def new_upload_commit(**_: object) -> Any:
            yield SimpleNamespace(start_upload_bytes=self._upload)

        return SimpleNamespace(new_upload_commit=new_upload_commit)

    def _upload(self, content: bytes, **_: object) -> Any:
        digest = hashlib.sha256(content).hexdigest()
        urlopen(Request(f"{self.url}/xet/{digest}", data=content, method="POST")).close()
        info = SimpleNamespace(hash=digest, file_size=len(content))
        return SimpleNamespace(result=lambda: SimpleNamespace(xet_info=info))

    def _handle(self, request: BaseHTTPRequestHandler) -> None:
        length = int(request.headers.get("content-length") or 0)
        body = request.rfile.read(length)
        path = unquote(urlsplit(request.path).path)
        self.requests.append((request.command, path))
        fault = None
        if not path.startswith("/xet/") and self.faults:
            fault = self.faults.popleft()
        if fault is None or self.after:
            status, answer = self._answer(request, path, body)
        if fault is not None:
            if fault[0] == -1:
                time.sleep(2.0)
                request.close_connection = True
                return
            status, answer = fault[0], {"error": "as it was told"}
        self._send(request, status, answer, fault[1] if fault else {})

    def _send(
        self, request: BaseHTTPRequestHandler, status: int, answer: Any, headers: dict[str, str]
    ) -> None:
        content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        request.send_response(status)
        request.send_header("content-length", str(len(content)))
        kind = "application/octet-stream" if isinstance(answer, bytes) else "application/json"
        request.send_header("content-type", kind)
        for name, value in headers.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(content)

    def _answer(self, request: BaseHTTPRequestHandler, path: str, body: bytes) -> tuple[int, Any]:
        parts = path.strip("/").split("/")
        if parts[0] == "xet":
            self.xet[parts[1]] = body
            return 200, {}
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            return 401, {"error": "Invalid credentials"}
        if parts[:3] == ["api", "repos", "create"]:
            return self._make(self.datasets, json.loads(body))
        if parts[:2] == ["api", "buckets"]:
            return self._answer_bucket(request.command, parts[2:], body)
        if parts[:2] == ["api", "datasets"]:
            return self._answer_dataset(request, parts[2:], body)
        if parts[0] in ("buckets", "datasets") and "resolve" in parts:
            return self._read(parts)
        return 404, {"error": "no such route"}

    def _make(self, places: dict[str, Place], wish: dict[str, Any]) -> tuple[int, Any]:
        name = wish.get("organization") or "me"
        return self._make_place(places, f"{name}/{wish['name']}", wish)

    def _make_place(
        self, places: dict[str, Place], name: str, wish: dict[str, Any]
    ) -> tuple[int, Any]:
        if name in places:
            return 409, {"error": "exists"}
        is_private = wish.get("visibility") == "private" or wish.get("private") is True
        places[name] = Place(is_private and not self.makes_public)
        kind = "datasets" if places is self.datasets else "buckets"
        return 200, {"url": f"{self.url}/{kind}/{name}", "name": name}

    def _answer_bucket(self, method: str, parts: list[str], body: bytes) -> tuple[int, Any]:
        name, rest = "/".join(parts[:2]), parts[2:]
        if method == "POST" and not rest:
            return self._make_place(self.buckets, name, json.loads(body or b"{}"))
        bucket = self.buckets.get(name)
        if bucket is None:
            return 404, {"error": "no such bucket"}
        if not rest:
            size = sum(map(len, bucket.files.values()))
            return 200, {
                "id": name,
                "private": bucket.is_private,
                "createdAt": NOW,
                "size": size,
                "totalFiles": len(bucket.files),
            }
        if rest[0] == "tree":
            return 200, [
                {"type": "file", "path": path, "size": len(content), "xetHash": "x"}
                for path, content in bucket.files.items()
            ]
        if rest[0] == "batch":
            for line in filter(None, body.split(b"\n")):
                wish = json.loads(line)
                if wish["type"] == "addFile":
                    bucket.files[wish["path"]] = self.xet[wish["xetHash"]]
                else:
                    bucket.files.pop(wish["path"], None)
            return 200, {"failed": []}
        return 404, {"error": "no such route"}

    def _answer_dataset(
        self, request: BaseHTTPRequestHandler, parts: list[str], body: bytes
    ) -> tuple[int, Any]:
        name, rest = "/".join(parts[:2]), parts[2:]
        place = self.datasets.get(name)
        if place is None:
            return 404, {"error": "no such dataset"}
        if not rest or rest[0] == "revision":
            return 200, {"id": name, "private": place.is_private, "sha": SHA, "siblings": []}
        if rest[0] == "preupload":
            files = [
                {"path": file["path"], "uploadMode": "regular", "shouldIgnore": False}
                for file in json.loads(body)["files"]
            ]
            return 200, {"files": files}
        if rest[0] == "commit":
            return self._commit(place, body)
        if rest[0] == "tree":
            expand = parse_qs(urlsplit(request.path).query).get("expand")
            assert expand is not None
            return 200, [
                {"type": "file", "path": path, "size": len(content), "oid": SHA}
                for path, content in place.files.items()
            ]
        if rest[0] == "super-squash":
            place.squashed += 1
            return 200, {}
        if rest[0] == "lfs-files":
            return 200, []
        return 404, {"error": "no such route"}

    def _commit(self, place: Place, body: bytes) -> tuple[int, Any]:
        place.commits += 1
        for line in filter(None, body.split(b"\n")):
            wish = json.loads(line)
            value = wish["value"]
            if wish["key"] == "file":
                place.files[value["path"]] = base64.b64decode(value["content"])
            elif wish["key"] == "deletedFile":
                place.files.pop(value["path"], None)
        return 200, {"commitUrl": f"{self.url}/datasets/me/copies/commit/{SHA}", "commitOid": SHA}

    def _read(self, parts: list[str]) -> tuple[int, Any]:
        places = self.buckets if parts[0] == "buckets" else self.datasets
        place = places.get("/".join(parts[1:3]))
        first = 4 if parts[0] == "buckets" else 5
        content = place.files.get("/".join(parts[first:])) if place is not None else None
        return (404, {"error": "Entry not found"}) if content is None else (200, content)
