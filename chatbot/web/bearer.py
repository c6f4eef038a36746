"""The token that a program brings in the Authorization header."""

from collections.abc import Mapping


def read_bearer(headers: Mapping[str, str]) -> str:
    """The bearer token of a request, "" without one."""
    scheme, _, token = (headers.get("authorization") or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
