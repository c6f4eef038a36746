"""Where a request comes from: the peer, or what a trusted proxy says about it.

A header that anybody could have written is not believed: only the addresses that trusted proxies
appended to `X-Forwarded-For` count, read from the right.
"""

import ipaddress
import logging
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import Scope

_log = logging.getLogger(__name__)
_HEADER = "x-forwarded-for"
_MAX_HOPS = 20

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def client_address(request: HTTPConnection) -> str | None:
    """The address of a request or a WebSocket that has passed the outermost layer."""
    return request.client.host if request.client else None


class TrustedProxies:
    """The networks of the proxies in front of the program; with none, every peer is the client."""

    def __init__(self, networks: Iterable[str] = ()) -> None:
        self._networks = [ipaddress.ip_network(text, strict=False) for text in networks]
        self._has_warned = False

    def resolve(self, scope: Scope) -> Scope:
        """The scope with the client in it that the request really comes from."""
        client = scope.get("client")
        forwarded = Headers(scope=scope).getlist(_HEADER)
        if not client or not forwarded:
            return scope
        peer = _parse(client[0])
        if peer is None or not self._trusts(peer):
            self._warn(peer)
            return scope
        return {**scope, "client": (str(self._find(peer, ",".join(forwarded))), 0)}

    def _find(self, peer: Address, forwarded: str) -> Address:
        """The last address that no trusted proxy has; what is malformed ends the search."""
        found = peer
        for text in reversed(forwarded.split(",")[-_MAX_HOPS:]):
            address = _parse(text)
            if address is None:
                break
            found = address
            if not self._trusts(address):
                break
        return found

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._networks)

    def _warn(self, peer: Address | None) -> None:
        """A proxy that nobody told us of makes one visitor of all: the owner is told once."""
        if self._has_warned or peer is None or not peer.is_private:
            return
        self._has_warned = True
        _log.warning(
            "X-Forwarded-For from a private address is not believed. If a proxy of yours is in "
            "front, name it in TRUSTED_PROXIES: all visitors share one limit until then."
        )


def _parse(text: str) -> Address | None:
    """An address, also with a port and in brackets; IPv4 in IPv6 is IPv4."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found
