"""The owner's sign-in for programs: a signed token (JWT) that names a row of the sign-ins.

What it opens is looked up like the cookie's row, so that it ends by signing out and with a change
of the password. Only HS256 is accepted: the header of a token never chooses how it is checked.
"""

import hashlib
from datetime import datetime, timedelta

ALGORITHM = "HS256"
AUDIENCE, ISSUER = "career-chatbot-api", "career-chatbot"
LIFETIME = timedelta(hours=1)
MIN_KEY_BYTES = 32
_CLAIMS = ["exp", "iat", "aud", "iss", "jti"]
# Longer ones are not ours; nothing is decoded of them.
_MAX_LENGTH = 1024


class OwnerTokens:
    """Makes and reads the tokens of one secret key, which must have at least 32 bytes."""

    def __init__(self, secret_key: str) -> None:
        if len(secret_key.encode()) < MIN_KEY_BYTES:
            raise ValueError(f"the key of the owner's tokens needs {MIN_KEY_BYTES} bytes")
        self._key = hashlib.sha256(b"owner token:" + secret_key.encode()).digest()

    def make(self, sign_in: str, *, now: datetime) -> str:
        """A token for the sign-in with this secret id, good for an hour."""
        import jwt

        claims = {"sub": "owner", "aud": AUDIENCE, "iss": ISSUER, "jti": sign_in}
        times = {"iat": now, "exp": now + LIFETIME}
        return jwt.encode({**claims, **times}, self._key, algorithm=ALGORITHM)

    def read(self, token: str) -> str | None:
        """The id in a token; None when it is forged, for something else, or too old."""
        if not looks_like_owner_token(token) or len(token) > _MAX_LENGTH:
            return None
        import jwt

        try:
            claims = jwt.decode(
                token,
                self._key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                options={"require": _CLAIMS},
            )
        except jwt.InvalidTokenError:
            return None
        return str(claims["jti"])


def looks_like_owner_token(token: str) -> bool:
    """Whether a bearer token can be the owner's: a visitor's has no dots in it."""
    return token.count(".") == 2
