"""Both ways to serve the program: the socket, the whole site, and the server's own limits."""

import gc
import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from chatbot.errors import StartupError
from chatbot.graceful import wind_down_first
from chatbot.services import build_services
from chatbot.settings import Settings
from chatbot.site import Site, build_whole_site
from chatbot.web.connections import build_protocol
from chatbot.web.hardening import Hardening

if TYPE_CHECKING:
    import uvicorn

SHUTDOWN_SECONDS = 2
# Longer than a proxy keeps its connections: it must never use one that is just being closed.
KEEP_ALIVE_SECONDS = 75
# Of a WebSocket: longer frames are refused before they are in memory.
MAX_FRAME_BYTES = 64 * 1024
# A page that has gone without a word is noticed within twice this time.
PING_SECONDS = 20.0
log = logging.getLogger("chatbot.app")


def bind(settings: Settings) -> socket.socket:
    """The socket to serve on; raises StartupError when another program has the port.

    It takes no connections yet: the server opens it once the data is there.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    try:
        if os.name == "posix":  # elsewhere this would take another program's port away
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host, settings.port))
        return listener
    except socket.gaierror as error:
        raise StartupError(
            f"HOST: {settings.host} is no address of this machine. "
            "Set HOST to 0.0.0.0 or 127.0.0.1."
        ) from error
    except OSError as error:
        reason = os.strerror(error.errno or 0)
        raise StartupError(
            f"HOST, PORT: cannot listen on {settings.host} port {settings.port} ({reason}). "
            "Stop the other program, or set HOST and PORT to an address that is free."
        ) from error


def create_site(settings: Settings) -> Site:
    """The whole application for these settings; raises StartupError with what to change."""
    with _no_collection():
        services = build_services(settings)
        for note in services.notes:
            log.warning(note)
        return build_whole_site(settings, services)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keeps Python from looking for garbage in what a start loads and builds, which stays for good:
    that takes a quarter of a start, and again and again a part of a second while it serves."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def serve(site: Site, listener: socket.socket) -> None:
    """Serve until the process is asked to end; what is being answered then is saved."""
    import uvicorn

    server = uvicorn.Server(build_config(site.app))
    wind_down_first(server, site.wind_down)
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listener])


def build_config(app: Hardening) -> "uvicorn.Config":
    """What the server is told."""
    import uvicorn

    return uvicorn.Config(
        app,
        http=build_protocol(app.max_open_requests),
        log_config=None,
        access_log=False,
        server_header=False,
        # The outermost layer reads what proxies say, and only from those that are trusted.
        proxy_headers=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        ws_max_size=MAX_FRAME_BYTES,
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
        # It would take 70 kB of every open page, to shorten frames of a few bytes.
        ws_per_message_deflate=False,
    )


def launch_on_zero_gpu(site: Site, settings: Settings, listener: socket.socket) -> None:
    """As `serve`, on the hardware of Spaces that takes only what `Blocks.launch` starts."""
    from chatbot.ui.launching import LaunchValues, launch, register_with_zero_gpu

    register_with_zero_gpu()
    # Gradio opens the port itself.
    listener.close()
    values = LaunchValues(
        host=settings.host,
        port=settings.port,
        protocol=build_protocol(site.app.max_open_requests),
        shutdown_seconds=SHUTDOWN_SECONDS,
        keep_alive_seconds=KEEP_ALIVE_SECONDS,
        max_frame_bytes=MAX_FRAME_BYTES,
        ping_seconds=PING_SECONDS,
    )
    launch(site.app, site.page, site.mounted, site.options, values, wind_down=site.wind_down)
