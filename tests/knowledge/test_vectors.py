import numpy as np

from chatbot.knowledge.sections import Section, SectionKind
from chatbot.knowledge.vectors import find_nearest, fuse, pack_vector, read_vector, unpack_vector


def sections(names: str) -> list[Section]:
    return [Section(name, SectionKind.TEXT, name, name, "file.md") for name in names]


def test_what_stands_high_in_both_rankings_comes_first_and_nothing_is_lost():
    fused = [section.id for section in fuse(sections("abcd"), sections("eb"))]
    assert fused == ["b", "a", "e", "c", "d"]
    assert fuse(sections("ab"), []) == sections("ab")


def test_a_stored_vector_takes_two_bytes_a_number_and_points_the_same_way():
    numbers = np.random.default_rng(7).normal(size=(50, 1536)).tolist()
    vectors = [read_vector(row) for row in numbers]
    stored = [pack_vector(vector) for vector in vectors]
    assert {len(row) for row in stored} == {2 * 1536}
    for vector, row in zip(vectors, stored, strict=True):
        assert abs(float(unpack_vector(row) @ vector) - 1) < 1e-3


def test_the_nearest_come_first_and_what_cannot_be_compared_is_left_out():
    known = {
        "far": read_vector([0, 1]),
        "near": read_vector([10, 1]),
        "nearer": read_vector([5, 0]),
        "of another model": read_vector([1, 0, 0]),
        "damaged": unpack_vector(b"odd"),
        "zero": read_vector([0, 0]),
    }
    keys = ["far", "near", "missing", *known]
    found = find_nearest(read_vector([2, 0]), known, keys, limit=3)
    assert found == ["nearer", "near", "far"]
    assert find_nearest(read_vector([1, 1, 1, 1]), known, keys, limit=3) == []
