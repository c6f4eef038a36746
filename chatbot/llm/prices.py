"""What a request costs, in whole millionths of a US dollar (micro-USD).

A price in dollars per million tokens is at the same time the micro-USD of one token.
"""

import ipaddress
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from chatbot.errors import StartupError
from chatbot.llm.rounds import Usage

PRICE_FILE = Path(__file__).with_name("prices.toml")
FIELDS = ("input", "cached", "cache_write", "output")
PRIVATE_SUFFIXES = (".local", ".internal", ".localhost", ".lan", ".home.arpa")
# gpt-4o-mini-2024-07-18 and gpt-4-0613 cost what gpt-4o-mini and gpt-4 cost.
_SNAPSHOT = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{4})$")


@dataclass(frozen=True)
class Price:
    """Micro-USD per token. `known` is False when the dearest price stands in for an unknown one."""

    input: Decimal
    cached: Decimal
    cache_write: Decimal
    output: Decimal
    known: bool = True


FREE = Price(Decimal(0), Decimal(0), Decimal(0), Decimal(0))


class Prices:
    """The price list: the shipped one with the owner's MODEL_PRICES over it."""

    def __init__(self, listed: Mapping[str, Price], overrides: Mapping[str, Price]) -> None:
        self._listed = listed
        self._overrides = overrides
        known = [*listed.values(), *overrides.values()]
        self._dearest = Price(
            input=max(price.input for price in known),
            cached=max(price.cached for price in known),
            cache_write=max(price.cache_write for price in known),
            output=max(price.output for price in known),
            known=False,
        )

    @classmethod
    def load(cls, overrides: str | None = None) -> "Prices":
        """Reads the shipped list and MODEL_PRICES, JSON such as
        `{"my-model": {"input": 0.1, "cached": 0.05, "output": 0.4}}` in dollars per million tokens.

        Raises StartupError when MODEL_PRICES is something else.
        """
        with PRICE_FILE.open("rb") as file:
            shipped = tomllib.load(file, parse_float=Decimal)["models"]
        listed = {name: _build_price(entry) for name, entry in shipped.items()}
        return cls(listed, _read_overrides(overrides))

    def price_of(self, model: str, base_url: str | None) -> Price:
        """The price of a model at an endpoint (None: OpenAI itself).

        MODEL_PRICES comes first. Endpoints on this machine or in a private network cost nothing.
        A dated snapshot costs what its family costs. An unknown model elsewhere counts as the
        dearest of the list in every respect, with `known` False.
        """
        names = _list_names(model)
        for name in names:
            if name in self._overrides:
                return self._overrides[name]
        if base_url is not None and is_private_endpoint(base_url):
            return FREE
        return next((self._listed[name] for name in names if name in self._listed), self._dearest)


def is_private_endpoint(base_url: str) -> bool:
    """Whether a URL names this machine or a private network, where tokens are not billed.

    By address (loopback, RFC 1918, link-local, their IPv6 kin) or by name (localhost, .local,
    .internal, a name without a dot as containers have); names are not looked up.
    """
    try:
        host = (urlsplit(base_url).hostname or "").rstrip(".").lower()
    except ValueError:
        return False
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return bool(host) and ("." not in host or host.endswith(PRIVATE_SUFFIXES))
    return address.is_private or address.is_link_local


def cost_micro_usd(price: Price, usage: Usage) -> int:
    """What a request cost by its usage, rounded up to a whole micro-USD."""
    plain = usage.prompt_tokens - usage.cached_tokens - usage.cache_write_tokens
    cost = plain * price.input + usage.cached_tokens * price.cached
    cost += usage.cache_write_tokens * price.cache_write + usage.completion_tokens * price.output
    return _round_up(cost)


def worst_case_micro_usd(price: Price, *, prompt_tokens: int, max_tokens: int) -> int:
    """The most a request can cost: nothing cached, all of its answer tokens used; rounded up."""
    dearest_input = max(price.input, price.cached, price.cache_write)
    return _round_up(prompt_tokens * dearest_input + max_tokens * price.output)


def _round_up(amount: Decimal) -> int:
    return int(amount.to_integral_value(ROUND_CEILING))


def _list_names(model: str) -> list[str]:
    """The names to look a model up by: itself, its family, both without the vendor's prefix."""
    names = [model, _SNAPSHOT.sub("", model)]
    return [*names, *(name.removeprefix("openai/") for name in names)]


def _build_price(entry: Mapping[str, Any]) -> Price:
    """Raises ValueError unless the entry has `input` and `output` and only numbers from 0 up."""
    amounts = {name: _read_amount(value) for name, value in entry.items()}
    if not {"input", "output"} <= amounts.keys() <= set(FIELDS):
        raise ValueError("needs input and output, and may have cached and cache_write")
    plain = amounts["input"]
    return Price(
        input=plain,
        cached=amounts.get("cached", plain),
        cache_write=amounts.get("cache_write", plain),
        output=amounts["output"],
    )


def _read_amount(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise ValueError("prices are numbers")
    amount = Decimal(value)
    if not amount.is_finite() or amount < 0:
        raise ValueError("prices are numbers from 0 up")
    return amount


def _is_entry(value: object) -> bool:
    return isinstance(value, dict)


def _read_overrides(text: str | None) -> dict[str, Price]:
    if not text or not text.strip():
        return {}
    try:
        entries = json.loads(text, parse_float=Decimal)
        if not isinstance(entries, dict) or not all(map(_is_entry, entries.values())):
            raise ValueError("it is not a table of prices for each model")
        return {name: _build_price(entry) for name, entry in entries.items()}
    except (ValueError, RecursionError) as error:
        raise StartupError(
            f"MODEL_PRICES cannot be read ({error}). Write it as JSON in dollars per million "
            'tokens: {"my-model": {"input": 0.1, "cached": 0.05, "output": 0.4}}.'
        ) from None
