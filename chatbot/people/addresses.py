"""Where a request comes from, as a keyed hash that nobody can turn back into an address.

The key lives in memory, is made anew every UTC day and at every start, and is never stored: hashes
of one day and one run can be compared, and nothing else can be done with them.
"""

import hashlib
import hmac
import ipaddress
import secrets
from collections.abc import Callable
from datetime import date, datetime

from chatbot.storage.models import utc_now

_KEY_BYTES = 32


class AddressHashes:
    """Makes the hashes; one object for the whole program, so that they can be compared.

    With a `secret` the day's key is made of it: for rows that live for minutes and have to be
    recognised by other processes and after a restart.
    """

    def __init__(
        self, clock: Callable[[], datetime] = utc_now, *, secret: bytes | None = None
    ) -> None:
        self._clock = clock
        self._secret = secret
        self._day: date | None = None
        self._key = b""

    def hash(self, address: str | None) -> str | None:
        """64 hexadecimal digits for the network of an address; None without one."""
        if not address:
            return None
        today = self._clock().date()
        if today != self._day:
            self._day, self._key = today, self._make_key(today)
        return hmac.new(self._key, network_of(address).encode(), hashlib.sha256).hexdigest()

    def _make_key(self, day: date) -> bytes:
        if self._secret is None:
            return secrets.token_bytes(_KEY_BYTES)
        return hmac.digest(self._secret, f"addresses of {day}".encode(), "sha256")


def network_of(address: str) -> str:
    """An IPv4 address, or the /64 that one IPv6 customer has all addresses of."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped or ipaddress.ip_network((found, 64), strict=False))
    return str(found)
