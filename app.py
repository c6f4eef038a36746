"""Starts the program: settings -> services -> site -> server."""

import logging
import sys

from chatbot.errors import StartupError
from chatbot.foundations import find_page_url
from chatbot.logs import set_up_logging
from chatbot.serving import bind, create_site, launch_on_zero_gpu, serve
from chatbot.settings import Settings, load_settings

log = logging.getLogger("chatbot.app")


def announce(settings: Settings) -> None:
    """Say where the page is: in words to a person at a terminal, else in the log."""
    url = find_page_url(settings) or f"http://localhost:{settings.port}"
    if sys.stdout.isatty():
        sys.stdout.write(f"Serving {url} (press Ctrl+C to stop)\n")
    else:
        log.info("serving", extra={"url": url})


def main() -> None:
    try:
        settings = load_settings()
        set_up_logging(level=settings.log_level, secrets=settings.secret_values())
        listener = bind(settings)
        site = create_site(settings)
    except StartupError as error:
        sys.exit(f"Career Chatbot did not start. {error.user_message}")
    announce(settings)
    if settings.spaces_zero_gpu:
        launch_on_zero_gpu(site, settings, listener)
    else:
        serve(site, listener)


if __name__ == "__main__":
    main()
