"""Starts the program: settings -> services -> site -> server."""

import logging
import os
import socket
import sys
from contextlib import suppress

from chatbot.errors import StartupError
from chatbot.logs import set_up_logging
from chatbot.services import build_services
from chatbot.settings import Settings, load_settings
from chatbot.site import build_site
from chatbot.web.hardening import Hardening

SHUTDOWN_SECONDS = 2
# Longer than a proxy keeps its connections: it must never use one that is just being closed.
KEEP_ALIVE_SECONDS = 75
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


def create_app(settings: Settings) -> Hardening:
    """The whole application for these settings; raises StartupError with what to change."""
    services = build_services(settings)
    for note in services.notes:
        log.warning(note)
    return build_site(settings, services)


def serve(app: Hardening, listener: socket.socket) -> None:
    """Serve until the process is asked to end; what is being answered then is saved."""
    import uvicorn

    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )
    with suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])


def announce(settings: Settings) -> None:
    """Say where the page is: in words to a person at a terminal, else in the log."""
    url = f"http://localhost:{settings.port}"
    if sys.stdout.isatty():
        sys.stdout.write(f"Serving {url} (press Ctrl+C to stop)\n")
    else:
        log.info("serving", extra={"url": url})


def main() -> None:
    try:
        settings = load_settings()
        set_up_logging(level=settings.log_level, secrets=settings.secret_values())
        listener = bind(settings)
        app = create_app(settings)
    except StartupError as error:
        sys.exit(f"Career Chatbot did not start. {error.user_message}")
    announce(settings)
    serve(app, listener)


if __name__ == "__main__":
    main()
