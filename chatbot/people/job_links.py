"""Fetching a job description from a link, without being led to machines that only this one reaches.

A name is resolved once, every address that it has must be a public one, and the connection goes to
the address that was checked, not to the name again: a name server that changes its answer gains
nothing (OWASP: Server-Side Request Forgery Prevention Cheat Sheet).
Each redirect is checked in the same way. Only http and https, 2 MB and 5 seconds in all.
"""

import asyncio
import ipaddress
import socket
import zlib
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from chatbot.errors import InvalidInput
from chatbot.knowledge.page_text import read_page_text

if TYPE_CHECKING:
    import httpx

MAX_BYTES = 2_000_000
MAX_SECONDS = 5.0
MAX_REDIRECTS = 4
MAX_URL = 500
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PORTS = {"http": 80, "https": 443}
# LookupError: a page may name a character set that nobody knows.
_FAILURES = (TimeoutError, OSError, ValueError, LookupError, zlib.error)
_READ = ("text/html", "application/xhtml+xml", "text/plain", "text/markdown")
# IPv6 addresses that hold an IPv4 address which a gateway would go on to.
# zlib's own mark for "gzip or zlib, as the data says".
_ANY_ZLIB = 32 + zlib.MAX_WBITS
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

NOT_FETCHED = "This link could not be read. Please paste the text of the job description instead."
NOT_TEXT = "This link leads to no text page. Please paste the text of the job description instead."
NOT_PUBLIC = "This link leads to no public web address. Please paste the text instead."
TOO_LARGE = "The page behind this link is larger than 2 MB. Please paste the text instead."

IsAllowed = Callable[[str], bool]


class JobLinks:
    """Fetches texts of pages; `is_allowed` says whether an IP address may be connected to."""

    def __init__(
        self, *, is_allowed: IsAllowed | None = None, ports: frozenset[int] | None = None
    ) -> None:
        self._is_allowed = is_allowed or is_public
        self._ports = ports or frozenset(_PORTS.values())

    async def fetch(self, url: str) -> str:
        """The text of a page. Raises InvalidInput with what to do instead."""
        import httpx

        try:
            async with asyncio.timeout(MAX_SECONDS):
                for _ in range(MAX_REDIRECTS + 1):
                    found, text = await self._get(url)
                    if not found:
                        return text
                    url = urljoin(url, found)
        except _FAILURES + (httpx.HTTPError, httpx.InvalidURL) as error:
            raise InvalidInput(NOT_FETCHED) from error
        raise InvalidInput(NOT_FETCHED)

    async def _get(self, url: str) -> tuple[str, str]:
        """Where a page sends on to, or "" and its text."""
        import httpx

        scheme, host, port, path = self._split(url)
        address = await self._resolve(host, port)
        shown = f"[{address}]" if ":" in address else address
        name = f"[{host}]" if ":" in host else host
        default = port == _PORTS[scheme]
        headers = {
            "host": name if default else f"{name}:{port}",
            "accept": "text/html, text/plain",
            "accept-encoding": "gzip",
            "user-agent": "CareerChatbot/1.0",
        }
        # The name is still the one that the certificate is checked for.
        extensions = {"sni_hostname": host}
        async with (
            # No proxy and no .netrc of the machine's own.
            httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=MAX_SECONDS) as http,
            http.stream(
                "GET", f"{scheme}://{shown}:{port}{path}", headers=headers, extensions=extensions
            ) as response,
        ):
            if response.status_code in _REDIRECTS and "location" in response.headers:
                return response.headers["location"], ""
            if response.status_code != 200:
                raise InvalidInput(NOT_FETCHED)
            kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind not in _READ:
                raise InvalidInput(NOT_TEXT)
            body = await _read_body(response)
            text = body.decode(response.charset_encoding or "utf-8", "replace")
            if kind.startswith("text/html") or "xhtml" in kind:
                text = await asyncio.to_thread(read_page_text, text)
            return "", text

    def _split(self, url: str) -> tuple[str, str, int, str]:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".")
        port = parts.port or _PORTS.get(parts.scheme, 0)
        is_plain = parts.username is None and parts.password is None and len(url) <= MAX_URL * 4
        if parts.scheme not in _PORTS or not host or port not in self._ports or not is_plain:
            raise InvalidInput(NOT_PUBLIC)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return parts.scheme, host.encode("idna").decode() if not _is_ip(host) else host, port, path

    async def _resolve(self, host: str, port: int) -> str:
        """The address to connect to; every address of the host must be allowed."""
        found = await asyncio.get_running_loop().getaddrinfo(
            host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )
        addresses = [str(entry[4][0]) for entry in found]
        if not addresses or not all(map(self._is_allowed, addresses)):
            raise InvalidInput(NOT_PUBLIC)
        return addresses[0]


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, also where it holds another in it."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return is_public(str(parsed.ipv4_mapped))
        if parsed.is_site_local:
            return False
        inner = [parsed.sixtofour, *(parsed.teredo or ())]
        if parsed in _NAT64 or int(parsed) < 1 << 32:
            inner.append(ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF))
        if any(held is not None and not held.is_global for held in inner):
            return False
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


def is_link(text: str) -> bool:
    """Whether a text is a web address and nothing else."""
    text = text.strip()
    return len(text.split()) == 1 and text.lower().startswith(("http://", "https://"))


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


async def _read_body(response: "httpx.Response") -> bytes:
    """The body, unpacked here: httpx would unpack a piece of any size before it can be counted, and
    by methods that make gigabytes of some kilobytes."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "", "gzip", "x-gzip", "deflate"):
        raise InvalidInput(NOT_FETCHED)
    unpack = None if encoding in ("identity", "") else zlib.decompressobj(_ANY_ZLIB)
    body, received = bytearray(), 0
    async for piece in response.aiter_raw():
        received += len(piece)
        # A byte more than fits: enough to see that it does not.
        body += unpack.decompress(piece, MAX_BYTES + 1 - len(body)) if unpack else piece
        if max(received, len(body)) > MAX_BYTES:
            raise InvalidInput(TOO_LARGE)
    return bytes(body)
