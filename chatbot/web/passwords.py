"""The owner's password as it is kept: `scrypt:N:r:p:salt:hash`, salt and hash in base64url.

N, r and p are scrypt's cost, block size and parallelism (RFC 7914). The defaults take 32 MB and
0.2 s a try (OWASP Password Storage Cheat Sheet). `python -m chatbot.web.passwords` prints one.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import sys
import unicodedata
from dataclasses import dataclass, field

from chatbot.errors import StartupError

COST, BLOCK_SIZE, PARALLELISM = 2**15, 8, 3
_COSTS = [2**power for power in range(14, 21)]
_SALT_BYTES = _HASH_BYTES = 32
_MIN_BYTES = 16


@dataclass(frozen=True)
class PasswordHash:
    """What a password is compared with; it tells nothing of the password itself."""

    salt: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    cost: int = COST
    block_size: int = BLOCK_SIZE
    parallelism: int = PARALLELISM

    def matches(self, password: str) -> bool:
        """Whether `password` is the one; takes the same time for every other."""
        digest = _scrypt(
            password, self.salt, self.cost, self.block_size, self.parallelism, len(self.digest)
        )
        return hmac.compare_digest(digest, self.digest)

    @property
    def fingerprint(self) -> str:
        """A short name of this password at this cost, to tell it from a later one."""
        return hashlib.sha256(str(self).encode()).hexdigest()[:32]

    def __str__(self) -> str:
        numbers = f"{self.cost}:{self.block_size}:{self.parallelism}"
        return f"scrypt:{numbers}:{_to_text(self.salt)}:{_to_text(self.digest)}"


def hash_password(password: str, *, salt: bytes | None = None) -> PasswordHash:
    """Hash a password with the default cost and, unless one is given, a random salt."""
    salt = salt or secrets.token_bytes(_SALT_BYTES)
    digest = _scrypt(password, salt, COST, BLOCK_SIZE, PARALLELISM, _HASH_BYTES)
    return PasswordHash(salt, digest)


def parse_password_hash(text: str) -> PasswordHash:
    """Read what `str(PasswordHash)` wrote; raises StartupError for anything else."""
    try:
        kind, cost, block_size, parallelism, salt, digest = text.strip().split(":")
        found = PasswordHash(
            salt=base64.b64decode(salt, altchars=b"-_", validate=True),
            digest=base64.b64decode(digest, altchars=b"-_", validate=True),
            cost=int(cost),
            block_size=int(block_size),
            parallelism=int(parallelism),
        )
    except (ValueError, binascii.Error) as error:
        raise _refusal() from error
    is_costly = found.cost in _COSTS and 1 <= found.block_size <= 16 and 1 <= found.parallelism <= 8
    is_long = min(len(found.salt), len(found.digest)) >= _MIN_BYTES and len(found.digest) <= 64
    if kind != "scrypt" or not is_costly or not is_long:
        raise _refusal()
    return found


def _refusal() -> StartupError:
    return StartupError(
        "OWNER_PASSWORD_HASH has a value that cannot be used. "
        "Set it to what `python -m chatbot.web.passwords` prints."
    )


def _scrypt(
    password: str, salt: bytes, cost: int, block_size: int, parallelism: int, length: int
) -> bytes:
    # One password typed on two keyboards can be two sequences of characters (NFKC, RFC 8265).
    words = unicodedata.normalize("NFKC", password).encode("utf-8", "replace")
    memory = 128 * block_size * (cost + parallelism + 2)
    return hashlib.scrypt(
        words,
        salt=salt,
        n=cost,
        r=block_size,
        p=parallelism,
        maxmem=memory + 2**20,
        dklen=length,
    )


def _to_text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode()


def main() -> None:
    """Asks for a password twice and prints the line for `.env`."""
    from getpass import getpass

    password = getpass("The owner's password: ")
    if not password or password != getpass("Once more: "):
        sys.exit("The two are not the same, or empty. Nothing was made.")
    sys.stdout.write(f"OWNER_PASSWORD_HASH={hash_password(password)}\n")


if __name__ == "__main__":
    main()
