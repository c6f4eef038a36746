import datetime
import tomllib
from decimal import Decimal

import pytest

from chatbot.errors import StartupError
from chatbot.llm.prices import PRICE_FILE, Prices, cost_micro_usd, worst_case_micro_usd
from chatbot.llm.rounds import Usage

OPENAI = "https://api.openai.com/v1"


@pytest.fixture(scope="module")
def prices() -> Prices:
    return Prices.load()


def test_the_shipped_list_is_dated_and_in_order() -> None:
    shipped = tomllib.loads(PRICE_FILE.read_text())
    assert isinstance(shipped["date"], datetime.date)
    for name, entry in shipped["models"].items():
        assert entry.get("cached", 0) <= entry["input"], name
        if name.startswith("text-embedding-"):
            assert entry["output"] == 0, name
        else:
            assert entry["input"] <= entry["output"], name
        assert entry["input"] <= entry.get("cache_write", entry["input"]), name


def test_cost_counts_cached_tokens_at_their_price(prices: Prices) -> None:
    price = prices.price_of("gpt-4o-mini", None)
    assert cost_micro_usd(price, Usage(1_000_000, 0, 0)) == 150_000
    assert cost_micro_usd(price, Usage(1_000_000, 1_000_000, 0)) == 75_000
    assert cost_micro_usd(price, Usage(1000, 400, 100)) == 90 + 30 + 60


def test_cost_counts_tokens_that_the_cache_takes_in_at_their_price(prices: Prices) -> None:
    price = prices.price_of("gpt-6-sol", None)
    assert cost_micro_usd(price, Usage(1000, 400, 100, 500)) == 200 + 80 + 1250 + 1000


def test_cost_is_exact_and_rounded_up(prices: Prices) -> None:
    price = prices.price_of("gpt-4o-mini", None)
    assert cost_micro_usd(price, Usage(1, 0, 0)) == 1
    assert cost_micro_usd(price, Usage(20, 0, 0)) == 3
    assert cost_micro_usd(price, Usage(0, 0, 0)) == 0


def test_the_worst_case_is_never_less_than_any_usage(prices: Prices) -> None:
    for model in ("gpt-4o-mini", "gpt-6-sol", "gpt-4", "nobody-knows"):
        price = prices.price_of(model, None)
        worst = worst_case_micro_usd(price, prompt_tokens=1000, max_tokens=200)
        for cached, written in ((0, 0), (1000, 0), (0, 1000), (300, 300)):
            assert cost_micro_usd(price, Usage(1000, cached, 200, written)) <= worst


@pytest.mark.parametrize(
    ("snapshot", "family"),
    [
        ("gpt-4o-mini-2024-07-18", "gpt-4o-mini"),
        ("gpt-4-0613", "gpt-4"),
        ("gpt-5-mini-2025-08-07", "gpt-5-mini"),
        ("openai/gpt-4o-mini", "gpt-4o-mini"),
        ("openai/gpt-4.1-2025-04-14", "gpt-4.1"),
    ],
)
def test_a_snapshot_costs_what_its_family_costs(prices: Prices, snapshot: str, family: str) -> None:
    price = prices.price_of(snapshot, OPENAI)
    assert price == prices.price_of(family, OPENAI)
    assert price.known


@pytest.mark.parametrize("model", ["gpt-4o-minimal", "ft:gpt-4o-mini:me", "llama-3.3-70b", ""])
def test_an_unknown_model_elsewhere_counts_as_the_dearest(prices: Prices, model: str) -> None:
    price = prices.price_of(model, "https://models.example.com/v1")
    assert not price.known
    assert (price.input, price.output) == (Decimal(30), Decimal(180))


@pytest.mark.parametrize(
    "base_url",
    [
        "http://localhost:11434/v1", "http://127.0.0.1:8000/v1", "http://127.8.9.1/v1",
        "http://[::1]:8000/v1", "http://10.0.0.7/v1", "http://172.31.4.4/v1", "http://0.0.0.0:1",
        "http://192.168.1.20:1234/v1", "http://[fd00::1]/v1", "http://ollama:11434/v1",
        "http://host.docker.internal:11434/v1", "http://gpu.local/v1", "http://LOCALHOST./v1",
    ],
)  # fmt: skip
def test_models_in_the_private_network_are_free(prices: Prices, base_url: str) -> None:
    for model in ("gpt-4o-mini", "llama3.2"):
        price = prices.price_of(model, base_url)
        assert worst_case_micro_usd(price, prompt_tokens=10**6, max_tokens=10**6) == 0
        assert price.known


@pytest.mark.parametrize(
    "base_url",
    [
        "https://api.openai.com/v1", "http://172.32.0.1/v1", "http://8.8.8.8/v1",
        "https://127.0.0.1.example.com/v1", "https://localhost@example.com/v1",
        "https://my-local.example/v1", "not a url", "http://[bad/v1",
    ],
)  # fmt: skip
def test_models_elsewhere_are_not_free(prices: Prices, base_url: str) -> None:
    assert prices.price_of("gpt-4o-mini", base_url).input > 0


def test_the_owners_prices_come_first_everywhere() -> None:
    mine_text = '"my-model": {"input": 0.1, "cached": 0.05, "output": 0.4}'
    prices = Prices.load(f'{{{mine_text}, "gpt-4o": {{"input": 1, "output": 2}}}}')
    mine = prices.price_of("my-model", "http://localhost:11434/v1")
    assert cost_micro_usd(mine, Usage(1_000_000, 500_000, 1_000_000)) == 475_000
    assert prices.price_of("gpt-4o-2024-08-06", None).output == 2
    assert prices.price_of("gpt-4o", None).cached == 1


@pytest.mark.parametrize("text", [None, "", "  ", "{}"])
def test_no_prices_of_the_owners_change_nothing(text: str | None) -> None:
    assert Prices.load(text).price_of("gpt-4o", None).output == 10


@pytest.mark.parametrize(
    "text",
    [
        "0.1", "[]", "not json", '{"m": 0.1}', '{"m": {}}', '{"m": {"input": 0.1}}',
        '{"m": {"input": "0.1", "output": 1}}', '{"m": {"input": -1, "output": 1}}',
        '{"m": {"input": NaN, "output": 1}}', '{"m": {"input": true, "output": 1}}',
        '{"m": {"input": 1, "output": 1, "outptu": 2}}',
        '{"m": {"input": 1e999, "output": Infinity}}',
    ],
)  # fmt: skip
def test_prices_that_cannot_be_read_stop_the_start(text: str) -> None:
    with pytest.raises(StartupError, match="MODEL_PRICES") as caught:
        Prices.load(text)
    assert '"my-model"' in str(caught.value)
    assert "\n" not in str(caught.value)
