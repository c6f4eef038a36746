"""Says whether a browser's request comes from one of our own pages."""

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Origins:
    """`allowed` are origins beside our own host, such as "https://me.example"."""

    allowed: frozenset[str] = frozenset()

    def accepts(self, origin: str | None, *, host: str | None) -> bool:
        """True without an Origin header (no browser page asks), for our host, and for allowed ones.

        `host` is the request's Host header. Only its name and port are compared: behind a proxy
        the page's scheme is not the one that the request arrives with.
        """
        if origin is None:
            return True
        try:
            parts = urlsplit(origin.lower())
        except ValueError:
            return False
        if parts.scheme not in ("http", "https"):
            return False
        own_host = (host or "").lower()
        return bool(own_host and parts.netloc == own_host) or origin.lower() in self.allowed
