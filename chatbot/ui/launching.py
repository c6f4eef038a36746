"""The second way to start: through `Blocks.launch`, on which the free ZeroGPU hardware of Spaces
insists.

The server that Gradio starts then serves the very application that uvicorn serves elsewhere: the
same routes behind the same outermost layer, with the same start and end.
"""

import asyncio
import logging
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from chatbot.graceful import wind_down_first

_LIFESPAN_SECONDS = 10.0
_HELD_SECONDS = 0.01
_SIGNAL_SECONDS = 0.1
_STARTED_PATH = "/gradio_api/startup-events"


@dataclass(frozen=True)
class LaunchValues:
    """Where to listen, by which protocol of uvicorn's, for how many seconds open connections are
    waited for at the end, and what a WebSocket may send: frames of `max_frame_bytes`, and an answer
    to a ping every `ping_seconds`.
    """

    host: str
    port: int
    protocol: type[Any]
    shutdown_seconds: int
    keep_alive_seconds: int
    max_frame_bytes: int
    ping_seconds: float


def register_with_zero_gpu() -> None:
    """Call before `launch`: makes it tell the platform that the program has started.

    The platform stops a program in which no function asks for a GPU; this one is never called.
    """
    import spaces  # type: ignore[import-not-found]

    spaces.GPU(_use_no_gpu)


def launch(
    app: ASGIApp,
    page: Any,
    mounted: Any,
    options: dict[str, Any],
    values: LaunchValues,
    *,
    wind_down: Callable[[], Awaitable[None]],
) -> None:
    """Serves `app` until SIGTERM or SIGINT, then ends the process when its lifespan has ended.

    `mounted` is the part of `app` in which Gradio serves the `gr.Blocks` `page`, made with
    `options`. `wind_down` is awaited before the connections end.
    """
    signals: list[int] = []
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda number, _frame: signals.append(number))
    front = _build_front(app, page)
    with _own_server():
        _launch(page, front, options, values)
    # Its events are run for the mounted application again, whose routes are the ones asked.
    page.app = page.server_app = mounted
    page._queue.set_server_app(mounted)
    _configure(page.server, front, values)
    wind_down_first(page.server, wind_down)
    front.is_open = True
    thread = page.server.thread
    while not signals and thread.is_alive():
        time.sleep(_SIGNAL_SECONDS)
    page.server.should_exit = True
    thread.join(values.shutdown_seconds + _LIFESPAN_SECONDS)
    if not signals:
        raise RuntimeError("Gradio's server ended by itself.")
    # As uvicorn does: everything is stored, and Python would take seconds to tidy up.
    signal.signal(signals[0], signal.SIG_DFL)
    signal.raise_signal(signals[0])


def _launch(page: Any, front: Any, options: dict[str, Any], values: LaunchValues) -> None:
    page.launch(
        server_name=values.host,
        server_port=values.port,
        max_threads=page.max_threads,
        state_session_capacity=page.state_session_capacity,
        prevent_thread_lock=True,
        quiet=True,
        inline=False,
        share=False,
        mcp_server=False,
        _app=front,
        **options,
    )


@contextmanager
def _own_server() -> Iterator[None]:
    """Changes two habits of Gradio's server. On a Space it would start a second one, on port 7887
    of every address, that replaces the program's files by what it is sent; and it would give up a
    start that takes longer than 5 s, as it may on a shared machine."""
    from gradio import http_server as module

    http_server: Any = module
    get_space, run_in_thread = http_server.get_space, http_server.Server.run_in_thread
    http_server.get_space = lambda: None
    http_server.Server.run_in_thread = _run_in_thread
    try:
        yield
    finally:
        http_server.get_space = get_space
        http_server.Server.run_in_thread = run_in_thread


def _run_in_thread(server: Any) -> None:
    """Returns when the server has started; raises when it ended instead."""
    from gradio.exceptions import ServerFailedToStartError

    server.thread = threading.Thread(target=server.run, name="server", daemon=True)
    server.thread.start()
    while not server.started:
        if not server.thread.is_alive():
            raise ServerFailedToStartError("The server ended while it started; see above.")
        time.sleep(_HELD_SECONDS)


def _use_no_gpu() -> None:
    """What `register_with_zero_gpu` registers."""


def _build_front(app: ASGIApp, page: Any) -> Any:
    """What `launch` takes for its own application: it passes everything on to `app`."""
    from gradio.routes import App

    class Front(App):
        is_open = False

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            if not self.is_open and scope["type"] == "http":
                if scope["path"] == _STARTED_PATH:
                    # `launch` asks for what the lifespan has done already.
                    await _say_started(send)
                    return
                while not self.is_open and scope["method"] == "POST":
                    await asyncio.sleep(_HELD_SECONDS)
            await app(scope, receive, send)

    front = Front(docs_url=None, redoc_url=None, openapi_url=None)
    front.state_holder = page.state_holder
    return front


async def _say_started(send: Send) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"true"})


def _configure(server: Any, front: ASGIApp, values: LaunchValues) -> None:
    """Gives Gradio's uvicorn what `serve` gives its own; it reads these while it runs."""
    # Without the layer of uvicorn's that believes what every proxy says.
    server.config.loaded_app = front
    server.config.http_protocol_class = values.protocol
    server.config.ws_max_size = values.max_frame_bytes
    server.config.ws_ping_interval = server.config.ws_ping_timeout = values.ping_seconds
    server.config.ws_per_message_deflate = False
    server.config.timeout_graceful_shutdown = values.shutdown_seconds
    server.config.timeout_keep_alive = values.keep_alive_seconds
    server.config.encoded_headers = []
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        # Gradio gave them handlers of its own, past the log that hides secrets.
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
