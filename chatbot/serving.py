"""Both ways to serve the program, on the address that the settings name."""

import os
import socket
from contextlib import suppress

from chatbot.errors import StartupError
from chatbot.settings import Settings
from chatbot.site import Site
from chatbot.web.hardening import Hardening

SHUTDOWN_SECONDS = 5
# Longer than a proxy keeps its connections: it must never use one that is just being closed.
KEEP_ALIVE_SECONDS = 75


def bind(settings: Settings) -> socket.socket:
    """The socket to serve on; raises StartupError when another program has the port."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family)
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


def launch_on_zero_gpu(site: Site, settings: Settings, listener: socket.socket) -> None:
    """As `serve`, on the hardware of Spaces that takes only what `Blocks.launch` starts."""
    from chatbot.ui.launching import LaunchValues, launch, register_with_zero_gpu

    register_with_zero_gpu()
    # Gradio opens the port itself.
    listener.close()
    values = LaunchValues(settings.host, settings.port, SHUTDOWN_SECONDS, KEEP_ALIVE_SECONDS)
    launch(site.app, site.page, site.mounted, site.options, values)
