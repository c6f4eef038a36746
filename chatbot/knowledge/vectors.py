"""Comparing texts by the vectors that an embedding model made of them, and joining two rankings."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from chatbot.knowledge.sections import Section

Vector = np.ndarray[tuple[int], np.dtype[np.float32]]

# Half precision: a cosine differs by less than 0.001 from that of the numbers as they came, and a
# vector of 1,536 numbers takes 3 kB.
_STORED = np.dtype("<f2")
# Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank
# Learning Methods" (SIGIR 2009): 1 / (60 + rank), summed over the rankings. It needs no scale that
# BM25 and cosines would share.
_RRF = 60


def read_vector(numbers: Sequence[float]) -> Vector:
    """A vector of length 1 in the direction of `numbers`."""
    return _unit(np.asarray(numbers, dtype=np.float32))


def pack_vector(vector: Vector) -> bytes:
    """A vector as it is stored."""
    return vector.astype(_STORED).tobytes()


def unpack_vector(stored: bytes) -> Vector:
    """A vector as it was stored; one that cannot be read is empty, and like nothing."""
    if len(stored) % _STORED.itemsize:
        return np.zeros(0, dtype=np.float32)
    return _unit(np.frombuffer(stored, dtype=_STORED).astype(np.float32))


def find_nearest(
    wanted: Vector, vectors: Mapping[str, Vector], keys: Iterable[str], *, limit: int
) -> list[str]:
    """The keys of the vectors that are nearest to `wanted`, the nearest first.

    Vectors that are missing, or of another length, because another model made them, are left out.
    """
    found = [key for key in dict.fromkeys(keys) if _is_like(vectors.get(key), wanted)]
    if not found:
        return []
    cosines = np.stack([vectors[key] for key in found]) @ wanted
    return [found[place] for place in np.argsort(-cosines, kind="stable")[:limit]]


def fuse(*rankings: Sequence[Section]) -> list[Section]:
    """Sections of several rankings in one, by reciprocal rank fusion: whatever stands in one of
    them is there, and what stands high in several comes first."""
    scores: dict[str, float] = {}
    sections: dict[str, Section] = {}
    for ranking in rankings:
        for rank, section in enumerate(ranking, start=1):
            sections.setdefault(section.id, section)
            scores[section.id] = scores.get(section.id, 0.0) + 1 / (_RRF + rank)
    return [sections[key] for key in sorted(scores, key=lambda key: -scores[key])]


def _is_like(vector: Any, wanted: Vector) -> bool:
    return vector is not None and vector.shape == wanted.shape


def _unit(vector: Vector) -> Vector:
    length = float(np.linalg.norm(vector))
    return vector / np.float32(length) if length > 0 else vector
