import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from chatbot.knowledge.words import stem

WORDS = ["".join((a, b, "ationalizing")) for a in "bcdfghklmnprst" for b in "aeiou"] * 3


@pytest.fixture
def threads_that_interrupt() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("threads_that_interrupt")
def test_threads_stem_as_one_does():
    stem.cache_clear()
    alone = [stem.__wrapped__(word) for word in WORDS]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda _: [stem.__wrapped__(w) for w in WORDS], range(16)))
    assert all(stems == alone for stems in together)
