"""Names and contents of what is in a store: lines of JSON, compressed, then encrypted."""

import hashlib
import json
import os
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

PREFIX = "v1/"
CLAIM, FULL, SEGMENT = "claim", "full", "seg"
# Says, whatever a listing may miss, that this store has held a snapshot.
IN_USE = f"{PREFIX}in-use"
_NAME = re.compile(r"v1/(\d{8})-([0-9a-f]{12})/(\d{10})\.(claim|full|seg)")
# The first way of sealing had no digest, so that damage looked like another key.
_PLAIN, _SEALED, _SEALED_BEFORE = b"CCP1", b"CCS2", b"CCS1"
_SALT, _NONCE, _DIGEST = 16, 12, 32
# zlib's own default compresses 5 % better and takes three times as long.
_LEVEL = 3


class BadObject(Exception):
    """The bytes are not what a writer shipped: cut short, damaged, or under another key."""


class WrongKey(BadObject):
    """The object is encrypted and cannot be read with this key."""


@dataclass(frozen=True, order=True)
class Writer:
    """One run of the program; a later one is greater."""

    epoch: int
    instance: str

    def __str__(self) -> str:
        return f"{self.epoch:08d}-{self.instance}"

    @classmethod
    def parse(cls, text: str) -> "Writer":
        """The writer of which `str()` made this text."""
        epoch, _, instance = text.partition("-")
        return cls(int(epoch), instance)


@dataclass(frozen=True, order=True)
class ObjectName:
    """Where an object is; names of one writer are in the order in which it shipped them."""

    writer: Writer
    number: int
    kind: str

    def __str__(self) -> str:
        return f"{PREFIX}{self.writer}/{self.number:010d}.{self.kind}"


def parse_name(text: str) -> ObjectName | None:
    """The parts of a name; None for anything else that lies in the store."""
    found = _NAME.fullmatch(text)
    if found is None:
        return None
    epoch, instance, number, kind = found.groups()
    return ObjectName(Writer(int(epoch), instance), int(number), kind)


def new_instance() -> str:
    """A random name for this run."""
    return os.urandom(6).hex()


class Codec:
    """Packs and unpacks objects; with a passphrase (`DATABASE_KEY`) they are encrypted.

    The name is a part of what is authenticated: an object cannot stand in for another.
    """

    def __init__(self, passphrase: str | None) -> None:
        self._passphrase = passphrase
        self._salt = os.urandom(_SALT)

    def pack(self, name: ObjectName, lines: Iterable[Any]) -> bytes:
        """One object of these values, one a line; they are compressed as they come."""
        packer = zlib.compressobj(_LEVEL)
        parts = [packer.compress(json.dumps(line).encode() + b"\n") for line in lines]
        body = b"".join([*parts, packer.flush()])
        if self._passphrase is None:
            return _PLAIN + _digest(name, body) + body
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(_NONCE)
        key = _derive(self._passphrase, self._salt)
        sealed = AESGCM(key).encrypt(nonce, body, str(name).encode())
        content = self._salt + nonce + sealed
        return _SEALED + _digest(name, content) + content

    def unpack(self, name: ObjectName, blob: bytes) -> list[Any]:
        """The values of an object. Raises BadObject (WrongKey when a key is what is missing)."""
        body = self._open(name, blob)
        try:
            return [json.loads(line) for line in zlib.decompress(body).split(b"\n") if line]
        except (zlib.error, ValueError) as error:
            raise BadObject(str(name)) from error

    def _open(self, name: ObjectName, blob: bytes) -> bytes:
        mark, rest = blob[: len(_PLAIN)], blob[len(_PLAIN) :]
        if mark in (_PLAIN, _SEALED):
            digest, rest = rest[:_DIGEST], rest[_DIGEST:]
            if _digest(name, rest) != digest:
                raise BadObject(str(name))
            if mark == _PLAIN:
                return rest
        elif mark != _SEALED_BEFORE:
            raise BadObject(str(name))
        if self._passphrase is None:
            raise WrongKey(str(name))
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        salt, nonce = rest[:_SALT], rest[_SALT : _SALT + _NONCE]
        try:
            key = AESGCM(_derive(self._passphrase, salt))
            return key.decrypt(nonce, rest[_SALT + _NONCE :], str(name).encode())
        except (InvalidTag, ValueError) as error:
            raise WrongKey(str(name)) from error


def _digest(name: ObjectName, content: bytes) -> bytes:
    return hashlib.sha256(str(name).encode() + content).digest()


# One derivation takes 50 ms; a writer has one salt.
@lru_cache(maxsize=64)
def _derive(passphrase: str, salt: bytes) -> bytes:
    label = b"copies:" + salt
    return hashlib.scrypt(passphrase.encode(), salt=label, n=2**14, r=8, p=1, dklen=32)
