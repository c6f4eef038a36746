"""The Hub's client, with an end to every wait."""

import os
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from deploy.errors import explained

if TYPE_CHECKING:
    import ssl

    from huggingface_hub import HfApi

CONNECT_SECONDS = 10.0
READ_SECONDS = 120.0


class Say(Protocol):
    """Where lines for the person at the terminal go."""

    def __call__(self, line: str, /) -> None: ...


def open_hub() -> "HfApi":
    """A client of the Hub at HF_ENDPOINT; its token is that of `hf auth login`, of HF_TOKEN, or of
    the running GitHub workflow.
    """
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    import httpx2
    from huggingface_hub import HfApi, set_client_factory

    timeout = httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
    set_client_factory(
        lambda: httpx2.Client(follow_redirects=True, timeout=timeout, verify=_trust())
    )
    return HfApi()


@lru_cache(maxsize=1)
def _trust() -> "ssl.SSLContext":
    """The certificates that are believed; reading them takes longer than a request."""
    import httpx2

    return httpx2.create_ssl_context()


def does_space_exist(hub: "HfApi", repo: str) -> bool:
    with explained(f"Looking for the Space {repo}"):
        return hub.repo_exists(repo, repo_type="space")
