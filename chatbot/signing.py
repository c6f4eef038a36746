"""Signed texts for links: whoever holds one can show it, nobody can make or change one.

The signature is HMAC-SHA256 under a key that is derived from the secret key for one purpose, so
that a link made for one thing is worth nothing for another.
"""

import base64
import hashlib
import hmac
import secrets


class Signer:
    """Signs for one purpose, for example "booking"."""

    def __init__(self, secret_key: str, purpose: str) -> None:
        self._key = hashlib.sha256(f"{purpose}:{secret_key}".encode()).digest()

    def sign(self, text: str) -> str:
        """`text` with its signature, safe in a URL when the text is."""
        return f"{text}.{self._signature(text)}"

    def read(self, token: str) -> str | None:
        """The text of a token; None when it is forged or malformed."""
        text, _, signature = token.rpartition(".")
        is_own = hmac.compare_digest(
            self._signature(text).encode(), signature.encode("utf-8", "replace")
        )
        return text if text and is_own else None

    def digest(self, text: str) -> str:
        """A keyed hash, 64 hexadecimal digits, of a text that must not be guessable."""
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()

    def _signature(self, text: str) -> str:
        digest = hmac.digest(self._key, text.encode("utf-8", "replace"), "sha256")
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


class Sealer:
    """Hides and signs texts for one purpose: only this program can read or make one (Fernet)."""

    def __init__(self, secret_key: str, purpose: str) -> None:
        key = hashlib.sha256(f"sealed {purpose}:{secret_key}".encode()).digest()
        self._key = base64.urlsafe_b64encode(key)

    def seal(self, text: str) -> str:
        """A token for `text`, safe in a URL, which holds the moment too."""
        from cryptography.fernet import Fernet

        return Fernet(self._key).encrypt(text.encode()).decode()

    def open(self, token: str, *, seconds: int) -> str | None:
        """The text of a token of the last `seconds`; None when it is forged or older.

        Each text has one token only: base64 ignores what follows its padding, by which a token that
        was used up could be written in another way.
        """
        from cryptography.fernet import Fernet, InvalidToken

        try:
            if base64.urlsafe_b64encode(base64.urlsafe_b64decode(token)) != token.encode():
                return None
            return Fernet(self._key).decrypt(token.encode(), ttl=seconds).decode()
        except (InvalidToken, ValueError):
            return None


def new_token() -> str:
    """A random secret of 256 bits for a link; store its `hash_token` only."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """SHA-256 of a random token, 64 hexadecimal digits: what the database keeps of it."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
