import json

import pytest

from chatbot.llm.embeddings import EMBEDDING_TIMING, Embedder, NotEmbedded
from chatbot.llm.rounds import ProviderValues
from tests.stand_in import Fault, Raw, StandIn, Vectors, closed_port_url

TEXTS = ["one red fox", "two red foxes"]


def embedder(base_url: str, clock=None) -> Embedder:
    values = ProviderValues("sk-test", base_url, "embed-1")
    made = Embedder(values, clock=clock) if clock else Embedder(values)
    made.warm_up()
    return made


async def test_vectors_come_in_the_order_of_the_texts_and_with_their_usage():
    with StandIn() as stand_in:
        asker = embedder(stand_in.base_url)
        embedded = await asker.embed(TEXTS, limit_seconds=5)
        stand_in.vectors = Vectors(with_usage=False)
        silent = await asker.embed(TEXTS, limit_seconds=5)
        await asker.close()
        [first, _] = stand_in.requests
    assert embedded.vectors == tuple(tuple(Vectors().embed(text)) for text in TEXTS)
    assert embedded.usage is not None
    assert embedded.usage.prompt_tokens == 6
    assert silent.usage is None
    assert first.body == {"model": "embed-1", "input": TEXTS, "encoding_format": "float"}
    assert first.headers["authorization"] == "Bearer sk-test"


def rows(*vectors) -> dict:
    return {"data": [{"index": n, "embedding": v} for n, v in enumerate(vectors)]}


@pytest.mark.parametrize(
    "body",
    [
        "no json",
        "[]",
        "{}",
        json.dumps(rows([1.0])),
        json.dumps(rows([1.0], [1.0, 2.0])),
        json.dumps(rows([], [])),
        json.dumps(rows([1.0], "AAAA")),
        json.dumps(rows([1.0], [float("nan")])),
        json.dumps({**rows([1.0], [1.0]), "usage": 3}),
    ],
)
async def test_a_reply_that_is_no_set_of_vectors_is_refused(body: str):
    with StandIn() as stand_in:
        stand_in.vectors = Raw((body.encode(),), content_type="application/json")
        asker = embedder(stand_in.base_url)
        with pytest.raises(NotEmbedded) as caught:
            await asker.embed(TEXTS, limit_seconds=5)
        await asker.close()
    # It was sent, and nobody tells what it cost.
    assert caught.value.may_be_billed


async def test_what_was_refused_or_not_sent_is_not_billed():
    with StandIn() as stand_in:
        stand_in.vectors = Fault("429")
        asker = embedder(stand_in.base_url)
        with pytest.raises(NotEmbedded) as refused:
            await asker.embed(TEXTS, limit_seconds=5)
        await asker.close()
    absent = embedder(closed_port_url())
    with pytest.raises(NotEmbedded) as unsent:
        await absent.embed(TEXTS, limit_seconds=5)
    await absent.close()
    assert not refused.value.may_be_billed
    assert not unsent.value.may_be_billed


async def test_after_two_failures_it_is_asked_again_when_its_time_has_come():
    now = [1000.0]
    with StandIn() as stand_in:
        asker = embedder(stand_in.base_url, clock=lambda: now[0])
        stand_in.vectors = Fault("500")
        for _ in range(2):
            with pytest.raises(NotEmbedded):
                await asker.embed(TEXTS, limit_seconds=5)
        assert not asker.would_ask()
        stand_in.vectors = Vectors()
        now[0] += EMBEDDING_TIMING.breaker_open_seconds
        assert asker.would_ask()
        await asker.embed(TEXTS, limit_seconds=5)
        await asker.close()
        assert len(stand_in.requests) == 3
